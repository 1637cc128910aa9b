"""Whose something is: the one place that decides it (design: Ownership).

A stack undoes only what it did itself or what its firm file names: `revoke`, `exclude`, `departed`. What else
T4 shows is reported as unmanaged and left as it is: another stack or a person may need it.

A username or an account is owned by one stack at each T4. `fillService.stacks` shares the fill user of one
stack; it gives nobody a second owner.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from t4firm.model.firm import Firm
from t4firm.model.names import folded, without

Loc = tuple[str | int, ...]


@dataclass(frozen=True)
class Owned:
    """A name that T4 has once, and that a firm file claims. `loc`: the field of the file."""

    kind: Literal["user", "account"]
    name: str
    loc: Loc

    @property
    def key(self) -> tuple[str, str]:
        """What is the same for the same thing in T4."""
        return self.kind, folded(self.name)


def owned(firm: Firm) -> Iterator[Owned]:
    """Every user and account that a firm file sets up, the fill user and its own account among them."""
    listed: dict[str, Loc] = {}
    for username, user in firm.users.items():
        yield Owned("user", username, ("users", username))
        for place, numbers in (
            (("accounts",), user.accounts),
            (("revoke", "accounts"), user.revoke.accounts),
        ):
            for index, number in enumerate(numbers):
                listed.setdefault(number, ("users", username, *place, index))
    if firm.fillService:
        fill: Loc = ("fillService", "user")
        yield Owned("user", firm.fillService.user.username, (*fill, "username"))
        listed[firm.fillService.user.account] = (*fill, "account")
    for number in firm.accounts:
        yield Owned("account", number, listed.get(number, ("accounts", number)))


def owned_twice(firms: Mapping[str, Firm]) -> Iterator[tuple[str, Owned, str, Owned]]:
    """What several stacks at one T4 claim: each later claim, with the first one and its stack."""
    first: dict[tuple[str, str], tuple[str, Owned]] = {}
    for stack, firm in firms.items():
        for claim in owned(firm):
            owner, before = first.setdefault(claim.key, (stack, claim))
            if owner != stack:
                yield stack, claim, owner, before


def unmanaged(listed: Iterable[str], *known: Iterable[str]) -> list[str]:
    """The accounts that T4 lists for a user and that are no business of this stack: neither its firm file
    names them for the user, nor has it recorded them."""
    return without(listed, *known)
