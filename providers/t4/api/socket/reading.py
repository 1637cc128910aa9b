"""One login: its roles and accounts, and the details of every account that it sees."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from providers.t4.api.socket.conversation import Conversation
from providers.t4.api.socket.errors import LoginRefused, SocketFailed
from providers.t4.api.socket.login import doubt
from providers.t4.api.socket.messages import (
    AccountDetails,
    AccountGone,
    Event,
    ListedAccount,
    LoginAnswer,
    SubscribeAnswer,
    login_request,
    subscribe_all_accounts,
)
from providers.t4.api.socket.results import LOGGED_IN_ELSEWHERE, SUCCESS, meaning_of
from t4firm.yaml_files.mistakes import counted

MOST_ACCOUNTS: Final = 100_000
"""More than any firm has: a server that shows more is not to be believed, and would fill the memory."""


@dataclass(frozen=True)
class LoginShown:
    """What a login's own answer proves. `at`: when it came (ISO 8601, UTC)."""

    who: str
    address: str
    at: str
    user_id: str
    username: str
    firm_id: str
    server: str
    roles: tuple[str, ...]
    accounts: tuple[ListedAccount, ...]

    @property
    def evidence(self) -> str:
        """For an auditor: as whom, when and from which server it was read."""
        server = f"{self.address}, server {self.server}" if self.server else self.address
        return f"read over T4's WebSocket as {self.who} at {self.at} from {server}"


@dataclass(frozen=True)
class AccountsShown:
    """The accounts that a login sees, by id in lower case; those of other firms left out.

    `incomplete`: why the list may lack accounts, half a sentence; "" where it is complete. Then `refused` are
    ids that T4 would not show: of these, too, nothing is known.
    """

    details: dict[str, AccountDetails] = field(default_factory=dict)
    gone: frozenset[str] = frozenset()
    refused: frozenset[str] = frozenset()
    incomplete: str = ""


def log_in(conversation: Conversation) -> LoginShown:
    """The answer to the login. Raises SocketFailed for every answer that proves nothing."""
    timing, login = conversation.timing, conversation.login
    conversation.send(login_request(login.fields))
    until = timing.monotonic() + conversation.settings.login_timeout
    while (received := conversation.receive(until)) is not None:
        for event in received:
            if not isinstance(event, LoginAnswer):
                raise conversation.failed("T4's first message was not the answer to the login")
            return _proven(conversation, event)
    raise conversation.failed(
        f"T4 did not answer the login within {conversation.settings.login_timeout:g} seconds"
    )


def _proven(conversation: Conversation, answer: LoginAnswer) -> LoginShown:
    _refuse(conversation, answer)
    if why := doubt(answer, conversation.login):
        raise conversation.failed(f"what this login shows could not be read: {why}")
    if len(answer.accounts) > MOST_ACCOUNTS:
        raise conversation.failed(f"T4 lists more than {MOST_ACCOUNTS:,} accounts")
    return LoginShown(
        who=conversation.login.who,
        address=conversation.settings.address,
        at=conversation.timing.stamp(),
        user_id=answer.user_id,
        username=answer.username,
        firm_id=answer.firm_id,
        server=conversation.shown(answer.server),
        roles=tuple(role for role in answer.roles if role),
        accounts=answer.accounts,
    )


def _refuse(conversation: Conversation, answer: LoginAnswer) -> None:
    if answer.result != SUCCESS:
        raise LoginRefused(
            conversation.settings.address,
            conversation.login.who,
            answer.result,
            said=conversation.shown(answer.words),
            at=conversation.timing.stamp(),
        )


def accounts(conversation: Conversation, shown: LoginShown, firm_id: str = "") -> AccountsShown:
    """Every account of one firm that the login sees. `firm_id`: which firm, where that is known: a login of
    its parent sees other firms too; else the login's own.

    No message says that all have come. They have when each account of the login's answer has shown its
    details (or T4 says that it cannot be shown), and then none came for the quiet time that was not there
    before; all within the deadline (t4-websocket.md section 3). Otherwise what was seen counts, and absence
    proves nothing. Raises LoginRefused for a session that another login ended.
    """
    watch = _Watch(conversation, shown, (firm_id or shown.firm_id).casefold())
    conversation.send(subscribe_all_accounts())
    try:
        watch.read()
    except LoginRefused:
        raise
    except SocketFailed as failure:
        return watch.result(failure.what)
    return watch.result()


