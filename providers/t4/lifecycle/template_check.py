"""What T4 gave a user, judged by the table of `t4firm.plan.expectations`, as it is recorded with the user."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from providers.t4.records.users import UserInputs, UserRecord
from providers.t4.session.session import session
from providers.t4.steps.task_ledger import Steps
from t4firm.model.names import spelled_as
from t4firm.model.users import TRADING, WHENTECH, WHENTECH_FILLS
from t4firm.plan.expectations import Expected, Finding, Given, findings, has_unsaid_whentech
from t4firm.tasks.ids import task_id


def found(
    inputs: UserInputs, roles: Iterable[str] | None, applications: Iterable[str] | None
) -> tuple[Finding, ...]:
    """The findings about a user with these inputs and these roles and applications; None where nothing
    shows them."""
    return findings(_expected(inputs), Given(_spelled(inputs, roles), _spelled(inputs, applications)))


def _spelled(inputs: UserInputs, names: Iterable[str] | None) -> tuple[str, ...] | None:
    """Roles or applications that T4 showed, as the firm file spells them: rules compare them letter by
    letter."""
    if names is None:
        return None
    expected = _expected(inputs)
    known = (*expected.roles, *expected.applications, *expected.retiring)
    return tuple(spelled_as(names, (WHENTECH, WHENTECH_FILLS, TRADING, *known)))


def _expected(inputs: UserInputs) -> Expected:
    expected = inputs.expected
    return Expected(
        inputs.username,
        inputs.templateUser or None,
        expected.roles,
        # the loss of an application is a step of a resource of its own
        (*expected.applications, *inputs.revoke.applications, *_read_with(inputs)),
        expected.exactly,
        inputs.retiring,
        inputs.departed,
    )


def _read_with(inputs: UserInputs) -> tuple[str, ...]:
    """The firm's own application, with which the fill user logs in to be read (t4:fillReader)."""
    socket = session().socket if inputs.is_fill_user else None
    return (socket.own_application,) if socket and socket.own_application else ()


def unsaid_whentech(inputs: UserInputs, applications: Iterable[str] | None) -> set[str]:
    """The task about WhenTech of an end user to whom neither file nor template gives it. What came with the
    user is a warning; what the portal gave since then is drift. It is reported, and never taken
    (t4firm/rules/ownership.py)."""
    if not has_unsaid_whentech(_expected(inputs), Given(None, _spelled(inputs, applications or ()))):
        return set()
    return {task_id("declare-application", inputs.username, WHENTECH)}


def _of_another_firm(record: UserRecord, steps: Steps) -> dict[str, str]:
    """A user of another firm than the stack's, until somebody has closed the task about it."""
    task = record.inputs.task("verify-firm")
    if not record.otherFirm:
        return {}
    if task not in steps.tasks:
        steps.leave_open(task)
    words = (
        f"T4 says that {record.inputs.username} belongs to firm {record.otherFirm}, but this stack's firm is "
        f"{record.firmID}: the credentials of a run may belong to another firm"
    )
    return {task: words} if steps.is_open(task) else {}


def violations(findings: Iterable[Finding]) -> dict[str, str]:
    """Task -> sentence for each violation."""
    return {each.task: each.words for each in findings if each.severity == "violation" and each.task}


def contradiction_words(tasks: Mapping[str, Mapping[str, object]]) -> list[str]:
    """A sentence for each sign-off that T4 showed to be untrue, as long as its step is open."""
    return [
        f"{task} was signed off ({entry['contradicted']}), but T4 shows that it is not done"
        for task, entry in sorted(tasks.items())
        if "contradicted" in entry
    ]


def unmended(inputs: UserInputs, verdict: UserRecord) -> set[str]:
    """The steps that mend what T4 still shows: of violations, and of roles that are to be revoked."""
    retiring = set(inputs.retiring) & set(verdict.roles or ())
    return {*verdict.violations, *(inputs.task("remove-role", role) for role in retiring)}


def judged(
    record: UserRecord, roles: Iterable[str] | None, applications: Iterable[str] | None, steps: Steps
) -> UserRecord:
    """The record with what T4 gave, and the verdict; each violation that is not mended has an open task."""
    inputs = record.inputs
    findings = found(inputs, roles, applications)
    for task in violations(findings):
        steps.leave_open(task)
    return replace(
        record,
        roles=_spelled(inputs, roles),
        applications=_spelled(inputs, applications),
        violations={**violations(findings), **_of_another_firm(record, steps)},
        warnings=tuple(each.words for each in findings if each.severity == "warning"),
        notices=tuple(each.words for each in findings if each.severity == "notice"),
        tasks=steps.tasks,
    )
