"""`t4firm validate`: every mistake of every file, with its line, and an exit code for a pipeline."""

import json
from collections.abc import Callable

import pytest

from tests.cli.conftest import Folder


def test_fine_files_are_counted(folder: Folder) -> None:
    said = folder.t4firm("validate")
    assert (said.code, said.err) == (0, "")
    assert said.out == ("stacks/demo.firm.yaml: fine (3 users, 5 accounts, 4 further assignments)\n")


def test_it_is_found_from_a_folder_below(folder: Folder) -> None:
    said = folder.t4firm("validate", "demo.firm.yaml", within="stacks")
    assert (said.code, said.out.partition(":")[0]) == (0, "demo.firm.yaml")


def test_all_mistakes_of_all_files_at_once(folder: Folder, two_stacks: Callable[[], None]) -> None:
    two_stacks()
    folder.replace('postCode: "43004"', "postCode: 43004")
    folder.replace('accounts: ["33333", "44444"]', 'accounts: ["33333", "FILL0001"]')
    live = folder.path / "stacks" / "live.firm.yaml"
    live.write_text(live.read_text().replace("trader.b:", "shrt:"))
    said = folder.t4firm("validate")
    assert said.code == 1
    assert said.out == ""
    for place in ("demo.firm.yaml:", "live.firm.yaml:", "users.trader.a.postCode", 'the username "shrt"'):
        assert place in said.err
    assert said.err.splitlines()[-1].endswith("mistakes")
    assert 'write "43004"' in said.err


def test_one_mistake_leaves_the_other_file_fine(folder: Folder, two_stacks: Callable[[], None]) -> None:
    two_stacks()
    folder.replace('postCode: "43004"', "postCode: 43004")
    said = folder.t4firm("validate")
    assert said.code == 1
    assert "stacks/live.firm.yaml: fine" in said.out
    assert said.err.splitlines()[-1] == "1 mistake"


def test_the_attested_and_the_operations_file_are_checked_too(folder: Folder) -> None:
    folder.write("stacks/demo.attested.yaml", "- task: assign-acount/x/1\n  by: A\n  on: 2026-11-20\n")
    said = folder.t4firm("validate")
    assert said.code == 1
    assert "stacks/demo.attested.yaml:1" in said.err
    (folder.path / "stacks" / "demo.attested.yaml").unlink()
    folder.write("stacks/demo.operations.yaml", "readUsr: {method: GET, path: /x, answer: '@'}\n")
    said = folder.t4firm("validate")
    assert said.code == 1
    assert 'did you mean "readUser"?' in said.err


def test_a_file_that_is_not_there(folder: Folder) -> None:
    said = folder.t4firm("validate", "stacks/other.firm.yaml")
    assert said.code == 1
    assert "other.firm.yaml" in said.err
    assert "there is no such file" in said.err


def test_a_project_without_a_firm_file(folder: Folder) -> None:
    folder.firm_file.unlink()
    said = folder.t4firm("validate")
    assert said.code == 1
    assert "there is no firm file in" in said.err
    assert "<stack>.firm.yaml" in said.err


def test_outside_a_project(folder: Folder) -> None:
    (folder.path / "Pulumi.yaml").unlink()
    said = folder.t4firm("validate")
    assert said.code == 1
    assert "call t4firm inside the project" in said.err


def test_a_warning_is_no_mistake(folder: Folder) -> None:
    folder.replace("roles: []", "roles: [RiskManager]")
    folder.replace("capture: accounts", "capture: riskManager")
    said = folder.t4firm("validate")
    assert said.code == 0, said.err
    assert "warning: WhenTechFillUser gets the Risk Manager role" in said.err


def test_the_risk_managers_role_is_the_one_that_the_setting_names(folder: Folder) -> None:
    folder.replace("roles: []", "roles: [Administrator]")
    folder.replace("capture: accounts", "capture: riskManager")
    said = folder.t4firm("validate")
    assert said.code == 1
    assert 'the fill user must have only the role "RiskManager": not "Administrator"' in said.err
    folder.replace("roles: [Administrator]", "roles: [Risk Manager]")
    assert folder.t4firm("validate").code == 1
    assert folder.t4firm("validate", T4_RISK_MANAGER_ROLE="Risk Manager").code == 0


