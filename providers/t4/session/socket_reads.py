"""What T4's WebSocket shows: the fill user's roles and accounts, and the firm's accounts. Each login once in
a process, whatever comes of it.

Nothing here logs in as anybody else: what only a trader's own login would show stays unknown.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from providers.t4.api import same_id
from providers.t4.api.socket.messages import AccountDetails
from providers.t4.api.socket.results import MARKET_DATA_NOT_SETUP, USER_NOT_ALLOWED
from providers.t4.session.joined import Found, Row
from providers.t4.session.login_outcome import LoginOutcome
from providers.t4.session.socket_logins import SocketLogins
from t4firm.evidence import Gone, NotSeen, Seen
from t4firm.model.firm import Firm as FirmFile
from t4firm.model.names import folded, without
from t4firm.model.users import TRADING
from t4firm.reports.hidden import FILL_LOGIN, READER_LOGIN
from t4firm.tasks.ids import task_id
from t4firm.yaml_files.mistakes import counted

if TYPE_CHECKING:
    from providers.t4.api.socket.errors import LoginRefused, SocketFailed
    from providers.t4.api.socket.reading import AccountsShown, LoginShown
    from providers.t4.configuration.socket_settings import SocketSettings

LOG = logging.getLogger("providers.t4")
BECOME_TASKS = (USER_NOT_ALLOWED, MARKET_DATA_NOT_SETUP)
"""Results of the fill user's login that its administrator settles (lifecycle/fill_login.py)."""


@dataclass(frozen=True)
class FillUser:
    """Who logs in. `version`: of the password that T4 has; None where that is not known, and `why` (a
    sentence): a failed login counts towards a lock-out, and a locked fill user captures nothing. `roles`:
    those that it may have."""

    username: str
    user_id: str = ""
    version: int | None = None
    why: str = ""
    roles: tuple[str, ...] = ()


@dataclass(frozen=True)
class Firm:
    """What the reader's login showed."""

    login: LoginShown
    accounts: AccountsShown

    @property
    def evidence(self) -> str:
        return self.login.evidence

    @cached_property
    def by_number(self) -> dict[str, AccountDetails]:
        """The accounts that are not deleted, by number without case."""
        return {
            folded(details.number): details
            for key, details in self.accounts.details.items()
            if not details.deleted and key not in self.accounts.gone
        }

    def has(self, account_id: str, number: str) -> bool:
        """Whether the reader was shown the account, deleted or not."""
        key, shown = account_id.casefold(), self.accounts
        return key in shown.details or key in shown.gone or folded(number) in self.by_number


def filed(firm: FirmFile) -> FillUser | None:
    """Who logs in, by the firm file alone: the first password that this stack gave a user that it made. The
    state knows of later ones."""
    if firm.fillService is None:
        return None
    user = firm.fillService.user
    first = user.passwordVersion == 1 and not user.adopt and not user.departed
    return FillUser(user.username, version=1 if first else None)


