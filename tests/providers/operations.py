"""Operations files for firms whose API can do some things and not others."""

from pathlib import Path
from typing import Any

import yaml

from tests.providers.stack import FULL, Stack


def only(stack: Stack, *names: str, **changed: str | dict[str, Any]) -> str:
    """The name of a file with these operations of the full set. `changed`: operation -> another `answer`, or
    other fields; None removes one."""
    return _written(stack, {name: entry for name, entry in _full(changed).items() if name in names})


def without(stack: Stack, *names: str, **changed: str | dict[str, Any]) -> str:
    """The name of a file with the full set but for these operations."""
    return _written(stack, {name: entry for name, entry in _full(changed).items() if name not in names})


def _full(changed: dict[str, str | dict[str, Any]]) -> dict[str, dict[str, Any]]:
    full: dict[str, dict[str, Any]] = yaml.safe_load(Path(FULL).read_text())
    for name, fields in changed.items():
        full[name] |= {"answer": fields} if isinstance(fields, str) else fields
        full[name] = {field: value for field, value in full[name].items() if value is not None}
    return full


def _written(stack: Stack, operations: dict[str, Any]) -> str:
    file = stack.folder / "some.operations.yaml"
    file.write_text(yaml.safe_dump(operations))
    return str(file)
