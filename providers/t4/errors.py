"""What the providers themselves refuse, as the person at the terminal reads it.

    Exception
     +-- Blocked          a step is withheld because something before it must be mended first
     +-- TakenAlready     T4 has a user or an account of this name, and nothing shows that it is this stack's
     +-- StillThere       an entry vanished from the firm file although T4 still has what it stood for

Errors of the API are in `providers.t4.api`. Each class calls itself a builtin, so that the terminal shows
`Blocked: …` without the name of a module (engine.md).
"""

from collections.abc import Mapping
from typing import Any


class Blocked(Exception):
    """A step is withheld: says what must be mended first, and by which task."""


class TakenAlready(Exception):
    """T4 answered 409: says what is known of the one who has the name, and the line to write to take it
    over."""


class StillThere(Exception):
    """What vanished from the file is still in T4: says which line to write instead."""


for _error in (Blocked, TakenAlready, StillThere):
    _error.__module__ = "builtins"


WOUND_UP = (
    "A whole firm is wound up (`pulumi destroy`) when everybody has departed and every task is closed "
    "(docs/leaving.md)"
)


def refuse_while_owed(props: Mapping[str, Any], what: str, owner: str, remedy: str) -> None:
    """Raise StillThere for what vanished from the file before its user had departed and closed the tasks of
    leaving. `remedy`: what to write where the user stays."""
    if not props["departed"]:
        raise StillThere(f"{what} is gone from the firm file, but T4 still has it: {remedy}. {WOUND_UP}")
    if props["owed"]:
        raise StillThere(
            f"{what} cannot be removed with {owner} yet. Put the entry of {owner} back; these tasks are "
            f"open: {', '.join(props['owed'])}"
        )


def refuse_while_violated(props: Mapping[str, Any], consequence: str) -> None:
    """Raise Blocked for what depends on a user (`username`, `violations`) whose roles or applications break
    the rules."""
    if violations := props.get("violations"):
        sentences = "; ".join(
            f"{words}. The task that mends it is {task}" for task, words in sorted(violations.items())
        )
        raise Blocked(f"{props['username']} {consequence}: {sentences}")
