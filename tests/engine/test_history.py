"""Somebody comes, leaves and is gone: the history answers who, when and why."""

import json
from typing import Any

import pytest

from tests.engine.project import Project
from tests.engine.repository import begin, commit, git

FILL = "WhenTechFillUser"

pytestmark = pytest.mark.engine


def merged(project: Project, number: int, message: str) -> str:
    """The change in the folder as a pull request that Bob approved and Mary merged; its own commit."""
    git(project, "switch", "--quiet", "--create", f"change-{number}")
    made = commit(project, message)
    git(project, "switch", "--quiet", "main")
    words = f"Merge pull request #{number} from firm/change-{number}\n\nReviewed-by: Bob Boss"
    git(project, "merge", "--quiet", "--no-ff", f"--message={words}", f"change-{number}", who="Mary Merge")
    return made


def told(project: Project, *arguments: str) -> dict[str, Any]:
    done = project.t4firm("history", *arguments, "--stack", "test", "--json")
    assert done.code == 0, done.all
    found: dict[str, Any] = json.loads(done.text)
    return found


def test_who_came_and_left_is_found_with_who_asked_approved_applied_and_signed(project: Project) -> None:
    begin(project)
    first = commit(project, "The firm begins")
    assert project.up().code == 0

    firm = project.demo()
    firm["users"]["trader.b"]["departed"] = True
    project.write(firm)
    leaving = merged(project, 12, "Bob Idaho leaves")
    build = {"GITHUB_ACTIONS": "true", "GITHUB_RUN_ID": "4711"}
    assert project.up(**build).code == 0
    project.attest("end-market-data/trader.b/CME")
    merged(project, 13, "Market data of Bob Idaho has ended")
    assert project.up(**build).code == 0
    del firm["users"]["trader.b"]
    project.write(firm)
    gone = merged(project, 14, "Bob Idaho is gone")
    assert project.up(**build).code == 0, "nothing of him is left in the state"
    assert "User trader.b" not in project.resources()

    events = told(project, "trader.b")["events"]
    captures = [event for event in events if FILL in event["about"]]
    assert {event["what"] for event in captures} >= {f"account 33333 assigned to {FILL}"}
    assert all(event["gone"] for event in events if event not in captures)
    asked = {event["what"]: event for event in events if event["kind"] == "asked"}
    came = next(event for event in asked.values() if event["change"] == "came")
    assert came["what"].startswith("users.trader.b came, with accounts 33333, 44444; applications WhenTech")
    assert came["commit"]["sha"] == first
    departs = asked["users.trader.b.departed: True"]
    assert departs["commit"]["sha"] == leaving
    assert (departs["who"], departs["commit"]["pullRequest"]) == ("Ann Asker", "#12")
    assert (departs["commit"]["approved"], departs["commit"]["mergedBy"]) == (["Bob Boss"], "Mary Merge")
    assert departs["applied"]["who"].startswith("GitHub Actions, build ")
    left = next(event for event in asked.values() if event["change"] == "left")
    assert left["what"].startswith("users.trader.b left, which had accounts 33333, 44444; ")
    assert left["commit"]["sha"] == gone

    shown = [event for event in events if event["kind"] == "shown"]
    made = next(event for event in shown if event["what"] == "user trader.b")
    assert made["request"]
    assert made["applied"]["commit"] == first
    signed = next(event for event in events if event["kind"] == "signed off")
    assert (signed["what"], signed["who"]) == ("end-market-data/trader.b/CME", "A. Administrator")
    assert signed["commit"]["pullRequest"] == "#13"
    assert told(project, "33333")["events"], "his account is found too"
    assert told(project, "end-market-data/trader.b/CME")["events"]

    checked = {each["what"]: each["outcome"] for each in told(project, "--check")["checks"]}
    assert checked["commits of the runs"] == "holds"
    assert checked["what the runs read"] == "holds"
    assert checked["T4's answers"] == "holds"
    assert checked["evidence of what left"] == "holds"
    assert checked["signatures of commits"] == "unknown"
    nobody = project.t4firm("history", "nobody.here", "--stack", "test")
    assert nobody.code == 1
    assert "nothing is known of 'nobody.here'" in nobody

    page = project.t4firm("report", "--read", "--stack", "test", "--json")
    assert page.code == 2, page.all
    shown_now = json.loads(page.text)
    assert shown_now["read"].startswith(project.today())
    assert [user["username"] for user in shown_now["users"]] == ["WhenTechFillUser", "trader.a"]

    audit = project.t4firm("report", "--audit", "--from", project.today(), "--stack", "test", "--json")
    sections = {each["title"]: each["events"] for each in json.loads(audit.text)["sections"]}
    assert [event["what"].partition(",")[0] for event in sections["Left"]] == ["users.trader.b left"]
    people = ["fillService.user came", "users.trader.a came", "users.trader.b came"]
    came = [event["what"].partition(",")[0] for event in sections["Came"]]
    assert [what for what in came if not what.startswith("accounts.")] == people
    assert not [event for event in sections["Changed"] if event["what"].startswith("users.trader.a")]
    by_hand = [event for event in sections["Exceptions"] if "run by hand" in event["change"]]
    assert len(by_hand) == 1, "the first run"