def test_the_environment_wins_over_the_settings_of_the_stack(folder: Folder) -> None:
    said = folder.t4firm("validate", T4_OPERATIONS="nowhere.yaml")
    assert said.code == 1
    assert "nowhere.yaml" in said.err
    assert "t4:operations is onboarding or walkthrough, or the name of a file" in said.err


def test_schema_is_json_for_an_editor(folder: Folder) -> None:
    said = folder.t4firm("schema")
    assert said.code == 0
    assert {"firm", "users", "fillService"} <= set(json.loads(said.out)["properties"])


def test_help_names_the_exit_codes(folder: Folder) -> None:
    said = folder.t4firm("--help")
    assert said.code == 0
    assert "Exit codes: 0 fine, 1 error, 2 there is something to do" in " ".join(said.out.split())
    for command in ("validate", "up", "preview", "tasks", "password", "schema", "simulator"):
        assert command in said.out


def test_only_the_files_of_a_stack(folder: Folder, two_stacks: Callable[[], None]) -> None:
    two_stacks()
    folder.replace('postCode: "43004"', "postCode: 43004")
    said = folder.t4firm("validate", "--stack", "live")
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith("stacks/live.firm.yaml: fine")
    assert folder.t4firm("validate", "--stack", "demo").code == 1
    both = folder.t4firm("validate", "--stack", "live", "stacks/demo.firm.yaml")
    assert both.code == 1
    assert "name either files or a stack" in both.err


@pytest.mark.parametrize("name", ["acme.operations.yaml", "what-t4-told-us.yaml"])
def test_an_operations_file_is_checked_as_one(folder: Folder, name: str) -> None:
    right = "assignAccount: {method: POST, path: '/u/{userID}/a', body: {id: '{accountID}'}}\n"
    folder.write(name, right)
    said = folder.t4firm("validate", name)
    assert (said.code, said.out, said.err) == (0, f"{name}: fine (operations: assignAccount)\n", "")
    folder.write(name, right.replace("POST", "GET") + "asignApplication: {}\n")
    said = folder.t4firm("validate", name)
    assert (said.code, said.out) == (1, "")
    assert f"{name}:1: assignAccount.method: GET changes nothing, and this operation does" in said.err
    assert f'{name}:2: asignApplication: there is no such operation; did you mean "assign' in said.err
    assert said.err.splitlines()[-1].endswith("mistakes")


def test_for_a_machine(folder: Folder) -> None:
    folder.replace('postCode: "43004"', "postCode: 43004")
    said = folder.t4firm("validate", "--json")
    assert (said.code, said.err) == (1, "")
    found = json.loads(said.out)
    (file,) = found["files"]
    (mistake,) = file["mistakes"]
    assert (found["mistakes"], file["file"], file["fine"]) == (1, "stacks/demo.firm.yaml", False)
    assert (mistake["field"], mistake["right"]) == ("users.trader.a.postCode", 'write "43004"')
    assert folder.firm_file.read_text().splitlines()[mistake["line"] - 1].strip() == "postCode: 43004"
    folder.replace("postCode: 43004", 'postCode: "43004"')
    (file,) = json.loads(folder.t4firm("validate", "--json").out)["files"]
    assert file == {
        "file": "stacks/demo.firm.yaml",
        "fine": True,
        "users": 3,
        "accounts": 5,
        "assigned": 4,
        "warnings": [],
        "mistakes": [],
    }


def two_environments(folder: Folder) -> None:
    """One firm file, which the settings of two stacks name."""
    folder.firm_file.rename(folder.path / "stacks" / "acme.firm.yaml")
    for stack in ("live", "simulation"):
        folder.write(f"stacks/Pulumi.{stack}.yaml", "config:\n  t4:firmFile: stacks/acme.firm.yaml\n")
    (folder.path / "stacks" / "Pulumi.demo.yaml").unlink()


def test_one_firm_file_is_checked_as_each_of_its_stacks_will_have_it(folder: Folder) -> None:
    two_environments(folder)
    folder.write("stacks/simulation.stack.yaml", "without: [whentech]\n")
    said = folder.t4firm("validate")
    assert (said.code, said.err) == (0, "")
    assert said.out.splitlines() == [
        "stacks/acme.firm.yaml (stack live): fine (3 users, 5 accounts, 4 further assignments)",
        "stacks/acme.firm.yaml (stack simulation): fine (2 users, 4 accounts, 0 further assignments)",
    ]
    files = json.loads(folder.t4firm("validate", "--json").out)["files"]
    assert [each["stack"] for each in files] == ["live", "simulation"]
    folder.write("stacks/simulation.stack.yaml", "without: [whentec]\n")
    said = folder.t4firm("validate")
    assert said.code == 1
    assert "stacks/simulation.stack.yaml:1: without (1st)" in said.err


