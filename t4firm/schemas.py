"""The JSON schemas of the files that people write, for editors: `# yaml-language-server:
$schema=attested.schema.json` in a file's first line.

    SCHEMAS["attested"]()     draft 2020-12, from the models that read the file
    python -m t4firm.schemas stacks     writes them all into a folder
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel

from t4firm.loading.attested_file import AttestedFile
from t4firm.loading.included import SECTIONS
from t4firm.loading.stack_file import Environment
from t4firm.operations import PLACEHOLDERS, READS, Operation
from t4firm.schema import DRAFT, Json, json_schema, tidy


def _of_model(model: type[BaseModel], kind: str) -> Json:
    schema = model.model_json_schema(mode="validation")
    tidy(schema)
    return {"$schema": DRAFT, "$id": file_of(kind), "title": f"{kind.capitalize()} file", **schema}


def _attested() -> Json:
    """Its top level is the list itself, or has it under `attested`."""
    schema = _of_model(AttestedFile, "attested")
    group = {name: schema.pop(name) for name in ("type", "properties", "additionalProperties")}
    return schema | {"anyOf": [{**group["properties"]["attested"], "type": "array"}, group]}


def _operations() -> Json:
    """One entry for each operation; what reads may only be GET, and must say where the values lie."""
    schema = _of_model(Operation, "operations")
    pages = schema.pop("$defs")
    operation = {
        name: schema.pop(name) for name in ("properties", "required", "type", "additionalProperties")
    }
    reading: dict[str, Any] = {"properties": {"method": {"const": "GET"}}, "required": ["answer"]}
    changing: dict[str, Any] = {"properties": {"method": {"not": {"const": "GET"}}}}
    return {
        **schema,
        "type": "object",
        "additionalProperties": False,
        "properties": {
            name: {
                "description": f"May use {', '.join(f'{{{each}}}' for each in values) or 'no placeholder'}.",
                "allOf": [{"$ref": "#/$defs/Operation"}, reading if name in READS else changing],
            }
            for name, values in PLACEHOLDERS.items()
        },
        "$defs": {**pages, "Operation": operation},
    }


def _users() -> Json:
    """A file that a firm file includes: its users and accounts, as there, and nothing else."""
    schema = json_schema()
    parts = {name: schema["properties"][name] for name in SECTIONS}
    others = {name: value for name, value in schema.items() if name not in ("description", "required")}
    return {**others, "$id": file_of("users"), "title": "Included file", "properties": parts}


SCHEMAS: Final[Mapping[str, Callable[[], Json]]] = {
    "firm": json_schema,
    "users": _users,
    "attested": _attested,
    "stack": lambda: _of_model(Environment, "stack"),
    "operations": _operations,
}
"""Kind of file -> its schema."""


def file_of(kind: str) -> str:
    """The name of the schema's file, which lies beside the files that it is for."""
    return f"{kind}.schema.json"


def as_text(kind: str) -> str:
    """A schema as the text of a file."""
    return json.dumps(SCHEMAS[kind](), indent=2, ensure_ascii=False) + "\n"


def comment_for(kind: str) -> str:
    """The first line of a file, by which an editor finds the schema."""
    return f"# yaml-language-server: $schema={file_of(kind)}"


if __name__ == "__main__":
    for each in SCHEMAS:
        (Path(sys.argv[1]) / file_of(each)).write_text(as_text(each))
