"""What rules look at: a loaded firm, and what its file itself says."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from t4firm.model.firm import FillService, Firm, UserTemplate
from t4firm.model.users import RISK_MANAGER
from t4firm.yaml_files.mistakes import listed, shown
from t4firm.yaml_files.model_errors import nearest_name

Loc = tuple[str | int, ...]
MOST_NAMES = 6  # in one sentence
MOST_HINTS = 20  # "did you mean" for more of them helps nobody, and takes long in a firm of thousands


class Finding(NamedTuple):
    """The field to change, what is wrong, what would be right. `about`: entries that it follows from, beside
    the one that the field is in."""

    loc: Loc
    wrong: str
    right: str
    about: tuple[str, ...] = ()


@dataclass(frozen=True)
class Facts:
    """What rules look at: the firm with its defaults merged in, and what the file itself says. `where`: where
    a field is, as a sentence about another field has it (`on line 12`). `risk_manager`: how T4 spells the
    Risk Manager's role for this firm."""

    firm: Firm
    written: Mapping[str, object]
    where: Callable[[Loc, Loc], str]
    risk_manager: str = RISK_MANAGER

    @cached_property
    def listed_by(self) -> Mapping[str, tuple[tuple[str, int], ...]]:
        """Account number -> each user that lists it, with the place in the user's list."""
        found: dict[str, list[tuple[str, int]]] = {}
        for username, user in self.firm.users.items():
            for index, number in enumerate(user.accounts):
                found.setdefault(number, []).append((username, index))
        return {number: tuple(users) for number, users in found.items()}

    def made_with(self, number: str) -> str | None:
        """The user for whom a listed account is made: the owner that the file names, else the one that it
        had best name: whose first account it is."""
        if self.says("accounts", number, "owner"):
            account = self.firm.accounts.get(number)
            return account.owner if account else None
        users = self.listed_by[number]
        return next((name for name, index in users if index == 0), users[0][0])

    @cached_property
    def revoked_from(self) -> Mapping[str, tuple[str, ...]]:
        """Account number -> each user from whom it is revoked."""
        found: dict[str, list[str]] = {}
        for username, user in self.firm.users.items():
            for number in user.revoke.accounts:
                found.setdefault(number, []).append(username)
        return {number: tuple(users) for number, users in found.items()}

    @cached_property
    def accounts_ever_with_whentech(self) -> frozenset[str]:
        """Every account of every WhenTech user, of those who have departed too."""
        return frozenset(number for user in self.firm.whentech_users for number in user.accounts)

    def says(self, *loc: str) -> bool:
        """Whether the file itself has this field (and not only the defaults)."""
        value: object = self.written
        for part in loc:
            if not isinstance(value, Mapping) or part not in value:
                return False
            value = value[part]
        return True

    def meant(self, numbers: Sequence[str]) -> Mapping[str, str]:
        """For account numbers that no user has, the number that was probably meant, where one is similar."""
        known = tuple(self.listed_by)
        near = {number: nearest_name(number, known) for number in numbers[:MOST_HINTS]}
        return {number: meant for number, meant in near.items() if meant}

    @property
    def fill(self) -> FillService | None:
        return self.firm.fillService

    @property
    def fill_template(self) -> tuple[str, UserTemplate] | None:
        """The fill user's template, where it names one that is declared."""
        name = self.fill.user.templateUser if self.fill else None
        template = self.firm.templates.users.get(name) if name else None
        return (name, template) if name and template else None


def quoted(names: list[str] | tuple[str, ...]) -> str:
    """Names in quotes, as a sentence has them."""
    shown_names = [f'"{shown(name)}"' for name in names[:MOST_NAMES]]
    more = len(names) - MOST_NAMES
    return listed([*shown_names, f"{more} more"] if more > 0 else shown_names)
