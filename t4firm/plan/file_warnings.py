"""What is doubtful in a firm file, and no mistake: a sentence each."""

from collections.abc import Iterable, Sequence
from datetime import date

from t4firm.model.firm import Firm
from t4firm.model.users import WHENTECH, User
from t4firm.plan.capture import captured_by_role
from t4firm.plan.close_names import misspelled
from t4firm.yaml_files.mistakes import some


def warnings_of(firm: Firm, today: date) -> Iterable[str]:
    if firm.fillService and captured_by_role(firm):
        yield (
            f"{firm.fillService.user.username} gets the Risk Manager role: WhenTech receives the fills of "
            f"ALL accounts of {firm.firm}, also of accounts that do not use WhenTech, and discards what it "
            "does not need (WhenTech Fill Service page)"
        )
    yield from _unsaid(_with_whentech_unsaid(firm) if firm.fillService else ())
    yield from undecided(firm.undecided)
    yield from misspelled(firm)
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


def _unsaid(users: Iterable[User]) -> Iterable[str]:
    """One warning for all users of a template."""
    by_template: dict[str, list[User]] = {}
    for user in users:
        by_template.setdefault(user.templateUser or "", []).append(user)
    for template, found in sorted(by_template.items()):
        numbers = some(number for user in found for number in user.accounts)
        entries = "entries do" if len(found) > 1 else "entry does"
        yield (
            f"template {template} gives {some(user.username for user in found)} WhenTech, but the {entries} "
            f"not list it. So nobody captures the fills of {numbers} (WhenTech Fill Service page). List it "
            "under `applications`, or name another template"
        )


def _ended(firm: Firm, today: date) -> Iterable[str]:
    """One warning for all differences that are accepted no longer."""
    over = [
        f"{task} until {entry.until}" for task, entry in sorted(firm.accepted.items()) if entry.until < today
    ]
    if over:
        counts, entry = ("differences count", "entries") if len(over) > 1 else ("difference counts", "entry")
        yield (
            f"the firm file accepted {some(over)}: the {counts} again. Remove the {entry}, or write a later "
            "day"
        )
