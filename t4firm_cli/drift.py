"""`t4firm drift`: how T4 differs from the firm file, read now, and recorded nowhere."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from itertools import groupby
from typing import Any

from providers.t4.configuration.stack_files import FirmStack
from providers.t4.outputs import key_of
from providers.t4.records.upgrade import upgraded
from providers.t4.reports.drift_scan import InState, Live, not_made, read_all
from providers.t4.session import session as sessions
from providers.t4.steps.log import LOG
from t4firm.plan.goals import OURS
from t4firm.reports.drift import MENDS, Difference, Drift, Tolerated, Unverified, sorted_out
from t4firm.yaml_files.mistakes import counted
from t4firm_cli.administrator.tasks import plain
from t4firm_cli.destination import say_destination
from t4firm_cli.engine.command import Pulumi
from t4firm_cli.engine.past_runs import past_runs
from t4firm_cli.engine.progress import READ, Progress
from t4firm_cli.firm_files.validate import load
from t4firm_cli.json_form import json_form
from t4firm_cli.project.layout import Project
from t4firm_cli.project.revision import commit_here, project_at
from t4firm_cli.terminal import complain, say, say_json

UNREAD = (
    "The fill user's roles or its accounts could not be read: whether it can only read, and whose fills it "
    "captures, is known from earlier evidence alone."
)

Line = tuple[str, str]
"""What is said, and in which style of the terminal."""


def run(project: Project, stack: str, *, as_json: bool, applied: bool = False) -> int:
    """Print what could not be compared, and the differences. The exit code is 1 where a read failed, 2 where
    T4 differs, 3 where nothing differs in what was read and the fill user could not be read, else 0.
    `applied`: compare with the files of the commit that was applied last, not with those that are here."""
    looked = look(project, stack, applied=applied)
    live, accepted = looked.live, looked.stack.firm.accepted
    if not looked.resources:
        complain(f"stack {stack} has no resources yet, so there is nothing to compare")
    drift = sorted_out(live.readings, accepted, live.unverified, live.unmanaged)
    if as_json:
        say_json(_as_json(drift, live))
    else:
        for text, style in lines(drift):
            say(text, style)
        for words in live.notes:
            say(words)
    for words in live.failed:
        complain(unread_words(words), "bad")
    return 1 if live.failed else 2 if drift.differs else 3 if drift.fill_user_unread else 0


@dataclass(frozen=True)
class Looked:
    """A look at T4: the stack's files, its recorded resources, and what T4 shows of them."""

    stack: FirmStack
    resources: Sequence[InState]
    live: Live


def look(project: Project, stack: str, *, applied: bool = False) -> Looked:
    """Read T4 as a refresh does, and record nothing. `applied`: compare with what was applied last."""
    pulumi = Pulumi(project, stack)
    say_destination(pulumi)
    return read_now(pulumi, _applied(pulumi) if applied else load(project, stack))


def read_now(pulumi: Pulumi, firm: FirmStack) -> Looked:
    """Read T4 as a refresh does, and record nothing."""
    resources = in_state(pulumi.exported(show_secrets=True)) if pulumi.exists() else []
    if not resources:
        return Looked(firm, (), Live(unverified=not_made(firm.firm, ())))
    LOG.disabled = True  # what a refresh says aloud stands in the list
    configured, folder = pulumi.configuration().get, pulumi.project.folder
    sessions.use(sessions.Session(configured, pulumi.stack, environ=pulumi.environ, folder=folder))
    progress = Progress()
    live = read_all(firm, resources, partial(progress.show, READ))
    progress.end()
    return Looked(firm, resources, live)


def _applied(pulumi: Pulumi) -> FirmStack:
    """The stack's files at the commit that its last run applied; those that are here if no run named one."""
    project, stack = pulumi.project, pulumi.stack
    runs = past_runs(pulumi) if pulumi.exists() else ()
    last = next((run for run in runs if run.commit), None)
    if last is None or last.commit == commit_here(project):
        return load(project, stack)
    with project_at(project, last.commit) as then:
        complain(
            f"Compared with commit {last.commit[:12]}, which was applied on {last.day}: the commit here has "
            "not been applied."
        )
        return load(then, stack)


