"""What T4 gave a user, held against what the firm file expects: the table of rules behind every violation
and warning.

Roles and applications come from the template user, out of the file's sight; the onboarding answer names
them (seed 002).
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from t4firm.model.users import WHENTECH, WHENTECH_FILLS
from t4firm.tasks.ids import task_id

Severity = Literal["violation", "warning", "notice"]
"""A notice is told once, a warning in every run; a violation stops what depends on it."""


@dataclass(frozen=True)
class Expected:
    """What the firm file expects of a user. `exactly`: nothing more may be given (the fill user), but for
    the roles that are `retiring`: their removal is a step that waits for its turn, not a violation.
    `departed`: who leaves needs nothing any more."""

    username: str
    template: str | None
    roles: tuple[str, ...]
    applications: tuple[str, ...]
    exactly: bool
    retiring: tuple[str, ...] = ()
    departed: bool = False


@dataclass(frozen=True)
class Given:
    """What T4 shows of a user: `None` where nothing can be seen (a user who was adopted without a read)."""

    roles: tuple[str, ...] | None
    applications: tuple[str, ...] | None


@dataclass(frozen=True)
class Finding:
    """One difference that matters: its severity, the task that mends it (of a violation alone) and a
    sentence."""

    severity: Severity
    task: str | None
    words: str


Rule = Callable[[Expected, Given], Iterable[Finding]]


def has_unsaid_whentech(expected: Expected, given: Given) -> bool:
    """Whether somebody who stays has WhenTech, and neither the firm file nor the template explains it."""
    unsaid = WHENTECH not in expected.applications and WHENTECH in (given.applications or ())
    return unsaid and not expected.exactly and not expected.departed


def _template(expected: Expected) -> str:
    return f"template {expected.template}" if expected.template else "the firm's default user template"


def _fill_user_has_no_other_role(expected: Expected, given: Given) -> Iterator[Finding]:
    if not expected.exactly:
        return
    for role in sorted(set(given.roles or ()) - {*expected.roles, *expected.retiring}):
        allowed = f"only {', '.join(expected.roles)}" if expected.roles else "no role"
        yield Finding(
            "violation",
            task_id("remove-role", expected.username, role),
            f"the fill user {expected.username} has the role {role}, and the firm file allows it {allowed} "
            "(the fill service only reads: WhenTech Fill Service page). The role came with "
            f"{_template(expected)}, or was given in the portal since",
        )


def _fill_user_has_no_other_application(expected: Expected, given: Given) -> Iterator[Finding]:
    if not expected.exactly:
        return
    for application in sorted(set(given.applications or ()) - set(expected.applications) - {WHENTECH_FILLS}):
        yield Finding(
            "violation",
            task_id("unassign-application", expected.username, application),
            f"the fill user {expected.username} has the application {application}, and the firm file does "
            "not say so (this user is only for the fill service). The application came with "
            f"{_template(expected)}, or was assigned in the portal since",
        )


def _no_end_user_has_the_fill_application(expected: Expected, given: Given) -> Iterator[Finding]:
    if not expected.exactly and WHENTECH_FILLS in (given.applications or ()):
        yield Finding(
            "violation",
            task_id("unassign-application", expected.username, WHENTECH_FILLS),
            f"{expected.username} has the application {WHENTECH_FILLS}, which is only for the fill service "
            "(WhenTech Fill Service page). It came with "
            f"{_template(expected)}, or was assigned in the portal since",
        )


def _an_end_user_has_whentech_behind_the_files_back(expected: Expected, given: Given) -> Iterator[Finding]:
    if has_unsaid_whentech(expected, given):
        yield Finding(
            "warning",
            None,
            f"{expected.username} has the application {WHENTECH}, but the firm file does not say so. So "
            "nobody captures the fills (WhenTech Fill Service page). List it under `applications`, or remove "
            "it in T4",
        )


def _templates_give_the_roles_they_are_said_to(expected: Expected, given: Given) -> Iterator[Finding]:
    if given.roles is None or expected.departed:
        return
    for role in sorted(set(expected.roles) - set(given.roles)):
        yield Finding(
            "violation",
            task_id("assign-role", expected.username, role),
            f"{expected.username} does not have the role {role}: the firm file says that "
            f"{_template(expected)} gives it, but T4's answer does not list it",
        )


def _a_fill_user_that_cannot_be_seen(expected: Expected, given: Given) -> Iterator[Finding]:
    if expected.exactly and given.roles is None:
        yield Finding(
            "violation",
            task_id("verify-user", expected.username),
            f"the fill user {expected.username} already existed and was adopted, and no operation can read "
            "its roles: it may have Trading, which it must not have (WhenTech Fill Service page)",
        )


def _more_than_the_template_is_said_to_give(expected: Expected, given: Given) -> Iterator[Finding]:
    if expected.exactly or expected.template is None:
        return
    known = {*expected.roles, *expected.applications, WHENTECH, WHENTECH_FILLS}
    for kind, names in (("role", given.roles), ("application", given.applications)):
        if more := sorted(set(names or ()) - known):
            yield Finding(
                "notice",
                None,
                f"{_template(expected)} also gives the {kind}{'s' if len(more) > 1 else ''} "
                f"{', '.join(more)}, which the firm file does not list. If that is right, add "
                f"{'it' if len(more) == 1 else 'them'} to templates.users.{expected.template}.{kind}s",
            )


RULES: tuple[Rule, ...] = (
    _fill_user_has_no_other_role,
    _fill_user_has_no_other_application,
    _no_end_user_has_the_fill_application,
    _an_end_user_has_whentech_behind_the_files_back,
    _templates_give_the_roles_they_are_said_to,
    _a_fill_user_that_cannot_be_seen,
    _more_than_the_template_is_said_to_give,
)


def findings(expected: Expected, given: Given) -> tuple[Finding, ...]:
    """Every finding of the table, in its order; empty where what T4 gave is what the file expects."""
    return tuple(finding for rule in RULES for finding in rule(expected, given))
