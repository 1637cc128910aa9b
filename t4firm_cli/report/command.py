"""`t4firm report`, from the command line to the files and the terminal."""

from dataclasses import replace
from datetime import UTC, datetime

from providers.t4.records.stored import stored
from t4firm.reports.drift import Unverified
from t4firm.reports.one_page import OnePage
from t4firm_cli import drift
from t4firm_cli.administrator.tasks import recorded
from t4firm_cli.destination import destination
from t4firm_cli.engine.command import Pulumi
from t4firm_cli.firm_files.validate import load
from t4firm_cli.json_form import json_form
from t4firm_cli.project.layout import Project
from t4firm_cli.report.gathering import page_of
from t4firm_cli.report.html import as_html
from t4firm_cli.report.output import Asked, write
from t4firm_cli.report.table import as_csv
from t4firm_cli.terminal import complain, say_json


def run(project: Project, stack: str, asked: Asked) -> int:
    """Write or print the page. The exit code is 1 where a read of T4 failed, 2 while there is something to
    do."""
    page, failed = _read(project, stack) if asked.read else (_recorded(project, stack), ())
    now = datetime.now(UTC)
    if asked.html:
        write(asked.html, as_html(page, now))
    if asked.csv:
        write(asked.csv, as_csv(page))
    if asked.as_json:
        say_json({**as_json(page), "made": now.isoformat(timespec="seconds")})
    elif not (asked.html or asked.csv):
        from t4firm_cli.report import terminal

        terminal.show(page)
    for words in failed:
        complain(drift.unread_words(words), "bad")
    return 1 if failed else 2 if page.to_do or page.alarms or page.unmanaged else 0


def as_json(page: OnePage) -> dict[str, object]:
    """The page as JSON has it, the questions first."""
    return {"questions": page.questions, **json_form(page)}


def _recorded(project: Project, stack: str) -> OnePage:
    loaded, pulumi = load(project, stack), Pulumi(project, stack)
    return page_of(stack, loaded, recorded(pulumi), destination(pulumi))


def _read(project: Project, stack: str) -> tuple[OnePage, tuple[str, ...]]:
    """The page with what T4 shows now, and what could not be read; that is as it was recorded."""
    looked = drift.look(project, stack)
    live = looked.live
    seen = {(each.kind, each.name): each.outputs for each in looked.resources} | {**live.resources}
    now = {key: stored(outputs) for key, outputs in seen.items()}
    unread = (*map(_unread, live.unverified), *map(drift.unread_words, live.failed))
    page = page_of(stack, looked.stack, now, destination(Pulumi(project, stack)))
    at = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC") if looked.resources else ""
    return replace(page, read=at, unread=unread), live.failed


def _unread(fact: Unverified) -> str:
    """What nobody can see, why, and what would show it."""
    return f"{drift.unverified_words(fact)}: {fact.why}. To see it: {fact.remedy}"
