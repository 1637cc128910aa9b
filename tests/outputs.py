"""What a command prints with --json fits its published schema: docs/json."""

import json
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import jsonschema

SCHEMAS = Path(__file__).parents[1] / "docs" / "json"


def command_of(arguments: Sequence[str]) -> str:
    """The command that is called: one word, or two."""
    two = " ".join(arguments[:2])
    return two if schema_file(two).exists() else arguments[0]


def schema_file(command: str) -> Path:
    return SCHEMAS / f"{command.replace(' ', '-')}.schema.json"


def fits(command: str, printed: Any) -> None:
    """Fails where the command's schema does not have what was printed."""
    schema = json.loads(schema_file(command).read_text())
    jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker()).validate(printed)


def check(arguments: Sequence[str], printed: str) -> None:
    """The same for a call of the command line, where it printed one object, and perhaps words before it."""
    if "--json" not in arguments or "{" not in printed:
        return
    with suppress(json.JSONDecodeError):  # many objects, or words of errors with a brace
        found = json.loads(printed[printed.index("{") :])
        fits(command_of(arguments), found)
