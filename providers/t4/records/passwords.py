"""What a record knows of the password that T4 has of a user."""

from dataclasses import dataclass
from typing import Final, Literal


@dataclass(frozen=True)
class PasswordInT4:
    """Which password T4 has of a user. `derived`: one of this stack's, with this `mark`. `unknown`: nobody
    knows, as the user was adopted. `unrecorded`: an older version recorded the user and no mark; T4 has the
    one that the stack derived then."""

    known: Literal["derived", "unknown", "unrecorded"]
    mark: str = ""

    def __post_init__(self) -> None:
        if bool(self.mark) is not (self.known == "derived"):
            raise ValueError("the password that was derived has a mark, and no other has one")


UNKNOWN: Final = PasswordInT4("unknown")
UNRECORDED: Final = PasswordInT4("unrecorded")


def derived(mark: str) -> PasswordInT4:
    """T4 has the password with this mark (`session/marks.py`)."""
    return PasswordInT4("derived", mark)
