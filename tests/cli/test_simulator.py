"""`t4firm simulator`: started, asked, emptied and stopped from a shell, and what a shell needs to use it."""

import json
import subprocess

import httpx
import pytest

from providers.t4.session.place import folder_for
from t4firm_cli.administrator.simulated_templates import prepare
from t4firm_cli.project.layout import Project
from t4simulator.service import process
from tests.cli.conftest import ROOT, Folder
from tests.clock import PATIENCE


def test_a_simulator_from_start_to_stop(folder: Folder) -> None:
    assert folder.t4firm("simulator", "status").code == 2
    assert json.loads(folder.t4firm("simulator", "status", "--json").out) == {
        "version": 1,
        "running": False,
        "endpoint": None,
        "portal": None,
        "pid": None,
    }
    first = folder.t4firm("simulator", "start")
    assert first.code == 0
    assert folder.t4firm("simulator", "start").out == first.out, "a second start finds the first"
    shown = folder.t4firm("simulator", "status", "--json")
    status = json.loads(shown.out)
    assert shown.code == 0
    assert status["running"] is True
    assert status["endpoint"] in first.out
    assert (
        httpx.get(f"{status['endpoint']}/simulator/health", timeout=PATIENCE).json()["pid"] == status["pid"]
    )
    said = folder.t4firm("simulator", "status")
    assert (said.code, said.out) == (0, first.out)
    again = folder.t4firm("simulator", "start", "--json")
    assert (again.code, again.out) == (0, shown.out)
    emptied = folder.t4firm("simulator", "reset", "--json")
    assert json.loads(emptied.out) == {"version": 1, "empty": True, "stacksForgotten": False}
    assert folder.t4firm("simulator", "stop").out == "The simulator is stopped.\n"
    told = folder.t4firm("simulator", "stop", "--json")
    assert json.loads(told.out) == {"version": 1, "running": False, "stopped": False}
    assert folder.t4firm("simulator", "stop").out == "The simulator was not running.\n"
    assert folder.t4firm("simulator", "status").out == "The simulator is not running.\n"


def test_reset_empties_it_and_forgets_what_its_journals_tell(folder: Folder) -> None:
    run = process.start(folder.path / ".t4" / "simulator")
    place = folder_for(run.endpoint)
    journal, other = folder.path / ".t4" / "demo" / place, folder.path / ".t4" / "demo" / "api.t4login.com"
    for kept in (journal, other, folder.path / ".t4" / "state"):
        kept.mkdir(parents=True)
    template: dict[str, list[str]] = {"applications": [], "roles": []}
    httpx.put(
        f"{run.endpoint}/simulator/templates/users/Mine", json=template, timeout=PATIENCE
    ).raise_for_status()
    assert folder.t4firm("simulator", "reset").out == "The simulator is empty.\n"
    assert (
        "Mine"
        not in httpx.get(f"{run.endpoint}/simulator/state", timeout=PATIENCE).json()["templates"]["users"]
    )
    assert not journal.exists()
    assert other.exists(), "another T4 has not been emptied"
    assert (folder.path / ".t4" / "state").exists()
    said = folder.t4firm("simulator", "reset", "--stacks")
    assert "its stacks are forgotten" in said.out
    assert not (folder.path / ".t4" / "state").exists()


def test_env_is_what_a_shell_needs(folder: Folder) -> None:
    run = process.start(folder.path / ".t4" / "simulator")
    said = folder.t4firm("simulator", "env")
    assert said.code == 0
    script = f'{said.out}\nprintf "%s|%s|%s" "$T4_ENDPOINT" "$T4_API_KEY" "$PULUMI_BACKEND_URL"'
    shell = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True)
    state = f"file://{folder.path / '.t4' / 'state'}?metadata=skip"
    assert shell.stdout == f"{run.endpoint}|{run.api_key}|{state}"
    passphrase = folder.path / ".t4" / "passphrase"
    assert passphrase.stat().st_mode & 0o777 == 0o600
    before = passphrase.read_text()
    folder.t4firm("simulator", "env")
    assert passphrase.read_text() == before, "a second one would lock the state away"


def test_env_leaves_alone_what_the_user_has_set(folder: Folder) -> None:
    process.start(folder.path / ".t4" / "simulator")
    said = folder.t4firm("simulator", "env", T4_API_KEY="mine", PULUMI_CONFIG_PASSPHRASE="mine")
    assert "T4_API_KEY" not in said.out
    assert "PULUMI_CONFIG_PASSPHRASE" not in said.out


def test_env_without_a_simulator_says_how_to_start_one(folder: Folder) -> None:
    said = folder.t4firm("simulator", "env")
    assert said.code == 1
    assert "t4firm simulator start" in said.err


def test_no_secret_is_shown_but_by_env(folder: Folder) -> None:
    run = process.start(folder.path / ".t4" / "simulator")
    shown = [folder.t4firm("simulator", *words) for words in (["start"], ["status"], ["status", "--json"])]
    for said in shown:
        for secret in (run.api_key, run.password_seed, run.login["password"]):
            assert secret not in said.out + said.err


OWN_TEMPLATES = """
firm: Desk Trading LLC
templates:
  users: {Desk/Trader: {applications: [], roles: [Trading]}}
  accounts: [DeskAccount]
defaults: {account: {templateAccount: DeskAccount, enabled: false}}
users:
  dana.desk:
    {firstname: Dana, lastname: Desk, phone: 555-010-0100, email: dana@desk.example, street: 1 Main Street,
     city: Columbus, county: Franklin, state: OH, postCode: "43004", country: US, apptype: Professional,
     templateUser: Desk/Trader, accounts: ["70001"]}
"""


@pytest.fixture
def desk(folder: Folder) -> Folder:
    """A firm whose templates have names of its own; its simulator runs."""
    folder.firm_file.write_text(OWN_TEMPLATES)
    process.start(folder.path / ".t4" / "simulator")
    return folder


def test_a_firms_own_templates_are_prepared_once(desk: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    project = Project(desk.path)
    said = prepare(project, "demo")
    assert "it: template user Desk/Trader and template account DeskAccount." in said
    run = process.status(project.simulator)
    assert run is not None
    there = process.state(run)["templates"]
    assert there["users"]["Desk/Trader"] == {"applications": [], "roles": ["Trading"]}
    assert there["accounts"]["DeskAccount"] == {"enabled": "Disabled", "preTradeDisabled": True}
    assert prepare(project, "demo") == ""
    process.reset(project.simulator)
    monkeypatch.setenv("T4_ENDPOINT", "https://t4.example.com")
    assert prepare(project, "demo") == "", "it is not on the simulator"
    monkeypatch.delenv("T4_ENDPOINT")
    desk.firm_file.write_text("nonsense")
    assert prepare(project, "demo") == "", "the run names the mistakes"


@pytest.mark.engine
def test_a_firm_with_templates_of_its_own_is_set_up_in_the_simulator(desk: Folder) -> None:
    (desk.path / ".venv").symlink_to(ROOT / ".venv")
    done = desk.t4firm("up", "--yes")
    assert done.code == 0, done.err
    assert "template user Desk/Trader" in done.err
    assert "  + created dana.desk\n" in done.out
