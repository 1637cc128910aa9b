"""The files in .github/workflows, run by a local runner: from a pull request to T4, again, cancelled, drift.

Stand-ins: the actions of GitHub (tests/workflows/actions), its command `gh` (tests/github/gh.py), the set-up.
Everything else is real: runner, workflow files, our commands, the engine, the simulators.
"""

import os
import signal
import subprocess
import time

import psutil
import pytest

from tests.clock import PATIENCE
from tests.workflows.host import ALL, REVIEW_KEY, STACKS, Host

pytestmark = [pytest.mark.engine, pytest.mark.workflows, pytest.mark.timeout(3600)]

NAME, OTHER = "firstname: Ann", "firstname: Anna"


def keys(host: Host) -> dict[str, str]:
    return {"T4_API_KEY": host.simulators["live"].api_key}


def set_up(host: Host) -> None:
    """The first run, by hand: nobody reviewed it."""
    done = host.by_hand("up", **keys(host))
    assert done.code == 0, done.text
    for stack in STACKS:
        assert "WhenTechFillUser" in host.simulators[stack].users()
        host.simulators[stack].forget_requests()


def names(host: Host) -> list[str]:
    return [host.simulators[stack].users()["trader.a"]["firstname"] for stack in STACKS]


def test_from_the_pull_request_to_t4(host: Host) -> None:
    set_up(host)
    host.change("anna", NAME, OTHER)
    checked = host.pull_request("check", "anna", 7)
    assert checked.code == 0, checked.text
    previewed = host.pull_request("preview", "anna", 7, T4_REVIEW_KEY=REVIEW_KEY)
    assert previewed.code == 0, previewed.text
    comments = host.now()["comments"]
    assert sorted(each["body"].splitlines()[0] for each in comments) == [
        "<!-- t4firm:review:live -->",
        "<!-- t4firm:review:simulation -->",
    ]
    assert all("| `trader.a` | changes | first name: changed |" in each["body"] for each in comments)
    assert all(simulator.requests() == [] for simulator in host.simulators.values())

    host.merged("anna", 7)
    done = host.push(**keys(host))
    assert done.code == 0, done.text
    assert names(host) == ["Anna", "Anna"]
    again = host.push(**keys(host))
    assert again.code == 0, again.text
    assert again.text.count("Nothing is left to do: this list has run.") == len(STACKS)

    host.change("annabel", OTHER, "firstname: Annabel")
    previewed = host.pull_request("preview", "annabel", 8, T4_REVIEW_KEY=REVIEW_KEY)
    assert previewed.code == 0, previewed.text
    host.merged("annabel", 8, squash=True)
    squashed = host.push(**keys(host))
    assert squashed.code == 0, squashed.text
    assert names(host) == ["Annabel", "Annabel"]

    host.change("hasty", "firstname: Annabel", NAME)
    host.merged("hasty", 9)
    refused = host.push(**keys(host))
    assert refused.code != 0
    assert "pull request #9: there was no preview of" in refused
    assert names(host) == ["Annabel", "Annabel"]


def test_a_cancelled_job_ends_its_run_cleanly(host: Host) -> None:
    """The local runner gives a step a terminal: SIGINT reaches all of it, as Ctrl-C does. GitHub's own
    runner has none, and tells the shell alone: tests/engine/test_cancelled_step.py."""
    set_up(host)
    host.change("anna", NAME, OTHER)
    previewed = host.pull_request("preview", "anna", 7, T4_REVIEW_KEY=REVIEW_KEY)
    assert previewed.code == 0, previewed.text
    host.merged("anna", 7)
    first = host.simulators["simulation"]
    first.fault({"match": {"method": "PATCH"}, "do": {"hold": True}})
    host.git("switch", "--quiet", "main")
    host.runs += 1
    event = {"ref": "refs/heads/main", "repository": {"full_name": "firm/firm"}}
    output = host.folder / "output"
    with (
        output.open("wb") as file,
        subprocess.Popen(
            host.call("up", "push", event, ALL | keys(host)),
            cwd=host.clone,
            env=host.environ,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
        ) as running,
    ):
        try:
            until = time.monotonic() + PATIENCE
            while not first.held():
                assert running.poll() is None, output.read_text()
                assert time.monotonic() < until, output.read_text()
                time.sleep(0.1)
            (step,) = [each for each in psutil.Process(running.pid).children() if "github" in each.cmdline()]
            os.killpg(os.getpgid(step.pid), signal.SIGINT)
            while "cancelling: calls that T4 is working on" not in output.read_text():
                assert running.poll() is None, output.read_text()
                assert time.monotonic() < until, output.read_text()
                time.sleep(0.1)
            first.let_go()
            assert running.wait(PATIENCE) != 0
        finally:
            first.calm()
            running.kill()
    assert not [*(host.folder / "state").rglob("locks/**/*.json")]
    assert first.users()["trader.a"]["firstname"] == "Anna"
    again = host.push(**keys(host))
    assert again.code == 0, again.text
    assert names(host) == ["Anna", "Anna"]


def test_drift_compares_with_what_was_applied(host: Host) -> None:
    set_up(host)
    clean = host.by_hand("drift", **keys(host))
    assert clean.code == 0, clean.text
    assert host.now()["issues"] == []
    live = host.simulators["live"]
    fill = live.users()["WhenTechFillUser"]["userID"]
    live.admin("DELETE", f"/admin/v1/users/{fill}/accounts/{live.accounts()['22222']['accountID']}")
    host.change("anna", NAME, OTHER)
    host.merged("anna", 7)
    found = host.by_hand("drift", **keys(host))
    assert found.code == 0, found.text
    (issue,) = host.now()["issues"]
    assert issue["title"] == "T4 differs from the firm file: live"
    assert "22222" in issue["body"]
    assert "trader.a" not in issue["body"], "a change that nobody applied yet is no drift"


def test_the_product_tests_itself_where_no_pipeline_is_on(host: Host) -> None:
    """What `.ci/run` does is not repeated here: this is whether it is run, and heard where it fails."""
    run = host.clone / ".ci" / "run"
    run.parent.mkdir()
    run.write_text("#!/bin/sh\necho all of it; test ! -e fails\n")
    run.chmod(0o755)
    host.git("add", "--all", "--force")
    host.git("commit", "--quiet", "--message=The product")
    host.git("push", "--quiet", "origin", "main")
    event = {"ref": "refs/heads/main", "repository": {"full_name": "firm/firm"}}
    firms = host.run("ci", "push", event, {})
    assert firms.code == 0, firms.text
    assert "all of it" not in firms
    host.pipeline = ""
    ours = host.run("ci", "push", event, {})
    assert ours.code == 0, ours.text
    assert "all of it" in ours
    (host.clone / "fails").touch()
    host.git("add", "--all")
    host.git("commit", "--quiet", "--message=A fault")
    host.git("push", "--quiet", "origin", "main")
    assert host.run("ci", "push", event, {}).code != 0
