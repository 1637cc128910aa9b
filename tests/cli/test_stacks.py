"""Which stack is meant, its passwords, and its tasks: `password` and `tasks`."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from providers.t4.configuration.password_seed import bound, problem
from providers.t4.session.password import password_for
from t4simulator.service import process
from tests.cli.conftest import Folder

IDENTITY = "demo/Example Trading LLC"
SEED = "only-for-tests-Xc4mW7nB2vK9pLs6RtHyJq8DfGz3"


@pytest.fixture
def elsewhere(folder: Folder) -> Folder:
    """The stack's T4 is not the simulator, and its state lives where the user says."""
    folder.environ = {
        "T4_ENDPOINT": "https://t4.example.com",
        "PULUMI_BACKEND_URL": f"file://{folder.path}",
        "PULUMI_CONFIG_PASSPHRASE": "tests",
        "PULUMI_HOME": str(folder.path / "home"),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }
    return folder


def no_run_yet(username: str) -> str:
    """What is said beside a password before the stack's first run; exit code 2."""
    return f"No run has recorded {username} yet, so T4 probably does not have this password."


class TestPassword:
    def test_it_is_the_one_that_the_stack_derives(self, elsewhere: Folder) -> None:
        for username in ("trader.a", "WhenTechFillUser"):
            said = elsewhere.t4firm("password", username, T4_PASSWORD_SEED=SEED)
            assert (said.code, said.err) == (2, no_run_yet(username) + "\n")
            assert said.out == password_for(bound(SEED, IDENTITY), username, 1) + "\n"

    def test_a_new_seed_is_made_without_a_stack(self, folder: Folder) -> None:
        said = folder.t4firm("password", "--new-seed", within="..")
        assert (said.code, said.err, problem(said.out.strip())) == (0, "", "")
        assert said.out != folder.t4firm("password", "--new-seed").out
        assert json.loads(folder.t4firm("password", "--new-seed", "--json").out).keys() == {"version", "seed"}
        refused = folder.t4firm("password", "trader.a", "--new-seed")
        assert (refused.code, refused.out) == (1, "")
        assert "leave out the username" in refused.err
        assert "--new-seed" in folder.t4firm("password").err

    def test_for_a_machine(self, elsewhere: Folder) -> None:
        said = elsewhere.t4firm("password", "trader.a", "--json", T4_PASSWORD_SEED=SEED)
        derived = password_for(bound(SEED, IDENTITY), "trader.a", 1)
        doubt = no_run_yet("trader.a")
        shown = {"version": 1, "username": "trader.a", "password": derived, "doubt": doubt}
        assert (said.code, said.err, json.loads(said.out)) == (2, "", shown)

    def test_the_version_of_the_file_counts(self, elsewhere: Folder) -> None:
        elsewhere.replace("    firstname: Ann\n", "    passwordVersion: 2\n    firstname: Ann\n")
        said = elsewhere.t4firm("password", "trader.a", T4_PASSWORD_SEED=SEED)
        assert said.out == password_for(bound(SEED, IDENTITY), "trader.a", 2) + "\n"

    def test_on_the_simulator_its_own_seed_counts(self, folder: Folder) -> None:
        run = process.start(folder.path / ".t4" / "simulator")
        seed = bound(run.password_seed, IDENTITY)
        assert folder.t4firm("password", "trader.a").out == password_for(seed, "trader.a", 1) + "\n"

    def test_a_user_that_the_file_does_not_have(self, elsewhere: Folder) -> None:
        said = elsewhere.t4firm("password", "nobody", T4_PASSWORD_SEED=SEED)
        assert (said.code, said.out) == (1, "")
        assert "It has: WhenTechFillUser, trader.a, trader.b" in said.err

    def test_a_seed_that_is_too_short(self, elsewhere: Folder) -> None:
        said = elsewhere.t4firm("password", "trader.a", T4_PASSWORD_SEED="short")
        assert (said.code, said.out) == (1, "")
        assert "too short" in said.err


