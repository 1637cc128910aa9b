"""The calls that take steps, written down before and after: the next run finds what a dead one was answered.

An answer is for the wish that it answered (the journal has its mark), and counts where it came after the time
at which the resource was recorded, or its task opened: what is older has been recorded already.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from providers.t4.api import Answer, MissingValue, T4Error
from providers.t4.session.journal import Marks
from providers.t4.session.session import now, session
from t4firm.tasks.ids import about

Facts = Mapping[str, Any]
"""What a later run may need of an answer, as JSON in the journal."""


@dataclass(frozen=True)
class Outcome:
    """What came of a call: the evidence in words, and the facts that a later run may need (ids, states;
    nothing personal). `only_asked`: T4 took the request (202), which is no word that the step is done.
    `is_shown`: the evidence is what T4 shows, and not its answer to the call."""

    evidence: str
    facts: Facts = field(default_factory=dict)
    only_asked: bool = False
    is_shown: bool = False

    @classmethod
    def of(cls, answer: Answer[object], facts: Facts | None = None) -> "Outcome":
        """What T4's answer came to."""
        return cls(str(answer.evidence), facts or {}, answer.only_asked)


Act = Callable[[], Outcome]


def marked(wish: object) -> str:
    """The mark of the value that a step is taken for; "" where there is none."""
    return "" if wish is None else session().mark(wish)


def made_before(task: str, since: str, wish: object) -> Outcome | None:
    """What a run was answered to the call for this wish, after `since`, that could not record it."""
    entry = session().journal.find(task)
    if entry is None or entry.answered <= since or entry.sent != _sent(wish):
        return None
    said = entry.answer
    if not {"evidence", "facts"} <= said.keys():
        return None
    only_asked, is_shown = bool(said.get("onlyAsked")), bool(said.get("isShown"))
    return Outcome(str(said["evidence"]), said["facts"], only_asked, is_shown)


def made_now(task: str, act: Act, wish: object) -> Outcome:
    """Make the call. Raises AnotherFirm before it, where T4 has answered as another firm in this run."""
    session().firm.refuse()
    with session().under_way.call(about(task)):
        outcome = _begun({task: wish}, act)
    answer: dict[str, Any] = {"evidence": outcome.evidence, "facts": dict(outcome.facts)}
    answer |= {"onlyAsked": True} if outcome.only_asked else {}
    answer |= {"isShown": True} if outcome.is_shown else {}
    session().journal.answered(task, now(), answer, _sent(wish))
    return outcome


def together(wishes: Mapping[str, object], act: Act) -> Act:
    """One call that takes several steps (task -> wish), made once: each is written down before it."""
    return cache(lambda: _begun(wishes, act))


def _begun(wishes: Mapping[str, object], act: Act) -> Outcome:
    journal, at = session().journal, now()
    for task, wish in wishes.items():
        journal.intend(task, at, _sent(wish))
    try:
        return act()
    except (MissingValue, T4Error) as error:
        if isinstance(error, MissingValue) or error.happened == "no":
            for task in wishes:
                journal.nothing_happened(task, at)
        raise


def _sent(wish: object) -> Marks:
    mark = marked(wish)
    return {"wish": mark} if mark else {}


def called(operation: str, values: Mapping[str, object]) -> Outcome:
    """Make one operation whose answer holds nothing that a later run needs."""
    return Outcome.of(session().client.call(operation, values))


def forget(*tasks: str) -> None:
    """Remove from the journal what a resource did that is no longer this stack's."""
    for task in tasks:
        session().journal.forget(task)
