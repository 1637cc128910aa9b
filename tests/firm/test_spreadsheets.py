"""A firm's table of people becomes entries of its firm file."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from t4firm.edits.firm_files import FirmFiles
from t4firm.loading.firm_file import load_firm
from t4firm.model.countries import COUNTRIES
from t4firm.model.firm import Firm
from t4firm.spreadsheets.columns import Columns, guessed, is_known, load_columns, text_of
from t4firm.spreadsheets.csv_file import read_csv
from t4firm.spreadsheets.merging import SheetErrors, merge
from t4firm.spreadsheets.people import people_of
from t4firm.spreadsheets.postal_codes import DIGITS
from t4firm.spreadsheets.sheet import Sheet
from t4firm.spreadsheets.xlsx_file import read_xlsx
from t4firm.yaml_files.document import FileError
from tests.firm.firms import FIRM, written

HEADERS = "Login,First name,Last name,E-mail,Phone,Street,City,County,State,ZIP,Country,Account,WhenTech"
PERSON = "{login},Ann,O'Hara,a@example.com,555-1,2 Elm St,Reno,Washoe,NV,{zip},US,{account},yes"


def person(login: str, account: str, zip: str = "89501") -> str:
    return PERSON.format(login=login, account=account, zip=zip)


def sheet_of(folder: Path, text: str | bytes, name: str = "people.csv") -> Sheet:
    return read_csv(written(folder, text, name), is_known)


def merged(folder: Path, sheet: Sheet, columns: Columns | None = None, firm: str = FIRM) -> tuple[Firm, str]:
    """The firm and the text of its file after the sheet came in."""
    files = FirmFiles(written(folder, firm))
    people = people_of(sheet, columns or guessed(sheet), files.firm.defaults.user.country or "")
    merge(files, sheet, people)
    files.write()
    return load_firm(folder / "it.firm.yaml"), (folder / "it.firm.yaml").read_text()


def refused(folder: Path, sheet: Sheet, columns: Columns | None = None, firm: str = FIRM) -> list[str]:
    with pytest.raises(SheetErrors) as raised:
        merged(folder, sheet, columns, firm)
    assert (folder / "it.firm.yaml").read_text() == firm  # nothing is written
    return str(raised.value).replace(f"{folder}/", "").split("\n")


def test_a_user_with_three_accounts_in_three_rows(tmp_path: Path) -> None:
    rows = [
        HEADERS + ",Display name",
        person("ann.ohara", "000123") + ",Ann's",
        "ann.ohara" + "," * 11 + "00124,,",
        "," * 11 + "00125,,Third",
    ]
    firm, text = merged(tmp_path, sheet_of(tmp_path, "\n".join(rows)))
    assert firm.users["ann.ohara"].accounts == ("000123", "00124", "00125")
    assert firm.accounts["000123"].displayName == "Ann's"
    assert firm.accounts["00124"].displayName is None
    assert firm.accounts["00125"].displayName == "Third"
    assert text.startswith(FIRM[: FIRM.index("fillService:")])  # nothing before the new entry has changed
    assert text.endswith(FIRM[FIRM.index("fillService:") :])
    entry = text[text.index("  ann.ohara:") : text.index("fillService:")]
    assert "country" not in entry  # as the defaults say
    assert "    lastname: O'Hara\n" in entry


def test_importing_twice_changes_nothing_more(tmp_path: Path) -> None:
    sheet = sheet_of(tmp_path, "\n".join([HEADERS, person("ann.ohara", "777,00")]).replace("777,00", "77700"))
    _, first = merged(tmp_path, sheet)
    _, second = merged(tmp_path, sheet, firm=first)
    assert second == first


def test_an_existing_user_gets_what_is_new_and_keeps_the_rest(tmp_path: Path) -> None:
    sheet = sheet_of(tmp_path, "username,phone,account\ntrader.a,555-999,77777\ntrader.b,,\n")
    firm, text = merged(tmp_path, sheet)
    assert firm.users["trader.a"].phone == "555-999"
    assert firm.users["trader.a"].accounts[-1] == "77777"
    assert text == FIRM.replace('["11111", "22222"]', '["11111", "22222", "77777"]').replace(
        "    applications: [WhenTech]\n  trader.b",
        '    applications: [WhenTech]\n    phone: "555-999"\n  trader.b',
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_encodings_and_separators(tmp_path: Path, encoding: str, separator: str) -> None:
    text = "\n".join([HEADERS, person("jörg.müller", "77777")])
    text = (
        text.replace(",", separator).replace("2 Elm St", '"2 Elm St, Flat 3; left"').replace("Reno", "Köln")
    )
    sheet = sheet_of(tmp_path, text.encode(encoding))
    firm, _ = merged(tmp_path, sheet)
    assert firm.users["jörg.müller"].city == "Köln"
    assert firm.users["jörg.müller"].street == "2 Elm St, Flat 3; left"


def test_titles_above_the_headers_and_empty_rows_count_as_rows(tmp_path: Path) -> None:
    rows = ["Our traders,,", "", HEADERS, "", person("ann.ohara", "77-77")]
    assert refused(tmp_path, sheet_of(tmp_path, "\n".join(rows))) == [
        'people.csv: row 5, column L, "Account": "77-77" is not an account number; write 1 to 26 letters and '
        "digits (a to z, 0 to 9), without spaces or dashes"
    ]


def test_words_that_people_use_become_those_of_the_file(tmp_path: Path) -> None:
    rows = [
        "Login,Name,E-mail,Phone,Street,City,County,State,ZIP,Country,Account,Professional?,Market data CME",
        'ann.ohara,"O\'Hara, Ann",a@example.com,1 2,2 Elm St,Reno,Washoe,nevada,="04103",USA,1.0,no,Depth',
        'jo.mueller,"Müller, Jo",j@example.com,1 2,Am Markt 1,Bonn,none,none,53111,Germany,2,yes,',
    ]
    firm, _ = merged(tmp_path, sheet_of(tmp_path, "\n".join(rows)))
    ann, jo = firm.users["ann.ohara"], firm.users["jo.mueller"]
    assert (ann.firstname, ann.lastname, ann.state, ann.country) == ("Ann", "O'Hara", "NV", "US")
    assert (ann.postCode, ann.accounts, ann.apptype) == ("04103", ("1",), "NonProfessional")
    assert ann.marketData == {"CME": "Depth"}
    assert (jo.country, jo.county, jo.state, jo.apptype) == ("DE", "", "", "Professional")


@pytest.mark.parametrize(
    ("country", "code", "digits"),
    [("US", "4103", 5), ("SG", "18956", 6), ("Germany", "1067", 5), ("JP", "640941", 7), ("AT", "110", 4)],
)
def test_a_postal_code_that_is_too_short_for_its_country(
    tmp_path: Path, country: str, code: str, digits: int
) -> None:
    """A spreadsheet makes a number of it, and drops its zeros."""
    rows = ["Login,ZIP,Country", f"ann.ohara,{code},{country}", f"bob.ohara,{code}1234,{country}"]
    sheet = sheet_of(tmp_path, "\n".join(rows))
    [said] = people_of(sheet, guessed(sheet)).warnings
    assert said.startswith("row 2: the postal code is too short: in ")
    assert f" it has {digits} digits. " in said


def test_short_postal_codes_of_one_country_are_one_warning(tmp_path: Path) -> None:
    rows = ["Login,ZIP,Country", *(f"trader.{n},1895{n},SG" for n in range(6)), "x.y,SW1,GB", "z.z,12,XX"]
    sheet = sheet_of(tmp_path, "\n".join(rows))
    assert people_of(sheet, guessed(sheet)).warnings == [
        "rows 2, 3, 4 and 3 more: the postal code is too short: in SG it has 6 digits. Spreadsheets drop "
        "zeros at the beginning"
    ]


def test_countries_with_postal_codes_of_a_fixed_length_are_countries() -> None:
    assert DIGITS.keys() <= {*COUNTRIES}


def test_what_no_column_says_is_one_mistake(tmp_path: Path) -> None:
    rows = ["Login,First name,Account", "ann.ohara,Ann,77777", "bob.ohara,Bob,77778"]
    assert refused(tmp_path, sheet_of(tmp_path, "\n".join(rows))) == [
        "people.csv: lastname: is missing in row 2 and 1 more, and no column is this field; add a column, or "
        "a default under defaults.user"
    ]


def test_rows_that_contradict_each_other(tmp_path: Path) -> None:
    rows = [HEADERS, person("ann.ohara", "77777"), person("ann.ohara", "77778").replace("Reno", "Sparks")]
    assert refused(tmp_path, sheet_of(tmp_path, "\n".join(rows))) == [
        'people.csv: row 3, column G, "City": does not agree with row 2 about the same user; write the '
        "same in both, or leave one empty"
    ]


PLANTED = {  # row: what is put in the place of what, and the column that is named
    7: ("a@example.com", "a.example.com", "D"),
    30: ("89501", "", "J"),
    31: (",US,", ",Absurdistan,", "K"),
    44: ("acct44", "acct-44", "L"),
    60: ("trader60", "tr60", "A"),
    61: ("Ann", "", "B"),
    90: ("acct90", "", "L"),
    91: ("acct91", "acct90x", "L"),  # the next one has it too
    92: ("acct92", "acct92; acct90x", "L"),
    120: ("trader120", "TRADER121", "A"),
    130: ("yes", "maybe", "M"),
    150: ("Reno", "", "G"),
    200: ("NV", "", "I"),
    201: ("Washoe", "", "H"),
    250: ("trader250", "tra der250", "A"),
    300: ("555-1", "1.5555E+10", "E"),
    333: ("trader333", "", "A"),
    400: ("2 Elm St", "2 Elm\u200b St", "F"),
    401: ("O'Hara", "", "C"),
    450: ("acct450", "acct450acct450acct450acct450", "L"),
    499: ("trader499", "a/b/c/d", "A"),
}


def test_twenty_mistakes_in_five_hundred_rows_come_all_at_once(tmp_path: Path) -> None:
    rows = [HEADERS]
    for number in range(2, 502):
        row = person(f"trader{number}", f"acct{number}")
        old, new, _ = PLANTED.get(number, ("", "", ""))
        assert old in row
        rows.append(row.replace(old, new, 1) if old else row)
    told = refused(tmp_path, sheet_of(tmp_path, "\n".join(rows)))
    places = [tuple(line.split(", ")[:2]) for line in told]
    # of two that clash the later one is told; it names the other
    expected = {number: column for number, (_, _, column) in PLANTED.items() if number not in (91, 120)}
    expected[121] = "A"
    assert len(expected) == 20
    assert places == [
        (f"people.csv: row {number}", f"column {expected[number]}") for number in sorted(expected)
    ]


def workbook(folder: Path, rows: Sequence[Sequence[object]], formats: dict[str, str] | None = None) -> Sheet:
    book = Workbook()
    sheet: Any = book.active
    for row in rows:
        sheet.append(row)
    for place, form in (formats or {}).items():
        sheet[place].number_format = form
    book.save(folder / "people.xlsx")
    return read_xlsx(folder / "people.xlsx", is_known)


def test_excels_numbers_and_codes(tmp_path: Path) -> None:
    headers = [*HEADERS.split(",")[:-1], "Enabled"]
    row = [
        "ann.ohara",
        "Ann",
        "O'Hara",
        "a@example.com",
        5551234567,
        "2 Elm St",
        "Portland",
        "Cumberland",
        "ME",
        4103,
        "US",
        11119.0,
        True,
    ]
    sheet = workbook(tmp_path, [headers, row], {"J2": "00000"})
    firm, _ = merged(tmp_path, sheet)
    ann = firm.users["ann.ohara"]
    assert (ann.phone, ann.postCode, ann.accounts) == ("5551234567", "04103", ("11119",))
    assert firm.accounts["11119"].enabled is True


def test_what_excel_has_lost_is_told(tmp_path: Path) -> None:
    row = [None if name == "E-mail" else f"trader.{name}" for name in HEADERS.split(",")]
    values = dict(zip(HEADERS.split(","), row, strict=True)) | {
        "Login": "ann.ohara",
        "E-mail": "a@b",
        "Country": "US",
        "WhenTech": "yes",
        "Phone": datetime(2026, 1, 5),
        "Account": 12345678901234567,
        "ZIP": "=A1",
    }
    told = refused(tmp_path, workbook(tmp_path, [[*values], [*values.values()]]))
    assert [line.split("; ")[0] for line in told] == [
        'people.xlsx: row 2, column E, "Phone": is stored as a date',
        'people.xlsx: row 2, column J, "ZIP": is a formula whose result is not in the file',
        'people.xlsx: row 2, column L, "Account": has more than 15 digits, and Excel makes zeros of the rest '
        "of a number",
    ]


def test_the_columns_are_kept_and_corrected(tmp_path: Path) -> None:
    rows = [
        HEADERS.replace("Login", "Desk code").replace("WhenTech", "Template"),
        person("ann.ohara", "77777"),
    ]
    sheet = sheet_of(tmp_path, "\n".join(rows).replace(",yes", ",T1"))
    columns = guessed(sheet)
    assert not columns.of("username")
    kept = text_of(columns, sheet, "2026-11-28")
    path = written(tmp_path, kept, "people.columns.yaml")
    assert load_columns(path, sheet) == columns
    corrected = kept.replace("Desk code: ignore", "Desk code: username").replace(
        "Template: ignore", "Template: templateUser"
    )
    written(tmp_path, corrected + "values: {templateUser: {T1: WhenTechTrader}}\n", "people.columns.yaml")
    firm, _ = merged(tmp_path, sheet, load_columns(path, sheet))
    assert firm.users["ann.ohara"].templateUser == "WhenTechTrader"


def test_mistakes_in_the_file_of_columns(tmp_path: Path) -> None:
    sheet = sheet_of(tmp_path, "\n".join([HEADERS, person("ann.ohara", "77777")]))
    path = written(
        tmp_path, "columns: {Nobody: phone, Phone: fone, City: email}\nvalues: {x: {a: b}}\n", "c.yaml"
    )
    with pytest.raises(FileError) as raised:
        load_columns(path, sheet)
    assert [(each.field, each.wrong) for each in raised.value.mistakes] == [
        ("columns", 'the columns "E-mail" and "City" are both email'),
        ("columns.Nobody", "people.csv has no such column"),
        ("columns.Phone", '"fone" is no field'),
        ("values.x", "is no field"),
    ]


@pytest.mark.parametrize(
    ("content", "wrong"),
    [
        (b"", "the file is empty"),
        (b"a,b\n\x81\xff", "cannot be read as utf-8 or cp1252"),
    ],
)
def test_files_that_are_no_tables(tmp_path: Path, content: bytes, wrong: str) -> None:
    with pytest.raises(FileError, match=wrong):
        sheet_of(tmp_path, content)


def test_a_shared_account_gets_its_owner_from_the_sheet(tmp_path: Path) -> None:
    """The firm file cannot say it first: there, nobody has the account yet."""
    rows = [HEADERS, person("ann.ohara", "77777"), person("bob.ohara", "88888")]
    shared = "bob.ohara" + "," * 11 + "77777,"
    [said] = refused(tmp_path, sheet_of(tmp_path, "\n".join([*rows, shared])))
    assert said == (
        'people.csv: row 4, column L, "Account": the account "77777" is listed by "ann.ohara" and '
        '"bob.ohara", but the file does not say who is its owner; add a column Owner with the username of '
        "the owner, and write this account in a separate row, with the same username"
    )
    owned = "\n".join([rows[0] + ",Owner", *rows[1:], shared + ",ann.ohara"])
    firm, _ = merged(tmp_path, sheet_of(tmp_path, owned))
    assert firm.accounts["77777"].owner == "ann.ohara"
    assert firm.users["bob.ohara"].accounts == ("88888", "77777")


def test_t4s_own_words_for_columns_are_recognized(tmp_path: Path) -> None:
    """As its portal names them."""
    assert guessed(sheet_of(tmp_path, "Login,User type,Template\nann.ohara,Pro,X\n")).fields == (
        "username",
        "apptype",
        "templateUser",
    )