class TestWhichStack:
    def test_with_several_it_must_be_said(self, elsewhere: Folder, two_stacks: Callable[[], None]) -> None:
        two_stacks()
        said = elsewhere.t4firm("password", "trader.a", T4_PASSWORD_SEED=SEED)
        assert said.code == 1
        assert "which stack? Say `--stack NAME`; there are firm files for: demo, live" in said.err
        for chosen in ({"PULUMI_STACK": "live"}, {}):
            words = [] if chosen else ["--stack", "live"]
            said = elsewhere.t4firm("password", "trader.a", *words, T4_PASSWORD_SEED=SEED, **chosen)
            derived = password_for(bound(SEED, "live/Example Trading LLC"), "trader.a", 1)
            assert (said.code, said.out) == (2, derived + "\n"), "of that stack, where no run was yet"

    def test_one_that_has_no_firm_file(self, elsewhere: Folder) -> None:
        said = elsewhere.t4firm("tasks", "--stack", "other")
        assert said.code == 1
        assert "other.firm.yaml" in said.err

    def test_with_none_at_all(self, folder: Folder) -> None:
        folder.firm_file.unlink()
        said = folder.t4firm("tasks")
        assert said.code == 1
        assert "there are firm files for: none" in said.err

    def test_a_stack_with_settings_of_its_own_is_not_put_on_the_simulator(self, folder: Folder) -> None:
        folder.write("stacks/Pulumi.demo.yaml", "config:\n  t4:endpoint: https://t4.example.com\n")
        said = folder.t4firm("up", "--yes", "--simulator")
        assert said.code == 1
        assert "Pulumi.demo.yaml has settings of its own" in said.err


def test_without_a_terminal_up_changes_nothing_that_nobody_agreed_to(folder: Folder) -> None:
    """As `pulumi up` does."""
    said = folder.t4firm("up", "--simulator", stdin="n\n")
    assert (said.code, said.out) == (1, "")
    assert "`t4firm up --yes` runs without asking. Nothing was done" in said.err
    assert not (folder.path / ".t4").exists()


class TestSettingsFile:
    @pytest.mark.parametrize(
        ("text", "why"),
        [
            ("config: [\n", ":2: the settings file cannot be read: expected the node content"),
            ("config: \x01\n", ": the settings file cannot be read: it is not YAML"),
            ("config: 2026-99-99\n", ": the settings file cannot be read: it is not YAML"),
            (f"config: {'[' * 5_000}\n", ": the settings file cannot be read: it is not YAML"),
            ("config: [a]\n", ": this is no settings file; it must say `config:`"),
            ("config\n", ": this is no settings file; it must say `config:`"),
        ],
    )
    @pytest.mark.parametrize("command", ["validate", "doctor"])
    def test_one_that_cannot_be_used_is_a_sentence(
        self, folder: Folder, command: str, text: str, why: str
    ) -> None:
        folder.write("stacks/Pulumi.demo.yaml", text)
        said = folder.t4firm(command)
        assert (said.code, said.out) == (1, "")
        assert said.err.startswith(f"stacks/Pulumi.demo.yaml{why}")
        assert said.err.count("Pulumi.demo.yaml") == 1

    def test_one_that_cannot_be_used_hides_no_other_stack(
        self, folder: Folder, two_stacks: Callable[[], None]
    ) -> None:
        two_stacks()
        folder.write("stacks/Pulumi.demo.yaml", "config: [a]\n")
        folder.write("stacks/Pulumi.live.yaml", "config: {t4:firmFile: [a]}\n")
        shutil.copy(folder.firm_file, folder.path / "stacks" / "third.firm.yaml")
        said = folder.t4firm("validate")
        assert said.code == 1
        assert "stacks/third.firm.yaml: fine" in said.out
        assert "stacks/Pulumi.demo.yaml: this is no settings file" in said.err
        assert "stacks/Pulumi.live.yaml: t4:firmFile" in said.err
        assert said.err.endswith("2 mistakes\n")
        said = folder.t4firm("fleet", "list")
        assert (said.code, said.err) == (1, "")
        assert [line.partition(":")[0] for line in said.out.splitlines()] == ["demo", "live", "third"]
        assert "third: Example Trading LLC" in said.out
        assert folder.t4firm("validate", "--stack", "third").code == 0

    @pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
    def test_one_that_is_no_file_is_a_sentence(self, folder: Folder, make: Callable[[Path], None]) -> None:
        make(folder.path / "stacks" / "Pulumi.live.yaml")
        said = folder.t4firm("validate")
        assert said.code == 1
        assert "stacks/demo.firm.yaml: fine" in said.out
        assert said.err.startswith("stacks/Pulumi.live.yaml: this is not an ordinary file")

    @pytest.mark.parametrize("text", ["", "encryptionsalt: v1:abc\n", "config:\n"])
    def test_one_without_settings(self, folder: Folder, text: str) -> None:
        folder.write("stacks/Pulumi.demo.yaml", text)
        assert folder.t4firm("validate").code == 0


