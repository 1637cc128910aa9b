"""Each row of `tests/engine/faults.py`, played with the real engine against the real simulator.

A row takes two runs, or three where the file must say `adopt: true`: about 2 s of processor time each. What
has to happen in the middle of a call happens while the simulator holds it, so that no row depends on how fast
the machine is.
"""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from providers.t4.lifecycle.user.creation import journal_key
from providers.t4.session.journal import FORMAT, Journal
from t4simulator.service import process
from tests.api.scripted import Reply, ScriptedT4
from tests.engine.faults import (
    ANSWERS,
    ELSEWHERE,
    ONBOARDING,
    SURROUNDINGS,
    Fault,
    Rule,
    Surrounding,
)
from tests.engine.one_person import finishes, small
from tests.engine.project import Done, Project, Simulator
from tests.engine.started import started
from tests.engine.test_errors import speaks_plainly

pytestmark = pytest.mark.engine

PERSON = ("firstname", "lastname", "phone", "email", "street", "city", "county", "state", "postCode")


@pytest.fixture
def elsewhere() -> Iterator[ScriptedT4]:
    """A server that nobody may call."""
    with ScriptedT4(Reply(200, {"token": "not-a-real-token", "expires": 9_999_999_999})) as server:
        yield server


# --- what holds after a run -------------------------------------------------------------------------------


def holds(fault: Fault, done: Done, simulator: Simulator) -> None:
    """The run ended as the row says, in its words, with its calls; T4 has the user or has not."""
    assert (done.code != 0) is fault.fails, done.text
    for words in fault.says:
        assert words in done, done.text
    speaks_plainly(done)
    calls = simulator.requests("POST", ONBOARDING)
    assert fault.calls in (None, len(calls)), calls
    assert ("trader.a" in simulator.users()) is fault.made


def recovers(
    fault: Fault, project: Project, simulator: Simulator, firm: dict[str, Any], strangers: dict[str, str]
) -> None:
    """With the row's remedy in the file, the next plain run finishes; nothing is left to do after it."""
    user = firm["users"]["trader.a"]
    if fault.remedy == "adopt":
        user["adopt"] = True
    elif isinstance(fault, Surrounding) and fault.remedy == "another account":
        user["accounts"] = [number.replace(fault.taken[1], "55555") for number in user["accounts"]]
    project.write(firm)
    if fault.differs:  # taken over with tasks, which the run after that one closes through the API
        done = project.up()
        assert done.code == 0, done.text
        assert project.tasks() == dict.fromkeys(fault.differs, "open")
    finishes(project, simulator, firm, strangers, *(() if fault.fails else ("--expect-no-changes",)))


# --- what T4 does with a call -----------------------------------------------------------------------------


@pytest.mark.parametrize("fault", ANSWERS, ids=lambda fault: fault.name)
def test_a_fault_of_an_answer(
    fault: Fault, project: Project, simulator: Simulator, elsewhere: ScriptedT4
) -> None:
    firm = small(project, fault.second)
    if fault.login:
        project.environ["T4_LOGIN"] = json.dumps(simulator.login)
    simulator.fault(*json.loads(json.dumps(fault.rules).replace(ELSEWHERE, elsewhere.endpoint)))
    done = run(fault, project, simulator, fault.environ)
    holds(fault, done, simulator)
    waits_as_asked(fault.rules, simulator.requests("POST", ONBOARDING))
    simulator.calm()
    recovers(fault, project, simulator, firm, {})
    assert elsewhere.heard == [], "credentials went to another host"


def run(fault: Fault, project: Project, t4: Simulator, environ: Mapping[str, str]) -> Done:
    """The run that meets the fault. While T4 holds its calls there is time for what happens in the middle."""
    if not fault.held:
        return project.up(**environ)
    with started(project, project.up_command, **environ) as running:
        running.until(lambda: len(t4.held()) == fault.held)
        if isinstance(fault, Surrounding) and fault.revoked:
            t4.revoke_tokens()
        t4.let_go()
        return running.finished()


def waits_as_asked(rules: tuple[Rule, ...], calls: list[dict[str, Any]]) -> None:
    """The second attempt comes no earlier than the Retry-After of the first one's answer asks for."""
    asked = [words for rule in rules if (words := rule["do"].get("headers", {}).get("Retry-After"))]
    if asked and len(calls) > 1:
        first, second = (datetime.fromisoformat(call["time"]) for call in calls[:2])
        in_seconds = re.fullmatch(r"in (\d+) seconds", asked[0])  # a date: it has no parts of a second
        assert second - first >= timedelta(seconds=int(in_seconds[1]) - 1 if in_seconds else int(asked[0]))


# --- what lies around the call ----------------------------------------------------------------------------