def test_a_signature_counts_in_one_environment_only(folder: Folder) -> None:
    two_environments(folder)
    line = "- task: create-account/22222\n  by: A\n  on: 2026-11-20\n"
    folder.write("stacks/acme.attested.yaml", line)
    said = folder.t4firm("validate")
    assert said.code == 1
    assert "stacks/acme.attested.yaml: counts for the stacks live and simulation at once" in said.err
    assert "stacks/live.stack.yaml" in said.err
    folder.write("stacks/simulation.stack.yaml", "{}\n")
    assert folder.t4firm("validate").code == 0, "now it is the signature of live alone"


def settings(folder: Folder, stack: str, endpoint: str, firm_file: str = "") -> None:
    more = f"  t4:firmFile: {firm_file}\n" if firm_file else ""
    folder.write(f"stacks/Pulumi.{stack}.yaml", f"config:\n  t4:endpoint: {endpoint}\n{more}")


def test_two_stacks_that_own_one_user_at_one_t4_are_refused_with_both_lines(
    folder: Folder, two_stacks: Callable[[], None]
) -> None:
    two_stacks()
    settings(folder, "demo", "https://api.t4login.com")
    settings(folder, "live", "HTTPS://API.t4login.com:443/")
    said = folder.t4firm("validate")
    assert said.code == 1
    lines = folder.firm_file.read_text().splitlines()
    words = said.err.splitlines()
    for written, where, what, a in (
        ("trader.a:", "users.trader.a", 'the user "trader.a"', "a user"),
        ("username: Wh", "fillService.user.username", 'the user "WhenTechFillUser"', "a user"),
        ('["33333", "44444"]', "users.trader.b.accounts (1st)", 'the account "33333"', "an account"),
        ("account: FILL0001", "fillService.user.account", 'the account "FILL0001"', "an account"),
    ):
        number = next(number for number, text in enumerate(lines, 1) if written in text)
        assert (
            f"stacks/live.firm.yaml:{number}: {where}: {what} is also set up by stack demo "
            f"(stacks/demo.firm.yaml, line {number}), at the same T4; remove it from one of the two files: "
            f"one stack sets up {a}"
        ) in words
    assert words[-1] == "8 mistakes"


@pytest.mark.parametrize(
    "other", ["https://api-sim.t4login.com", "https://api.t4login.com/sim", "https://api.t4login.com:8443"]
)
def test_two_stacks_at_two_t4s_may_have_the_same_people(
    folder: Folder, two_stacks: Callable[[], None], other: str
) -> None:
    two_stacks()
    settings(folder, "demo", "https://api.t4login.com")
    settings(folder, "live", other)
    assert folder.t4firm("validate").code == 0


def test_one_firm_file_for_two_stacks_at_one_t4_is_one_mistake(folder: Folder) -> None:
    settings(folder, "demo", "https://api.t4login.com")
    settings(folder, "again", "https://api.t4login.com", "stacks/demo.firm.yaml")
    said = folder.t4firm("validate")
    assert said.err.splitlines() == [
        "stacks/demo.firm.yaml:7: the stacks again and demo both set up what this file says, at the same T4; "
        "remove one of the two stacks, or give it the endpoint of another T4",
        "1 mistake",
    ]


def test_mistakes_of_all_files_of_a_stack_are_said_together(folder: Folder) -> None:
    """Also where the firm file, which the others are about, has some itself."""
    stacks = folder.path / "stacks"
    (stacks / "demo.firm.yaml").write_text("firm: 5\nusers: {}\n")
    (stacks / "demo.stack.yaml").write_text("withot: [whentech]\n")
    (stacks / "demo.attested.yaml").write_text("- {task: nothing, by: Ann, on: 2026-11-01}\n")
    said = folder.t4firm("validate", "--stack", "demo")
    assert said.code == 1
    for file in ("demo.firm.yaml:1", "demo.stack.yaml:1", "demo.attested.yaml:1"):
        assert f"stacks/{file}" in said.err
