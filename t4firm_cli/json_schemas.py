"""The JSON schema of what each command prints with --json, for programs that read it (docs/json).

    OUTPUTS["history"]               draft 2020-12, made from the types of what is printed
    python -m t4firm_cli.json_schemas docs/json     writes them all into a folder

A record of ours is printed with all its fields (`json_form`), so its type is its schema. What a command puts
around it is said here, and no name beyond it may come.
"""

import inspect
import json
import sys
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Final, Literal, Union, get_args, get_origin, get_type_hints

from t4firm.history.audit import Audit
from t4firm.history.events import Event
from t4firm.reports.coverage import Coverage
from t4firm.reports.drift import Drift
from t4firm.reports.one_page import OnePage, Question
from t4firm.reports.proofs import Proof
from t4firm.review.model import Review, Unreadable
from t4firm.schema import DRAFT, Json
from t4firm.yaml_files.mistakes import Mistake
from t4firm_cli.doctor.finding import Finding
from t4firm_cli.firm_files.written_change import Outcome
from t4firm_cli.fleet.stacks import Member
from t4firm_cli.history.checks import Check
from t4firm_cli.json_form import VERSION, name_of

SINGLE: Final[Mapping[object, Json]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    NoneType: {"type": "null"},
    date: {"type": "string", "format": "date"},
    object: {},
}


@dataclass(frozen=True)
class Maybe:
    """A name that is there only where there is something to say."""

    kind: object


Named = Mapping[str, object]
"""Name -> type, `Maybe`, or the names of a group in it."""

VERSIONED: Final[Named] = {"version": Literal[VERSION]}

CHECKED_FILE: Final[Named] = {
    "file": str,
    "stack": Maybe(str),
    "fine": bool,
    **dict.fromkeys(("users", "accounts", "assigned", "operations"), Maybe(int)),
    "warnings": Sequence[str],
    "mistakes": Sequence[Mistake],
}
TASK: Final[Named] = {
    **dict.fromkeys(("id", "page", "about", "what", "why", "status", "closes"), str),
    **dict.fromkeys(
        ("since", "effective", "waits", "after", "asked", "evidence", "signOff", "old", "new"), Maybe(str)
    ),
}
TASKS: Final[Named] = {
    "stack": str,
    "firm": str,
    "tasks": [TASK],
    "fillCoverage": {"counts": Mapping[str, int], "accounts": [{"owner": str, "": Coverage}]},
    "facts": Sequence[Proof],
    "marketData": {"subscriptions": Mapping[str, int], "fees": Mapping[str, str]},
    "alarms": Sequence[str],
}
DRIFT: Final[Named] = {
    "differs": bool,
    "fillUserUnread": bool,
    "": Drift,
    **dict.fromkeys(("notes", "failed", "lines"), Sequence[str]),
}
RUN: Final[Named] = {
    **dict.fromkeys(("stack", "result", "messages"), str),
    "exitCode": int,
    "seconds": float,
    "output": Maybe(str),
}
RUNS: Final[Named] = {"command": str, "stacks": [RUN]}
RUNNING: Final[Named] = {"running": bool, "endpoint": str | None, "portal": str | None, "pid": int | None}

CHANGING: Final = (
    *("new user", "new account", "depart", "move-account", "revoke"),
    *("import csv", "import xlsx", "import t4"),
)
"""Commands that change the firm file."""

