"""Files that are wrong in every way that people (and worse) find, each with the exact words expected."""
# ruff: noqa: E501 - the words that people read stay in one piece, to be compared and searched for

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from t4firm.loading.firm_file import load_firm
from t4firm.yaml_files import parser
from t4firm.yaml_files.document import FileError
from tests.firm.firms import FIRM, changed, said, written

KNOWN = "known here: "
USER_FIELDS = (
    "firstname, lastname, phone, email, street, city, county, state, postCode, country, apptype, "
    "templateUser, "
    "marketData, eula, adopt, passwordVersion, accounts, applications, revoke, departed"
)
ESCAPE = (
    'a backslash in "…" is followed by a character that it cannot be used with; write the backslash twice, '
    "or use "
    "'…' around the text"
)
QUOTES = 'put the whole text in quotes, for example "5th Avenue"'
INDENTATION = "give the fields of one entry the same number of spaces at the start of the line"
BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{chr(letter)}: &{chr(letter)} [{', '.join(['*' + chr(letter - 1)] * 9)}]\n" for letter in range(98, 106)
)

# What the file is -> the words. Whole files first: what no YAML reader could make sense of.
WHOLE: dict[str, tuple[str | bytes, str]] = {
    "empty": (b"", '1: the file is empty; write what it should say, one "name: value" a line'),
    "spaces": ("  \n \n", '1: the file is empty; write what it should say, one "name: value" a line'),
    "comments": ("# later\n", '1: the file is empty; write what it should say, one "name: value" a line'),
    "null": ("null\n", '1: the file is empty; write what it should say, one "name: value" a line'),
    "byte order mark only": (b"\xef\xbb\xbf", '1: the file is empty; write what it should say, one "name: value" a line'),
    "binary": (b"\x7fELF\x02\x01\x00\x00", "the file is not a text file; name a YAML file, saved as UTF-8"),
    "random bytes": (b"firm: x\n\xc3\x28\xff\n", "2: this line has a character that is not UTF-8; save the file as UTF-8"),
    "latin 1": ("firm: Müller\n".encode("latin-1"), "1: this line has a character that is not UTF-8; save the file as UTF-8"),
    "utf-16": ("firm: x\n".encode("utf-16"), "1: the file is saved as UTF-16; save it as UTF-8"),
    "10 MB": (b"x" * 10_000_000, "the file is larger than 5 MB; check that it is the right one"),
    "a list": ("- firm: x\n", '1: the file holds a list; begin with "name: value" lines'),
    "a text": ("firm\n", '1: the file holds a single value; begin with "name: value" lines'),
    "a number": ("42\n", '1: the file holds a single value; begin with "name: value" lines'),
    "tab for indentation": ("firm: x\nusers:\n\ttrader.a:\n", "3: the line has a tab; use spaces; YAML allows no tabs here"),
    "tab before a value": ("firm:\tx\nusers: {}\n", "1: the line has a tab; use spaces; YAML allows no tabs here"),
    "terminal escape": ("firm: \x1b[31mx\n", "1: the line has an invisible character (U+001B); remove it; retyping the line is the surest way"),
    "turned writing": ("firm: x\u202ey\nusers: {}\n", "1: the line has an invisible character (U+202E); remove it; retyping the line is the surest way"),
    "blank letter": ("firm: x\u3164\nusers: {}\n", "1: the line has an invisible character (U+3164); remove it; retyping the line is the surest way"),
    "hidden alphabet": ("firm: x\U000e0041\nusers: {}\n", "1: the line has an invisible character (U+E0041); remove it; retyping the line is the surest way"),
    "second byte order mark": ("firm: x\n\ufeffusers: {}\n", "2: the line has an invisible character (U+FEFF); remove it; retyping the line is the surest way"),
    "alias bomb": (BOMB, "6: too much is repeated by *name; write it out, or use defaults (at most 500,000 values)"),
    "alias of itself": ("a: &a [*a]\n", "1: *name is inside of what it repeats; write the value out"),
    "unknown alias": ("a: *b\n", f'1: the value begins with "*" or "&", which YAML does not read as a text; {QUOTES}'),
    "alias for a name": ("a: &a b\n*a : c\n", '2: there is *name where a name must be; write "name: value"'),
    "star": ("a: *\n", f'1: the value begins with "*" or "&", which YAML does not read as a text; {QUOTES}'),
    "unknown tag": ("firm: !e!x y\n", f"1: the value begins with an exclamation mark; {QUOTES}"),
    "open tag": ("firm: !<x y\n", f"1: the value begins with an exclamation mark; {QUOTES}"),
    "deep brackets": ("a: " + "[" * 500 + "]" * 500, "1: fields are nested more than 30 deep; check the brackets and the indentation"),
    "deep lists": ("- " * 5_000 + "x", "1: fields are nested more than 30 deep; check the brackets and the indentation"),
    "two documents": (FIRM + "---\nfirm: y\n", '39: a second document begins here ("---"); keep one document in a file'),
    "text after the end": ("firm: x\n...\nfoo: y\n", '3: the file has more lines after its end; remove the "..." line'),
    "no colon": ("firm: x\nusers\nlimits: {}\n", '2: this line has a name without a colon; write "name: value"'),
    "colon forgotten above": ("firm: x\nusers:\n  trader.a\n    firstname: Ann\n", f"4: this line does not fit the one above it; end the line above with a colon if this one belongs to it; {INDENTATION}"),
    "second colon": ("firm: Example: Trading\n", f"1: there is a second colon in the line; if it is part of the text, {QUOTES}"),
    "indentation": ("users:\n  a:\n    b: 1\n   c: 2\n", f"4: this line does not fit the ones above it; {INDENTATION}"),
    "item without a dash": ("- a\nb: 1\n", '2: this line is not part of the list above it; begin each line of the list with "- ", all with the same number of spaces'),
    "open quote": ('firm: "x\nusers: {}\n', "1: the quote that opens here is never closed; add the closing quote"),
    "open quote before ---": ('firm: "x\n---\nusers: {}\n', "1: the quote that opens here is never closed; add the closing quote"),
    "text after a quote": ('firm: "Example" Trading\n', "1: the text goes on after its closing quote; put the quotes around all of it; inside '…' write an apostrophe twice, or use \"…\" around the text"),
    "apostrophe": ("firm: 'Ann's'\n", "1: the text goes on after its closing quote; put the quotes around all of it; inside '…' write an apostrophe twice, or use \"…\" around the text"),
    "open bracket": ("firm: [x, y\nusers: {}\n", "1: the [ that opens here is not closed, or a comma is missing; write [a, b, c]"),
    "open brace": ("firm: {x: y\nusers: {}\n", "1: the { that opens here is not closed, or a comma is missing; write {a: 1, b: 2}"),
    "double comma": ("firm: [x,, y]\n", "1: something is missing in the brackets; write [a, b, c] or {a: 1, b: 2}"),
    "at sign": ("firm: @x\n", f"1: the value begins with a character that needs quotes; {QUOTES}"),
    "percent": ("firm: %x\n", f"1: the value begins with a character that needs quotes; {QUOTES}"),
    "directive": ("%YAML 3.0\n---\nfirm: x\n", '1: a line that begins with "%" is not understood; remove the line'),
    "two directives": ("%YAML 1.1\n%YAML 1.1\n---\nfirm: x\n", '2: a line that begins with "%" is not understood; remove the line'),
    "dash": ("firm: - x\n", '1: there is a "-" where no list can begin; begin the list on a line of its own, or put the text in quotes'),
    "greater than": ("firm: > x\n y\n", f'1: the value begins with ">" or "|"; {QUOTES}'),
    "bad escape": ('firm: "\\q"\n', f"1: {ESCAPE}"),
    "bad code": ('firm: "\\xzz"\n', f"1: {ESCAPE}"),
    "code too large": ('firm: x\nfoo: "\\UFFFFFFFF"\n', f"2: {ESCAPE}"),
    "half a character": ('firm: "\\ud800"\n', f"1: {ESCAPE}"),
    "too many entries": ("a: [" + "x," * 20_001 + "]\n", "1: a list or group has more than 20000 entries; check that it is the right file"),
    "list for a name": ("? [a]\n: x\n", '1: there is a list or a group of fields where a name must be; write "name: value"'),
}  # fmt: skip

