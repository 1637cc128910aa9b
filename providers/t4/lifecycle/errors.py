"""What the providers themselves refuse, as the person at the terminal reads it.

    Exception
     +-- Blocked          a step is withheld because something before it must be mended first
     +-- TakenAlready     T4 has a user or an account of this name, and nothing shows that it is this stack's
     +-- NotShown         the file adopts what T4 does not show
     +-- StillThere       an entry vanished from the firm file although T4 still has what it stood for

Errors of the API are in `providers.t4.api`. Each class calls itself a builtin, so that the terminal shows
`Blocked: …` without the name of a module (engine.md).
"""

from collections.abc import Mapping, Sequence
from typing import Final

from providers.t4.lifecycle.violation_words import mending
from t4firm.yaml_files.mistakes import some


class Blocked(Exception):
    """A step is withheld: says what must be mended first, and by which task."""


class TakenAlready(Exception):
    """T4 answered 409: says what is known of the one who has the name, and the line to write to take it
    over."""


class NotShown(Exception):
    """The file says `adopt: true`, and T4 does not show what it would adopt: says where it was looked for."""


class StillThere(Exception):
    """What vanished from the file is still in T4: says which line to write instead."""


for _error in (Blocked, TakenAlready, NotShown, StillThere):
    _error.__module__ = "builtins"


UNTIL_MENDED: Final = " until this is mended: "
"""In the words of `Blocked`, before the tasks that mend it."""

OLD_COPY = (
    "If every `up` ends like this and nothing was removed, an earlier `pulumi up --replace` left an old copy "
    "in the state: `t4firm unlock` clears it"
)
"""The engine asks for the deletion of that copy before any program runs: nobody can tell the two apart."""


def replacing_words(what: str) -> str:
    """The refusal to replace what the state has: names are unique in T4, and nothing is deleted."""
    return (
        f"{what} is set up already, and T4 can replace nothing. Nothing was called. Run again without "
        "`--replace`; after `pulumi state taint`, run `pulumi state untaint` for this resource first. To "
        "change it, change the firm file"
    )


def still_there(what: str) -> StillThere:
    """The refusal to forget what T4 has: for one who edited the firm file, and for `pulumi destroy`."""
    return StillThere(
        f"{what} is still in T4, so it is not forgotten. If the firm file lost it, put it back; then write "
        "`revoke` under its user, or `departed: true`, or list it under `fillService.exclude`. `pulumi "
        "destroy` works when everybody has departed, the fill user last, and every task is closed "
        f"(docs/leaving.md). {OLD_COPY}"
    )


def refuse_while_staying(usernames: Sequence[str]) -> None:
    """Raise StillThere for a `pulumi destroy` of a firm whose file has users who have not departed."""
    if usernames:
        raise StillThere(
            f"nothing of this stack is forgotten, because users of its firm file have not departed: "
            f"{some(usernames)}. T4 keeps them, enabled and billed, whatever the state says. "
            "`pulumi destroy` works when everybody has departed, the fill user last, and every task is "
            f"closed (docs/leaving.md). {OLD_COPY}"
        )


def refuse_while_owed(what: str, owner: str, owed: Sequence[str], *, departed: bool) -> None:
    """Raise StillThere for what is to be forgotten before its user had departed and closed the tasks of
    leaving."""
    if not departed:
        raise still_there(what)
    if owed:
        raise StillThere(
            f"{what} cannot be removed with {owner} yet: these tasks are open: {', '.join(owed)}. "
            f"Keep the entry of {owner} until they are closed"
        )


def refuse_while_violated(username: str, violations: Mapping[str, str], consequence: str) -> None:
    """Raise Blocked for what depends on a user whose roles or applications break the rules (`violations`:
    task -> sentence). The stack says once what the violation is, and how much waits for it; each that waits
    names what mends it."""
    if tasks := mending(violations):
        raise Blocked(f"{username} {consequence}{UNTIL_MENDED}{some(tasks, 1)}")
