"""`t4firm new`, `depart`, `move-account`, `revoke`: shown, and written when somebody agrees."""

from tests.cli.conftest import Folder

NEW = (
    "new",
    "user",
    "trader.c",
    "--firstname",
    "Cem",
    "--lastname",
    "Utah",
    "--phone",
    "1",
    "--email",
    "c@x",
)
PLACE = (
    "--street",
    "2 Elm St",
    "--city",
    "Reno",
    "--county",
    "Washoe",
    "--state",
    "NV",
    "--post-code",
    "89501",
)


def test_a_new_user_by_options(folder: Folder) -> None:
    before = folder.firm_file.read_text()
    said = folder.t4firm(*NEW, *PLACE, "--account", "55555", "--market-data", "CME=Depth", "--yes")
    assert said.code == 0, said.err
    assert "+  trader.c:" in said.out
    assert "-" not in {line[:1] for line in said.out.splitlines() if not line.startswith("---")}
    after = folder.firm_file.read_text()
    assert after.replace(after[after.index("\n  trader.c:") : after.index("\n# Only what")], "") == before
    assert folder.t4firm("validate").code == 0


def test_what_lacks_is_said_and_nothing_is_written(folder: Folder) -> None:
    before = folder.firm_file.read_text()
    said = folder.t4firm(*NEW, "--account", "55555", "--yes")
    assert said.code == 1
    assert "stacks/demo.firm.yaml: users.trader.c.city: is missing; " in said.err
    assert said.err.endswith("Nothing was written.\n")
    assert folder.firm_file.read_text() == before


def test_somebody_departs_and_who_is_not_there_cannot(folder: Folder) -> None:
    assert folder.t4firm("depart", "trader.b", "--dry-run").code == 2
    assert folder.t4firm("depart", "trader.b", "--yes").code == 0
    assert folder.firm_file.read_text().count("departed: true") == 1
    said = folder.t4firm("depart", "nobody", "--yes")
    assert said.code == 1
    assert 'there is no user "nobody" in demo.firm.yaml' in said.err
