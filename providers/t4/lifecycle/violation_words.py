"""The violations that are recorded with a user, as people read them: one trouble, one sentence."""

from collections.abc import Mapping, Sequence
from typing import Final

from t4firm.model.users import TRADING
from t4firm.tasks.ids import detail_of, kind_of
from t4firm.yaml_files.mistakes import counted, some

MENDED_BY: Final = "What mends it: "
"""Before the tasks that mend a violation; the first of them names the violation in what waits for it."""


def violation_words(violations: Mapping[str, str], waiting: int = 0) -> list[str]:
    """The violations that are recorded with a user (task -> sentence), a sentence each. Roles that must go
    are one: Trading first, and the others after it. `waiting`: how many of the user's assignments wait."""
    waits = f". {counted(waiting, 'assignment waits', 'assignments wait')} for it" if waiting else ""
    return [f"{_violation(group, violations)}{waits}" for group in _groups(violations)]


def mending(violations: Mapping[str, str]) -> list[str]:
    """The tasks that mend a user's violations, in the order of the sentences."""
    return [task for group in _groups(violations) for task in group]


def _groups(violations: Mapping[str, str]) -> list[list[str]]:
    roles = sorted((task for task in violations if kind_of(task) == "remove-role"), key=_trading_first)
    others = [task for task in sorted(violations) if task not in roles]
    return [*([roles] if roles else []), *([task] for task in others)]


def _trading_first(task: str) -> tuple[bool, str]:
    return detail_of(task) != TRADING, task


def _violation(tasks: Sequence[str], violations: Mapping[str, str]) -> str:
    first, *others = tasks
    also = f". It also has {', '.join(map(detail_of, others))}" if others else ""
    return f"{violations[first]}{also}. {MENDED_BY}{some(tasks, 1)}"
