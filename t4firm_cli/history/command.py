"""`t4firm history`, from the command line to the terminal."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from t4firm.history.events import Event
from t4firm_cli.history.checks import Check, checks
from t4firm_cli.history.commits import Repository
from t4firm_cli.history.gathering import History, gather
from t4firm_cli.history.showing import as_csv, lines
from t4firm_cli.project.layout import Project, ProjectError
from t4firm_cli.report.output import write
from t4firm_cli.terminal import complain, say, say_json

STYLES = {"holds": "good", "fails": "bad", "unknown": "warning"}
WORDS = {"holds": "holds", "fails": "FAILS", "unknown": "cannot be verified"}


@dataclass(frozen=True)
class Asked:
    """What is asked of the history. `subject`: a user, an account or a task, "" for everything."""

    subject: str = ""
    as_json: bool = False
    csv: Path | None = None
    check: bool = False
    github: bool = False


def run(project: Project, stack: str, asked: Asked) -> int:
    """Print it. The exit code is 2 where something was checked that does not hold, and where git does not
    have the whole history here."""
    history = gather(project, stack, github=asked.github)
    say_incomplete(history)
    events = _about(history, asked.subject)
    found = tuple(checks(history, Repository(project))) if asked.check else ()
    if asked.csv is not None:
        write(asked.csv, as_csv(events))
    if asked.as_json:
        parts = {"incomplete": history.incomplete, "events": events, "checks": found}
        say_json({"stack": stack, "subject": asked.subject, **parts})
    elif asked.csv is None and (asked.subject or not asked.check):
        for text, style in lines(events):
            say(text, style)
    if asked.check and not asked.as_json:
        _tell(found)
    return 2 if history.is_cut or any(each.outcome == "fails" for each in found) else 0


def say_incomplete(history: History) -> None:
    """What nobody can know here, on standard error."""
    for words in history.incomplete:
        complain(f"warning: {words}", "warning")


def _about(history: History, subject: str) -> tuple[Event, ...]:
    if not subject:
        return history.events
    if chosen := tuple(event for event in history.events if event.is_about(subject)):
        return chosen
    versions = "no version of the files that git has here" if history.is_cut else "no version of the files"
    raise ProjectError(
        f"nothing is known of {subject!r}: {versions} has it, and no record. Name a user, an account or a "
        "task, as `t4firm tasks` shows it"
    )


def _tell(found: Iterable[Check]) -> None:
    for each in found:
        say(f"{each.what}: {WORDS[each.outcome]}: {each.words}", STYLES[each.outcome])
    outcomes = {each.outcome for each in found}
    if "holds" not in outcomes and "fails" not in outcomes:
        complain("Nothing can be verified.")
    elif "fails" not in outcomes:
        complain("Nothing that can be verified fails.")