COMMANDS: Final[Mapping[str, Sequence[Named]]] = {
    "init": [{"folder": str, "stack": str, "files": Sequence[str], "product": str}],
    "setup": [{"folder": str, "environment": str}],
    "validate": [{"files": [CHECKED_FILE], "mistakes": int}],
    **{command: [{"": Outcome}] for command in CHANGING},
    "review": [{"": Review, "digest": str}, {"": Unreadable, "digest": str}],
    "drift": [DRIFT],
    "tasks": [TASKS],
    "attest": [{"stack": str, "signed": Sequence[str]}],
    "report": [
        {"": OnePage, "questions": Sequence[Question], "made": str},
        {"": Audit, "made": str},
    ],
    "history": [
        {
            **{"stack": str, "subject": str, "incomplete": Sequence[str]},
            **{"events": Sequence[Event], "checks": Sequence[Check]},
        }
    ],
    "request": [{"mail": str, "next": str}],
    "unlock": [{"stack": str, "done": Sequence[str], "seen": bool}],
    "password": [{"seed": str}, {"username": str, "password": str, "doubt": str}],
    "copy-state": [{"stack": str, "file": str}],
    "doctor": [
        {
            **{"stack": str, "findings": Sequence[Finding]},
            **dict.fromkeys(("problems", "warnings", "unknown"), int),
        }
    ],
    "watch": [{"at": str, "account": str, "what": str, "known": bool, "words": str}],
    "fleet list": [{"stacks": Sequence[Member]}],
    "fleet preview": [RUNS],
    "fleet up": [RUNS],
    "fleet drift": [{"command": str, "stacks": [{**RUN, "report": Maybe({**VERSIONED, **DRIFT})}]}],
    "fleet tasks": [{"command": str, "stacks": [{**RUN, "report": Maybe({**VERSIONED, **TASKS})}]}],
    "simulator start": [RUNNING],
    "simulator status": [RUNNING],
    "simulator stop": [{"running": bool, "stopped": bool}],
    "simulator reset": [{"empty": bool, "stacksForgotten": bool}],
    "simulator do": [
        {"stack": str, **dict.fromkeys(("done", "begun", "already", "left", "refused"), Mapping[str, str])},
    ],
}
"""Command -> each form of what it prints. The name "" stands for all fields of a record."""


def schema_of(command: str) -> Json:
    """The schema of what a command prints."""
    made = _Schema()
    forms = [made.group({**VERSIONED, **form}) for form in COMMANDS[command]]
    lines = "One line of what" if command == "watch" else "What"
    whole: Json = forms[0] if len(forms) == 1 else {"anyOf": forms}
    head = {"$schema": DRAFT, "$id": file_of(command), "title": f"{lines} `t4firm {command} --json` prints"}
    return {**head, **whole, **({"$defs": dict(sorted(made.records.items()))} if made.records else {})}


def file_of(command: str) -> str:
    """The name of the schema's file."""
    return f"{command.replace(' ', '-')}.schema.json"


def as_text(command: str) -> str:
    """A schema as the text of a file."""
    return json.dumps(schema_of(command), indent=2, ensure_ascii=False) + "\n"


class _Schema:
    """A schema being made. `records`: those of the types of ours, once each."""

    def __init__(self) -> None:
        self.records: dict[str, Json] = {}

    def group(self, named: Named) -> Json:
        """An object with these names. Others may come with a later version (docs/json.md)."""
        parts: dict[str, object] = {}
        for name, kind in named.items():
            parts |= {name: kind} if name else _fields(kind)
        required = [name for name, kind in parts.items() if not isinstance(kind, Maybe)]
        return {
            "type": "object",
            "required": required,
            "properties": {name: self.of(kind) for name, kind in parts.items()},
        }

    def of(self, kind: Any) -> Json:
        """The schema of a type, of what may be left out, of a group, or of a list of them."""
        if isinstance(kind, Maybe):
            return self.of(kind.kind)
        if isinstance(kind, Mapping):
            return self.group(kind)
        if isinstance(kind, list):
            return {"type": "array", "items": self.group(kind[0])}
        if is_dataclass(kind):
            return self._record(kind)
        origin, arguments = get_origin(kind), get_args(kind)
        if origin is Literal:
            return {"enum": list(arguments)}
        if origin in (Union, UnionType):
            return {"anyOf": [self.of(each) for each in arguments]}
        if origin is not None and issubclass(origin, Mapping):
            return {"type": "object", "additionalProperties": self.of(arguments[1])}
        if origin is not None and issubclass(origin, Collection):
            return {"type": "array", "items": self.of(arguments[0])}
        return SINGLE[kind]

    def _record(self, kind: Any) -> Json:
        name = kind.__name__
        if name not in self.records:
            self.records[name] = {}  # it may hold others of its own kind
            words = " ".join((inspect.getdoc(kind) or "").split())
            self.records[name] = {"description": words, **self.group(_fields(kind))}
        return {"$ref": f"#/$defs/{name}"}


def _fields(kind: Any) -> Named:
    """The names of a record as JSON has them, with their types."""
    types = get_type_hints(kind)
    return {name_of(each.name): types[each.name] for each in fields(kind)}


if __name__ == "__main__":
    for each in COMMANDS:
        (Path(sys.argv[1]) / file_of(each)).write_text(as_text(each))