@pytest.fixture
def t4(request: pytest.FixtureRequest, simulator: Simulator, tmp_path: Path) -> Iterator[Simulator]:
    """The simulator of all tests, or for the rows with TLS one of its own."""
    kind = request.node.callspec.params["fault"].tls
    if not kind:
        yield simulator
        return
    try:
        yield served(tmp_path / "tls", kind)
    finally:
        process.stop(tmp_path / "tls")


def served(folder: Path, kind: str) -> Simulator:
    """A simulator with a certificate of this kind, to which our own requests trust its authority."""
    run = process.start(folder, tls=kind)
    return Simulator(run.endpoint, run.api_key, run.login)


@pytest.mark.parametrize("fault", SURROUNDINGS, ids=lambda fault: fault.name)
def test_a_fault_of_the_surroundings(
    fault: Surrounding, project: Project, t4: Simulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    firm = small(project, fault.second)
    authority = str(tmp_path / "tls" / "tls" / "authority.pem")
    environ = {
        name: words.format(https=t4.endpoint.replace("http:", "https:"))
        for name, words in fault.environ.items()
    }
    project.environ |= {"T4_ENDPOINT": t4.endpoint, "T4_API_KEY": t4.api_key}
    if fault.trusts:
        environ["SSL_CERT_FILE"] = authority
    if fault.login:
        project.environ["T4_LOGIN"] = json.dumps(t4.login)
    strangers = before(fault, t4, firm)
    with ExitStack() as during:
        if fault.journal:
            journal = tmp_path / "journal"
            environ["T4_JOURNAL"] = str(journal)
            during.enter_context(unfit(fault.journal, journal, t4.endpoint))
        if fault.revoked:
            environ["T4_API_KEY"] = ""
        if fault.rules:
            t4.fault(*fault.rules)
        done = run(fault, project, t4, environ)
    if fault.tls:
        if fault.tls != "trusted":
            process.stop(tmp_path / "tls")
            served(tmp_path / "tls", "trusted")
        monkeypatch.setenv("SSL_CERT_FILE", authority)
        project.environ["SSL_CERT_FILE"] = authority
    holds(fault, done, t4)
    if fault.revoked:
        assert 401 in [call["status"] for call in t4.requests(path="/admin")]
        assert [call["status"] for call in t4.requests("POST", "/login")] == [200, 200], "renewed once"
    if fault.journal in ("damaged", "foreign", "newer"):
        assert len(list((tmp_path / "journal").rglob("*.damaged1"))) == 1, "set aside, not deleted"
    t4.calm()
    recovers(fault, project, t4, firm, strangers)


def before(fault: Surrounding, t4: Simulator, firm: dict[str, Any]) -> dict[str, str]:
    """Somebody else's users: username to account."""
    username, account = fault.taken
    if not account:
        return {}
    person = firm["users"]["trader.a"] if username == "trader.a" else {}
    details = {name: person[name] for name in PERSON if name in person}
    t4.onboard(username, account, templateUser="WhenTechTrader", **details)
    t4.forget_requests()
    return {username: account}


@contextmanager
def unfit(kind: str, folder: Path, endpoint: str) -> Iterator[None]:
    """The journal's folder, with something the matter with it."""
    if kind == "a file in its place":
        folder.write_text("not a folder")
        yield
    elif kind == "read-only":
        with mounted(folder, "ro,size=64k"):
            yield
    elif kind == "full disk":
        with mounted(folder, "size=4k"):  # one page, which this file takes
            (folder / "something").write_text("x")
            yield
    elif kind == "disk that fills up":
        with mounted(folder, "size=4k"):  # one page, which the first entry takes
            yield
    else:
        journal = Journal(folder / "test", endpoint)  # the stack's own
        for name in ("trader.a", "somebody.else"):
            journal.intend(journal_key(name), "2026-11-21T09:00:00.000+00:00", {})
            journal.answered(journal_key(name), "2026-11-21T09:00:01.000+00:00", {"userID": "A"}, {})
        kept = {json.loads(file.read_text())["key"]: file for file in journal.folder.glob("*.json")}
        ours, other = (kept[journal_key(name)] for name in ("trader.a", "somebody.else"))
        if kind == "damaged":
            ours.write_bytes(ours.read_bytes()[:-40])
        elif kind == "newer":
            ours.write_text(json.dumps({**json.loads(ours.read_text()), "format": FORMAT + 1}))
        else:
            other.replace(ours)
        yield


@contextmanager
def mounted(folder: Path, options: str) -> Iterator[None]:
    """A small file system of its own at this folder."""
    folder.mkdir()
    mount = shutil.which("mount")
    command = [mount or "mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    if mount is None or subprocess.run(command, capture_output=True, check=False).returncode:
        assert not os.environ.get("CI"), "the rows of full and read-only disks are not left out there"
        pytest.skip("needs the right to mount a file system")
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)
