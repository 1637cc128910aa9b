"""What a run changed in the stack's outputs, a line each: `summary.users: 3 => 4`."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from pulumi.runtime.rpc import UNKNOWN

MOST_LINES: Final = 20
"""About one output; above, only how many entries it has."""


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Every output that differs, sorted. What is long is told by its number of entries."""
    lines = []
    for name in sorted(before.keys() | after.keys()):
        told = list(_between(name, before.get(name), after.get(name)))
        if len(told) > MOST_LINES:
            told = [f"{name}: {_short(before.get(name))} => {_short(after.get(name))}"]
        lines += told
    return lines


def _between(path: str, before: Any, after: Any) -> Iterator[str]:
    before, after = _by_id(before), _by_id(after)
    if before == after or (before is None and after in ([], {})):
        return
    if isinstance(after, dict) and isinstance(before, dict | None):
        for name in sorted((before or {}).keys() | after.keys()):
            yield from _between(f"{path}.{name}", (before or {}).get(name), after.get(name))
    elif before is None:
        yield f"{path}: {_short(after)}"
    else:
        yield f"{path}: {_short(before)} => {_short(after)}"


def _by_id(value: Any) -> Any:
    """A list of tasks as the status of each."""
    if isinstance(value, list) and all(isinstance(each, dict) and "id" in each for each in value):
        return {each["id"]: each.get("status") for each in value}
    return value


def _short(value: Any) -> str:
    if value is None:
        return "nothing"
    if value == UNKNOWN:
        return "[unknown]"
    if isinstance(value, dict | list):
        return f"{len(value):,} {'entry' if len(value) == 1 else 'entries'}"
    return str(value)
