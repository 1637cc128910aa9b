"""Events on a terminal and as CSV."""

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import groupby

from t4firm.history.events import Commit, Event, Run
from t4firm_cli.report.table import cell

COLUMNS = (
    *(
        "at",
        "kind",
        "change",
        "what",
        "about",
        "who",
        "commit",
        "author",
        "pullRequest",
        "approved",
        "uncounted",
        "mergedBy",
    ),
    *("appliedAt", "appliedBy", "reviewed", "request", "evidence", "gone"),
)

Line = tuple[str, str]
"""What is said, and in which style of the terminal."""


def lines(events: Iterable[Event]) -> Iterator[Line]:
    """A line for each event; what one commit or one run brought stands together below it."""
    for (at, _, _), together in groupby(events, key=_source):
        first, *others = together
        yield f"{at[:16].replace('T', ' '):16}  {_headline(first)}", "heading"
        yield from ((f"{'':18}{words}", "aside") for words in _sources(first))
        for event in (first, *others):
            yield f"{'':18}{_what(event)}", "plain"


def as_csv(events: Iterable[Event]) -> str:
    """A line for each event, below a line of headings."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(COLUMNS)
    for event in events:
        commit, run = event.commit or Commit("", "", "", ""), event.applied or Run("", "", "", "", "", True)
        writer.writerow(
            map(
                cell,
                (
                    *(event.at, event.kind, event.change, event.what, " ".join(event.about), event.who),
                    *(commit.sha, commit.author, commit.pull_request, "; ".join(commit.approved)),
                    *(commit.uncounted, commit.merged_by),
                    *(run.at, run.who, run.reviewed, event.request, event.evidence),
                    "yes" if event.gone else "",
                ),
            )
        )
    return written.getvalue()


def _source(event: Event) -> tuple[str, str, str]:
    """What events have in common that are told together."""
    if event.commit:
        return event.at, event.kind, event.commit.sha
    return event.at[:16], event.kind, event.applied.at if event.applied else ""


def _headline(event: Event) -> str:
    match event.kind:
        case "asked" if event.commit:
            return f"asked for by {event.commit.author}"
        case "signed off":
            return f"signed off by {event.who}"
        case "withdrawn":
            return "sign-off taken back"
        case "opened":
            return "became a task"
        case "contradicted":
            return "T4 showed that it was not done, although it was signed off"
        case "run":
            return f"{event.what}, {event.who}"
        case _:
            return "T4 answered"


def _sources(event: Event) -> Iterator[str]:
    if commit := event.commit:
        by_whom = f" by {commit.author}" if event.kind != "asked" else ""
        merged = f", merged by {commit.merged_by}" if commit.merged_by else ""
        number = f", pull request {commit.pull_request}" if commit.pull_request else ""
        yield f"commit {commit.short}{by_whom}, {commit.subject}{number}{merged}"
        approved = ", ".join(commit.approved)
        yield f"approved by {approved}" if approved else "approved: no approval is known here"
        if commit.uncounted:
            yield f"approvals on GitHub do not count: {commit.uncounted}"
        if event.applied is None:
            yield "applied: by no successful run"
    if (run := event.applied) and event.kind != "run":
        reviewed = f", reviewed list {run.short_list}" if run.reviewed else ", no reviewed list"
        verb = "applied by" if event.commit else "in"
        yield f"{verb} the run of {run.at[:16].replace('T', ' ')} UTC ({run.who}{reviewed})"
    if event.kind == "run" and event.applied:
        commit_words = f"commit {event.applied.commit[:12]}" if event.applied.commit else "no commit is known"
        yield f"{commit_words}{f'; {event.change}' if event.change else ''}"


def _what(event: Event) -> str:
    said = event.what if event.kind != "run" else event.applied.message if event.applied else ""
    left = " (no longer in the file)" if event.gone else ""
    evidence = f": {event.evidence}" if event.evidence else ""
    return f"- {said}{left}{evidence}"
