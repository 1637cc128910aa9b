"""What can become of a read over the WebSocket.

    ReadFailed
    +-- SocketFailed        nothing can be said of what this login would have shown
         +-- LoginRefused   T4 answered the login with a result that is not SUCCESS
         +-- NotTried       a login that must not be made: nothing was connected

None of them is tried again in the same run: T4 locks users out, and the newest login ends an older one.
"""

from __future__ import annotations

from providers.t4.api.errors import ReadFailed
from providers.t4.api.socket.results import LOGGED_IN_ELSEWHERE, PASSING, meaning_of


class SocketFailed(ReadFailed):
    """A login got no answer that proves anything. `who`: the login; `what` happened, half a sentence."""

    def __init__(
        self, address: str, who: str, what: str, *, said: str = "", at: str, advice: str = ""
    ) -> None:
        self.who, self.what = who, what
        super().__init__("WebSocket", f"{address} as {who}", what=what, said=said, at=at, advice=advice)

    @property
    def is_elsewhere(self) -> bool:
        """Whether another run reads with this login: two would end each other."""
        return False

    @property
    def is_final(self) -> bool:
        """Whether the same login would fail again until somebody changes something."""
        return False


class LoginRefused(SocketFailed):
    """`result`: T4's number, as in `results.MEANINGS`."""

    def __init__(self, address: str, who: str, result: int, *, said: str, at: str) -> None:
        self.result = result
        self._says = f"{who} with {meaning_of(result).name} ({result}) at {at}"
        meaning = meaning_of(result)
        what = f"T4 refused the login with {meaning.name} ({result}): {meaning.says}"
        super().__init__(address, who, what, said=said, at=at, advice=meaning.advice)

    @property
    def is_elsewhere(self) -> bool:
        return self.result == LOGGED_IN_ELSEWHERE

    @property
    def is_final(self) -> bool:
        return self.result not in PASSING

    @property
    def told(self) -> str:
        """For an auditor: as whom, with what result and when."""
        return f"T4's WebSocket refused the login of {self._says}"


class NotTried(SocketFailed):
    """A login that must not be made."""

    @property
    def is_final(self) -> bool:
        return True
