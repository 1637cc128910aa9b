"""A firm file in several files of one folder."""

from pathlib import Path

import pytest

from t4firm.loading.firm_file import load_firm
from t4firm.loading.included import parts_of
from t4firm.yaml_files.document import FileError
from tests.firm.firms import changed, written

DESK = """\
users:
  trader.c:
    firstname: Cem
    lastname: Utah
    accounts: ["55555"]
    applications: [WhenTech]
accounts:
  "55555": {displayName: Cem's}
"""


def firm_with(folder: Path, **parts: str) -> Path:
    """A firm file that includes these: `rates=…` is rates.users.yaml."""
    names = ", ".join(f"{name}.users.yaml" for name in parts)
    for name, text in parts.items():
        written(folder, text, f"{name}.users.yaml")
    return written(folder, changed(("templates:", f"include: [{names}]\ntemplates:")))


def said(path: Path) -> list[str]:
    with pytest.raises(FileError) as raised:
        load_firm(path)
    return [str(mistake).replace(f"{path.parent}/", "") for mistake in raised.value.mistakes]


@pytest.mark.parametrize("key", ["include", '"inc\\u006cude"', "inc\u200blude"])
def test_the_parts_are_found_however_the_key_is_written(tmp_path: Path, key: str) -> None:
    (tmp_path / "rates.users.yaml").write_text("users: {}\n")
    path = written(tmp_path, changed(("templates:", f"{key}: [rates.users.yaml]\ntemplates:")))
    assert parts_of(path) == [path, tmp_path / "rates.users.yaml"]


def test_an_included_user_is_one_of_the_firm_with_its_defaults(tmp_path: Path) -> None:
    firm = load_firm(firm_with(tmp_path, rates=DESK))
    assert [*firm.users] == ["trader.a", "trader.b", "trader.c"]
    assert firm.users["trader.c"].templateUser == "WhenTechTrader"
    assert firm.accounts["55555"].displayName == "Cem's"
    assert "55555" in firm.to_capture


def test_mistakes_name_the_right_file_and_line(tmp_path: Path) -> None:
    path = firm_with(tmp_path, rates=DESK.replace("Cem\n", "7\n").replace('"55555"]', '"55555", "33333"]'))
    assert said(path) == [
        'rates.users.yaml:3: users.trader.c.firstname: 7 is a number; write "7"',
        'rates.users.yaml:5: users.trader.c.accounts (2nd): the account "33333" is listed by "trader.b" and '
        '"trader.c", but the file does not say who is its owner; remove it from all but one, or, if they '
        'share it, add under accounts: "33333": {owner: trader.b}',
    ]


def test_a_user_in_two_files_is_an_error_that_names_both(tmp_path: Path) -> None:
    path = firm_with(tmp_path, rates=DESK, energy=DESK.replace("trader.c", "trader.a"))
    assert said(path) == [
        "energy.users.yaml:2: users.trader.a: is also on line 23 of it.firm.yaml; keep one of the two",
        "energy.users.yaml:8: accounts.55555: is also on line 8 of rates.users.yaml; keep one of the two",
    ]
    path = firm_with(tmp_path, rates=DESK.replace("trader.c", "Trader.A"))
    assert said(path) == [
        'rates.users.yaml:2: users.Trader.A: "Trader.A" is the same username as "trader.a" on line 23 of '
        "it.firm.yaml; keep one, or give one of them another name: capitals, and the way in which accents "
        "are encoded, make no difference"
    ]


def test_what_cannot_be_included_is_said_where_it_is_included(tmp_path: Path) -> None:
    names = ["../other.yaml", "none.users.yaml", "live.firm.yaml", "it.firm.yaml", "rates.users.yaml"]
    written(tmp_path, "limits: {newUsers: 1}\nusers: [a]\n", "rates.users.yaml")
    path = written(tmp_path, changed(("templates:", f"include: {names}\ntemplates:")))
    assert said(path) == [
        'it.firm.yaml:2: include (1st): "../other.yaml" is not a file in this folder; name a file of the '
        "same "
        "folder",
        'it.firm.yaml:2: include (2nd): there is no file "none.users.yaml" in this folder; add it, or '
        "correct the name",
        'it.firm.yaml:2: include (3rd): the name "live.firm.yaml" says that the file is something else; give '
        "it a name such as rates.users.yaml",
        'it.firm.yaml:2: include (4th): "it.firm.yaml" is not a file in this folder; name a file of the same '
        "folder",
        "rates.users.yaml:1: limits: must not be in an included file; write it in it.firm.yaml: an included "
        "file has only users and accounts",
        "rates.users.yaml:2: users: is not a group of entries; write one entry under each name",
    ]


def test_a_users_entry_that_moves_to_another_file_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    users = DESK.split("accounts:\n")[0].removeprefix("users:\n")
    one = load_firm(written(tmp_path / "one", changed(("fillService:", f"{users}fillService:"))))
    two = load_firm(firm_with(tmp_path / "two", rates=DESK.rsplit("accounts:\n", 1)[0]))
    assert one.users == two.users
    assert one.accounts == two.accounts
