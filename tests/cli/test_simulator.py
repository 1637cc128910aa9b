"""`t4firm simulator`: started, asked, emptied and stopped from a shell, and what a shell needs to use it."""

import json
import subprocess

import httpx

from providers.t4.session.place import folder_for
from t4simulator.service import process
from tests.cli.conftest import Folder
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
