"""The list that was reviewed for a commit of main: the preview of the pull request that it merged left it.

A commit may belong to several pull requests, and a pull request's last commit may have been previewed for
another pull request too. So each preview names its list for its own pull request, and of several lists the
one is taken whose files are those of the commit.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from t4firm.review.reviewed import NotReviewed, loaded
from t4firm_cli.github.gh import Gh
from t4firm_cli.project.layout import ProjectError

MAIN: Final = "main"
"""The branch that up.yml applies."""

PREVIEW: Final = "preview.yml"
"""The workflow whose runs hold what was reviewed."""

FILE: Final = "reviewed.json"

BY_HAND: Final = "start the workflow `up` by hand, which applies main without a review"

AGAIN: Final = (
    "Run its workflow `preview` again (GitHub does that for 30 days after the first run), then this one. "
    f"Later, {BY_HAND}"
)


def list_of(gh: Gh, commit: str, stack: str, files: Mapping[str, str], folder: Path) -> Path:
    """Download it into `folder`. `files`: the digests of the stack's files here, by role.

    Raises ProjectError with the reason and the remedy where there is none.
    """
    numbers = _pull_requests(gh, commit)
    found, missing = [], []
    for number, head in numbers.items():
        into = folder / str(number)
        if why := _download(gh, head, f"reviewed-{stack}-{number}", into):
            missing.append(f"pull request #{number}: {why}")
        else:
            found.append(into / FILE)
    if not found:
        raise ProjectError("\n".join(("nothing was applied.", *missing)))
    return next((file for file in found if _is_of(file, files)), found[0])


def _pull_requests(gh: Gh, commit: str) -> dict[int, str]:
    """Number -> last commit, of those that this commit merged into main: by a merge, a squash or a rebase."""
    merged = {
        each["number"]: each["head"]["sha"]
        for each in gh.listed(f"commits/{commit}/pulls")
        if each["merged_at"] and each["base"]["ref"] == MAIN and each["merge_commit_sha"] == commit
    }
    if not merged:
        raise ProjectError(
            f"commit {commit[:12]} merged no pull request into {MAIN}, so nobody reviewed what it does "
            f"in T4: nothing was applied. Make the change by a pull request, or {BY_HAND}"
        )
    return merged


def _download(gh: Gh, head: str, name: str, into: Path) -> str:
    """Downloads the newest list of this name. Returns why there is none, with the remedy; "" if there is."""
    address = f"actions/workflows/{PREVIEW}/runs?event=pull_request&head_sha={head}&per_page=100"
    runs = gh.read(address)["workflow_runs"]
    expired = ""
    for run in runs:
        if run["conclusion"] != "success":
            continue
        for artifact in gh.read(f"actions/runs/{run['id']}/artifacts?name={name}")["artifacts"]:
            if not artifact["expired"]:
                gh.download(run["id"], name, into)
                return ""
            expired = expired or str(artifact["expires_at"])[:10]
    if expired:
        return f"the list that was reviewed expired on {expired}. {AGAIN}"
    return _without(runs, head)


def _without(runs: list[dict[str, Any]], head: str) -> str:
    """Why no run of the preview has left a list."""
    if running := next((run for run in runs if run["status"] != "completed"), None):
        return f"its preview has not ended: {running['html_url']}. Run this one again after it"
    if failed := next((run for run in runs if run["conclusion"] != "success"), None):
        return f"its preview did not succeed: {failed['html_url']}. {AGAIN}"
    if runs:
        return f"its preview left no list of this stack. {AGAIN}"
    return f"there was no preview of {head[:12]}, its last commit. {BY_HAND.capitalize()}"


def _is_of(file: Path, files: Mapping[str, str]) -> bool:
    """Whether a list was made of just these files."""
    try:
        return loaded(file.read_text(encoding="utf-8")).files == files
    except NotReviewed:
        return False
