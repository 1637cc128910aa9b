"""No password, API key or seed in anything that is kept or printed; personal details are secret in the
state."""

import base64
import contextlib
import json
import subprocess
import time
import urllib.parse
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from providers.t4.configuration.password_seed import bound
from providers.t4.session.password import password_for
from tests.clock import PATIENCE
from tests.engine.project import BOUND_SEED, PERSONAL, SEED, Project, Simulator
from tests.programs import killed_on_failure

pytestmark = pytest.mark.engine


def spellings(secret: str) -> Iterator[bytes]:
    """A secret as it may be written somewhere: plain, as JSON, in a URL, in base64 at each of its three
    offsets."""
    plain = secret.encode()
    yield plain
    yield json.dumps(secret)[1:-1].encode()
    yield urllib.parse.quote(secret, safe="").encode()
    yield plain.hex().encode()
    for offset in range(3):
        encoded = base64.b64encode(b"x" * offset + plain)
        yield encoded[4 if offset else 0 : -4]


def found(secrets: list[str], text: bytes) -> list[str]:
    return [secret for secret in secrets if any(spelling in text for spelling in spellings(secret))]


def everything(project: Project, simulator: Simulator) -> dict[str, bytes]:
    """All that a run prints and keeps, at its most verbose."""
    events = project.folder / "events.json"
    plan = project.folder / "plan.json"
    verbose = ("--diff", "--debug", "--logtostderr", "-v=9", "--logflow")
    shown = project.preview(*verbose)
    up = project.up(*verbose, "--event-log", str(events), PULUMI_DEBUG_COMMANDS="true")
    assert (shown.code, up.code) == (0, 0), up.text[-2000:]
    texts = {
        "preview --json": project.preview("--json", "--diff").all,
        "preview --debug": shown.text,
        "preview --save-plan": project.preview("--save-plan", str(plan), PULUMI_EXPERIMENTAL="true").text,
        "up": up.text,
        "stack export": project.pulumi("stack", "export", "--stack", "test").text,
        "stack output": project.pulumi("stack", "output", "--json", "--stack", "test").all,
        "simulator's record": httpx.get(f"{simulator.endpoint}/simulator/requests", timeout=PATIENCE).text,
        "simulator's state": httpx.get(f"{simulator.endpoint}/simulator/state", timeout=PATIENCE).text,
    }
    kept = {str(path.relative_to(project.folder)): path.read_bytes() for path in files(project.folder)}
    return {name: text.encode() for name, text in texts.items()} | kept


def files(folder: Path) -> list[Path]:
    return [
        path
        for path in folder.rglob("*")
        if path.is_file() and ".venv" not in path.parts and "home" not in path.parts
    ]


def test_no_secret_is_kept_or_printed(project: Project, simulator: Simulator) -> None:
    people = ("trader.a", "trader.b", "WhenTechFillUser")
    secrets = [SEED, simulator.api_key, *(password_for(BOUND_SEED, name, 1) for name in people)]
    texts = everything(project, simulator)
    assert len(simulator.onboarded()) == 3
    leaks = {name: found(secrets, text) for name, text in texts.items()}
    assert not {name: secret for name, secret in leaks.items() if secret}
    for name, text in texts.items():
        for secret in secrets:
            for spelling in spellings(secret):
                assert found(secrets, text + spelling), f"a secret planted in {name} would not be found"


def test_the_search_finds_what_is_planted() -> None:
    secret = "a secret that is planted 123"
    for planted in (
        secret.encode(),
        base64.b64encode(secret.encode()),
        base64.b64encode(b"head " + secret.encode() + b" tail"),
        json.dumps({"x": secret}).encode(),
    ):
        assert found([secret], planted) == [secret]
    assert found([secret], b"nothing of the kind") == []


def test_personal_details_are_secret_in_state_and_preview(project: Project) -> None:
    printed = [project.preview("--diff").text, project.up("--diff").text, project.preview("--json").all]
    printed.append(project.pulumi("stack", "export", "--stack", "test").text)
    printed.append(project.pulumi("stack", "output", "--json", "--stack", "test").all)
    for text in printed:
        for detail in PERSONAL:
            assert f'"{detail}"' not in text
            assert f": {detail}" not in text


