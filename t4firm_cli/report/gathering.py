"""From a stack's files and records to the firm on one page."""

from collections.abc import Mapping

from providers.t4.configuration.stack_files import FirmStack
from providers.t4.lifecycle.template_check import contradiction_words
from providers.t4.lifecycle.violation_words import violation_words
from providers.t4.records.prior_state import recorded_of
from providers.t4.records.stored import Stored
from providers.t4.records.task_records import RECORDED
from providers.t4.reports.page import other_rows, user_rows
from t4firm.plan.goals import OURS, Key
from t4firm.reports.one_page import OnePage, ToDo
from t4firm_cli.administrator.tasks import Listed, report_of

Recorded = Mapping[Key, Stored]


def page_of(name: str, stack: FirmStack, recorded: Recorded, destination: str) -> OnePage:
    """The page of one stack, of what `t4firm tasks` reports and what else is recorded. `destination`: which
    T4 that is."""
    report = report_of(name, stack, recorded)
    users = user_rows(stack.following(recorded_of(recorded)), recorded, report.coverage)
    assigned = (each.because for each in report.coverage if each.state == "assigned")
    return OnePage(
        firm=report.firm,
        stack=name,
        destination=destination,
        recorded=max((str(each.get(RECORDED) or "") for each in recorded.values()), default=""),
        users=users,
        coverage=tuple(report.coverage),
        missing=tuple(task for task in next(assigned, "").split(", ") if task),
        others=other_rows(users, report.coverage),
        to_do=tuple(_to_do(task) for task in report.tasks if task.to_do),
        undeclared=report.to_do["inFirmFile"],
        alarms=(*report.alarms, *_alarms(recorded)),
        subscriptions=report.subscriptions,
        costs=report.fees,
        proofs=tuple(report.proofs),
    )


def _alarms(recorded: Recorded) -> list[str]:
    words = set()
    for (kind, _), record in recorded.items():
        if kind == f"{OURS}User":  # an assignment has those that its user had when it was made
            words |= {f"VIOLATION: {each}" for each in violation_words(record.get("violations") or {})}
        words |= {f"CONTRADICTED: {each}" for each in contradiction_words(record.get("tasks") or {})}
    return sorted(words)


def _to_do(task: Listed) -> ToDo:
    said = task.said
    since = said.get("since", "")[:10]
    return ToDo(said["id"], task.page, said["what"], said["status"], since, said.get("waits", ""))