@pytest.mark.engine
class TestTasks:
    """Before a first run, all that the file asks of the administrator is planned."""

    def test_they_are_grouped_by_page_and_counted(self, elsewhere: Folder) -> None:
        said = elsewhere.t4firm("tasks", T4_OPERATIONS="onboarding")
        assert said.code == 2, said.err
        assert said.out.startswith("Accounts\n  11111\n    [planned] enable-account/11111\n")
        assert "\n  22222\n    [planned] create-account/22222\n" in said.out
        users = "\nUsers\n  WhenTechFillUser\n    [planned] assign-account/WhenTechFillUser/11111\n"
        assert users in said.out
        assert "\nFills: 0 of 4 accounts captured, 4 open.\n" in said.out
        assert said.out.endswith("13 to do, 0 closed.\n")

    def test_a_new_seed_is_made_without_a_stack(self, folder: Folder) -> None:
        said = folder.t4firm("password", "--new-seed", within="..")
        assert (said.code, said.err, problem(said.out.strip())) == (0, "", "")
        assert said.out != folder.t4firm("password", "--new-seed").out
        assert json.loads(folder.t4firm("password", "--new-seed", "--json").out).keys() == {"version", "seed"}
        refused = folder.t4firm("password", "trader.a", "--new-seed")
        assert (refused.code, refused.out) == (1, "")
        assert "leave out the username" in refused.err
        assert "--new-seed" in folder.t4firm("password").err

    def test_for_a_machine(self, elsewhere: Folder) -> None:
        line = "- task: create-account/22222\n  by: A\n  on: 2026-11-20\n"
        elsewhere.write("stacks/demo.attested.yaml", line)
        said = elsewhere.t4firm("tasks", "--json", T4_OPERATIONS="onboarding")
        assert said.code == 2
        report = json.loads(said.out)
        tasks = {task["id"]: task for task in report["tasks"]}
        assert tasks["create-account/22222"]["status"] == "planned"
        assert tasks["create-account/22222"]["signOff"].startswith("2026-11-20, by A, does not count: ")
        planned = tasks["create-account/44444"]
        assert (planned["status"], planned["page"], planned["about"]) == ("planned", "Accounts", "44444")
        assert {"id", "what", "why", "closes", "effective"} <= planned.keys()
        assert "since" not in planned
        assert report["fillCoverage"]["counts"]["open"] == 4

    def test_where_the_api_does_everything_there_is_nothing_to_do_but_around_the_fill_service(
        self, elsewhere: Folder
    ) -> None:
        kinds = ("hand-over-credentials", "password-never-expires", "sign-eula")
        standing = [f"{kind}/WhenTechFillUser" for kind in kinds]
        said = elsewhere.t4firm("tasks", "--json")
        assert [task["id"] for task in json.loads(said.out)["tasks"]] == standing
        assert said.code == 2

    def test_words_of_the_engine_reach_the_terminal_as_they_are(self, elsewhere: Folder) -> None:
        said = elsewhere.t4firm("tasks", PULUMI_BACKEND_URL="file:///nowhere/at/all")
        assert said.code == 1
        assert "pulumi stack ls --json failed: " in said.err


@pytest.mark.parametrize("command", [("preview",), ("up", "--yes")])
def test_a_stack_without_a_firm_file_is_named_as_such(folder: Folder, command: tuple[str, ...]) -> None:
    said = folder.t4firm(*command, "--stack", "nope")
    assert (said.code, said.out) == (1, "")
    assert said.err == (
        "stack nope has no firm file: there is no stacks/nope.firm.yaml. Stacks with one: demo\n"
    )


def test_a_state_whose_place_nobody_said_is_named_as_such(folder: Folder) -> None:
    environ = {"T4_ENDPOINT": "https://t4.example.com", "PULUMI_HOME": str(folder.path / "home")}
    said = folder.t4firm("preview", "--stack", "demo", PULUMI_CONFIG_PASSPHRASE="tests", **environ)
    assert said.code == 1
    assert "PULUMI_ACCESS_TOKEN must be set" in said.err, "the engine's own words come first"
    assert "Nobody has said where the state is kept, and there is no login at Pulumi's service (" in said.err
    assert said.err.endswith(
        "Say where the state is kept: set PULUMI_BACKEND_URL, for example "
        "file:///srv/t4/state?metadata=skip, or run `pulumi login`.\n"
    )
