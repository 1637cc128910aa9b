"""What T4 gave a user, judged by the table of `t4firm.plan.expectations`, as it is recorded with the user."""

from collections.abc import Iterable, Mapping
from typing import Any

from providers.t4.lifecycle.task_ledger import Steps
from providers.t4.session.session import session
from t4firm.model.names import spelled_as
from t4firm.model.users import TRADING, WHENTECH, WHENTECH_FILLS
from t4firm.plan.expectations import Expected, Finding, Given, findings, has_unsaid_whentech
from t4firm.tasks.ids import task_id


def found(
    props: Mapping[str, Any], roles: Iterable[str] | None, applications: Iterable[str] | None
) -> tuple[Finding, ...]:
    """The findings about a user with these inputs and these roles and applications; None where nothing
    shows them."""
    return findings(_expected(props), Given(_spelled(props, roles), _spelled(props, applications)))


def _spelled(props: Mapping[str, Any], names: Iterable[str] | None) -> tuple[str, ...] | None:
    """Roles or applications that T4 showed, as the firm file spells them: rules compare them letter by
    letter."""
    if names is None:
        return None
    expected = _expected(props)
    known = (*expected.roles, *expected.applications, *expected.retiring)
    return tuple(spelled_as(names, (WHENTECH, WHENTECH_FILLS, TRADING, *known)))


def _expected(props: Mapping[str, Any]) -> Expected:
    expected = props["expected"]
    # whose loss is a step of a resource of its own
    lost = (props.get("revoke") or {}).get("applications", ())
    return Expected(
        props["username"],
        props["templateUser"] or None,
        tuple(expected["roles"]),
        (*expected["applications"], *lost, *_read_with(expected)),
        bool(expected["exactly"]),
        tuple(props.get("retiring") or ()),
        bool(props["departed"]),
    )


def _read_with(expected: Mapping[str, Any]) -> tuple[str, ...]:
    """The firm's own application, with which the fill user logs in to be read (t4:fillReader)."""
    socket = session().socket if expected["exactly"] else None
    return (socket.own_application,) if socket and socket.own_application else ()


def unsaid_whentech(props: Mapping[str, Any], applications: Iterable[str] | None) -> set[str]:
    """The task about WhenTech of an end user to whom neither file nor template gives it. What came with the
    user is a warning; what the portal gave since then is drift. It is reported, and never taken
    (t4firm/rules/ownership.py)."""
    if not has_unsaid_whentech(_expected(props), Given(None, _spelled(props, applications or ()))):
        return set()
    return {task_id("declare-application", props["username"], WHENTECH)}


def _of_another_firm(props: Mapping[str, Any], steps: Steps) -> dict[str, str]:
    """A user of another firm than the stack's, until somebody has closed the task about it. `props`: with
    what is recorded as `firmID` and `otherFirm`."""
    task = task_id("verify-firm", props["username"])
    if not props.get("otherFirm"):
        return {}
    if task not in steps.tasks:
        steps.leave_open(task)
    words = (
        f"T4 says that {props['username']} is of firm {props['otherFirm']}, and this stack's firm is "
        f"{props['firmID']}: the credentials of a run were another firm's"
    )
    return {task: words} if steps.is_open(task) else {}


def violations(findings: Iterable[Finding]) -> dict[str, str]:
    """Task -> sentence for each violation."""
    return {each.task: each.words for each in findings if each.severity == "violation" and each.task}


def contradiction_words(tasks: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """A sentence for each sign-off that T4 showed to be untrue, as long as its step is open."""
    return [
        f"{task} was signed off ({entry['contradicted']}), and T4 shows that it is not done"
        for task, entry in sorted(tasks.items())
        if "contradicted" in entry
    ]


def unmended(props: Mapping[str, Any], shown: Mapping[str, Any]) -> set[str]:
    """The steps that mend what T4 still shows: of violations, and of roles that are to be revoked."""
    retiring = set(props.get("retiring") or ()) & set(shown["roles"] or ())
    return {*shown["violations"], *(task_id("remove-role", props["username"], role) for role in retiring)}


def judged(
    props: Mapping[str, Any], roles: list[str] | None, applications: list[str] | None, steps: Steps
) -> dict[str, Any]:
    """The outputs that say what T4 gave; each violation that is not mended has an open task."""
    findings = found(props, roles, applications)
    for task in violations(findings):
        steps.leave_open(task)
    return {
        "roles": None if roles is None else [*(_spelled(props, roles) or ())],
        "applications": None if applications is None else [*(_spelled(props, applications) or ())],
        "violations": {**violations(findings), **_of_another_firm(props, steps)},
        "warnings": [each.words for each in findings if each.severity == "warning"],
        "notices": [each.words for each in findings if each.severity == "notice"],
        "tasks": steps.tasks,
    }