def test_what_a_detail_was_is_secret_too_and_told_where_it_is_asked_for(project: Project) -> None:
    """Old and new value of an open task, and no closed one's."""
    seeds = {"T4_OPERATIONS": "onboarding"}
    assert project.up(**seeds).code == 0
    firm = project.demo()
    firm["users"]["trader.a"]["phone"] = "555-999-0000"
    firm["accounts"]["11111"] = {"displayName": "Ann's new name"}
    project.write(firm)
    printed = [project.preview("--diff", **seeds).text, project.up("--diff", **seeds).text]
    printed.append(project.preview("--refresh", "--diff", **seeds).text)
    assert project.pulumi("refresh", "--yes", "--stack", "test", **seeds).code == 0
    printed.append(project.pulumi("stack", "export", "--stack", "test").text)
    printed.append(project.pulumi("stack", "output", "--json", "--stack", "test").all)
    for form in ((), ("--json",), ("--markdown",), ("--all",)):
        printed.append(project.t4firm("tasks", "--stack", "test", *form, **seeds).all)
    for text in printed:
        assert not [detail for detail in ("555-123-4567", "555-999-0000", "new name") if detail in text]
    told = project.t4firm("tasks", "--stack", "test", "--show-secrets", **seeds)
    assert "Old: 555-123-4567; new: 555-999-0000." in told
    assert "new: Ann's new name." in told
    project.attest("update-user/trader.a/phone", on=project.today())
    assert project.up(**seeds).code == 0
    exported = project.pulumi("stack", "export", "--show-secrets", "--stack", "test").text
    assert "555-123-4567" not in exported


def test_a_password_is_handed_over_by_the_command_and_logs_in(project: Project, simulator: Simulator) -> None:
    assert project.up().code == 0
    shown = project.t4firm("password", "trader.a", "--stack", "test")
    assert shown.code == 0, shown.text
    assert simulator.can_log_in("trader.a", shown.text.strip())
    assert not simulator.can_log_in("trader.a", "something else")
    unknown = project.t4firm("password", "trader.x", "--stack", "test")
    assert unknown.code == 1
    assert "trader.a, trader.b" in unknown


def test_no_secret_stands_in_a_command_line(project: Project, simulator: Simulator) -> None:
    secrets = [
        SEED,
        simulator.api_key,
        *(password_for(BOUND_SEED, name, 1) for name in ("trader.a", "trader.b")),
    ]
    project.made  # noqa: B018  (makes the stack)
    httpx.post(
        f"{simulator.endpoint}/simulator/latency", json={"seconds": 1}, timeout=PATIENCE
    ).raise_for_status()
    command = ("pulumi", "up", "--yes", "--skip-preview", "--stack", "test", "--non-interactive")
    seen: set[str] = set()
    with killed_on_failure(
        subprocess.Popen(command, cwd=project.folder, env=project.environ, stdout=subprocess.DEVNULL)
    ) as run:
        while run.poll() is None:
            seen |= command_lines()
            time.sleep(0.05)
    assert run.returncode == 0
    assert any("pulumi.dynamic" in line for line in seen)
    assert not found(secrets, "\n".join(seen).encode())


def command_lines() -> set[str]:
    lines = set()
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            lines.add(" ".join(process.cmdline()))
    return lines


def test_seed_and_passwords_are_rotated_by_raising_the_version(
    project: Project, simulator: Simulator
) -> None:
    assert project.up().code == 0
    new = "only-for-tests-Jd5wQ8rXn3LkV7tYbZ2mCf9GsHp6"
    bound_new = bound(new, "test/Example Trading LLC")
    assert project.planned(T4_PASSWORD_SEED=new) == {}, "a new seed alone changes nothing"
    firm = project.demo()
    firm["users"]["trader.a"]["passwordVersion"] = 2
    project.write(firm)
    done = project.up(T4_PASSWORD_SEED=new)
    assert done.code == 0, done.text
    assert simulator.can_log_in("trader.a", password_for(bound_new, "trader.a", 2))
    assert not simulator.can_log_in("trader.a", password_for(BOUND_SEED, "trader.a", 1))
    assert found([password_for(bound_new, "trader.a", 2)], done.text.encode()) == []


def test_the_api_key_is_rotated_without_a_change(project: Project, simulator: Simulator) -> None:
    """A login serves as the second credential: what was set up with one is seen unchanged with the other."""
    assert project.up().code == 0
    done = project.up("--expect-no-changes", "--refresh", T4_API_KEY="", T4_LOGIN=json.dumps(simulator.login))
    assert done.code == 0, done.text
    assert simulator.login["password"] not in done.text
