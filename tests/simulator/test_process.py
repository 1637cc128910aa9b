"""Start, stop, status and reset; stale files and foreign processes; loopback only; TLS."""

from __future__ import annotations

import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from t4simulator.service import process
from t4simulator.service.folder import RUN, holder
from t4simulator.service.process import NoAnswer, SimulatorError
from tests.clock import PATIENCE
from tests.programs import killed_on_failure
from tests.simulator.world import ONBOARDING, onboarding, open_world

ROOT = Path(__file__).parents[2]


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "t4"
    yield folder
    process.stop(folder)


@pytest.fixture
def stranger() -> Iterator[subprocess.Popen[bytes]]:
    """Somebody else's process, which must come to no harm."""
    with killed_on_failure(subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])) as other:
        try:
            yield other
            assert other.poll() is None
        finally:
            other.kill()


def test_start_is_idempotent_and_quiet(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    run = process.start(folder)
    assert process.start(folder) == run == process.status(folder)
    assert process.stop(folder) is True
    assert process.stop(folder) is False
    assert process.status(folder) is None
    assert capfd.readouterr() == ("", "")


def test_run_json_has_what_a_client_needs_and_is_private(folder: Path) -> None:
    run = process.start(folder)
    kept = json.loads((folder / RUN).read_text())
    assert set(kept) == {
        *("pid", "endpoint", "apiKey", "login", "passwordSeed", "authority", "socket", "reader"),
    }
    assert (kept["pid"], kept["endpoint"], kept["apiKey"]) == (run.pid, run.endpoint, run.api_key)
    assert set(kept["login"]) == {"firm", "userName", "password", "appName", "appLicense"}
    assert len(kept["passwordSeed"]) >= 32
    assert (folder / RUN).stat().st_mode & 0o777 == 0o600
    assert (folder).stat().st_mode & 0o077 == 0
    for secret in (run.api_key, run.password_seed, run.login["password"], run.login["appLicense"]):
        assert secret not in repr(run)
    process.stop(folder)
    assert not (folder / RUN).exists()


def test_two_folders_have_different_keys(tmp_path: Path) -> None:
    one, other = process.start(tmp_path / "one"), process.start(tmp_path / "other")
    try:
        assert one.api_key != other.api_key
        assert one.password_seed != other.password_seed
        answer = httpx.get(
            f"{one.endpoint}/admin/v1/users",
            headers={"Authorization": f"APIKey {other.api_key}"},
            timeout=PATIENCE,
        )
        assert answer.status_code == 401
    finally:
        process.stop(tmp_path / "one")
        process.stop(tmp_path / "other")


def test_starts_at_the_same_time_find_one_simulator(folder: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        runs = list(pool.map(lambda _: process.start(folder), range(4)))
    assert len({run.pid for run in runs}) == 1


def test_a_stale_run_json_is_seen_through(folder: Path, stranger: subprocess.Popen[bytes]) -> None:
    run = process.start(folder)
    os.kill(run.pid, signal.SIGKILL)
    while holder(folder):
        time.sleep(0.01)
    kept = json.loads((folder / RUN).read_text())
    (folder / RUN).write_text(json.dumps(kept | {"pid": stranger.pid}))
    assert process.status(folder) is None
    assert process.stop(folder) is False
    (folder / RUN).write_text(json.dumps(kept | {"pid": stranger.pid}))
    again = process.start(folder)
    assert again.pid not in (stranger.pid, run.pid)
    assert httpx.get(f"{again.endpoint}/simulator/health", timeout=PATIENCE).json()["pid"] == again.pid


def test_a_foreign_pid_in_run_json_is_not_stopped(folder: Path, stranger: subprocess.Popen[bytes]) -> None:
    run = process.start(folder)
    kept = json.loads((folder / RUN).read_text())
    (folder / RUN).write_text(json.dumps(kept | {"pid": stranger.pid}))
    assert process.status(folder) is None
    assert process.stop(folder) is True
    assert stranger.poll() is None
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{run.endpoint}/simulator/health", timeout=PATIENCE)


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"pid": "x"}'])
def test_a_damaged_run_json_does_no_harm(folder: Path, content: str) -> None:
    folder.mkdir()
    (folder / RUN).write_text(content)
    assert process.status(folder) is None
    assert (
        httpx.get(f"{process.start(folder).endpoint}/simulator/health", timeout=PATIENCE).status_code == 200
    )


def test_a_simulator_that_ignores_sigterm_is_stopped_all_the_same(folder: Path) -> None:
    run = process.start(folder)
    os.kill(run.pid, signal.SIGSTOP)  # it will not even answer
    assert process.stop(folder, wait=0.5) is True
    assert process.status(folder) is None


def test_a_port_that_is_taken_is_an_error_that_says_so(folder: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(SimulatorError, match=r"did not start.*Address already in use"):
            process.start(folder, port=taken.getsockname()[1])


def test_the_last_port_is_kept_unless_it_is_taken(folder: Path) -> None:
    first = process.start(folder)
    process.stop(folder)
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", int(first.endpoint.rpartition(":")[2])))
        taken.listen()
        second = process.start(folder)
        assert second.endpoint != first.endpoint
    process.stop(folder)
    assert process.start(folder).endpoint == second.endpoint


def test_a_second_server_for_the_folder_refuses(folder: Path) -> None:
    process.start(folder)
    command = [sys.executable, "-m", "t4simulator", "--folder", str(folder)]
    second = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert second.returncode == 1
    assert second.stdout == ""
    assert "already serves the folder" in second.stderr
    assert "Traceback" not in second.stderr
    assert process.status(folder) is not None


def test_reset_empties_a_running_and_a_stopped_firm_and_keeps_the_keys(folder: Path) -> None:
    run = process.start(folder)
    world = open_world(run)
    for running in (True, False):
        assert world.t4.post(ONBOARDING, json=onboarding()).status_code == 200
        world.control.put("/simulator/templates/users/Odd", json={"applications": [], "roles": []})
        world.fault({"status": 500}, after=10)
        if not running:
            process.stop(folder)
        process.reset(folder)
        assert (process.status(folder) is not None) == running
        assert (folder / "port.json").exists() == running, "a new firm does not keep a dead one's address"
        again = process.start(folder)
        assert again.api_key == run.api_key
        world.t4.close()
        world.control.close()
        world = open_world(again)
        state = world.state()
        assert (state["users"], state["accounts"], world.requests()) == ({}, {}, [])
        assert set(state["templates"]["users"]) == {
            "default",
            "WhenTechTrader",
            "FillService",
            "FillServiceRiskManager",
        }
        assert world.control.get("/simulator/faults").json() == {"faults": []}
    world.t4.close()
    world.control.close()


def test_reset_before_the_first_start(folder: Path) -> None:
    process.reset(folder)
    assert process.status(folder) is None


def test_it_listens_on_loopback_only(folder: Path) -> None:
    run = process.start(folder)
    port = int(run.endpoint.rpartition(":")[2])
    assert run.endpoint == f"http://127.0.0.1:{port}"
    sockets = Path(f"/proc/{run.pid}/net/tcp")
    if not sockets.exists():
        pytest.skip("only Linux shows a process's sockets as a file")
    tables = sockets.read_text() + Path(f"/proc/{run.pid}/net/tcp6").read_text()
    own = {link.readlink().name for link in Path(f"/proc/{run.pid}/fd").iterdir() if link.is_symlink()}
    listening = [
        line.split()[1]
        for line in tables.splitlines()
        if len(line.split()) > 9 and line.split()[3] == "0A" and f"socket:[{line.split()[9]}]" in own
    ]
    assert listening == [f"0100007F:{port:04X}"]


def test_nothing_of_our_environment_lives_on_in_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("T4_API_KEY", "planted-key")
    run = process.start(folder)
    environment = Path(f"/proc/{run.pid}/environ")
    if not environment.exists():
        pytest.skip("only Linux shows a process's environment as a file")
    assert b"planted-key" not in environment.read_bytes()


def trusting(run: process.Run) -> httpx.Client:
    assert run.authority is not None
    return httpx.Client(
        base_url=run.endpoint, verify=ssl.create_default_context(cafile=str(run.authority)), timeout=PATIENCE
    )


def test_tls_with_a_good_certificate(folder: Path) -> None:
    run = process.start(folder, tls="trusted")
    assert run.endpoint.startswith("https://127.0.0.1:")
    with trusting(run) as client:
        key = {"Authorization": f"APIKey {run.api_key}"}
        assert client.post(ONBOARDING, json=onboarding(), headers=key).status_code == 200
    with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        httpx.get(run.endpoint, timeout=PATIENCE)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("expired", "certificate has expired"),
        ("wrongHost", "mismatch"),
        ("selfSigned", "self-signed certificate"),
    ],
)
def test_tls_with_a_bad_certificate(folder: Path, kind: str, words: str) -> None:
    run = process.start(folder, tls=kind)
    assert process.status(folder) == run  # we know our own process all the same
    with trusting(run) as client, pytest.raises(httpx.ConnectError, match=words):
        client.get("/")


