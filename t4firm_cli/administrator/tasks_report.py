"""The report of `t4firm tasks` as text for a pipe, as a table on a terminal, as Markdown and as JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any

from t4firm.reports.coverage import Coverage, counted, counts
from t4firm.reports.proofs import Proof
from t4firm.reports.proofs import counted as proofs_counted
from t4firm.reports.proofs import counts as proof_counts
from t4firm.reports.to_do import in_words
from t4firm.review.safe import prose
from t4firm.tasks.ids import kind_of
from t4firm.tasks.kinds import KINDS
from t4firm_cli.terminal import clean

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from t4firm_cli.administrator.tasks import Listed, Report

PAGES = ("CTS support", "Accounts", "Users", "the user", "WhenTech")
"""Where an administrator works, in the order in which things can be done."""

NOTES = (
    ("waits", "Waits"),
    ("after", "Do this first:"),
    ("asked", "T4 was asked, and does not show that it is done:"),
    ("effective", "Takes effect"),
    ("closes", "Closed by"),
    ("signOff", "The sign-off of"),
    ("evidence", "Evidence:"),
)
"""What is said of a task beside what to do and why, each with the words before it."""


def as_json(report: Report) -> dict[str, Any]:
    """For a machine: every task, closed ones too."""
    return {
        "stack": report.stack,
        "firm": report.firm,
        "tasks": [
            {
                **task.said,
                "page": task.page,
                "about": task.about,
                **({"old": task.change.old, "new": task.change.new} if task.change else {}),
            }
            for task in report.tasks
        ],
        "fillCoverage": {
            "counts": counts(report.coverage),
            "accounts": [
                {**vars(each), "owner": report.owners.get(each.account, "")} for each in report.coverage
            ],
        },
        "facts": report.proofs,
        "marketData": {"subscriptions": dict(report.subscriptions), "fees": dict(report.fees)},
        "alarms": list(report.alarms),
    }


def as_text(report: Report, *, closed: bool) -> str:
    """Lines for a pipe, grouped by the portal's page, then by user or account."""
    lines = [*report.alarms]
    for page, about, tasks in grouped(report, closed=closed):
        if page:
            lines.append(page)
        if about:
            lines.append(f"  {about}")
        for task in tasks:
            lines.append(f"    {headline(task)}")
            lines += [f"        {line}." for line in sentences(task)]
    return "\n".join([*lines, *_to_close(report), *_rest(report, closed=closed)])


def as_checklist(report: Report) -> str:
    """A line for each task that is to be done, grouped by page and by user or account."""
    lines = [*report.alarms]
    for page, about, tasks in grouped(report, closed=False):
        if page:
            lines.append(page)
        if about:
            lines.append(f"  {about}")
        lines += [f"    [ ] {task.said['id']}: {task.said['what']}{_not_yet(task)}" for task in tasks]
    return "\n".join([*lines, *_rest(report, closed=False)[-1:]])


def _not_yet(task: Listed) -> str:
    """Why a task on the checklist is not to be done yet; "" where it is."""
    if "waits" in task.said:
        return f" (not yet: waits {task.said['waits']})"
    if "after" in task.said:
        return f" (first {task.said['after']})"
    return " (not yet: planned)" if task.said["status"] == "planned" else ""


def _to_close(report: Report) -> Iterator[str]:
    """How the open tasks that somebody can sign off are signed off, with the lines to paste."""
    due = {task.said["id"]: task.said.get("after") for task in report.tasks if can_be_signed(task)}
    tasks = [name for name, first in due.items() if first is None or first in due]
    if tasks and report.attested:
        yield (
            f"To close: sign off in {report.attested}, on the day on which it was done (or "
            f"`t4firm attest TASK --by NAME --stack {report.stack}`):"
        )
        today = datetime.now(UTC).date().isoformat()
        yield from (f"  - {{task: {_quoted(task)}, by: NAME, on: {today}}}" for task in tasks)


def can_be_signed(task: Listed) -> bool:
    """Whether somebody can do a task now, and a line in the attested file closes it."""
    is_due = task.said["status"] == "open" and "waits" not in task.said
    return is_due and not KINDS[kind_of(task.said["id"])].field


def _quoted(task: str) -> str:
    return task if re.fullmatch(r"[A-Za-z0-9/._-]+", task) else json.dumps(task)


def as_markdown(report: Report, *, closed: bool) -> str:
    """For a ticket or a comment. No name, note or reason can become markup, a link or a mention."""
    lines = [f"## Administrator tasks of {prose(report.firm)}, stack {prose(report.stack)}"]
    lines += [f"**{prose(words)}**" for words in report.alarms]
    for page, about, tasks in grouped(report, closed=closed):
        if page:
            lines.append(f"### {prose(page)}")
        if about:
            lines.append(f"#### {prose(about)}")
        lines.append("\n".join(_item(task) for task in tasks))
    *fills, total = _rest(report, closed=closed)
    if fills:
        lines.append("\n".join(f"- {prose(line.strip())}" for line in fills))
    lines.append(f"**{prose(total)}**")
    return "\n\n".join(lines)


