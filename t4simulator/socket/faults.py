"""What goes wrong in a conversation, on request (t4-websocket.md section 5).

A rule counts for the next `times` logins (null: for ever) of `username`, or of anybody.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, get_args

from pydantic import Field

from t4simulator.api.requests import Strict

Fault = Literal[
    "emptyLogin",  # a LoginResponse without fields: it decodes as SUCCESS
    "noSession",  # SUCCESS without a session's id
    "otherUser",  # SUCCESS of somebody else
    "blankRoles",  # nothing but blanks as roles
    "blankRole",  # a blank beside the real roles
    "roleCase",  # the roles in capitals
    "elsewhere",  # result 6 right after SUCCESS
    "silentLogin",  # no answer to the login
    "silence",  # nothing after the answer to the login
    "detailsFirst",  # snapshots before the answer to the subscription
    "detailsAlone",  # details without snapshots
    "beyondList",  # the login's list lacks the last account
    "childFirm",  # an account of a child firm beside the others
    "deleted",  # the first account is deleted
    "missing",  # the last account never comes
    "errors",  # T4 cannot subscribe the last account, and says so
    "largeSnapshot",  # snapshots of more than 1 MiB
    "fragmented",  # each message in frames of seven bytes
    "text",  # a text frame instead of the snapshots
    "garbage",  # a frame that is no message
    "unknownMessage",  # a message that no document names, before each snapshot
    "unknownState",  # an AccountEnabled that no document names
    "cut",  # the connection breaks after the first snapshot (1006)
    "close1008",  # closed after the first snapshot
    "close1011",
]
FAULTS: tuple[str, ...] = get_args(Fault)


class SocketFault(Strict):
    fault: Fault
    username: str = ""
    times: Annotated[int, Field(ge=1)] | None = 1


@dataclass
class _Kept:
    rule: SocketFault
    done: int = 0


@dataclass
class SocketFaults:
    """The rules in force."""

    _kept: list[_Kept] = field(default_factory=list)

    def add(self, rule: SocketFault) -> None:
        self._kept.append(_Kept(rule))

    def clear(self) -> None:
        self._kept.clear()

    def due(self, username: str) -> frozenset[str]:
        """The faults of a login that begins now."""
        found = set()
        for kept in self._kept:
            spent = kept.rule.times is not None and kept.done >= kept.rule.times
            if not spent and kept.rule.username.casefold() in ("", username.casefold()):
                kept.done += 1
                found.add(kept.rule.fault)
        return frozenset(found)

    def shown(self) -> list[dict[str, Any]]:
        return [{**kept.rule.model_dump(), "done": kept.done} for kept in self._kept]
