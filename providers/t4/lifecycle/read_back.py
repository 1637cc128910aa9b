"""Whether T4 shows that a step was taken, read right after the call that took it.

    showing(task_id("disable-user", "trader.b"), {"userID": "90E5…"}, None)  # Showing(True, "GET …")

Only what one call shows of one user or account is read: a list of the whole firm after each call would be
read a thousand times in a run that sets up a thousand users. A refresh and `t4firm drift` look at lists too.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from providers.t4.api import T4Error
from providers.t4.session import lookups, rehearsal
from t4firm.evidence import Seen, same_but_for_form
from t4firm.model.names import among, same
from t4firm.tasks.ids import kind_of, parts_of


@dataclass(frozen=True)
class Showing:
    """What T4 shows of a step. `another_form`: it shows the wanted text, written in another way."""

    taken: bool
    evidence: str
    another_form: bool = False

    @property
    def has_it(self) -> bool:
        """Whether T4 has what the file wants, in whatever form."""
        return self.taken or self.another_form


@dataclass(frozen=True)
class _Step:
    """A step that was taken: the parts of its task id, the ids of its user and account, what the file
    wants."""

    parts: Mapping[str, str]
    ids: Mapping[str, str]
    value: Any

    def user(self, key: str) -> tuple[Any, str]:
        """What T4 shows of the user under this key, and the call that showed it."""
        return _of(lookups.user_alone(self.ids.get("userID"), self.parts["username"]), key)

    def account(self, key: str) -> tuple[Any, str]:
        return _of(lookups.account_alone(self.ids.get("accountID"), self.parts["account"]), key)

    def market_data(self) -> tuple[Any, str]:
        read = lookups.market_data(self.ids.get("userID"), self.parts["username"])
        return (read.value.get(self.parts["exchange"]), read.evidence) if read else (None, "")

    def signed(self) -> tuple[Any, str]:
        read = lookups.signed_eula(self.ids.get("userID"), self.parts["username"])
        return (read.value, read.evidence) if read else (None, "")


_Read = Callable[[_Step], tuple[Any, str]]
_Look = Callable[[_Step], Showing | None]


def _of(read: Seen[lookups.Row] | None, key: str) -> tuple[Any, str]:
    return (read.value.get(key), read.evidence) if read else (None, "")


def _known(read: _Read, is_taken: Callable[[_Step, Any], bool]) -> _Look:
    """A look that says whether the step is taken where T4 shows what it is about."""

    def look(step: _Step) -> Showing | None:
        shown, evidence = read(step)
        return None if shown is None else Showing(is_taken(step, shown), evidence)

    return look


def _has(key: str, part: str) -> _Look:
    """The user has what the task names, among what T4 lists under `key`."""
    return _known(lambda step: step.user(key), lambda step, shown: among(step.parts[part], shown))


def _lacks(key: str, part: str) -> _Look:
    return _known(lambda step: step.user(key), lambda step, shown: not among(step.parts[part], shown))


def _enabled(wanted: bool) -> _Look:
    return _known(lambda step: step.user("enabled"), lambda _, shown: shown is wanted)


def _state(wanted: str) -> _Look:
    return _known(lambda step: step.account("enabled"), lambda _, shown: same(shown, wanted))


def _text(read: _Read) -> _Look:
    """A text of the file, which T4 may keep in another form. That `displayName` comes back empty says nothing
    (t4.md section 1)."""

    def look(step: _Step) -> Showing | None:
        shown, evidence = read(step)
        if not shown or not isinstance(step.value, str):
            return None
        is_taken = shown == step.value
        return Showing(is_taken, evidence, not is_taken and same_but_for_form(step.value, shown))

    return look


_LOOKS: Mapping[str, _Look] = {
    "disable-user": _enabled(False),
    "enable-user": _enabled(True),
    "remove-role": _lacks("roles", "role"),
    "assign-application": _has("applications", "application"),
    "unassign-application": _lacks("applications", "application"),
    "assign-account": _has("accounts", "account"),
    "unassign-account": _lacks("accounts", "account"),
    "enable-account": _state("Enabled"),
    "disable-account": _state("Disabled"),
    "update-user": _text(lambda step: step.user(step.parts["field"])),
    "update-account": _text(lambda step: step.account(step.parts["field"])),
    "update-market-data": _known(_Step.market_data, lambda step, shown: bool(shown == step.value)),
    "sign-eula": _known(_Step.signed, lambda step, shown: bool(shown.covers(step.value))),
}
"""Kind of step -> how T4 shows it. Of kinds that are left out, no operation shows anything."""


def showing(task: str, ids: Mapping[str, str], value: Any) -> Showing | None:
    """What T4 shows of a step that was taken just now; None where it cannot be read back. `ids`: `userID` and
    `accountID`, as far as they are known; `value`: what the file wants, where the task does not say it."""
    look = _LOOKS.get(kind_of(task))
    if look is None or rehearsal.current():
        return None  # what a rehearsal did not call, T4 cannot show
    try:
        return look(_Step(parts_of(task), ids, value))
    except T4Error:
        return None  # the change was answered well; that it cannot be read now is no doubt about it


def doubt_words(task: str, answer: str, found: Showing | None) -> str:
    """What is said once of a step that T4 answered (`answer`: the call) and does not show as taken."""
    said = f"{task} is not done: T4 answered ({answer}), and"
    if found is None:
        return f"{said} no operation can show whether it is done. Look in the portal, then sign it off."
    is_text = kind_of(task) in ("update-user", "update-account")
    helps = "T4 keeps another form: write it in the firm file as T4 has it. " if is_text else ""
    return (
        f"{said} T4 shows otherwise ({found.evidence}). {helps}It is not sent again. Look in the portal; a "
        "refresh closes the task when T4 shows that it is done."
    )


def form_words(task: str, found: Showing) -> str:
    """What is said once of a text that T4 keeps in a form of its own."""
    parts = parts_of(task)
    whose = parts.get("username") or f"account {parts['account']}"
    return (
        f"T4 keeps another form of {parts['field']} of {whose} ({found.evidence}): letters and digits are "
        "the same. It is no difference, and it is not sent again."
    )
