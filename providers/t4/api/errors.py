"""What can become of a call to T4, apart from an answer.

    Exception
     +-- T4Error              a call got no usable answer. `happened`: "no", nothing was changed; "unknown"
     |    +-- Unreachable     the request never reached T4: refused, DNS, TLS, proxy, no connection in time
     |    +-- Refused         T4 understood the call and says no: 4xx without a class of its own, a redirect
     |    |    +-- BadRequest      400, 422: T4 finds a value wrong
     |    |    +-- Unauthorized    401, and every refusal of a login: the credentials do not work
     |    |    +-- NotFound        404: no such path, user, account or template
     |    |    +-- Conflict        409: the username or the account exists; perhaps our work (`doubtful`)
     |    +-- Busy            503 or 429 until the time for repeating was over
     |    +-- OutcomeUnknown  a changing call was sent, its answer is lost: T4 may have done it
     |    +-- Unreviewed      the run follows a reviewed list that lacks the call: it was not made
     |    +-- ReadFailed      a call that only reads, or a login, got no usable answer: nothing was changed
     +-- MissingValue         an operation needs a value that is not known: no call was made

Every message may be shown to anybody: strings from T4 are cut, freed of control characters, secrets and
personal details before they get here (`redaction`). The classes call themselves builtins: the engine prints
an exception's full name, and no module's name should reach the terminal (engine.md). The price is that they
cannot be pickled, which nobody does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Happened = Literal["no", "unknown"]
About = Literal["user", "account"]


@dataclass(frozen=True)
class Evidence:
    """A call that T4 answered: what an auditor can look up. `at`: receipt, ISO 8601 in UTC; `request_id`:
    T4's own."""

    method: str
    path: str
    status: int
    request_id: str | None
    at: str

    def __str__(self) -> str:
        number = f" (request {self.request_id})" if self.request_id else ""
        return f"{self.method} {self.path}: {self.status} at {self.at}{number}"


class T4Error(Exception):
    """A call that got no usable answer.

    `method` and `path` of the call; `status` of the last answer, None where there was none; `said`: T4's own
    words, at most 300 characters, "" where it said nothing; `request_id`: T4's number of the call;
    `happened`: whether it is known that nothing was changed; `at`: when the last attempt ended (ISO 8601,
    UTC). `str()`: sentences for a person.
    """

    __module__ = "builtins"
    method: str
    path: str
    status: int | None
    said: str
    request_id: str | None
    happened: Happened
    at: str

    def __init__(
        self,
        method: str,
        path: str,
        *,
        what: str,
        status: int | None = None,
        said: str = "",
        request_id: str | None = None,
        happened: Happened = "no",
        at: str = "",
        advice: str = "",
    ) -> None:
        self.method, self.path, self.status, self.said = method, path, status, said
        self.request_id, self.happened, self.at = request_id, happened, at
        words = f": “{said}”" if said else ""
        number = f" (request {request_id})" if request_id else ""
        known = (
            "Nothing was changed by it."
            if happened == "no"
            else "It is not known whether T4 did what was asked."
        )
        sentences = [f"{method} {path}: {what}{words}{number}.", known, advice]
        super().__init__(" ".join(sentence for sentence in sentences if sentence))

    def __init_subclass__(cls) -> None:
        cls.__module__ = "builtins"

    @property
    def evidence(self) -> Evidence:
        """What T4 answered last; status 0 where no answer came."""
        return Evidence(self.method, self.path, self.status or 0, self.request_id, self.at)


class Unreachable(T4Error):
    """The request never reached T4."""


class Refused(T4Error):
    """T4 says no."""


class BadRequest(Refused):
    """400 or 422: T4 finds a value wrong."""


class Unauthorized(Refused):
    """401, or a login that T4 refuses."""


class NotFound(Refused):
    """404: no such path, user, account or template (t4.md section 1: which of them, the status does not
    tell)."""


class Conflict(Refused):
    """409. `doubtful`: an earlier attempt of the same call got no clear answer, so the conflict may be its
    work.

    `about`: what T4's words say is taken, None where they do not say it clearly.
    """

    doubtful: bool = False
    about: About | None = None


class Busy(T4Error):
    """503 or 429 to the end. `retry_after`: the seconds that T4 last asked to wait, None where it did not."""

    retry_after: float | None = None


class Unreviewed(T4Error):
    """The run follows a reviewed list, and this changing call is not on it. It was not made."""


class OutcomeUnknown(T4Error):
    """A changing call was sent, and its answer is lost or cannot be read."""


class ReadFailed(T4Error):
    """A call that changes nothing got no usable answer."""


class MissingValue(Exception):
    """An operation needs a value that is not known, or that cannot stand in a path. No call was made.

    `operation`: its name; `name`: the placeholder's.
    """

    __module__ = "builtins"

    def __init__(self, operation: str, name: str, why: str = "is not known") -> None:
        self.operation, self.name = operation, name
        super().__init__(f"The operation {operation} needs {{{name}}}, which {why}. No call was made.")
