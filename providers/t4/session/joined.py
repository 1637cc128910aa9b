"""What operations and the WebSocket show of the same thing, as one answer.

A login is what T4 itself goes by, so where both speak and disagree its word counts; that they disagree is
said.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from t4firm.evidence import Gone, NotSeen, Seen
from t4firm.model.names import folded

Row = Mapping[str, Any]
Found = Seen[Row] | Gone | NotSeen


def joined(called: Found, socket: Found, name: str, disagreements: set[str]) -> Found:
    """`called`: what an operation showed. `name`: whom or what it is about, for a sentence in
    `disagreements` where the two differ."""
    if isinstance(socket, NotSeen):
        return called
    if isinstance(called, NotSeen):
        return socket
    if type(called) is not type(socket):
        disagreements.add(
            f"T4 shows {name} in one place and not in the other: {called.evidence}; {socket.evidence}"
        )
        return called if isinstance(called, Seen) else socket
    if isinstance(called, Seen) and isinstance(socket, Seen):
        for key in sorted(_differing(called.value, socket.value)):
            disagreements.add(
                f"T4 shows two things as {key} of {name}: {called.evidence}; {socket.evidence}. The second "
                "one counts"
            )
        said = {key: value for key, value in socket.value.items() if value is not None}
        return Seen({**called.value, **said}, f"{called.evidence}; {socket.evidence}")
    return called


def _differing(called: Row, socket: Row) -> set[str]:
    """An empty name is none: T4's calls leave names empty that are set (t4.md section 1)."""
    return {
        key
        for key, value in socket.items()
        if value is not None
        and called.get(key) not in (None, "")
        and _comparable(value) != _comparable(called[key])
    }


def _comparable(value: Any) -> Any:
    if isinstance(value, str):
        return folded(value)
    return sorted(folded(str(each)) for each in value) if isinstance(value, list | tuple) else value