@dataclass
class SocketReads:
    """What the two logins of a stack showed. `fill_user`: as the firm file has it, None where it has none;
    `changes`: how many changing calls this process has made; `known_firm`: the stack's firm, "" where nobody
    knows it yet."""

    logins: SocketLogins
    fill_user: FillUser | None
    changes: Callable[[], int]
    known_firm: Callable[[], str] = lambda: ""
    disagreements: set[str] = field(default_factory=set)
    _fill: LoginOutcome[LoginShown] = field(default_factory=LoginOutcome)
    _firm: LoginOutcome[Firm] = field(default_factory=LoginOutcome)

    # --- who logs in --------------------------------------------------------------------------------------

    @property
    def settings(self) -> SocketSettings:
        return self.logins.settings

    def introduce(self, user: FillUser) -> None:
        """What the state records of the fill user: it knows more than the firm file."""
        self.fill_user = user

    def fill_is_current(self) -> bool:
        return self._fill.is_current(self.changes())

    def firm_is_current(self) -> bool:
        return self._firm.is_current(self.changes())

    def is_fill_user(self, username: str) -> bool:
        return self.fill_user is not None and folded(username) == folded(self.fill_user.username)

    def has(self, login: str) -> bool:
        """Whether a login is configured, by the name of its setting."""
        return {FILL_LOGIN: self.settings.fill, READER_LOGIN: self.settings.reader}.get(login) is not None

    @property
    def own_application(self) -> str:
        """With which the fill user logs in; "" where it does not."""
        return self.settings.fill.appName if self.settings.fill else ""

    @property
    def firm_id(self) -> str:
        """The stack's firm in T4; "" where no answer has named it yet."""
        return self.known_firm()

    # --- what was shown -----------------------------------------------------------------------------------

    def fill(self) -> LoginShown | None:
        """The fill user's own answer; None where it is not configured, or could not be read.

        Raises LoginRefused where another run reads with this login: two runs would end each other.
        """
        user = self.fill_user
        if self.settings.fill is None or user is None or user.version is None:
            return None
        read, told = partial(self._read_fill, user, user.version), partial(self._fill_told, user.username)
        shown, failure = self._fill.ask(read, self.changes(), told)
        _stop_if_elsewhere(failure)
        return shown

    def _fill_told(self, username: str, failure: SocketFailed) -> str:
        """What a run says of a login that failed; what is usual before the fill user's tasks are done, as
        such."""
        from providers.t4.api.socket.errors import LoginRefused

        if not isinstance(failure, LoginRefused) or failure.result not in BECOME_TASKS:
            return str(failure)
        lacks = "its agreements are not signed, or market data is not set up"
        task = task_id("sign-eula", username)
        if failure.result == USER_NOT_ALLOWED:
            lacks = f"it does not have the application {self.own_application}"
            task = task_id("assign-application", username, self.own_application)
        return (
            f"{username} cannot log in to T4, so nothing was read with its login: {lacks}. This is expected "
            f"while {task} is open. Otherwise somebody changed it in T4. ({failure.told})"
        )

    def fill_refused(self) -> LoginRefused | None:
        """T4's refusal of the fill user's login, where it refused it."""
        from providers.t4.api.socket.errors import LoginRefused

        failure = self._fill.failure
        return failure if isinstance(failure, LoginRefused) else None

    def firm(self) -> Firm | None:
        """The firm's accounts; None where no reader is configured, or it could not be read. Raises
        LoginRefused as `fill` does."""
        if self.settings.reader is None:
            return None
        shown, failure = self._firm.ask(self._read_firm, self.changes())
        _stop_if_elsewhere(failure)
        return shown

    def account(self, account_id: str, number: str) -> Found:
        """One of the firm's accounts. Gone only where T4 calls it deleted: that it is not among those that
        came may mean that this login does not see it."""
        firm = self.firm()
        if firm is None:
            return NotSeen()
        details = firm.accounts.details.get(account_id.casefold()) if account_id else None
        if details is None and account_id and account_id.casefold() in firm.accounts.gone:
            return Gone(f"T4 calls the account deleted: {firm.evidence}")
        if details is None and not account_id:
            details = firm.by_number.get(folded(number))
        if details is None:
            return NotSeen()
        if details.deleted or details.account_id.casefold() in firm.accounts.gone:
            return Gone(f"T4 calls the account deleted: {firm.evidence}")
        return Seen(account_row(details), firm.evidence)

    def lacks(self, number: str) -> str:
        """What showed all accounts of the firm, and none of this number; "" where nothing did: a login that
        sees no account of the firm may just lack the right to."""
        firm = self.firm()
        if firm is None or firm.accounts.incomplete or not firm.by_number or folded(number) in firm.by_number:
            return ""
        return firm.evidence

    def fill_anew(self) -> LoginShown | None:
        """The fill user's answer to a new login. None where it is not configured, or its password not known.

        Raises SocketFailed.
        """
        user = self.fill_user
        if self.settings.fill is None or user is None or user.version is None:
            return None
        return self._read_fill(user, user.version)

    def fill_row(self, user_id: str | None, username: str) -> Seen[Row] | NotSeen:
        """The fill user as its own login shows it, in the shape of a read user. With another role than
        Trading it may see the whole firm: then its list says nothing about what is assigned to it."""
        shown = self.fill() if self.is_fill_user(username) else None
        if shown is None or (user_id and not same_id(user_id, shown.user_id)):
            return NotSeen()
        row: Row = {
            "userID": shown.user_id,
            "firmID": shown.firm_id or None,
            "username": username,
            "enabled": True,
            "roles": list(shown.roles),
            "applications": None,
            "accounts": None if without(shown.roles, [TRADING]) else self._fill_accounts(shown),
        }
        return Seen(row, shown.evidence)

    def _fill_accounts(self, shown: LoginShown) -> list[str] | None:
        """The numbers of the accounts that the fill user sees; None where T4 does not name one of them."""
        firm = self.firm()
        numbers = []
        for account in shown.accounts:
            details = firm.accounts.details.get(account.account_id.casefold()) if firm else None
            number = details.number if details else account.number
            if not number:
                return None
            numbers.append(number)
        return sorted(numbers)

    # --- why something is not seen ------------------------------------------------------------------------

    def why_no_fill(self) -> str:
        """Why the fill user's own login does not show something of it; half a sentence."""
        if self.settings.fill is None:
            return "t4:fillReader is not set"
        if self.fill_user and self.fill_user.why:
            return self.fill_user.why.rstrip(".")
        if self._fill.failure:
            return f"its own login could not be read: {self._fill.failure.what}"
        return "its own login does not show it"

    def why_no_account(self, account_id: str) -> str:
        """Why the reader's login does not show an account of the firm; half a sentence."""
        if self.settings.reader is None:
            return "t4:reader is not set"
        if self._firm.failure:
            return f"the reader's login could not be read: {self._firm.failure.what}"
        firm = self._firm.shown
        if firm and account_id.casefold() in firm.accounts.refused:
            return "T4 did not let the reader subscribe to it"
        partly = firm.accounts.incomplete if firm else ""
        return "the reader does not see it" + (f", and was not shown everything: {partly}" if partly else "")

    # --- what is to be told -------------------------------------------------------------------------------

    def problems(self) -> Iterator[str]:
        """What could not be read, in this process: a sentence each. A refusal that is a task is none."""
        refused = self.fill_refused()
        for failure in (self._fill.failure, self._firm.failure):
            if failure and not (failure is refused and refused.result in BECOME_TASKS):
                yield str(failure)
        firm = self._firm.shown
        if firm and firm.accounts.incomplete:
            yield (
                f"{firm.login.who} was not shown everything ({firm.accounts.incomplete}). What was seen "
                "counts, and absence proves nothing. Run it again"
            )

    def notes(self) -> Iterator[str]:
        """What is to be known of what was read: who read, who was not asked, where two sources differ."""
        for shown in (self._fill.shown, self._firm.shown):
            if isinstance(shown, Firm):
                yield f"{counted(len(shown.by_number), 'account')} of the firm: {shown.evidence}"
            elif shown:
                yield f"roles and accounts of {shown.who}: {shown.evidence}"
        if self.not_asked:
            yield self.not_asked
        yield from sorted(self.disagreements)

    @property
    def not_asked(self) -> str:
        """Why the fill user was not asked what it sees; "" where it was, or is not to be."""
        return self.fill_user.why if self.settings.fill and self.fill_user else ""

    def is_ignored(self, number: str) -> bool:
        return any(fnmatchcase(folded(number), folded(pattern)) for pattern in self.settings.ignore)

    # --- the logins ---------------------------------------------------------------------------------------

    def _read_fill(self, user: FillUser, version: int) -> LoginShown:
        from providers.t4.api.socket.reading import log_in

        with self.logins.as_fill_user(user.username, version, user.user_id) as conversation:
            return log_in(conversation)

    def _read_firm(self) -> Firm:
        from providers.t4.api.socket.reading import accounts, log_in

        with self.logins.as_reader() as conversation:
            shown = log_in(conversation)
            firm = Firm(shown, accounts(conversation, shown, self.firm_id))
        if firm.accounts.incomplete:
            LOG.warning(
                "T4 did not show the reader everything (%s). What was seen counts; absence proves nothing.",
                firm.accounts.incomplete,
            )
        return firm


def account_row(details: Any) -> Row:
    """An account's details as the operations show one (docs/operations.md)."""
    return {
        "accountID": details.account_id,
        "firmID": details.firm_id or None,
        "account": details.number,
        "accountName": details.name,
        "displayName": details.display_name,
        "enabled": details.enabled,
        "preTradeDisabled": details.pre_trade_disabled,
    }


def _stop_if_elsewhere(failure: SocketFailed | None) -> None:
    if failure and failure.is_elsewhere:
        raise failure.with_traceback(None)
