"""Operations files for firms whose API can do some things and not others."""

from pathlib import Path
from typing import Any

import yaml

from tests.providers.stack import FULL, Stack


def only(stack: Stack, *names: str, **answers: str) -> str:
    """The name of a file with these operations of the full set; `answers` replaces what an answer has."""
    return _written(stack, {name: entry for name, entry in _full(answers).items() if name in names})


def without(stack: Stack, *names: str, **answers: str) -> str:
    """The name of a file with the full set but for these operations."""
    return _written(stack, {name: entry for name, entry in _full(answers).items() if name not in names})


def _full(answers: dict[str, str]) -> dict[str, dict[str, Any]]:
    full: dict[str, dict[str, Any]] = yaml.safe_load(Path(FULL).read_text())
    return {
        name: entry | ({"answer": answers[name]} if name in answers else {}) for name, entry in full.items()
    }


def _written(stack: Stack, operations: dict[str, Any]) -> str:
    file = stack.folder / "some.operations.yaml"
    file.write_text(yaml.safe_dump(operations))
    return str(file)