class _Watch:
    """The accounts seen so far, and when the last new one came."""

    def __init__(self, conversation: Conversation, shown: LoginShown, firm_id: str) -> None:
        self._conversation = conversation
        self._firm_id = firm_id
        self._details: dict[str, AccountDetails] = {}
        self._gone: set[str] = set()
        self._missing = {(account.account_id or account.number).casefold() for account in shown.accounts}
        self._numbers = {
            name.casefold(): account.account_id.casefold()
            for account in shown.accounts
            for name in (account.number, account.account_id)
            if name and account.account_id
        }
        self._refused: set[str] = set()
        self._answer: SubscribeAnswer | None = None
        self._incomplete = ""

    def read(self) -> None:
        settings, clock = self._conversation.settings, self._conversation.timing.monotonic
        deadline = clock() + settings.deadline
        quiet_from = clock()
        while True:
            done = self._answer is not None and not self._missing
            until = min(deadline, quiet_from + settings.quiet) if done else deadline
            received = self._conversation.receive(until)
            if received is None:
                break
            before = len(self._details), len(self._gone), len(self._missing), self._answer
            for event in received:
                self._take(event)
            if (len(self._details), len(self._gone), len(self._missing), self._answer) != before:
                quiet_from = clock()
        within = f"within {settings.deadline:g} seconds (t4:socketDeadline)"
        if self._answer is None:
            self._incomplete = f"T4 did not answer the subscription {within}"
        elif not self._firm_id:
            self._incomplete = "the login's answer names no firm, so no account is known to be its own"
        elif self._missing:
            missing = counted(len(self._missing), "account")
            self._incomplete = f"{missing} of the login showed nothing {within}"
        elif clock() >= deadline and clock() - quiet_from < settings.quiet:
            self._incomplete = f"not all accounts came {within}"

    def result(self, failure: str = "") -> AccountsShown:
        ours = {
            key: details
            for key, details in self._details.items()
            if self._firm_id and details.firm_id.casefold() == self._firm_id
        }
        return AccountsShown(
            ours,
            frozenset(self._gone),
            frozenset(self._refused),
            failure or self._incomplete,
        )

    def _take(self, event: Event) -> None:
        if isinstance(event, LoginAnswer):
            self._ended(event)
        elif isinstance(event, SubscribeAnswer):
            self._subscribed(event)
        elif isinstance(event, AccountGone):
            self._gone.add(event.account_id.casefold())
            self._missing.discard(event.account_id.casefold())
        else:
            key = event.account_id.casefold()
            self._details[key] = event
            self._gone.discard(key)  # the newest counts
            self._missing -= {key, event.number.casefold()}
            if len(self._details) > MOST_ACCOUNTS:
                raise self._conversation.failed(f"T4 shows more than {MOST_ACCOUNTS:,} accounts")

    def _ended(self, answer: LoginAnswer) -> None:
        """T4 sends 6 unasked when another login ends this session; after another result, what was seen until
        then counts."""
        if answer.result == LOGGED_IN_ELSEWHERE:
            _refuse(self._conversation, answer)
        if answer.result != SUCCESS:
            meaning = meaning_of(answer.result)
            what = f"T4 ended the session with {meaning.name} ({answer.result}): {meaning.says}"
            raise self._conversation.failed(what, said=answer.words)

    def _subscribed(self, answer: SubscribeAnswer) -> None:
        """T4 writes the accounts that it would not subscribe as words: one in which no account of the login
        is found may be about any."""
        self._answer = answer
        unclear = 0
        for words in answer.errors:
            named = {self._numbers[word] for word in _words(words) if word in self._numbers}
            self._refused |= named
            unclear += not named
        self._missing -= self._refused
        if unclear or (not answer.success and not answer.errors):
            self._incomplete = "T4 could not subscribe every account"


def _words(text: str) -> list[str]:
    return ["".join(c for c in word if c.isalnum() or c in "-_").casefold() for word in text.split()]
