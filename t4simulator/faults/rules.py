"""Which fault is due for which request: rules as data, given through `POST /simulator/faults`.

Rules live as long as the server process; counting is done here, carrying out in `t4simulator.faults.effects`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from t4simulator.api.requests import Strict

Seconds = Annotated[float, Field(ge=0, le=3600)]
Garbage = Literal["html", "truncated", "cut", "binary", "empty", "huge", "deep"]


class Match(Strict):
    """Which requests: all that is given must fit. `path` is a prefix, or a glob when it has one of `*?[`."""

    method: str = ""
    path: str = ""
    username: str = ""
    account: str = ""


class Do(Strict):
    """What happens. `delay`, `hold`, `headers` and `partial` go with any other; of the rest one, where
    `status` may stand beside `garbage`, `redirect` and `slowBody`.

    status    answers it, with `body` (text) or a plain sentence
    drop      true or "reset": TCP reset without an answer; "close": an orderly end without an answer
    delay     seconds to wait, then goes on
    hold      true: waits until `DELETE /simulator/held` lets it go, then goes on; "body": the same in the
              middle of the answer's body
    slowBody  seconds over which the body trickles out
    garbage   html, binary, empty; huge: 20 MB of JSON; deep: 100,000 brackets; truncated: half of the JSON,
              as if it were all; cut: half of what the header announces, then a reset
    redirect  307 to this address
    headers   set in the answer, so `{"content-type": "text/html"}` alone spoils a good answer; the value
              "in 3 seconds" becomes that time as an HTTP date
    merge     laid over the data of a good answer (JSON merge patch, RFC 7396): T4 does what was asked, and
              answers otherwise
    partial   onboarding stops after the step user, account or marketData; answers 500 or what else is asked
    """

    status: Annotated[int, Field(ge=200, le=599)] | None = None
    headers: dict[str, str] = Field(default_factory=dict)
    body: str | None = None
    drop: Literal[True, "reset", "close"] | None = None
    delay: Seconds = 0
    hold: Literal[True, "body"] | None = None
    slowBody: Seconds = 0
    garbage: Garbage | None = None
    redirect: str | None = None
    merge: dict[str, Any] | None = None
    partial: Literal["user", "account", "marketData"] | None = None

    @model_validator(mode="after")
    def _one_thing(self) -> Do:
        ends = [name for name in ("drop", "garbage", "redirect", "slowBody") if getattr(self, name)]
        if len(ends) > 1:
            raise ValueError(f"must not name {' and '.join(ends)} together")
        if self.drop and self.status:
            raise ValueError("must not name drop and status together")
        if self.body is not None and self.status is None:
            raise ValueError("must name a status with a body")
        if self.hold == "body" and (self.drop or self.slowBody or self.garbage == "cut"):
            raise ValueError("must not hold a body that is sent otherwise or not at all")
        if self.merge and (self.answers() or self.partial):
            raise ValueError("must not name merge with an answer that is no good one")
        if not (ends or self.status or self.headers or self.delay or self.hold or self.partial or self.merge):
            raise ValueError("must name something to do")
        return self

    def answers(self) -> bool:
        """Whether the answer is made up, whatever the work came to."""
        return bool(self.status or self.drop or self.garbage or self.redirect)


class FaultRule(Strict):
    """`times` (null: for ever) matching requests, behind the first `after`, within `lasts` seconds."""

    match: Match = Match()
    times: Annotated[int, Field(ge=1)] | None = 1
    after: Annotated[int, Field(ge=0)] = 0
    lasts: Seconds | None = None
    when: Literal["before", "after"] = "before"
    do: Do


@dataclass(frozen=True)
class Seen:
    """What rules are matched with. `username`, `account`: from body or path, "" where there is none."""

    method: str
    path: str
    username: str
    account: str


@dataclass
class _Kept:
    identifier: int
    rule: FaultRule
    until: float | None
    seen: int = 0
    done: int = 0


@dataclass
class FaultBook:
    """The rules in force, in the order they were given. The first that is due acts."""

    clock: Callable[[], float] = time.monotonic
    _kept: list[_Kept] = field(default_factory=list)
    _last: int = 0

    def add(self, rule: FaultRule) -> int:
        self._last += 1
        until = None if rule.lasts is None else self.clock() + rule.lasts
        self._kept.append(_Kept(self._last, rule, until))
        return self._last

    def clear(self) -> None:
        self._kept.clear()

    def due(self, seen: Seen) -> tuple[int, FaultRule] | None:
        """The rule to act upon and its number; counts the request for every rule before it that matches."""
        for kept in self._kept:
            if not matches(kept.rule.match, seen):
                continue
            kept.seen += 1
            late = kept.until is not None and self.clock() >= kept.until
            spent = kept.rule.times is not None and kept.done >= kept.rule.times
            if late or spent or kept.seen <= kept.rule.after:
                continue
            kept.done += 1
            return kept.identifier, kept.rule
        return None

    def shown(self) -> list[dict[str, Any]]:
        return [
            {
                "id": kept.identifier,
                **kept.rule.model_dump(exclude_unset=True),
                "seen": kept.seen,
                "done": kept.done,
            }
            for kept in self._kept
        ]


def matches(match: Match, seen: Seen) -> bool:
    return (
        match.method.upper() in ("", seen.method)
        and _path_matches(match.path, seen.path)
        and match.username.casefold() in ("", seen.username.casefold())
        and match.account.casefold() in ("", seen.account.casefold())
    )


def _path_matches(wanted: str, path: str) -> bool:
    if any(character in wanted for character in "*?["):
        return fnmatchcase(path, wanted)
    return path.startswith(wanted)
