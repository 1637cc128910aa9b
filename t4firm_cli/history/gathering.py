"""Git, the engine's history and the records, joined into one history."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from providers.t4.configuration.settings import file_settings
from providers.t4.configuration.stack_files import FirmStack
from providers.t4.reports.events import of_journal, of_records
from providers.t4.session.journal import Entry, Journal
from t4firm.history.events import UP, Commit, Event, Kind, Run, in_order, run_during
from t4firm.history.file_changes import UNREADABLE, FileChange
from t4firm.history.owners import users_of_accounts, with_users
from t4firm_cli.administrator.tasks import attested_file, recorded
from t4firm_cli.engine.command import Pulumi
from t4firm_cli.firm_files.validate import load
from t4firm_cli.history.approvals import approved_on_github
from t4firm_cli.history.commits import Changed, Repository
from t4firm_cli.history.runs import Runs, runs_of
from t4firm_cli.project.layout import Project

BY_A_RUN: tuple[Kind, ...] = ("shown", "opened")
"""What happens while a run goes on."""

CUT_OFF = (
    "git's history is cut off here (a shallow checkout), so who came, changed, left or signed before is not "
    "known. Run `git fetch --unshallow`; in a pipeline set `fetch-depth: 0` for actions/checkout"
)

IN_A_FILE: Mapping[str, Kind] = {"signed off": "signed off", "withdrawn": "withdrawn"}


@dataclass(frozen=True)
class History:
    """All that is known of a stack's past. `commits`: of its files, the oldest first; `unapplied`: those that
    no successful run has had; `kept`: whether the backend keeps what former runs recorded; `is_cut`: git does
    not have the first commits here; `unreadable`: versions of files that nobody can read; `lost`: what former
    runs recorded and nobody can read; `github`: GitHub was asked who approved."""

    events: tuple[Event, ...]
    runs: tuple[Run, ...]
    commits: tuple[Commit, ...]
    unapplied: tuple[Commit, ...]
    kept: bool
    is_cut: bool = False
    unreadable: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    github: bool = False

    @property
    def incomplete(self) -> tuple[str, ...]:
        """What nobody can know here, a sentence each."""
        return (*self.incomplete_files, *self.lost)

    @property
    def incomplete_files(self) -> tuple[str, ...]:
        """What of the files nobody can know here."""
        return (*((CUT_OFF,) if self.is_cut else ()), *self.unreadable)


def gather(project: Project, stack: str, *, github: bool = False) -> History:
    """Everything, joined. `github`: ask GitHub who approved each commit."""
    loaded, pulumi, repository = load(project, stack), Pulumi(project, stack), Repository(project)
    files = files_of(project, stack)
    changed, runs = repository.changed(files), runs_of(pulumi)
    if github:
        changed = approved_on_github(repository, changed)
    applied = _applied(repository, files, changed, runs.runs)
    known = _known(loaded)
    events = [*_asked(changed, applied), *_runs(runs.runs), *_shown(project, stack, pulumi, runs)]
    told = (replace(each, gone=bool(each.about) and known.isdisjoint(each.about)) for each in events)
    users = users_of_accounts(loaded.firm, (change for each in changed for change in each.changes))
    return History(
        events=in_order(with_users(each, users) for each in _once(told)),
        runs=runs.runs,
        commits=tuple(each.commit for each in changed),
        unapplied=tuple(each.commit for each in changed if each.commit.sha not in applied),
        kept=runs.kept,
        is_cut=repository.is_shallow,
        unreadable=tuple(
            f"commit {each.commit.short}: {change.what}"
            for each in changed
            for change in each.changes
            if change.kind == UNREADABLE
        ),
        lost=runs.unreadable,
        github=github,
    )


def files_of(project: Project, stack: str) -> tuple[Path, ...]:
    """The files of a stack that people change: firm, stack and attested file."""
    files = file_settings(project.settings(stack).get, os.environ, stack)
    named = (
        project.folder / files.firm_file,
        project.folder / files.stack_file,
        attested_file(project, stack),
    )
    return tuple(dict.fromkeys(named))


def _applied(
    repository: Repository, files: Sequence[Path], changed: Iterable[Changed], runs: Iterable[Run]
) -> dict[str, Run]:
    """Commit -> the first run that applied it."""
    reached: dict[str, frozenset[str]] = {}
    waiting = {each.commit.sha for each in changed}
    found: dict[str, Run] = {}
    for run in runs:
        if not run.has_applied or not run.commit:
            continue
        if run.commit not in reached:
            reached[run.commit] = repository.reach(run.commit, files)
        for sha in waiting & reached[run.commit]:
            found[sha] = run
            waiting.discard(sha)
    return found


def _asked(changed: Iterable[Changed], applied: Mapping[str, Run]) -> Iterator[Event]:
    for each in changed:
        run = applied.get(each.commit.sha)
        for change in each.changes:
            yield _event(change, each.commit, run)


def _event(change: FileChange, commit: Commit, run: Run | None) -> Event:
    kind = IN_A_FILE.get(change.kind, "asked")
    return Event(
        commit.at,
        kind,
        change.what,
        change.about,
        who=change.by or commit.author,
        commit=commit,
        applied=run,
        evidence=change.evidence,
        change=change.kind,
    )


def _runs(runs: Iterable[Run]) -> Iterator[Event]:
    for run in runs:
        kind = "run" if run.kind == UP else run.kind
        what = kind if run.succeeded else f"{kind}, which failed in part"
        yield Event(run.at, "run", what, who=run.who, applied=run, change=", ".join(run.exceptions))


def _shown(project: Project, stack: str, pulumi: Pulumi, runs: Runs) -> Iterator[Event]:
    """What the state has now and had before, and what this machine's journal has that no state recorded."""
    states = [recorded(pulumi), *runs.past()]
    events = [event for state in states for event in of_records(state)]
    told = {event.evidence for event in events}
    journal = (event for event in of_journal(_journal(project, stack, pulumi)) if event.evidence not in told)
    for event in (*events, *journal):
        yield replace(event, applied=run_during(event.at, runs.runs)) if event.kind in BY_A_RUN else event


def _journal(project: Project, stack: str, pulumi: Pulumi) -> Iterator[Entry]:
    settings = project.settings(stack)
    if pulumi.endpoint:
        folder = project.folder / file_settings(settings.get, os.environ, stack).journal
        yield from Journal(folder, str(pulumi.endpoint)).entries()


def _once(events: Iterable[Event]) -> Iterator[Event]:
    """Each sign-off once: a record repeats a line that git has."""
    listed = list(events)
    lines = {each.evidence for each in listed if each.commit}
    for event in listed:
        if event.commit or event.kind != "signed off" or f"{event.evidence}: {event.what}" not in lines:
            yield event


def _known(stack: FirmStack) -> frozenset[str]:
    return frozenset({*stack.firm.accounts, *(user.username for user in stack.firm.people)})
