"""The table of interruptions: runs that end before their time, and what the next run finds.

`tests/engine/test_interruptions.py` plays each row with the real engine against the real simulator, with the
firm of `tests/engine/faults.py`. Whatever the row: T4 has exactly the firm file's users in the end, each by
one effective onboarding call, nothing is left running, and the next plain run finishes.
"""

from dataclasses import dataclass
from typing import Any, Final, Literal


@dataclass(frozen=True)
class Interruption:
    """A row about a run that is interrupted while a call is on its way; T4 does its work all the same.

    command    that is run: plain `pulumi up`, or `t4firm up`
    ends       what gets the signal: the command, the provider, both, or the terminal's whole group (Ctrl-C)
    moment     when the call is held: before T4 does the work, or after it
    login      as for a fault
    forgets    the journal is gone afterwards, as on a new runner
    unsaved    the engine skips its checkpoints
    recorded   the engine's state has trader.a afterwards
    locked     the stack stays locked, and `t4firm unlock` frees it
    calls      onboarding calls of the next run: none where state or journal know or the
               file adopts, one where a login proves
    remedy     as for a fault
    """

    name: str
    command: Literal["pulumi", "t4firm"] = "pulumi"
    signal: Literal["TERM", "INT", "KILL"] = "KILL"
    ends: Literal["command", "provider", "both", "group"] = "command"
    moment: Literal["before", "after"] = "before"
    login: bool = False
    forgets: bool = False
    unsaved: bool = False
    recorded: bool = False
    locked: bool = False
    calls: int = 0
    says: tuple[str, ...] = ()
    remedy: Literal["", "adopt"] = ""


def killed(name: str, **row: Any) -> Interruption:
    """kill -9 of the command: the lock stays."""
    return Interruption(name, locked=row.get("ends") != "provider", **row)


CANCELLED: Final = ("update canceled", "User trader.a created")
STOPPED: Final = ("update canceled", "+ created trader.a")
"""The same, as `t4firm up` says it."""

INTERRUPTIONS: Final = (
    Interruption("SIGTERM to pulumi", signal="TERM", recorded=True, says=CANCELLED),
    Interruption("SIGTERM to t4firm", command="t4firm", signal="TERM", recorded=True, says=STOPPED),
    Interruption("Ctrl-C at pulumi", signal="INT", ends="group", recorded=True, says=CANCELLED),
    Interruption(
        "Ctrl-C at t4firm", command="t4firm", signal="INT", ends="group", recorded=True, says=STOPPED
    ),
    Interruption("SIGINT to t4firm alone", command="t4firm", signal="INT", recorded=True, says=STOPPED),
    Interruption(
        "SIGTERM to t4firm's whole group",
        command="t4firm",
        signal="TERM",
        ends="group",
        recorded=True,
        says=STOPPED,
    ),
    Interruption(
        "SIGTERM, and the engine skips checkpoints",
        signal="TERM",
        unsaved=True,
        recorded=True,
        says=CANCELLED,
    ),
    # The provider lives on, and the journal gets its answer: no login is needed
    killed("kill -9 of the command"),
    killed("kill -9 of the command, after the work", moment="after"),
    killed("kill -9 of the command, and the engine skips checkpoints", unsaved=True),
    killed("kill -9 of the command, and the journal is lost", forgets=True, login=True, calls=1),
    # Nobody hears the answer: proof by login
    killed("kill -9 of the provider", ends="provider", login=True, calls=1),
    killed("kill -9 of the provider, after the work", ends="provider", moment="after", login=True, calls=1),
    killed("kill -9 of both", ends="both", login=True, calls=1),
    killed("kill -9 of both, after the work", ends="both", moment="after", login=True, calls=1),
    killed("kill -9 of both, and the journal is lost", ends="both", login=True, forgets=True, calls=1),
    killed(
        "kill -9 of both, and the engine skips checkpoints", ends="both", login=True, unsaved=True, calls=1
    ),
    killed(
        "kill -9 of both, no journal, no checkpoints",
        ends="both",
        login=True,
        forgets=True,
        unsaved=True,
        calls=1,
    ),
    # Nothing proves it: the error, then `adopt: true`
    killed("kill -9 of both, and no login", ends="both", remedy="adopt"),
    killed("kill -9 of both, no login, no journal", ends="both", forgets=True, remedy="adopt"),
)
"""How a run can end before its time."""
