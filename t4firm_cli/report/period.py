"""`t4firm report --audit`: all changes of a period."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

from t4firm.history.audit import Audit, audit
from t4firm_cli.firm_files.validate import load
from t4firm_cli.history import showing
from t4firm_cli.history.command import say_incomplete
from t4firm_cli.history.gathering import gather
from t4firm_cli.project.layout import Project, ProjectError
from t4firm_cli.report.html import audit_as_html
from t4firm_cli.report.output import Asked, write
from t4firm_cli.terminal import say, say_json


def run(project: Project, stack: str, asked: Asked, first: date | None, last: date | None) -> int:
    """Write or print it. Default: from the first version of the firm file, until today. The exit code is 2
    where git does not have the whole history here."""
    now = datetime.now(UTC)
    history, until = gather(project, stack, github=asked.github), last or now.date()
    since = first or min((date.fromisoformat(event.at[:10]) for event in history.events), default=until)
    if since > until:
        raise ProjectError(f"--from {since} is after --to {until}")
    say_incomplete(history)
    found = audit(load(project, stack).firm.firm, stack, history.events, since, until)
    told = replace(found, incomplete=history.incomplete)
    if asked.html:
        write(asked.html, audit_as_html(told, now))
    if asked.csv:
        write(asked.csv, showing.as_csv(told.events))
    if asked.as_json:
        say_json({**vars(told), "made": now.isoformat(timespec="seconds")})
    elif not (asked.html or asked.csv):
        for text, style in _lines(told):
            say(text, style)
    return 2 if history.is_cut else 0


def _lines(told: Audit) -> Iterator[showing.Line]:
    yield f"{told.firm}, stack {told.stack}: changes from {told.first} to {told.last} (UTC)", "heading"
    for section in told.sections:
        yield f"{section.title}: {len(section.events) or 'none'}", "heading"
        yield from ((f"  {text}", style) for text, style in showing.lines(section.events))