def in_state(exported: dict[str, Any]) -> list[InState]:
    """The resources of an exported state."""
    return [
        InState(*key_of(each["urn"]), upgraded(_plain(each["outputs"])), str(each.get("modified") or "")[:10])
        for each in exported["deployment"].get("resources") or []
        if each.get("outputs") and key_of(each["urn"])[0].startswith(OURS)
    ]


def _plain(value: Any) -> Any:
    """A value as the engine exports it with its secrets shown."""
    value = plain(value)
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list) else value


def lines(drift: Drift) -> Iterator[Line]:
    """What is found, as a person reads it."""
    for (why, remedy), facts in groupby(sorted(drift.unverified, key=_order), key=_reason):
        yield from _listed(f"Not compared: {why}", [*map(unverified_words, facts), f"To see it: {remedy}"])
    yield from _group("VIOLATIONS of WhenTech's rules", drift.violations, "bad")
    yield from _group("Signed off, but T4 shows that it is not done", drift.contradicted, "bad")
    yield from _group("`t4firm up --refresh` corrects these through the API", drift.api)
    yield from _group("The administrator must correct these in the portal", drift.administrator)
    yield from _listed("In T4, but not in the firm file", drift.unmanaged, "warning")
    yield from _listed("Accepted in the firm file", map(_tolerated, drift.accepted))
    if count := len(drift.still_open):
        yield f"{counted(count, 'task was', 'tasks were')} open before: t4firm tasks", "plain"
    yield _summary(drift)
    if drift.differs:
        then = ", then t4firm tasks" if (*drift.violations, *drift.contradicted, *drift.administrator) else ""
        yield f"To correct it: {MENDS}{then}", "plain"


def _group(title: str, differences: Sequence[Difference], style: str = "plain") -> Iterator[Line]:
    yield from _listed(title, (f"{each.words} ({each.task})" for each in differences), style)


def _listed(title: str, lines: Iterable[str], style: str = "plain") -> Iterator[Line]:
    for number, line in enumerate(lines):
        if not number:
            yield title, "heading"
        yield f"  {line}", style


def _tolerated(each: Tolerated) -> str:
    return f"{each.words}: {each.reason} (until {each.until}; {each.task})"


def _reason(fact: Unverified) -> tuple[str, str]:
    return fact.why, fact.remedy


def _order(fact: Unverified) -> tuple[tuple[str, str], Unverified]:
    return _reason(fact), fact


def unverified_words(fact: Unverified) -> str:
    """For example: roles of users: 2; the oldest evidence is of trader.a, 20 days old (POST …)."""
    oldest = fact.oldest
    whose = f"{fact.count:,}; the oldest evidence is of {oldest.name}" if fact.count > 1 else oldest.name
    age = f", {_age(oldest.day)}" if oldest.day else ""
    return f"{fact.what}: {whose}{age} ({oldest.evidence or 'as it was recorded'})"


def _age(day: str) -> str:
    days = (datetime.now(UTC).date() - date.fromisoformat(day)).days
    return f"{counted(days, 'day')} old" if days else "of today"


def _summary(drift: Drift) -> Line:
    groups = (drift.violations, drift.contradicted, drift.api, drift.administrator, drift.unmanaged)
    found, unread = sum(map(len, groups)), sum(fact.count for fact in drift.unverified)
    more = "other " if drift.still_open else ""
    said = f"{counted(found, 'difference')}."
    said = said if found else f"No {more}difference in what can be read."
    said += f" {counted(unread, 'fact')} not compared." if unread else ""
    said += f" {UNREAD}" if drift.fill_user_unread else ""
    return said, "warning" if found or unread else "good"


def _as_json(drift: Drift, live: Live) -> dict[str, Any]:
    return {
        "differs": drift.differs,
        "fillUserUnread": drift.fill_user_unread,
        **json_form(drift),
        "notes": list(live.notes),
        "failed": list(live.failed),
        "lines": _said(drift, live),
    }


def _said(drift: Drift, live: Live) -> list[str]:
    """All of it as a person reads it."""
    return [text for text, _ in lines(drift)] + [unread_words(words) for words in live.failed]


def unread_words(words: str) -> str:
    return f"not read: {words}"
