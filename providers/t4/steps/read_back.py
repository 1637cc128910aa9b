"""Whether T4 shows that a step was taken, read after the call that took it.

    showing(task_id("disable-user", "trader.b"), {"userID": "90E5…"}, None)  # Showing(True, "GET …")

A read of one user or account comes first, a list after it. Many steps share one read: it waits for the calls
about the same user that are under way (`session/under_way.py`), and serves all whose calls had ended when it
began (`session/read_cache.py`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from providers.t4.session import lookups
from providers.t4.session.lookups import Eula, Fact
from providers.t4.session.session import session
from providers.t4.steps.journaled_calls import Outcome
from t4firm.evidence import NotSeen, Seen, same_but_for_form
from t4firm.model.names import among, same
from t4firm.tasks.ids import about, kind_of, parts_of


@dataclass(frozen=True)
class Showing:
    """What T4 shows of a step. `another_form`: it shows the wanted text, written in another way."""

    taken: bool
    evidence: str
    another_form: bool = False


@dataclass(frozen=True)
class _Step:
    """A step that was taken: the parts of its task id, the ids of its user and account, what the file
    wants."""

    parts: Mapping[str, str]
    ids: Mapping[str, str]
    value: object

    def user(self, key: str) -> Fact:
        return lookups.user_fact(self.ids.get("userID"), self.parts["username"], key)

    def account(self, key: str) -> Fact:
        return lookups.account_fact(self.ids.get("accountID"), self.parts["account"], key)

    def market_data(self) -> Fact:
        return lookups.subscription_fact(
            self.ids.get("userID"), self.parts["username"], self.parts["exchange"]
        )

    def signed(self) -> Fact:
        return lookups.signature_fact(self.ids.get("userID"), self.parts["username"])


_Read = Callable[[_Step], Fact]
_Look = Callable[[_Step], Showing | NotSeen | None]


def _known(read: _Read, is_taken: Callable[[_Step, Any], bool]) -> _Look:
    """A look that says whether the step is taken where T4 shows what it is about."""

    def look(step: _Step) -> Showing | NotSeen | None:
        shown = read(step)
        return Showing(is_taken(step, shown.value), shown.evidence) if isinstance(shown, Seen) else shown

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

    def look(step: _Step) -> Showing | NotSeen | None:
        shown = read(step)
        if not isinstance(shown, Seen):
            return shown
        if not shown.value or not isinstance(step.value, str):
            return None
        is_taken = shown.value == step.value
        return Showing(is_taken, shown.evidence, not is_taken and same_but_for_form(step.value, shown.value))

    return look


def _is_signed(step: _Step, shown: Eula) -> bool:
    """Whether the documents that the file names are signed, in its version; it may name none."""
    wanted = step.value if isinstance(step.value, Mapping) else {}
    return bool(wanted) and shown.covers(wanted["eulaVersion"], wanted["signatures"])


_LOOKS: Mapping[str, _Look] = {
    "create-account": _known(lambda step: step.account("account"), lambda _step, _number: True),
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
    "sign-eula": _known(_Step.signed, _is_signed),
}
"""Kind of step -> how T4 shows it. Of kinds that are left out, no operation shows anything."""


def showing(task: str, ids: Mapping[str, str], value: object) -> Showing | NotSeen | None:
    """What T4 shows of a step that was taken. NotSeen: an operation could show it, and did not, or could not
    be read. None: no operation shows it, so T4's answer to the call is all that there can be.

    `ids`: `userID` and `accountID`, as far as they are known; `value`: what the file wants, where the task
    does not say it."""
    look = _LOOKS.get(kind_of(task))
    return look(_Step(parts_of(task), ids, value)) if look else None


@dataclass(frozen=True)
class Answered:
    """A step that T4 was asked for: what it answered, and what it shows (`showing`)."""

    outcome: Outcome
    found: Showing | NotSeen | None = None

    @classmethod
    def read(cls, task: str, ids: Mapping[str, str], outcome: Outcome, value: object) -> "Answered":
        """With what T4 shows now. An account that was created has its id since."""
        made = {name: str(outcome.facts[name]) for name in ("accountID",) if outcome.facts.get(name)}
        after = session().client.changes
        session().under_way.settle(about(task))
        with session().kept.as_of(after):
            return cls(outcome, showing(task, {**ids, **made}, value))

    @property
    def is_taken(self) -> bool:
        """Where T4 can show the step, only that it shows it counts; else its answer to the call."""
        if self.found is None:
            return not self.outcome.only_asked
        return isinstance(self.found, Showing) and (self.found.taken or self.found.another_form)

    @property
    def in_another_form(self) -> bool:
        return isinstance(self.found, Showing) and self.found.another_form

    @property
    def evidence(self) -> str:
        """Of a step that is taken."""
        if isinstance(self.found, Showing) and self.outcome.only_asked:
            return f"{self.outcome.evidence}, and {self.found.evidence}"
        return self.outcome.evidence

    @property
    def unconfirmed(self) -> dict[str, object]:
        """What is recorded of a step that T4 does not show as taken."""
        is_unread = isinstance(self.found, NotSeen)
        return {"unconfirmed": self.outcome.evidence, "facts": dict(self.outcome.facts), "unread": is_unread}

    def doubt(self, task: str) -> str:
        """What is said of a step that T4 does not show as taken."""
        said = f"{task} is not done: T4 answered ({self.outcome.evidence}), and"
        match self.found:
            case NotSeen(why):
                return (
                    f"{said} does not show it. {why} The call is not repeated. The next run reads again, and "
                    "closes the task when T4 shows that it is done. Or look in the portal, then sign it off."
                )
            case Showing(evidence=evidence):
                is_text = kind_of(task) in ("update-user", "update-account")
                helps = "T4 keeps another form: write it in the firm file as T4 has it. " if is_text else ""
                return (
                    f"{said} T4 shows something else ({evidence}). {helps}It is not sent again. Look in the "
                    "portal. A refresh closes the task when T4 shows that it is done."
                )
            case _:
                return (
                    f"{said} no operation can show whether it is done. Look in the portal, then sign it off."
                )

    def form(self, task: str) -> str:
        """What is said once of a text that T4 keeps in a form of its own."""
        parts, shown = parts_of(task), self.found.evidence if isinstance(self.found, Showing) else ""
        whose = parts.get("username") or f"account {parts['account']}"
        return (
            f"T4 keeps another form of {parts['field']} of {whose} ({shown}). Letters and digits are the "
            f"same, so it counts as no difference and is not sent again."
        )
