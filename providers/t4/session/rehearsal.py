"""A rehearsal: what a run would call, found by the code that calls it, without a changing call and without a
word in the journal.

Reads are made. Each changing call is noted, and answered as T4 answers one that succeeds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from providers.t4.api import (
    Answer,
    Evidence,
    MadeAccount,
    MadeUser,
    OnboardingData,
    OnboardingRequest,
)
from providers.t4.session.journal import Entry, Journal
from t4firm.review.model import ChangingCall

if TYPE_CHECKING:
    from providers.t4.api import T4Client

ITS_ID: Final = "(given by T4)"
"""Stands for the id of what is yet to be made."""

_EVIDENCE: Final = Evidence("", "", 200, None, "")
_ANSWERS: Final[Mapping[str, object]] = {"createAccount": {"accountID": ITS_ID, "enabled": None}}
"""Of the operations whose answers a run goes on with. An account's state is left out, as T4 may: then what
the file wants of it is called for."""


@dataclass
class Rehearsal:
    """One rehearsal. `calls`: noted so far. `answers`: the journal tells what earlier runs were answered, as
    far as this machine's has it; `left_out`: it has some that were not told."""

    answers: bool
    calls: list[ChangingCall] = field(default_factory=list)
    left_out: bool = False


_current: ContextVar[Rehearsal | None] = ContextVar("rehearsal", default=None)


def rehearsed(act: Callable[[], object]) -> list[ChangingCall]:
    """The changing calls that a run of `act` may make: with the answers in this machine's journal, and on a
    machine whose journal lacks them. An error ends a rehearsal, as it ends a run."""
    first = _once(act, Rehearsal(answers=False))
    second = _once(act, Rehearsal(answers=True)) if first.left_out else Rehearsal(answers=True)
    return [*first.calls, *second.calls]


def _once(act: Callable[[], object], rehearsal: Rehearsal) -> Rehearsal:
    token = _current.set(rehearsal)
    try:
        with suppress(Exception):  # whatever it is, a run of this resource ends there too
            act()
    finally:
        _current.reset(token)
    return rehearsal


def current() -> Rehearsal | None:
    """The rehearsal that this thread is in."""
    return _current.get()


class RehearsedClient:
    """A client for the length of a rehearsal."""

    def __init__(self, client: T4Client, calls: list[ChangingCall]) -> None:
        self._client, self._calls = client, calls
        self.listed = client.listed
        self.can_log_in = client.can_log_in

    @property
    def changes(self) -> int:
        return self._client.changes

    def onboard(self, request: OnboardingRequest) -> Answer[OnboardingData]:
        call = self._client.onboarding_call(request)
        if call.change:
            self._calls.append(call.change)
        user = MadeUser(ITS_ID, request.User.username, *[None] * 7)
        account = MadeAccount(ITS_ID, request.Account.account, None, None, None, None)
        return Answer(OnboardingData(user, account, None, {}, None, None), _EVIDENCE)

    def call(self, operation: str, values: Mapping[str, object]) -> Answer[object]:
        call = self._client.operation_call(operation, values)
        if call.change is None:
            return self._client.call(operation, values)
        self._calls.append(call.change)
        return Answer(_ANSWERS.get(operation), _EVIDENCE)


class RehearsedJournal:
    """A journal for the length of a rehearsal: nothing is written down."""

    def __init__(self, journal: Journal, rehearsal: Rehearsal) -> None:
        self._journal, self._rehearsal = journal, rehearsal
        self.file_of = journal.file_of
        self.entries = journal.entries

    def find(self, key: str) -> Entry | None:
        entry = self._journal.find(key)
        if entry is None or not entry.answered or self._rehearsal.answers:
            return entry
        self._rehearsal.left_out = True
        return replace(entry, answered="", answer={})

    def intend(self, key: str, *_: Any) -> Entry:
        return self.find(key) or Entry(key)

    def answered(self, *_: Any) -> None:
        """Not written down."""

    def nothing_happened(self, *_: Any) -> None:
        """Not written down."""

    def forget(self, *_: Any) -> None:
        """Not written down."""
