"""Who may log in, and with which result (t4-websocket.md section 2)."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final

from t4simulator.firm.catalogue import EULA_FOR_LOGIN, WHENTECH_FILLS
from t4simulator.firm.records import all_accounts, has_password, user_by_name
from t4simulator.firm.store import Store
from t4simulator.service.identity import Identity
from t4simulator.socket.messages import Login, Shown
from t4simulator.socket.options import AccountOptions, OptionBook, ReaderOptions, UserOptions

FAILED: Final = 1
APPLICATION_NOT_VALID: Final = 2
FIRM_NOT_ALLOWED: Final = 3
USER_NOT_ALLOWED: Final = 4
UNAUTHORIZED: Final = 9
PASSWORD_EXPIRED: Final = 14
LOCKED_OUT: Final = 18
MARKET_DATA_NOT_SETUP: Final = 20
TWO_FACTOR_REQUIRED: Final = 24

MOST_FAILURES: Final = 5  # ours: T4 publishes none
SEE_ALL: Final = ("Administrator", "RiskManager")
IMP: Final = "*-IMP"


@dataclass(frozen=True)
class Refused:
    result: int
    words: str


@dataclass(frozen=True)
class Admitted:
    """Who is in, and how: `application` is "" with an API key (which one counts then is not documented)."""

    user_id: str
    username: str
    application: str

    @property
    def session(self) -> tuple[str, str]:
        """What a session belongs to: the newest of the same key ends the older one."""
        return self.username.casefold(), self.application.casefold()


class Logins:
    """The firm's users and its reader."""

    def __init__(self, store: Store, identity: Identity) -> None:
        self._store, self._identity = store, identity
        self.options = OptionBook(store)

    @property
    def firm(self) -> str:
        return self._identity.reader.firm

    @property
    def firm_id(self) -> str:
        return self._identity.firmID

    def admit(self, asked: Login) -> Admitted | Refused:
        reader = self._identity.reader
        if asked.api_key:
            if _same(asked.api_key, self._identity.apiKey):
                return Admitted(self._identity.readerID, reader.userName, "")
            return Refused(UNAUTHORIZED, "The API key is not valid.")
        licence = {reader.appName: reader.appLicense, WHENTECH_FILLS: self._identity.fillsLicense}
        if not _same(asked.app_license, licence.get(asked.app_name, "")) or not asked.app_license:
            return Refused(APPLICATION_NOT_VALID, "Application name or licence is not valid.")
        if not _same(asked.firm, reader.firm):
            return Refused(FIRM_NOT_ALLOWED, "The firm may not use this application.")
        if asked.username.casefold() == reader.userName.casefold():
            if _same(asked.password, reader.password):
                return Admitted(self._identity.readerID, reader.userName, asked.app_name)
            return Refused(FAILED, "Incorrect user or password.")
        return self._user(asked)

    def _user(self, asked: Login) -> Admitted | Refused:
        user = user_by_name(self._store, asked.username)
        if user is None:
            return Refused(FAILED, "Incorrect user or password.")
        options = self.options.of(UserOptions, user.userID)
        if options.locked:
            return Refused(LOCKED_OUT, "The user is locked out.")
        if not has_password(self._store, user.userID, asked.password) or not user.enabled:
            failures = options.failures + 1
            self.options.change(UserOptions, user.userID, failures=failures, locked=failures >= MOST_FAILURES)
            return Refused(FAILED, "Incorrect user or password.")
        if asked.app_name not in user.applications:
            return Refused(USER_NOT_ALLOWED, f"{user.username} does not have {asked.app_name}.")
        if options.twoFactor:
            return Refused(TWO_FACTOR_REQUIRED, "A second factor is required.")
        if options.passwordExpired:
            return Refused(PASSWORD_EXPIRED, "The password has expired.")
        signed = [entry["documentName"] for entry in (user.eula or {"signatures": []})["signatures"]]
        if EULA_FOR_LOGIN not in signed:
            return Refused(MARKET_DATA_NOT_SETUP, "The EULA is not signed.")
        self.options.change(UserOptions, user.userID, failures=0)
        return Admitted(user.userID, user.username, asked.app_name)

    def roles(self, who: Admitted) -> tuple[str, ...]:
        user = user_by_name(self._store, who.username)
        return user.roles if user else self.options.of(ReaderOptions).roles

    def accounts(self, who: Admitted) -> list[Shown]:
        """Those that the login may see now: all of the firm, or those that are assigned to it."""
        user = user_by_name(self._store, who.username)
        options = self.options.of(UserOptions, user.userID) if user else self.options.of(ReaderOptions)
        everything = options.allAccounts and set(SEE_ALL) & set(self.roles(who))
        assigned = {number for _, number in user.accounts} if user else set()
        seen = []
        for account in all_accounts(self._store):
            if not everything and account.account not in assigned:
                continue
            if options.hidesImp and fnmatchcase(account.account, IMP):
                continue
            own = self.options.of(AccountOptions, account.accountID)
            firm_id = own.firmID or self._identity.firmID
            seen.append(Shown(account, firm_id, self._identity.reader.firm, own.deleted))
        return seen


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode("utf-8", "surrogatepass"), other.encode("utf-8", "surrogatepass"))
