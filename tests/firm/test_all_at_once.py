"""Every mistake of a file is said in one pass: what each says alone, all say together."""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path

import pytest

from t4firm.loading.firm_file import load_firm
from t4firm.yaml_files.document import FileError
from tests.firm.firms import changed, said, written

MORE = """\
  trader.c:
    firstname: Cy
    lastname: Utah
    accounts: ["55555", "66666"]
    applications: [WhenTech]
  trader.d:
    firstname: Di
    lastname: Iowa
    accounts: ["77777", "88888"]
    applications: [WhenTech]
  trader.e:
    firstname: Ed
    lastname: Maine
    accounts: ["99999"]
  trader.f:
    firstname: Flo
    lastname: Texas
    accounts: ["F1"]
  trader.g:
    firstname: Gus
    lastname: Nevada
    accounts: ["G1"]
accounts:
  "22222": {displayName: second}
  "88888": {displayName: last}
limits: {newUsers: 25}
whentech: {requestedOn: 2026-11-02, enabledOn: 2026-11-04}
fillService:
"""
TEXT = changed(("fillService:\n", MORE))

PLANTED = {
    "a number for a text": ("firm: Example Trading LLC", "firm: 5"),
    "a list that is none": ("accounts: [DefaultTemplate]", "accounts: DefaultTemplate"),
    "a choice that is none": ("apptype: Professional", "apptype: Proffesional"),
    "a password": ("    phone: 555-123-4567", "    password: sesame\n    phone: 555-123-4567"),
    "no address for mail": ("email: someone@example.com", "email: someone"),
    "no country": ("country: US", "country: Utopia"),
    "an unquoted number": ('postCode: "43004"', "postCode: 43004"),
    "the fill user may trade": ("roles: []", "roles: [Trading]"),
    "a word that is spelled in another way": ("roles: [Trading]", "roles: [trading]"),
    "an account number that is none": ('["33333", "44444"]', '["33-33", "44444"]'),
    "a shared account, the first of one": ('["55555", "66666"]', '["55555", "88888"]'),
    "a shared account, the first of two": ('["77777", "88888"]', '["99999", "88888"]'),
    "a name that is too short": ("  trader.f:", "  flo:"),
    "a field that there is not": ("firstname: Di", "firstnme: Di"),
    "a field that is missing": ("    lastname: Iowa\n", ""),
    "the same user by another spelling": ("  trader.g:", "  TRADER.A:"),
    "a template that there is not": (
        "lastname: Maine",
        "lastname: Maine\n    templateUser: FillServise",
    ),
    "no end user's application": (
        "applications: [WhenTech]\n  trader.d",
        "applications: [WhenTechFills]\n  trader.d",
    ),
    "a limit below zero": ("newUsers: 25", "newUsers: -1"),
    "enabled before it was requested": ("enabledOn: 2026-11-04", "enabledOn: 2026-11-01"),
    "a day that there is not": ("requestedOn: 2026-11-02", "requestedOn: 2026-02-30"),
    "an entry that is no group": ('"22222": {displayName: second}', '"22222": second'),
    "an owner who has it not": ('"88888": {displayName: last}', '"88888": {owner: trader.a}'),
    "a name that is written twice": (
        "limits: {newUsers: 25}",
        "limits: {newUsers: 25}\nlimits: {departures: 1}",
    ),
    "a capture that there is not": ("    account: FILL0001", "    account: FILL0001\n  capture: everything"),
    "the account of the fill user": ('["99999"]', '["99999", "FILL0001"]'),
    "a character that nobody sees": ("Flo", "F\u200blo"),
    "a tab": ("lastname: Texas", "lastname:\tTexas"),
    "a task that there is not": (
        "fillService:",
        "accepted:\n  paint-user/trader.a: {reason: r, until: 2999-01-01}\nfillService:",
    ),
}


CHANGES_THE_OTHER = {
    ("a shared account, the first of one", "an owner who has it not"),
    ("enabled before it was requested", "a day that there is not"),
    ("a limit below zero", "a name that is written twice"),
}
"""Pairs of which one changes what the other says, or takes its place."""


def without_lines(words: list[str]) -> set[str]:
    """What is said, without the numbers of lines, which other plants move."""
    return {re.sub(r"line \d+", "line N", word.partition(": ")[2]) for word in words}


def alone(tmp_path: Path, name: str) -> set[str]:
    words = without_lines(said(written(tmp_path, changed(PLANTED[name], text=TEXT))))
    assert words, name
    return words


def test_the_file_without_mistakes_is_fine(tmp_path: Path) -> None:
    assert said(written(tmp_path, TEXT)) == []


def test_any_two_mistakes_are_said_together(tmp_path: Path) -> None:
    """None hides the other, and two bring up nothing that neither brings up alone."""
    each = {name: alone(tmp_path, name) for name in PLANTED}
    for one, other in combinations(PLANTED, 2):
        if (one, other) not in CHANGES_THE_OTHER:
            text = changed(PLANTED[one], PLANTED[other], text=TEXT)
            assert without_lines(said(written(tmp_path, text))) == each[one] | each[other], (one, other)


def test_all_mistakes_of_a_file_are_said_in_one_pass(tmp_path: Path) -> None:
    """Each with its line, its field and what to do; and where all are mended, the file is fine."""
    left_out = {first for first, _ in CHANGES_THE_OTHER}
    together = [name for name in PLANTED if name not in left_out]
    assert len(together) >= 20
    text = changed(*(PLANTED[name] for name in together), text=TEXT)
    words = said(written(tmp_path, text))
    assert without_lines(words) == set().union(*(alone(tmp_path, name) for name in together))
    with pytest.raises(FileError) as raised:
        load_firm(written(tmp_path, text))
    for mistake in raised.value.mistakes:
        assert all((mistake.line, mistake.right)), mistake
        assert mistake.field or "the line has" in mistake.wrong, mistake
    lines = [mistake.line for mistake in raised.value.mistakes]
    assert lines == sorted(lines)


def test_what_may_follow_from_an_unreadable_list_waits_for_it(tmp_path: Path) -> None:
    """An account that nobody has may be the one that was misspelled."""
    orphan = ("accounts:\n", 'accounts:\n  "33333": {displayName: main}\n  "00000": {displayName: none}\n')
    text = changed(orphan, ('["33333", "44444"]', '["3333-3", "44444"]'), text=TEXT)
    (only,) = said(written(tmp_path, text))
    assert 'users.trader.b.accounts (1st): "3333-3" is not an account number' in only


def test_the_place_in_a_list_is_that_of_the_file_also_behind_an_unreadable_one(tmp_path: Path) -> None:
    text = changed(('["33333", "44444"]', '["3333-3", "44444", "FILL0001"]'), text=TEXT)
    assert [words.partition(": ")[2].partition(": ")[0] for words in said(written(tmp_path, text))] == [
        "users.trader.b.accounts (1st)",
        "users.trader.b.accounts (3rd)",
    ]


def test_an_entry_with_a_wrong_name_is_read_to_its_end(tmp_path: Path) -> None:
    text = changed(("  trader.c:", "  cy:"), text=TEXT)
    text = changed(("[WhenTech]\n  trader.d", "[WhenTechFills]\n  trader.d"), text=text)
    assert [words.partition(": ")[2].partition(": ")[0] for words in said(written(tmp_path, text))] == [
        "users.cy",
        "users.cy.applications",
    ]
