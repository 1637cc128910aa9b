"""What a reviewer must not miss, as a table of rules over the two sides; each yields sentences."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping

from pydantic import BaseModel, JsonValue

from t4firm.model.firm import Firm, UserTemplate
from t4firm.model.users import DEPENDS_ON_APPTYPE, TRADING
from t4firm.operations import Operation
from t4firm.plan import adoptions
from t4firm.plan.file_warnings import undecided
from t4firm.review.entries import users_of
from t4firm.review.model import CaptureChange, Setting, Side
from t4firm.yaml_files.mistakes import listed, shown

Rule = Callable[[Side, Side, CaptureChange | None], Iterable[str]]


SETTINGS: Mapping[str, str] = {
    "t4:endpoint": "every call goes there, with the credentials",
    "t4:onboardPath": "everybody's personal details are sent there",
    "t4:riskManagerRole": "with capture: riskManager the fill user may have this role",
    "t4:passwordSeed": "every user's password follows from it",
    "t4:journal": "there a run finds what T4 answered to the runs before it",
}
"""What hangs on a setting, where its name does not say it."""


REQUEST = ("method", "path", "body")
"""The parts of an operation that say what is sent; they are told without their names."""

LONGEST_CALL = 400
"""Characters of what is said of an operation, so that a sentence has space for it before and after."""


def _settings(base: Side, head: Side, coverage: CaptureChange | None) -> Iterator[str]:
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


def _goals(base: Side, head: Side, coverage: CaptureChange | None) -> Iterator[str]:
    """What the file before the change is warned about too is not the change's; nor are the accounts of which
    it already said nothing."""
    told = {*undecided(head.firm.undecided), *(base.goals.warnings if base.exists else ())}
    yield from (words for words in head.goals.warnings if words not in told)
    before = frozenset(base.firm.undecided if base.exists else ())
    yield from undecided([number for number in head.firm.undecided if number not in before])


def _departures(base: Side, head: Side, coverage: CaptureChange | None) -> Iterator[str]:
    olds = users_of(base.firm)
    for username, user in sorted(users_of(head.firm).items()):
        before = olds.get(username)
        if user.departed and not before:
            yield (
                f"{username} is new in the file, but has departed. No user is created to leave at once: the "
                f"run fails for this entry, unless it adopts a user of T4 (`adopt: true`)"
            )
        elif user.departed and before and not before.departed:
            yield (
                f"{username} departs: the user will be disabled and its market data ended. Then the fills of "
                "its accounts are no longer captured, unless another WhenTech user has the account"
            )


def _adoptions(base: Side, head: Side, coverage: CaptureChange | None) -> Iterator[str]:
    before = {(each.kind, each.name) for each in base.goals.adoptions}
    new = [each for each in head.goals.adoptions if (each.kind, each.name) not in before]
    yield from (f"This change {words}" for words in adoptions.told(new))


def _apptypes(base: Side, head: Side, coverage: CaptureChange | None) -> Iterator[str]:
    before = users_of(base.firm)
    for username, user in sorted(users_of(head.firm).items()):
        old = before.get(username)
        if old and old.apptype != user.apptype:
            subscribed = "; ".join(f"{name} {kind}" for name, kind in user.marketData.items())
            check = f". Check what {username} has: {subscribed}" if subscribed else ""
            yield (f"{username} changes from {old.apptype} to {user.apptype} ({DEPENDS_ON_APPTYPE}){check}")


def _uncovered(base: Side, head: Side, coverage: CaptureChange | None) -> Iterator[str]:
    for lost in coverage.lost if coverage else ():
        if lost.users and all(
            head.firm.users[name].departed for name in lost.users if name in head.firm.users
        ):
            continue  # the departure is told by itself
        yield f"the fills of account {lost.account} will no longer be captured ({lost.reason})"


def _templates(base: Side, head: Side, coverage: CaptureChange | None) -> Iterator[str]:
    if not base.exists:
        return
    olds, news = base.firm.templates, head.firm.templates
    names = {
        "template": (set(olds.users), set(news.users)),
        "template account": (set(olds.accounts), set(news.accounts)),
    }
    for what, (before, after) in names.items():
        for name in sorted(after - before):
            gives = f": the file says that it gives {_gives(news.users[name])}" if what == "template" else ""
            yield f"{what} {name} is new in the file{gives}"
        for name in sorted(before - after):
            yield f"{what} {name} is no longer in the file"
    for name, template in sorted(news.users.items()):
        old = olds.users.get(name)
        if old is None:
            continue
        users = _made_from(head.firm, name)
        for part in ("roles", "applications"):
            before, after = set(getattr(old, part)), set(getattr(template, part))
            if before != after:
                yield (
                    f"the file now says that template {name} gives {_more_and_less(before, after)}. For "
                    f"{users}, T4 is compared with that: what is missing or too much can be a violation"
                )


def _templates_of_people(base: Side, head: Side, coverage: CaptureChange | None) -> Iterator[str]:
    for username, user in sorted(head.firm.users.items()):
        before = base.firm.users.get(username)
        if before and before.templateUser != user.templateUser:
            yield (
                f"{username} has another template, {user.templateUser or 'the default one'}. A template is "
                "used only when a user is created, so nothing changes for this user in T4"
            )


def _fill_user(base: Side, head: Side, coverage: CaptureChange | None) -> Iterator[str]:
    """A template of the fill user that gives Trading is a mistake of the file; that another template now
    makes this user is worth a look at what it really gives."""
    old, new = base.firm.fillService, head.firm.fillService
    if old and new and old.user.templateUser != new.user.templateUser:
        yield (
            f"the fill user's template changes to {new.user.templateUser}. Check in the portal that it gives "
            f"no role that the file does not list, above all not {TRADING}"
        )


def _new_trading(base: Side, head: Side, coverage: CaptureChange | None) -> Iterator[str]:
    for name, template in sorted(head.firm.templates.users.items()):
        old = base.firm.templates.users.get(name)
        if base.exists and TRADING in template.roles and TRADING not in (old.roles if old else ()):
            yield f"users created from template {name} can trade: the file now says that it gives {TRADING}"


def _raised_limits(base: Side, head: Side, coverage: CaptureChange | None) -> Iterator[str]:
    if not base.exists:
        return
    old, new = base.firm.limits.model_dump(), head.firm.limits.model_dump()
    for name in sorted(new):
        if old.get(name) != new[name]:
            yield f"limits.{name} changes from {old.get(name)} to {new[name]} in one run"


def _accepted(base: Side, head: Side, coverage: CaptureChange | None) -> Iterator[str]:
    for task, entry in sorted(head.firm.accepted.items()):
        if entry != base.firm.accepted.get(task):
            yield f"{task} is accepted until {entry.until.isoformat()}, although T4 differs: {entry.reason}"


def _operations(base: Side, head: Side, coverage: CaptureChange | None) -> Iterator[str]:
    """Whatever the API is asked for: a body that says more than its operation's name does harm."""
    if not base.exists:
        return
    for name in sorted(base.operations.keys() | head.operations.keys()):
        old, new = base.operations.get(name), head.operations.get(name)
        if old is None and new is not None:
            yield f"operation {name} is new: {_parts(new, REQUEST)}"
        elif new is None and old is not None:
            yield f"operation {name} is removed"
        elif old is not None and new is not None and old != new:
            parts = [part for part in Operation.model_fields if getattr(old, part) != getattr(new, part)]
            yield f"operation {name}: {_parts(old, parts)} → {_parts(new, parts)}"