# What the file says of one field -> the words. Each is the firm of firms.py with one change.
FIELD: dict[str, tuple[tuple[str, str], list[str]]] = {
    "unknown field": (("    lastname: Ohio", "    surname: Ohio"), [
        "22: users.trader.a.lastname: is missing; add it, for example lastname: Ohio",
        f'24: users.trader.a.surname: there is no such field; did you mean "lastname"? {KNOWN}{USER_FIELDS}',
    ]),
    "wrong capitals": (("    firstname: Ann", "    firstName: Ann"), [
        "22: users.trader.a.firstname: is missing; add it, for example firstname: Ann",
        '23: users.trader.a.firstName: there is no such field; did you mean "firstname"? '
        f'{KNOWN}{USER_FIELDS}',
    ]),
    "unknown section": (("firm: Ex", "zzz: 1\nfirm: Ex"), [
        f"1: zzz: there is no such field; remove it; {KNOWN}firm, include, whentech, templates, defaults, users, "
        "accounts, "
        "fillService, limits, accepted",
    ]),
    "unknown default": (("    country: US", "    contry: US"), [
        "18: defaults.user.contry: there is no such field; did you mean \"country\"? "
        f"{KNOWN}firstname, lastname, phone, email, street, city, county, state, postCode, country, apptype, "
        "templateUser, marketData, applications, passwordVersion",
        "22: users.trader.a.country: is missing; add it, for example country: US",
        "27: users.trader.b.country: is missing; add it, for example country: US",
        "33: fillService.user.country: is missing; add it, for example country: US",
    ]),
    "signature for all": (("    country: US", "    country: US\n    eula: {}"), [
        "19: defaults.user.eula: a signature is one person's own evidence; write it in the entries of "
        "users who signed",
    ]),
    "adopt for all": (("    country: US", "    country: US\n    adopt: true"), [
        "19: defaults.user.adopt: adopting is decided for each user; write it in the entries of users who "
        "already exist in T4",
    ]),
    "password": (("    lastname: Ohio", "    lastname: Ohio\n    password: hunter2"), [
        "25: users.trader.a.password: a password must not be in this file; remove it, and do not use it: `t4firm "
        "password` prints the derived password",
    ]),
    "password for all": (("    country: US", "    country: US\n    Password: hunter2"), [
        "19: defaults.user.Password: a password must not be in this file; remove it, and do not use it: `t4firm "
        "password` prints the derived password",
    ]),
    "username in the entry": (("    lastname: Ohio", "    lastname: Ohio\n    username: x"), [
        "25: users.trader.a.username: the name of the entry is the username; remove this line",
    ]),
    "account in the entry": (("fillService:", 'accounts:\n  "22222": {account: "22222"}\nfillService:'), [
        "33: accounts.22222.account: the name of the entry is the account number; remove this line",
    ]),
    "field twice": (("    lastname: Ohio", "    lastname: Ohio\n    firstname: Bob"), [
        "25: users.trader.a.firstname: this is written twice, first on line 23; keep one of the two",
    ]),
    "user twice": (("  trader.b:", "  trader.a:"), [
        "27: users.trader.a: this is written twice, first on line 22; keep one of the two",
    ]),
    "python object": (("    lastname: Ohio", "    lastname: !!python/name:os.system Ohio"), [
        "24: users.trader.a.lastname: the value begins with an exclamation mark; put the whole text in "
        "quotes if the "
        'mark is part of it, or remove "!…"',
    ]),
    "merge key": (("    lastname: Ohio", "    lastname: Ohio\n    <<: {city: Boise}"), [
        '25: users.trader.a: "<<" does not merge fields here; write the fields out, or use defaults',
    ]),
    "number as an account's name": (("fillService:", "accounts:\n  022222: {}\nfillService:"), [
        '33: accounts.022222: 022222 is a number; write "022222":',
        '33: accounts.022222: no user has the account "022222"; did you mean "22222"? Or add it to the '
        'accounts of a '
        "user, or remove it here",
    ]),
    "decimal as a name": (("  trader.b:", "  1.5:"), [
        '27: users.1.5: 1.5 is a number; write "1.5":',
        '27: users.1.5: the username "1.5" is shorter than 6 characters; write a longer one: T4 takes 6 '
        'characters or more',
    ]),
    "true as a name": (("  trader.b:", "  true:"), [
        '27: users.true: the username "true" is shorter than 6 characters; write a longer one: T4 takes 6 '
        'characters or more',
        '27: users.true: true is not a name; write "true":',
    ]),
    "no name": (("    lastname: Ohio", "    lastname: Ohio\n    \"\": x"), [
        '25: users.trader.a: there is no name before the colon; write "name: value"',
    ]),
    "escape in a name": (("    lastname: Ohio", '    lastname: Ohio\n    "\\e[31m": x'), [
        "25: users.trader.a: the name before the colon has an invisible character; remove it",
    ]),
    "escape in a value": (("    lastname: Ohio", '    lastname: "\\e[31mOhio"'), [
        "24: users.trader.a.lastname: the value has an invisible character (U+001B); remove it",
    ]),
    "blank letter in a value": (("    lastname: Ohio", '    lastname: "Ohio\\u115f"'), [
        "24: users.trader.a.lastname: the value has an invisible character (U+115F); remove it",
    ]),
    "blank letter in a name": (("    lastname: Ohio", '    lastname: Ohio\n    "x\\u2800": x'), [
        "25: users.trader.a: the name before the colon has an invisible character; remove it",
    ]),
    "tab in a value": (("    lastname: Ohio", '    lastname: "O\\thio"'), [
        "24: users.trader.a.lastname: the value has an invisible character (U+0009); remove it",
    ]),
    "carriage return in a value": (("    lastname: Ohio", '    lastname: "O\\rhio"'), [
        "24: users.trader.a.lastname: the value has an invisible character (U+000D); remove it",
    ]),
    "several lines": (("    lastname: Ohio", "    lastname: |\n      Ohio\n      Smith"), [
        "24: users.trader.a.lastname: has more than one line; write it on one line",
    ]),
    "no-break spaces": (("    lastname: Ohio", '    lastname: "\\_Ohio"'), [
        "24: users.trader.a.lastname: begins or ends with a space; remove the space",
    ]),
    "only spaces": (("    lastname: Ohio", '    lastname: " "'), [
        "24: users.trader.a.lastname: has only spaces; fill it in, for example Ohio",
    ]),
    "too long": (("    lastname: Ohio", f"    lastname: {'x' * 4_001}"), [
        "24: users.trader.a.lastname: the value is longer than 4000 characters; shorten it",
    ]),
    "postal code without quotes": (('postCode: "43004"', "postCode: 01234"), [
        '17: defaults.user.postCode: 01234 is a number; write "01234"',
    ]),
    "phone with a plus": (("phone: 555-123-4567", "phone: +15551234567"), [
        '11: defaults.user.phone: +15551234567 is a number; write "+15551234567"',
    ]),
    "decimal for a text": (('postCode: "43004"', "postCode: 430.040"), [
        '17: defaults.user.postCode: 430.040 is a number; write "430.040"',
    ]),
    "true for a text": (("    lastname: Ohio", "    lastname: true"), [
        '24: users.trader.a.lastname: true is not a text; write "true"',
    ]),
    "empty field": (("    lastname: Ohio", "    lastname:"), [
        "24: users.trader.a.lastname: is empty; write a text, for example Ohio",
    ]),
    "empty text": (("    lastname: Ohio", '    lastname: ""'), [
        "24: users.trader.a.lastname: is an empty text; fill it in, for example Ohio",
    ]),
    "list for a text": (("    lastname: Ohio", "    lastname: [Ohio]"), [
        "24: users.trader.a.lastname: is a list; write a single text, for example Ohio",
    ]),
    "group for a text": (("    lastname: Ohio", "    lastname: {a: b}"), [
        "24: users.trader.a.lastname: is a group of fields; write a single text, for example Ohio",
    ]),
    "number for a list": (('["33333", "44444"]', "033333"), [
        '30: users.trader.b.accounts: 033333 is not a list; write ["033333"]',
    ]),
    "text for a list": (("    applications: [WhenTech]", "    applications: WhenTech"), [
        "26: users.trader.a.applications: is a single text; put it in square brackets: [WhenTech]",
    ]),
    "group for a list": (("    applications: [WhenTech]", "    applications: {WhenTech: true}"), [
        "26: users.trader.a.applications: is a group of fields; write a list, for example [WhenTech]",
    ]),
    "numbers in a list": (('["33333", "44444"]', "[033333, 44444]"), [
        '30: users.trader.b.accounts (1st): 033333 is a number; write "033333"',
        '30: users.trader.b.accounts (2nd): 44444 is a number; write "44444"',
    ]),
    "account listed twice": (('["33333", "44444"]', '["33333", "33333"]'), [
        '30: users.trader.b.accounts: "33333" is listed twice; keep one',
    ]),
    "account with a dash": (('"44444"', '"444-44"'), [
        '30: users.trader.b.accounts (2nd): "444-44" is not an account number; write 1 to 26 letters and '
        'digits '
        "(a to z, 0 to 9), without spaces or dashes",
    ]),
    "account of 27": (('"44444"', f'"{"4" * 27}"'), [
        f'30: users.trader.b.accounts (2nd): "{"4" * 27}" is not an account number; write 1 to 26 letters '
        'and '
        "digits (a to z, 0 to 9), without spaces or dashes",
    ]),
    "account of other digits": (('"44444"', '"٤٤"'), [
        '30: users.trader.b.accounts (2nd): "٤٤" is not an account number; write 1 to 26 letters and digits '
        "(a to z, 0 to 9), without spaces or dashes",
    ]),
    "empty account": (('"44444"', '""'), [
        '30: users.trader.b.accounts (2nd): "" is not an account number; write 1 to 26 letters and digits '
        "(a to z, 0 to 9), without spaces or dashes",
    ]),
    "accounts as a list": (("fillService:", 'accounts: ["11111"]\nfillService:'), [
        '32: accounts: is a list; write "name: value" lines below it',
    ]),
    "users as a list": (("users:\n  trader.a:", "users:\n  - trader.a:"), [
        '27: this line is not part of the list above it; begin each line of the list with "- ", all with '
        'the same number '
        "of spaces",
    ]),
    "user as a text": (("    firstname: Bob\n    lastname: Idaho\n    accounts: [\"33333\", \"44444\"]\n"
                        "    applications: [WhenTech]\n", "    later\n"), [
        '27: users.trader.b: is a single text; write "name: value" lines below it (firstname, lastname, '
        'phone and '
        "email …)",
    ]),
    "short username": (("  trader.b:", "  abc:"), [
        '27: users.abc: the username "abc" is shorter than 6 characters; write a longer one: T4 takes 6 '
        'characters or more',
    ]),
    "username with a space": (("  trader.b:", "  trader b:"), [
        '27: users.trader b: the username "trader b" has a space or an invisible character; remove it',
    ]),
    "username with a slash": (("  trader.b:", "  trader/b:"), [
        '27: users.trader/b: the username "trader/b" has a slash; write it without',
    ]),
    "short username of the fill user": (("username: WhenTechFillUser", "username: fills"), [
        '34: fillService.user.username: the username "fills" is shorter than 6 characters; write a longer '
        'one: '
        "T4 takes 6 characters or more",
    ]),
    "e-mail": (("email: someone@example.com", "email: someone(at)example.com"), [
        '12: defaults.user.email: is not an e-mail address; correct it, for example "ann@example.com"',
    ]),
    "e-mail with two at signs": (("email: someone@example.com", "email: some@one@example.com"), [
        '12: defaults.user.email: is not an e-mail address; correct it, for example "ann@example.com"',
    ]),
    "country in small letters": (("country: US", "country: us"), [
        "18: defaults.user.country: is not a country code of ISO 3166; write two capital letters, for "
        "example US "
        "(the United Kingdom is GB)",
    ]),
    "country that is none": (("country: US", "country: UK"), [
        "18: defaults.user.country: is not a country code of ISO 3166; write two capital letters, for "
        "example US "
        "(the United Kingdom is GB)",
    ]),
    "apptype": (("apptype: Professional", "apptype: professional"), [
        '10: defaults.user.apptype: "professional" is not known here; write Professional or NonProfessional',
    ]),
    "yes": (("    lastname: Ohio", "    lastname: Ohio\n    adopt: yes"), [
        '25: users.trader.a.adopt: "yes" is not true or false; write true, without quotes',
    ]),
    "quoted false": (("    lastname: Ohio", '    lastname: Ohio\n    departed: "False"'), [
        '25: users.trader.a.departed: "False" is not true or false; write false, without quotes',
    ]),
    "text for true or false": (("    lastname: Ohio", "    lastname: Ohio\n    adopt: later"), [
        "25: users.trader.a.adopt: is a text; write true or false",
    ]),
    "number for true or false": (("    lastname: Ohio", "    lastname: Ohio\n    adopt: 1"), [
        "25: users.trader.a.adopt: 1 is a number; write true or false",
    ]),
    "password version 0": (("    lastname: Ohio", "    lastname: Ohio\n    passwordVersion: 0"), [
        "25: users.trader.a.passwordVersion: 0 is out of range; write a number from 1",
    ]),
    "password version 1.5": (("    lastname: Ohio", "    lastname: Ohio\n    passwordVersion: 1.5"), [
        "25: users.trader.a.passwordVersion: 1.5 is not a whole number; write a whole number, for example 1",
    ]),
    "quoted password version": (("    lastname: Ohio", '    lastname: Ohio\n    passwordVersion: "2"'), [
        "25: users.trader.a.passwordVersion: is a text; write a whole number without quotes",
    ]),
    "true for a password version": (("    lastname: Ohio", "    lastname: Ohio\n    passwordVersion: true"), [
        "25: users.trader.a.passwordVersion: true is not a whole number; write a whole number, for example 1",
    ]),
    "market data as a list": (("    lastname: Ohio", "    lastname: Ohio\n    marketData: [CME]"), [
        '25: users.trader.a.marketData: is a list; write "name: value" lines below it, for example {CME: '
        'Depth}',
    ]),
    "market data without a type": (("    lastname: Ohio", "    lastname: Ohio\n    marketData: {CME: }"), [
        "25: users.trader.a.marketData.CME: is empty; write a text, for example Depth",
    ]),
    "EULA without its parts": (("    lastname: Ohio", "    lastname: Ohio\n    eula: {}"), [
        '25: users.trader.a.eula.eulaVersion: is missing; add it, for example eulaVersion: "2"',
        '25: users.trader.a.eula.signatures: is missing; add it, for example signatures: {LegalEULA: '
        '"2025-05-01T10:30:15"}',
    ]),
    "EULA version without quotes": (("    lastname: Ohio",
                                     "    lastname: Ohio\n    eula: {eulaVersion: 2, signatures: {A: 2025-05-01T10:30:15}}"), [
        '25: users.trader.a.eula.eulaVersion: 2 is a number; write "2"',
    ]),
    "EULA unsigned": (("    lastname: Ohio", '    lastname: Ohio\n    eula: {eulaVersion: "2", signatures: {}}'), [
        "25: users.trader.a.eula.signatures: has no lines below it; write at least 1",
    ]),
    **{
        f"signed {what}": (("    lastname: Ohio", f'    lastname: Ohio\n    eula: {{eulaVersion: "2", signatures: {{A: "{when}"}}}}'), [
            f"25: users.trader.a.eula.signatures.A: {words}",
        ])
        for what, when, words in (
            ("without a time", "2025-05-01", "has no time of day; write one like 2025-05-01T10:30:15"),
            ("with a space", "2025-05-01 10:30:15", "is not a date and time; write one like 2025-05-01T10:30:15"),
            ("in words", "last May", "is not a date and time; write one like 2025-05-01T10:30:15"),
            ("on 30 February", "2025-02-30T10:30:15", "is a date or time that does not exist; write one like 2025-05-01T10:30:15"),
            ("before T4", "1970-01-01T00:00:00Z", "is before 2000; write when the person signed"),
            ("in the future", "2199-01-01T00:00:00", "is in the future; write when the person signed; it cannot be later than now"),
            ("in the future there", "2199-01-01T00:00:00+09:00", "is in the future; write when the person signed; it cannot be later than now"),
        )
    },
    **{
        f"requested {what}": (("templates:\n", f"whentech: {{requestedOn: {when}}}\ntemplates:\n"), [f"2: whentech.requestedOn: {words}"])
        for what, when, words in (
            ("in words", "Monday", "is not a date; write year-month-day, for example 2026-11-02"),
            ("the American way", "11/02/2026", "is not a date; write year-month-day, for example 2026-11-02"),
            ("with a time", "2026-11-02T10:00:00", "is not a date; write year-month-day, for example 2026-11-02"),
            ("in month 13", "2026-13-02", "is not a date; write year-month-day, for example 2026-11-02"),
            ("as a number", "20261102", "is not a date; write year-month-day, for example 2026-11-02"),
            ("in the future", "2199-01-01", "2199-01-01 is in the future; write the day on which it happened"),
            ("before T4", "0026-11-02", "0026-11-02 is before 2000; check the year"),
        )
    },
    **{
        f"limit {value}": (("users:\n  trader.a", f"limits: {{newUsers: {value}}}\nusers:\n  trader.a"), [
            f'21: limits.newUsers: {words}; write a number such as 25, or a percentage of the firm such as '
            '"10%"',
        ])
        for value, words in (
            ("-1", "-1 is below 0"),
            ("2.5", "2.5 is not a whole number"),
            ("true", "is not a number"),
            ('"101%"', "is neither a number nor a percentage from 0% to 100%"),
            ('"25"', "is neither a number nor a percentage from 0% to 100%"),
            ("", "is empty"),
        )
    },
    "unknown capture": (("    account: FILL0001", "    account: FILL0001\n  capture: all"), [
        '39: fillService.capture: "all" is not known here; write accounts, riskManager or none',
    ]),
    "empty capture": (("    account: FILL0001", '    account: FILL0001\n  capture: ""'), [
        "39: fillService.capture: is an empty text; write accounts, riskManager or none",
    ]),
    "captured as a text": (("    account: FILL0001", "    account: FILL0001\n  accounts: all"), [
        "39: fillService.accounts: is neither whentech nor a list; write whentech (every account of every "
        "WhenTech "
        'user), or a list such as ["11111", "22222"]',
    ]),
    "captured as a number": (("    account: FILL0001", "    account: FILL0001\n  accounts: 11111"), [
        "39: fillService.accounts: 11111 is not a list; write whentech (every account of every WhenTech "
        "user), or a "
        'list such as ["11111"]',
    ]),
    "captured without quotes": (("    account: FILL0001", "    account: FILL0001\n  accounts: [011111, \"11111\", \"22222\", \"33333\", \"44444\"]"), [
        '39: fillService.accounts (1st): 011111 is a number; write "011111"',
        '39: fillService.accounts (1st): no user has the account "011111"; did you mean "11111"?',
    ]),
    "excluded without a reason": (("    account: FILL0001", '    account: FILL0001\n  exclude: {"22222": ""}'), [
        '39: fillService.exclude.22222: is an empty text; fill it in, for example "paper trading, agreed '
        '2026-11-03"',
    ]),
    "excluded as a list": (("    account: FILL0001", '    account: FILL0001\n  exclude: ["22222"]'), [
        '39: fillService.exclude: is a list; write "name: value" lines below it, for example '
        '{"22222": "paper trading, agreed 2026-11-03"}',
    ]),
    "template without quotes": (("accounts: [DefaultTemplate]", "accounts: [77]"), [
        '6: templates.accounts (1st): 77 is a number; write "77"',
        '20: defaults.account.templateAccount: there is no template account "DefaultTemplate"; declare it '
        'under '
        "templates.accounts, or name one that is declared (there: 77)",
    ]),
    "no template account": (("    templateAccount: DefaultTemplate", "    enabled: false"), [
        '19: defaults.account.templateAccount: is missing, and the accounts "11111", "22222", "33333" and '
        'others must be created from '
        "a template; add it, for example templateAccount: DefaultTemplate",
    ]),
    "fill service without a user": ((FIRM[FIRM.index("  user:\n    username") :], "  usr: {}\n"), [
        "32: fillService.user: is missing; add it",
        '33: fillService.usr: there is no such field; did you mean "user"? known here: user, capture, accounts, '
        "exclude, stacks",
    ]),
    "no users": (("users:\n  trader.a", "people:\n  trader.a"), [
        "1: users: is missing; add it",
        f"21: people: there is no such field; remove it; {KNOWN}firm, include, whentech, templates, defaults, "
        "users, accounts, "
        "fillService, limits, accepted",
    ]),
}  # fmt: skip