def _item(task: Listed) -> str:
    box = "[ ]" if task.to_do else "[x]"
    first, *others = [prose(line) for line in (headline(task), *sentences(task))]
    return "\n".join([f"- {box} **{first}**", *(f"  - {line}." for line in others)])


def on_terminal(report: Report, *, closed: bool, console: Console | None = None) -> None:
    """A table a page."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    console = console or Console()
    for words in report.alarms:
        console.print(_text(words, "bold red"))
    for page, listed in groupby(grouped(report, closed=closed, repeat_page=True), key=lambda group: group[0]):
        table = Table(title=page, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, expand=True)
        for heading in ("Task", "Status", "Since"):
            table.add_column(heading, no_wrap=heading != "Task", overflow="fold")
        table.add_column("What to do", ratio=1, overflow="fold")
        for _, about, tasks in listed:
            if about:
                table.add_row(_text(about, "bold"), "", "", "")
            for task in tasks:
                what, *others = sentences(task)
                to_do = _text(f"{what}.")
                to_do.append(_text("".join(f"\n{line}." for line in others), "dim"))
                status = _text(task.said["status"], "yellow" if task.to_do else "green")
                table.add_row(_text(task.said["id"]), status, _day(task), to_do)
        console.print(table)
    for line in (*_to_close(report), *_rest(report, closed=closed)):
        console.print(_text(line))


def _text(words: str, style: str = "") -> Text:
    """Words of strangers: no markup of rich's, nothing that a terminal obeys."""
    from rich.text import Text

    return Text(clean(words), style=style)


def grouped(
    report: Report, *, closed: bool, repeat_page: bool = False
) -> Iterator[tuple[str, str, Sequence[Listed]]]:
    """Page, whom it is about, and the tasks; the page is "" after the first group of a page, unless it is to
    be repeated. Closed tasks only where they are asked for."""
    chosen = [task for task in report.tasks if task.to_do or closed]
    chosen.sort(key=lambda task: (PAGES.index(task.page), task.about, task.said["id"]))
    last = ""
    for (page, about), tasks in groupby(chosen, key=lambda task: (task.page, task.about)):
        yield ("" if page == last and not repeat_page else page), about, list(tasks)
        last = page


def headline(task: Listed) -> str:
    """`[open] assign-account/x/1, since 2026-11-21`."""
    since = f", since {_day(task)}" if _day(task) else ""
    return f"[{task.said['status']}] {task.said['id']}{since}"


def sentences(task: Listed) -> Iterator[str]:
    """What to do, then all that is known of it; without full stops."""
    yield task.said["what"]
    if task.change:
        yield f"Old: {task.change.old or '(none)'}; new: {task.change.new or '(none)'}"
    yield f"Why: {task.said['why']}"
    for name, words in NOTES:
        if name in task.said and (task.to_do or name == "evidence"):
            yield f"{words} {task.said[name]}"


def _day(task: Listed) -> str:
    return task.said.get("since", "")[:10]


def _rest(report: Report, *, closed: bool) -> list[str]:
    """Whose fills are captured, the market data, and how much there is to do."""
    lines = [*_fills(report.coverage, closed=closed), *_rests_on(report.proofs)]
    if report.subscriptions:
        lines.append("Market data (billed): " + "; ".join(_subscriptions(report)) + ".")
    done = sum(not task.to_do for task in report.tasks)
    hidden = " (--all shows them)" if done and not closed else ""
    if done == len(report.tasks):
        lines.append("Nothing to do in the portal.")
    return [*lines, f"{in_words(report.to_do)}, {done} closed{hidden}."]


def _rests_on(proofs: Sequence[Proof]) -> Iterator[str]:
    """How much of what the fills rest on T4 has shown; --json has each fact."""
    if proofs:
        yield f"What this rests on: {proofs_counted(proof_counts(proofs))}."


def _fills(coverage: Sequence[Coverage], *, closed: bool) -> Iterator[str]:
    """How many accounts are captured, and what is known of those that are not; with `closed`, of all. What
    the assigned ones lack is the same for each."""
    if not coverage:
        return
    yield f"Fills: {_counted(coverage)}."
    told = () if closed else ("captured", "assigned")
    shown = [each for each in coverage if each.state not in told]
    wide = max((len(each.account) for each in shown), default=0)
    widest = max((len(each.state) for each in shown), default=0)
    yield from (f"  {each.account:{wide}}  {each.state:{widest}}  {each.because}" for each in shown)
    if lacking := {each.because for each in coverage if each.state == "assigned"}:
        yield f"  Assigned accounts are captured once these are closed: {', '.join(sorted(lacking))}"


def _counted(coverage: Sequence[Coverage]) -> str:
    found = counts(coverage)
    said = counted(found)
    listed = sum(each.listed for each in coverage if each.state == "unmanaged")
    unlisted = found["unmanaged"] - listed
    said += f", {unlisted} UNCOVERED (not in the firm file)" if unlisted else ""
    return said + (f", {listed} UNCOVERED (WhenTech is not in the firm file)" if listed else "")


def _subscriptions(report: Report) -> Iterator[str]:
    for name, users in report.subscriptions.items():
        yield f"{name} {users}" + (f" ({report.fees[name]})" if name in report.fees else "")