def _parts(operation: Operation, parts: Iterable[str]) -> str:
    """Parts of an operation on one line: `PATCH /admin/v1/users/{userID} {"enabled": false}`. What is not of
    the request has its name: `success: status == 'done'`."""
    values = {part: value for part in parts if (value := getattr(operation, part)) is not None}
    told = (f"{'' if part in REQUEST else f'{part}: '}{_text(value)}" for part, value in values.items())
    return shown(" ".join(told), LONGEST_CALL) or "nothing"


def _text(value: JsonValue | BaseModel) -> str:
    if isinstance(value, BaseModel):
        value = value.model_dump(mode="json", exclude_none=True)
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return " ".join(text.split())


def _ways(base: Side, head: Side, coverage: CaptureChange | None) -> Iterator[str]:
    if not base.exists:
        return
    olds, news = _how(base), _how(head)
    for way, words in (("api", "T4's API"), ("administrator", "the administrator")):
        kinds = sorted(kind for kind, how in news.items() if how == way and olds.get(kind, way) != way)
        if kinds:
            yield f"from now on {words} does these steps: {listed(kinds)}"


RULES: tuple[Rule, ...] = (
    _settings,
    _fill_user,
    _goals,
    _uncovered,
    _departures,
    _adoptions,
    _apptypes,
    _new_trading,
    _templates,
    _templates_of_people,
    _accepted,
    _raised_limits,
    _ways,
    _operations,
)


def warnings(base: Side, head: Side, coverage: CaptureChange | None) -> tuple[str, ...]:
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


def _gives(template: UserTemplate) -> str:
    named = (("application", template.applications), ("role", template.roles))
    words = (f"the {one}{'s' if len(names) > 1 else ''} {listed(names)}" for one, names in named if names)
    return listed(words) or "nothing"


def _more_and_less(before: set[str], after: set[str]) -> str:
    words = [f"also {listed(sorted(after - before))}"] if after - before else []
    words += [f"no longer {listed(sorted(before - after))}"] if before - after else []
    return ", ".join(words)


def _how(side: Side) -> Mapping[str, str]:
    return {kind: way for goal in side.goals.goals for kind, way in goal.how.items()}