@pytest.fixture(params=["C", "Python"])
def loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both parsers of PyYAML: a machine may have one or the other."""
    chosen = yaml.CSafeLoader if request.param == "C" else yaml.SafeLoader
    monkeypatch.setattr(parser, "PARSER", chosen)


@pytest.mark.usefixtures("loader")
@pytest.mark.parametrize("what", WHOLE)
def test_a_file_that_is_no_firm_file(what: str, tmp_path: Path) -> None:
    content, words = WHOLE[what]
    assert said(written(tmp_path, content)) == [words]


@pytest.mark.usefixtures("loader")
@pytest.mark.parametrize("what", FIELD)
def test_a_field_that_is_wrong(what: str, tmp_path: Path) -> None:
    change, words = FIELD[what]
    assert said(written(tmp_path, changed(change))) == words


def test_a_file_with_thousands_of_mistakes_is_not_read_to_its_end(tmp_path: Path) -> None:
    words = said(written(tmp_path, "a: b\n" * 10_000))
    assert len(words) == 1_001
    assert words[0] == "there are more than 1000 mistakes; check that it is the right file"
    assert len(said(written(tmp_path, "\t\n" * 100_000))) == 5_000


def test_an_empty_entry_says_all_that_it_lacks(tmp_path: Path) -> None:
    text = changed(("fillService:", "  trader.c:\nfillService:"))
    assert said(written(tmp_path, text)) == [
        '32: users.trader.c.accounts: is missing; add it, for example accounts: ["11111", "22222"]',
        "32: users.trader.c.firstname: is missing; add it, for example firstname: Ann",
        "32: users.trader.c.lastname: is missing; add it, for example lastname: Ohio",
    ]


def test_a_mistake_in_a_default_is_said_once_and_there(tmp_path: Path) -> None:
    people = "".join(
        f'  person.{n:03}: {{firstname: A, lastname: B, accounts: ["P{n:03}"], applications: [WhenTech]}}\n'
        for n in range(50)
    )
    text = changed(("fillService:", people + "fillService:"), ("state: OH", "state: [OH]"))
    assert said(written(tmp_path, text)) == [
        "16: defaults.user.state: is a list; write a single text, for example OH"
    ]


def test_a_missing_file_names_its_neighbours(tmp_path: Path) -> None:
    written(tmp_path, FIRM, "demo.firm.yaml")
    with pytest.raises(
        FileError, match=r"^\S+dem\.firm\.yaml: there is no such file; in that folder there is demo"
    ):
        load_firm(tmp_path / "dem.firm.yaml")
    with pytest.raises(FileError, match=r"there is no such file; check the name and the folder$"):
        load_firm(tmp_path / "nowhere" / "demo.firm.yaml")


def test_what_is_no_file(tmp_path: Path) -> None:
    assert said(tmp_path) == ["this is a folder; name the file in it"]
    assert said(Path("/dev/zero")) == ["this is not an ordinary file; name a YAML file"]
    assert said(Path("a\0b")) == ["this is not a file name; name a YAML file"]
    loop = tmp_path / "loop.yaml"
    loop.symlink_to(loop)
    (words,) = said(loop)
    assert re.fullmatch(
        r"the file cannot be read \(too many levels of symbolic links\); check its name", words
    )
    assert said(tmp_path / ("x" * 300)) == ["the file cannot be read (file name too long); check its name"]


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "open", refuse)  # modes of files do not bind root, who runs tests in containers
    path = tmp_path / "it.firm.yaml"
    path.touch()
    assert said(path) == ["you may not read this file; ask its owner for access"]
