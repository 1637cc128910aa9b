"""What a command prints with --json fits its published schema: docs/json."""

import json
from collections.abc import Sequence
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


def published(command: str) -> Any:
    """The command's schema, which allows names that a later version may bring."""
    return json.loads(schema_file(command).read_text())


def fits(command: str, printed: Any) -> None:
    """Fails where the command's schema does not have what was printed, or has not all of its names."""
    schema = closed(published(command))
    jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker()).validate(printed)


def closed(schema: Any) -> Any:
    """The schema without names that it does not have."""
    if isinstance(schema, list):
        return [closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    parts = {name: closed(each) for name, each in schema.items()}
    names = parts.get("type") == "object" and "properties" in parts
    return {**parts, "additionalProperties": False} if names else parts


def check(arguments: Sequence[str], code: int, printed: str) -> None:
    """The same for a call of the command line: on standard output it printed one object and nothing else, and
    nothing at all only if it failed. A watch prints one object a line, or none."""
    if "--json" not in arguments:
        return
    command = command_of(arguments)
    if command == "watch":
        texts = printed.splitlines()
    else:
        assert printed or code, f"{' '.join(arguments)} printed nothing"
        texts = [printed] if printed else []
    for text in texts:
        fits(command, json.loads(text))
