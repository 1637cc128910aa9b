"""The firm's accounts as the reader's login sees them, held over time: what is new, gone or different."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

from providers.t4.api.socket.conversation import Conversation
from providers.t4.api.socket.errors import LoginRefused
from providers.t4.api.socket.messages import AccountDetails, AccountGone, LoginAnswer
from providers.t4.api.socket.reading import AccountsShown, accounts, log_in
from t4firm.model.names import folded

WATCHED: Final[Mapping[str, str]] = {
    "enabled": "state",
    "pre_trade_disabled": "preTradeDisabled",
    "name": "accountName",
    "display_name": "displayName",
}
"""What is compared of an account -> how it is called. Names are told as changed, without their text."""
PERSONAL: Final = ("name", "display_name")
TICK: Final = 1.0
"""Seconds after which a watch looks whether it is to end."""


@dataclass(frozen=True)
class Change:
    """`what`: appeared, changed, deleted, or missing (it was there when this watch last looked). `words`: a
    sentence. `known`: the firm file has the account."""

    account: str
    what: str
    words: str
    known: bool


@dataclass
class Watch:
    """What is known of the firm's accounts. It outlives a connection, so that what changed while there was
    none is told by the next one. `filed`: the account numbers of the firm file, without case; `firm_id`: the
    stack's firm in T4, "" where nobody knows it yet."""

    filed: frozenset[str]
    ignored: Callable[[str], bool] = lambda number: False
    firm_id: str = ""
    _seen: dict[str, AccountDetails] = field(default_factory=dict)
    _begun: bool = False

    def follow(
        self, conversation: Conversation, stop: Callable[[], bool], connected: Callable[[], None]
    ) -> Iterator[Change]:
        """Log in, tell what has changed since the last time, then what changes, until `stop` or an error.
        `connected` is called when the accounts of the first read are known.

        Raises SocketFailed when the connection ends, LoginRefused when another run reads with this login.
        """
        shown = log_in(conversation)
        first = accounts(conversation, shown, self.firm_id)
        yield from self._first(first)
        connected()
        firm = (self.firm_id or shown.firm_id).casefold()
        while not stop():
            received = conversation.receive(conversation.timing.monotonic() + TICK)
            for event in received or ():
                if isinstance(event, LoginAnswer):
                    raise self._ended(conversation, event)
                if isinstance(event, AccountDetails) and event.firm_id.casefold() == firm:
                    yield from self._details(event)
                elif isinstance(event, AccountGone):
                    yield from self._gone(event.account_id.casefold())

    @property
    def count(self) -> int:
        """How many accounts are there."""
        return len(self._seen)

    def _ended(self, conversation: Conversation, answer: LoginAnswer) -> LoginRefused:
        return LoginRefused(
            conversation.settings.address,
            conversation.login.who,
            answer.result,
            said=conversation.shown(answer.words),
            at=conversation.timing.stamp(),
        )

    def _first(self, first: AccountsShown) -> Iterator[Change]:
        """The first read of a connection. What is shown until one is complete is only taken note of; what T4
        would not show is neither there nor missing."""
        complete = not first.incomplete
        begun, self._begun = self._begun, self._begun or complete
        for key, account in first.details.items():
            if begun:
                yield from self._details(account)
            elif not account.deleted and key not in first.gone:
                self._seen[key] = account
        for key in first.gone:
            yield from self._gone(key)
        for key in sorted(self._seen.keys() - first.details.keys() - first.refused if complete else ()):
            account = self._seen.pop(key)
            yield self._told(account, "missing", f"T4 no longer shows account {account.number}")

    def _details(self, account: AccountDetails) -> Iterator[Change]:
        key = account.account_id.casefold()
        if account.deleted:
            yield from self._gone(key)
            return
        before = self._seen.get(key)
        self._seen[key] = account
        if before is None and not self._begun:
            return
        if before is None:
            where = "" if self._is_filed(account) else ", but the firm file does not have it"
            yield self._told(account, "appeared", f"account {account.number} appeared in T4{where}")
            return
        for name, called in WATCHED.items():
            old, new = getattr(before, name), getattr(account, name)
            if old != new:
                how = "changed" if name in PERSONAL else f"was {_word(old)}, and is {_word(new)}"
                yield self._told(account, "changed", f"{called} of account {account.number} {how}")

    def _gone(self, key: str) -> Iterator[Change]:
        with suppress(KeyError):
            account = self._seen.pop(key)
            yield self._told(account, "deleted", f"account {account.number} was deleted in T4")

    def _told(self, account: AccountDetails, what: str, words: str) -> Change:
        return Change(account.number, what, words, self._is_filed(account))

    def _is_filed(self, account: AccountDetails) -> bool:
        return folded(account.number) in self.filed

    def is_told(self, change: Change) -> bool:
        """Whether anybody is to hear of it: not of accounts that are no concern of the firm file."""
        return change.known or not self.ignored(change.account)


def _word(value: Any) -> str:
    return {True: "yes", False: "no"}.get(value, str(value))
