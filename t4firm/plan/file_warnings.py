"""What is doubtful in a firm file, and no mistake: a sentence each."""

from collections.abc import Iterable, Sequence
from datetime import date

from t4firm.model.firm import Firm
from t4firm.model.users import WHENTECH, User
from t4firm.plan.capture import captured_by_role
from t4firm.yaml_files.mistakes import some


def warnings_of(firm: Firm, today: date) -> Iterable[str]:
    if firm.fillService and captured_by_role(firm):
        yield (
            f"{firm.fillService.user.username} gets the Risk Manager role: WhenTech receives the fills of "
            f"ALL accounts of {firm.firm}, also of accounts that do not use WhenTech, and discards what it "
            "does not need (WhenTech Fill Service page)"
        )
    yield from map(_unsaid, _with_whentech_unsaid(firm) if firm.fillService else ())
    yield from undecided(firm.undecided)
    yield from _ended(firm, today)


def undecided(numbers: Sequence[str]) -> Iterable[str]:
    """One warning for all accounts of which nobody has decided whether they may be traded."""
    if numbers:
        yield (
            f"the firm file does not say whether {len(numbers)} account{'s' if len(numbers) > 1 else ''} "
            f"may be traded ({some(numbers)}). T4 creates accounts disabled (Onboarding API page). Write "
            "`enabled: true` or `enabled: false` under `accounts`, or once for all under `defaults.account`"
        )


def _with_whentech_unsaid(firm: Firm) -> Iterable[User]:
    """Users whose template gives WhenTech, and of whom the file says neither that they have nor lose it."""
    giving = {name for name, given in firm.templates.users.items() if WHENTECH in given.applications}
    for _, user in sorted(firm.users.items()):
        said = user.departed or WHENTECH in (*user.applications, *user.revoke.applications)
        if user.templateUser in giving and not said:
            yield user


def _unsaid(user: User) -> str:
    return (
        f"template {user.templateUser} gives {user.username} WhenTech, but the entry does not list it. So "
        f"nobody captures the fills of {', '.join(user.accounts)} (WhenTech Fill Service page). List it "
        "under `applications`, or name another template"
    )


def _ended(firm: Firm, today: date) -> Iterable[str]:
    for task, entry in sorted(firm.accepted.items()):
        if entry.until < today:
            yield (
                f"the firm file accepted {task} until {entry.until}: the difference counts again. Remove the "
                "entry, or write a later day"
            )
