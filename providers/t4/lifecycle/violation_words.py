"""The violations that are recorded with a user, as people read them: one trouble, one sentence."""

from collections.abc import Mapping, Sequence

from t4firm.model.users import TRADING
from t4firm.tasks.ids import detail_of, kind_of
from t4firm.yaml_files.mistakes import some


def violation_words(violations: Mapping[str, str]) -> list[str]:
    """The violations that are recorded with a user (task -> sentence), a sentence each. Roles that must go
    are one: Trading first, and the others after it."""
    roles = sorted((task for task in violations if kind_of(task) == "remove-role"), key=_trading_first)
    others = [task for task in sorted(violations) if task not in roles]
    groups = [roles] if roles else []
    return [_violation(group, violations) for group in [*groups, *([task] for task in others)]]


def _trading_first(task: str) -> tuple[bool, str]:
    return detail_of(task) != TRADING, task


def _violation(tasks: Sequence[str], violations: Mapping[str, str]) -> str:
    first, *others = tasks
    also = f". It also has {', '.join(map(detail_of, others))}" if others else ""
    return f"{violations[first]}{also}. What mends it: {some(tasks, 1)}"
