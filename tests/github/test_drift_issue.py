"""Drift: one issue while T4 differs, in words that GitHub takes letter by letter, closed when it is over."""

import json
import re
from typing import Any

import pytest

from t4firm_cli.github.posts import LARGEST, fenced
from tests.github.conftest import Repository

FOUND = "trader.a: Trading was revoked in the portal"
HOSTILE = "@everyone <img src=x onerror=alert(1)> [link](https://evil.example) \x1b[2J ```\n# a heading\n"


def answer(
    *lines: str, failed: bool = False, differs: bool | None = None, blind: bool = False
) -> tuple[int, str]:
    """What `t4firm drift --json` says, and its exit code. `blind`: the fill user could not be read."""
    different = bool(lines) if differs is None else differs
    code = 1 if failed else 2 if different else 3 if blind else 0
    return code, json.dumps({"differs": different, "lines": lines})


def issue(repository: Repository) -> Any:
    (found,) = repository.now()["issues"]
    return found


def test_a_run_that_could_not_read_the_fill_user_shows_it_and_touches_no_issue(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    drift = repository.workflows.drift
    unread = "roles of the fill user: WhenTechFillUser, 20 days old"
    repository.said(drift=answer(unread, differs=False, blind=True))
    for _ in range(2):
        assert drift("live") == 0
    said = capsys.readouterr().out
    assert said.startswith(
        "::warning title=The fill user was not read::The fill user's roles or its accounts"
    )
    assert f"```\n{unread}\n```" in said
    assert repository.now()["issues"] == []
    repository.said(drift=answer(FOUND))
    assert drift("live") == 0
    repository.said(drift=answer(unread, differs=False, blind=True))
    assert drift("live") == 0
    assert issue(repository)["state"] == "open", "what it says may be among what was not read"


def test_an_issue_from_its_opening_to_its_end(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    drift = repository.workflows.drift
    repository.said(drift=answer())
    assert drift("live") == 0
    assert repository.now()["issues"] == []
    assert capsys.readouterr().out == "No drift.\n"

    repository.said(drift=answer(FOUND))
    assert drift("live") == 0, "the issue says it; the job found out what it was to find out"
    assert issue(repository)["title"] == "T4 differs from the firm file: live"
    assert issue(repository)["body"].startswith("<!-- t4firm:drift:live -->\n")
    assert f"```\n{FOUND}\n```" in issue(repository)["body"]
    assert drift("live") == 0
    assert repository.now()["calls"] == [["POST", "issues"]], "the same drift is not written twice"

    repository.said(drift=answer(FOUND, "trader.b: gone"))
    assert drift("live") == 0
    assert "trader.b: gone" in issue(repository)["body"]

    repository.said(drift=(1, ""))
    assert drift("live") == 1
    assert issue(repository)["state"] == "open", "not to know is not to be clean"
    assert "trader.b: gone" in issue(repository)["body"]

    repository.said(drift=answer())
    assert drift("live") == 0
    assert issue(repository)["state"] == "closed"
    (comment,) = repository.now()["comments"]
    assert comment["body"] == "T4 is again what was applied."

    repository.said(drift=answer(FOUND))
    assert drift("live") == 0
    assert [each["state"] for each in repository.now()["issues"]] == ["closed", "open"]


def test_what_could_not_be_read_hides_nothing_that_was_found(repository: Repository) -> None:
    unread = "not read: trader.b: T4 answered 500"
    repository.said(drift=answer(unread, failed=True, differs=False))
    assert repository.workflows.drift("live") == 1
    assert repository.now()["issues"] == []

    repository.said(drift=answer("WhenTechFillUser has Trading", unread, failed=True))
    assert repository.workflows.drift("live") == 1, "somebody must look why it could not be read"
    assert f"```\nWhenTechFillUser has Trading\n{unread}\n```" in issue(repository)["body"]

    repository.said(drift=answer(unread, failed=True, differs=False))
    assert repository.workflows.drift("live") == 1
    assert issue(repository)["state"] == "open"


def test_each_stack_has_an_issue_of_its_own(repository: Repository) -> None:
    repository.said(drift=answer(FOUND))
    assert repository.workflows.drift("live") == repository.workflows.drift("simulation") == 0
    repository.said(drift=answer())
    assert repository.workflows.drift("live") == 0
    assert [each["state"] for each in repository.now()["issues"]] == ["closed", "open"]


def test_an_issue_of_somebody_else_and_a_pull_request_are_left_alone(repository: Repository) -> None:
    body = "<!-- t4firm:drift:live -->\nmine"
    others = [
        {"number": 1, "state": "open", "body": body, "user": {"login": "mallory"}},
        {"number": 2, "state": "open", "body": None, "user": {"login": "github-actions[bot]"}},
        {
            "number": 3,
            "state": "open",
            "body": body,
            "user": {"login": "github-actions[bot]"},
            "pull_request": {},
        },
    ]
    repository.add(issues=others)
    repository.said(drift=answer())
    assert repository.workflows.drift("live") == 0
    assert repository.now()["issues"] == others


def test_nothing_in_what_is_found_is_markup(repository: Repository) -> None:
    repository.said(drift=answer(HOSTILE))
    assert repository.workflows.drift("live") == 0
    body = issue(repository)["body"]
    assert "\x1b" not in body
    fence = re.search(r"^(`{4,})\n", body, re.MULTILINE)
    assert fence is not None, "longer than any run of backticks in it"
    assert body.endswith(f"# a heading\n{fence[1]}")


@pytest.mark.parametrize("line", ["a line of drift\n", "```` and ", "no line break "])
def test_what_is_too_long_is_cut_and_says_so(repository: Repository, line: str) -> None:
    repository.said(drift=answer(line * (2 * LARGEST // len(line))))
    assert repository.workflows.drift("live") == 0
    body = issue(repository)["body"]
    assert LARGEST - 100 < len(body) <= LARGEST
    fence = re.findall(r"^`{3,}$", body, re.MULTILINE)
    assert len(fence) == 2, "opened and closed"
    assert body.endswith(f"`t4firm` shows all of it.\n{fence[0]}")


def test_a_fence_never_outgrows_the_issue() -> None:
    assert fenced("`" * 100_000) == "````\n```…\n````"


def test_short_words_stay_whole() -> None:
    assert fenced("fine\n") == "```\nfine\n```"