def test_dropped_connections_over_tls(folder: Path) -> None:
    run = process.start(folder, tls="trusted")
    with trusting(run) as client:
        client.post("/simulator/faults", json={"do": {"drop": True}})
        with pytest.raises(httpx.TransportError):
            client.get("/admin/v1/users")


@pytest.mark.parametrize(
    "elsewhere",
    [
        "{}.evil.example",
        "http://127.0.0.1:80@evil.example",
        "http://127.0.0.1:x.evil.example",
        "file://127.0.0.1/",
    ],
)
def test_only_loopback_is_asked(folder: Path, elsewhere: str) -> None:
    """Whatever run.json says: the keys in it are for our own process."""
    run = process.start(folder)
    with pytest.raises(SimulatorError, match="not on loopback"):
        process.state(replace(run, endpoint=elsewhere.format(run.endpoint)))


def test_a_change_whose_answer_does_not_come_may_be_done(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A look is only not answered; and what nobody got is certainly not done."""
    run = process.start(folder)
    monkeypatch.setattr(process, "PATIENCE", 0.1)
    user = {"username": "trader.a"}
    with socket.create_server(("127.0.0.1", 0)) as silent:
        hung = replace(run, endpoint=f"http://127.0.0.1:{silent.getsockname()[1]}")
        with pytest.raises(NoAnswer, match="its answer did not come"):
            process.act(hung, "sign-agreements", user)
        with pytest.raises(SimulatorError, match="does not answer: timed out") as look:
            process.is_so(hung, "sign-agreements", user)
    with pytest.raises(SimulatorError, match="does not answer") as nobody:
        process.act(hung, "sign-agreements", user)
    assert not any(isinstance(each.value, NoAnswer) for each in (look, nobody))
