"""What a step of the engine means for the firm, in words that come from its goal: `stop capturing 2003`.

The engine knows create, update and delete of a resource. What that is to a person stands in the resource's
inputs: a resource that is new may be one by which something is revoked.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, NamedTuple

from t4firm.tasks.ids import kind_of

Inputs = Mapping[str, Any]
"""What the file says of a resource, as the provider gets it."""


class StepWords(NamedTuple):
    """What the engine `does`; the words before that is done and after (`stop capturing 2003`, `stopped
    capturing 2003`); a sign: + for what comes, - for what goes, ~ for what changes; the kinds of tasks by
    which people take this step where the API has no operation for it; and whether they are asked to take
    it."""

    does: str
    to_do: str
    done: str
    sign: str
    by_people: frozenset[str] = frozenset()
    is_asked: bool = False

    def left_open(self, tasks: Iterable[str]) -> "StepWords":
        """The words where these tasks are open after the step: what the API could not do is not called
        done, and what it cannot do is not announced as if it could."""
        if self.to_do.partition(" ")[0] not in DONE_IN_T4 or not self.by_people & {*map(kind_of, tasks)}:
            return self
        return self._replace(
            to_do=f"ask the administrator to {self.to_do}",
            done=f"asked the administrator to {self.to_do}",
            is_asked=True,
        )


VERBS: Final = {
    "adopt": ("adopted", "+"),
    "assign": ("assigned", "+"),
    "begin": ("began", "~"),
    "create": ("created", "+"),
    "disable": ("disabled", "~"),
    "enable": ("enabled", "~"),
    "forget": ("forgot", "-"),
    "record": ("recorded", "+"),
    "revoke": ("revoked", "-"),
    "stop": ("stopped", "-"),
    "update": ("updated", "~"),
}
"""Every verb of a step: its past, and its sign."""


DONE_IN_T4: Final = frozenset({"assign", "create", "revoke", "stop"})
"""Verbs that say that something is otherwise in T4."""

BY_PEOPLE: Final[Mapping[str, frozenset[str]]] = {
    "Account": frozenset({"create-account"}),
    "ApplicationAssignment": frozenset({"assign-application", "unassign-application"}),
    "AccountAssignment": frozenset({"assign-account", "unassign-account"}),
}
"""Kind of a resource -> the kinds of tasks by which people take its step. A user has none: the onboarding
creates it, whatever else of it is open."""


class _Change(NamedTuple):
    does: str
    name: str
    old: Inputs
    new: Inputs

    def turned(self, key: str, usual: object = None) -> bool:
        """Whether this says something else now than it did, or says it for the first time. `usual`: what is
        meant where it is left out."""
        return bool(self.new.get(key, usual) != self.old.get(key, usual))


def step_words(kind: str, name: str, does: str, old: Inputs | None, new: Inputs | None) -> StepWords:
    """The words of a step. `kind`: User, Account …; `does`: create, update, delete; `old`, `new`: the
    resource's inputs, None where there are none."""
    worded = _KINDS.get(kind)
    text = worded(_Change(does, name, old or {}, new or {})) if worded else f"update {kind} {name}"
    verb, _, rest = text.partition(" ")
    done, sign = VERBS[verb]
    return StepWords(does, text, f"{done} {rest}", sign, BY_PEOPLE.get(kind, frozenset()))


def _firm(change: _Change) -> str:
    return "record the firm" if change.does == "create" else "update the record of the firm"


def _user(change: _Change) -> str:
    if change.does == "delete":
        return f"forget {change.name} (departed, all steps closed)"
    if change.does == "create":
        return f"{'adopt' if change.new.get('adopt') else 'create'} {change.name}"
    if change.new.get("departed") and change.turned("departed"):
        return f"begin the departure of {change.name}"
    return f"update {change.name}"


def _account(change: _Change) -> str:
    if change.does == "delete":
        return f"forget account {change.name}"
    if change.does == "create":
        owner = change.new.get("owner")
        verb = "adopt" if change.new.get("adopt") or change.new.get("withAdopted") else "create"
        return f"{verb} account {change.name}" + (f" of {owner}" if owner else "")
    enabled = str(change.new.get("enabled") or "")
    if enabled and change.turned("enabled"):
        return f"{enabled.lower().removesuffix('d')} account {change.name}"
    return f"update account {change.name}"


def _application(change: _Change) -> str:
    username, _, application = change.name.partition("/")
    if change.does == "delete":
        return f"forget {application} of {username}"
    if change.does == "update" and not change.turned("present", True):
        return f"update {application} of {username}"
    if change.new.get("present", True):
        return f"assign {application} to {username}"
    return f"revoke {application} from {username}"


def _access(change: _Change) -> str:
    username, _, number = change.name.partition("/")
    captures = (change.new or change.old).get("captures")
    if change.does == "delete":
        return f"forget the capture of {number}" if captures else f"forget account {number} of {username}"
    if change.does == "update" and not change.turned("present", True):
        return f"update the capture of {number}" if captures else f"update account {number} of {username}"
    if change.new.get("present", True):
        why = " for its fills" if captures else ""  # captured it is when the fill service can run, too
        return f"assign account {number} to {username}{why}"
    return f"stop capturing {number}" if captures else f"revoke account {number} from {username}"


_KINDS: Final[Mapping[str, Callable[[_Change], str]]] = {
    "Firm": _firm,
    "User": _user,
    "Account": _account,
    "ApplicationAssignment": _application,
    "AccountAssignment": _access,
}
"""The kinds of resources, each with its words, in the order in which they are told."""

ORDER: Final = tuple(_KINDS)
