"""What nobody can see, why, and what would show it.

shown_by = Shows("users", ("listUsers", "readUser"), "t4:fillReader")
shown_by.why(operations)     # no operation in use reads users
shown_by.remedy(operations)  # add listUsers or readUser to t4:operations, or set t4:socket and t4:fillReader
"""

from collections.abc import Container
from dataclasses import dataclass
from typing import Final

from t4firm.yaml_files.mistakes import listed


@dataclass(frozen=True, order=True)
class Hidden:
    """Something that nobody can see. `why` and `remedy` (what would show it) are parts of a sentence."""

    what: str
    why: str
    remedy: str

    def of(self, whose: str) -> str:
        """For example: whether accounts are enabled (trader.a): no operation in use reads accounts. To see
        it: add listAccounts or readAccount to t4:operations."""
        return f"{self.what} ({whose}): {self.why}. To see it: {self.remedy}."


@dataclass(frozen=True)
class Shows:
    """What would show a fact: the operations that read `what`, any of which is enough; and the login over
    T4's WebSocket, by its setting, "" where none does."""

    what: str
    operations: tuple[str, ...]
    login: str = ""

    def why(self, in_use: Container[str]) -> str:
        """Why no operation shows it."""
        if known := self._known(in_use):
            return f"{listed(known)} {'does' if len(known) == 1 else 'do'} not show it"
        return f"no operation in use reads {self.what}"

    def remedy(self, in_use: Container[str], login: str = "") -> str:
        """What would show it. `login`: what must be done for that, where it is not only to be set."""
        known = self._known(in_use)
        ways = [f"make `answer` of {listed(known, 'or')} yield it, if T4 shows it"] if known else []
        if self.operations and not known:
            ways = [f"add {listed(self.operations, 'or')} to t4:operations"]
        if self.login:
            ways.append(login or f"set t4:socket and {self.login}")
        return "; or ".join(ways)

    def by_refresh(self, in_use: Container[str]) -> str:
        """What a run must have, so that its refresh reads the fact; "" where none can."""
        known = self._known(in_use)
        ways = [f"`answer` of {listed(known, 'or')} yielding it, if T4 shows it"] if known else []
        if self.operations and not known:
            ways = [f"{listed(self.operations, 'or')} in t4:operations"]
        ways += [f"t4:socket and {self.login} set"] if self.login else []
        return f"run `t4firm up --refresh` with {', or with '.join(ways)}" if ways else ""

    def _known(self, in_use: Container[str]) -> list[str]:
        return [name for name in self.operations if name in in_use]


OF_USERS: Final = ("listUsers", "readUser")
FILL_LOGIN, READER_LOGIN = "t4:fillReader", "t4:reader"

TRADERS: Final = Shows("users", OF_USERS)
"""What a trader has; no login of this stack's shows it."""
FILL_USER: Final = Shows("users", OF_USERS, FILL_LOGIN)
ACCOUNTS: Final = Shows("accounts", ("listAccounts", "readAccount"), READER_LOGIN)
MARKET_DATA: Final = Shows("market data", ("readMarketData",))
NOTHING: Final = Shows("it", ())
"""Of what only a person can say it."""
SIGNATURES: Final = Shows("signatures", ("readEula",), FILL_LOGIN)
