"""One comment on a pull request and one issue for each stack: written, brought up to date, closed.

Each begins with a marker that nobody sees, and counts only if we wrote it: whoever copies a marker into a
comment of their own changes nothing.
"""

import re
from typing import Any, Final

from t4firm_cli.github.gh import Gh
from t4firm_cli.terminal import clean

LARGEST: Final = 65_536
"""Characters that GitHub takes in a comment or an issue."""

CUT: Final = "\n… cut here: GitHub takes no more. `t4firm` shows all of it."


def comment(gh: Gh, pull_request: int, body: str) -> str:
    """Make the comment of a pull request say `body`, whose first line is its marker; returns its address."""
    ours = [each for each in gh.listed(f"issues/{pull_request}/comments") if _is_ours(gh, each, body)]
    if not ours:
        return str(gh.send("POST", f"issues/{pull_request}/comments", {"body": body})["html_url"])
    if ours[0]["body"] != body:
        gh.send("PATCH", f"issues/comments/{ours[0]['id']}", {"body": body})
    return str(ours[0]["html_url"])


def issue(gh: Gh, title: str, body: str) -> str:
    """Open the issue whose marker is the first line of `body`, or bring it up to date; its address."""
    found = open_issue(gh, body)
    if found is None:
        return str(gh.send("POST", "issues", {"title": title, "body": body})["html_url"])
    if found["body"] != body:
        gh.send("PATCH", f"issues/{found['number']}", {"body": body})
    return str(found["html_url"])


def close(gh: Gh, marker: str, why: str) -> str | None:
    """Close the issue with this marker, saying why; its address, None where none is open."""
    found = open_issue(gh, marker)
    if found is None:
        return None
    gh.send("POST", f"issues/{found['number']}/comments", {"body": why})
    gh.send("PATCH", f"issues/{found['number']}", {"state": "closed", "state_reason": "completed"})
    return str(found["html_url"])


def open_issue(gh: Gh, body: str) -> dict[str, Any] | None:
    """Our open issue with the marker of `body`."""
    listed = gh.listed("issues?state=open")
    return next((each for each in listed if "pull_request" not in each and _is_ours(gh, each, body)), None)


def fenced(text: str, room: int = LARGEST) -> str:
    """`text` as Markdown shows it letter by letter: no link, no mention, no HTML; in at most `room`
    characters."""
    text = re.sub("`{20,}", "```…", clean(text).rstrip())  # the fence is longer than any run in the text
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", text)), default=0))
    longest = room - 2 * len(fence) - 2
    if len(text) > longest:
        text = text[: longest - len(CUT)].rsplit("\n", 1)[0] + CUT
    return f"{fence}\n{text}\n{fence}"


def _is_ours(gh: Gh, post: dict[str, Any], body: str) -> bool:
    author = (post["user"] or {}).get("login")  # none where the account has been deleted
    return author == gh.login and _marker(post["body"] or "") == _marker(body)


def _marker(body: str) -> str:
    return body.partition("\n")[0].strip()
