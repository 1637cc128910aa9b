"""What a reviewer must not miss, as a table of rules over the two sides; each yields sentences."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from firm.mistake import listed, shown
from firm.model import Firm
from firm.users import TRADING
from review.entries import users_of
from review.model import Coverage, Setting, Side

Rule = Callable[[Side, Side, Coverage | None], Iterable[str]]


SETTINGS: Mapping[str, str] = {
    "t4:endpoint": "every call goes there, with the credentials",
    "t4:onboardPath": "everybody's personal details are sent there",
    "t4:passwordSeed": "every user's password follows from it",
    "t4:journal": "there a run finds what T4 answered to the runs before it",
}
"""What hangs on a setting, where its name does not say it."""


def _settings(base: Side, head: Side, coverage: Coverage | None) -> Iterator[str]:
    for name in sorted(base.settings.keys() | head.settings.keys()):
        old, new = base.settings.get(name), head.settings.get(name)
        if old != new:
            yield f"setting {shown(name)}: {_replaced(old, new)}{_because(SETTINGS.get(name))}"


def _replaced(old: Setting | None, new: Setting | None) -> str:
    """A change of a setting: from what to what, or of what is not shown only that it changes."""
    if (old and old.hidden) or (new and new.hidden):
        return "replaced" if old and new else "newly set" if new else "removed"
    return f"{shown(old.text, 200) if old else 'not set'} → {shown(new.text, 200) if new else 'not set'}"


def _because(words: str | None) -> str:
    return f" ({words})" if words else ""


def _goals(base: Side, head: Side, coverage: Coverage | None) -> Iterable[str]:
    return head.goals.warnings


def _departures(base: Side, head: Side, coverage: Coverage | None) -> Iterator[str]:
    for username, user in sorted(users_of(head.firm).items()):
        before = users_of(base.firm).get(username)
        if user.departed and before and not before.departed:
            yield (
                f"{username} departs: the user is to be disabled and its market data ended, and no fills of "
                "its accounts are captured any more"
            )


def _takeovers(base: Side, head: Side, coverage: Coverage | None) -> Iterator[str]:
    for username, user in sorted(head.firm.users.items()):
        before = base.firm.users.get(username)
        if user.adopt and not (before and before.adopt):
            yield (
                f"{username} is taken over (`adopt: true`): if T4 has a user of this name, it becomes this "
                "stack's, whoever made it"
            )


def _uncovered(base: Side, head: Side, coverage: Coverage | None) -> Iterator[str]:
    for lost in coverage.lost if coverage else ():
        if lost.users and all(
            head.firm.users[name].departed for name in lost.users if name in head.firm.users
        ):
            continue  # the departure is told by itself
        yield f"the fills of account {lost.account} will no longer be captured ({lost.reason})"


def _templates(base: Side, head: Side, coverage: Coverage | None) -> Iterator[str]:
    for name, template in sorted(head.firm.templates.users.items()):
        old = base.firm.templates.users.get(name)
        if old is None:
            continue
        users = _made_from(head.firm, name)
        for part in ("roles", "applications"):
            before, after = set(getattr(old, part)), set(getattr(template, part))
            if before != after:
                yield (
                    f"template {name} is now said to give {_more_and_less(before, after)}: what T4 gave is "
                    f"held against that for {users}, and what is lacking or too much counts as a violation"
                )


def _templates_of_people(base: Side, head: Side, coverage: Coverage | None) -> Iterator[str]:
    for username, user in sorted(head.firm.users.items()):
        before = base.firm.users.get(username)
        if before and before.templateUser != user.templateUser:
            yield (
                f"{username} has another template, {user.templateUser or 'the default one'}: a template "
                "serves only while a user is made, so T4 changes nothing about this user"
            )


def _fill_user(base: Side, head: Side, coverage: Coverage | None) -> Iterator[str]:
    """A template of the fill user that gives Trading is a mistake of the file; that another template now
    makes this user is worth a look at what it really gives."""
    old, new = base.firm.fillService, head.firm.fillService
    if old and new and old.user.templateUser != new.user.templateUser:
        yield (
            f"the fill user's template changes to {new.user.templateUser}: see in the portal that it gives "
            f"no role that the file does not list, above all not {TRADING}"
        )


def _new_trading(base: Side, head: Side, coverage: Coverage | None) -> Iterator[str]:
    for name, template in sorted(head.firm.templates.users.items()):
        old = base.firm.templates.users.get(name)
        if base.exists and TRADING in template.roles and TRADING not in (old.roles if old else ()):
            yield f"users made from template {name} can trade: it is newly said to give {TRADING}"


def _raised_limits(base: Side, head: Side, coverage: Coverage | None) -> Iterator[str]:
    if not base.exists:
        return
    old, new = base.firm.limits.model_dump(), head.firm.limits.model_dump()
    for name in sorted(new):
        if old.get(name) != new[name]:
            yield f"limits.{name} changes from {old.get(name)} to {new[name]} in one run"


def _accepted(base: Side, head: Side, coverage: Coverage | None) -> Iterator[str]:
    for task, entry in sorted(head.firm.accepted.items()):
        if entry != base.firm.accepted.get(task):
            yield f"{task} is left alone until {entry.until.isoformat()}, although T4 differs: {entry.reason}"


def _ways(base: Side, head: Side, coverage: Coverage | None) -> Iterator[str]:
    if not base.exists:
        return
    olds, news = _how(base), _how(head)
    for way, words in (("api", "T4's API"), ("administrator", "the administrator")):
        kinds = sorted(kind for kind, how in news.items() if how == way and olds.get(kind, way) != way)
        if kinds:
            yield f"from now on {words} takes these steps: {listed(kinds)}"


RULES: tuple[Rule, ...] = (
    _settings,
    _fill_user,
    _goals,
    _uncovered,
    _departures,
    _takeovers,
    _new_trading,
    _templates,
    _templates_of_people,
    _accepted,
    _raised_limits,
    _ways,
)


def warnings(base: Side, head: Side, coverage: Coverage | None) -> tuple[str, ...]:
    """Every warning of the table, in its order."""
    return tuple(dict.fromkeys(words for rule in RULES for words in rule(base, head, coverage)))


def _made_from(firm: Firm, template: str) -> str:
    names = sorted(name for name, user in firm.users.items() if user.templateUser == template)
    if firm.fillService and firm.fillService.user.templateUser == template:
        names.append("the fill user")
    if not names:
        return "nobody yet"
    return _few(names)


def _few(names: list[str]) -> str:
    return listed(names if len(names) <= 4 else [*names[:3], f"{len(names) - 3} more"])


def _more_and_less(before: set[str], after: set[str]) -> str:
    words = [f"also {listed(sorted(after - before))}"] if after - before else []
    words += [f"no longer {listed(sorted(before - after))}"] if before - after else []
    return ", ".join(words)


def _how(side: Side) -> Mapping[str, str]:
    return {kind: way for goal in side.goals.goals for kind, way in goal.how.items()}
