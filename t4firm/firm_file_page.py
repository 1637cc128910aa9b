"""`python -m t4firm.firm_file_page`: docs/firm-file.md, every field of a firm file, from its JSON schema."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from t4firm.model.firm import Account
from t4firm.model.users import User
from t4firm.schema import json_schema

Json = dict[str, Any]

HEAD = """\
# The firm file, field by field

A firm file is `stacks/NAME.firm.yaml`. An editor with a YAML language server completes and checks it with
`stacks/firm.schema.json`. `t4firm validate` also checks the rules between entries. An example:
[`stacks/demo.firm.yaml`](../stacks/demo.firm.yaml). This page is made from the schema (`make examples`).
"""

PARTS = {
    "WhenTech": "whentech",
    "Templates": "templates",
    "UserTemplate": "templates.users.NAME",
    "UserDefaults": "defaults.user",
    "AccountDefaults": "defaults.account",
    "User": "users.USERNAME",
    "Eula": "users.USERNAME.eula",
    "Revoke": "users.USERNAME.revoke",
    "Account": 'accounts."NUMBER"',
    "FillService": "fillService",
    "FillUser": "fillService.user",
    "RevokeAccounts": "fillService.user.revoke",
    "Limits": "limits",
    "Accepted": 'accepted."TASK"',
}
"""Part of the schema -> where it stands in the file, in the order of the page."""

ALIKE = {"UserDefaults": "User", "AccountDefaults": "Account", "FillUser": "User", "RevokeAccounts": "Revoke"}
"""Parts with fields that are told at another: here only their names."""

MODELS: Mapping[str, tuple[type[BaseModel], str]] = {
    "User": (User, "UserDefaults"),
    "Account": (Account, "AccountDefaults"),
}
"""Parts with fields that may stand in the defaults instead."""


def page() -> str:
    """The page as the text of a file."""
    schema = json_schema()
    sections = [_section("The file", schema, schema)]
    sections += [_section(f"`{where}`", schema["$defs"][name], schema, name) for name, where in PARTS.items()]
    return "\n".join([HEAD, *sections])


def _section(title: str, part: Json, schema: Json, name: str = "") -> str:
    fields = {field: value for field, value in part["properties"].items() if field != "defaults"}
    needed = _needed(part, schema, name)
    other = schema["$defs"][ALIKE[name]]["properties"] if name in ALIKE else {}
    alike = [field for field in fields if field in other and field not in needed]
    lines = [f"## {title}", "", part["description"], ""]
    if alike:
        lines += [f"The same as in `{PARTS[ALIKE[name]]}`: {', '.join(f'`{field}`' for field in alike)}.", ""]
    rows = [
        _row(field, value, schema, needed.get(field, ""))
        for field, value in fields.items()
        if field not in alike
    ]
    if rows:
        lines += ["| field | what it says | example |", "|---|---|---|", *rows, ""]
    return "\n".join(lines)


def _needed(part: Json, schema: Json, name: str) -> Mapping[str, str]:
    """Field -> how it is said that it cannot be left out."""
    needed = dict.fromkeys(part.get("required", ()), "**Required.**")
    if name in MODELS:
        model, defaults = MODELS[name]
        for field in schema["$defs"][defaults]["properties"]:
            if model.model_fields[field].is_required():
                needed[field] = f"**Required**, here or in `{PARTS[defaults]}`."
    return needed


def _row(field: str, value: Json, schema: Json, needed: str) -> str:
    target = schema["$defs"].get(value.get("$ref", "").rpartition("/")[2], {})
    said = [value.get("description") or target["description"], needed]
    if not needed and value.get("default") not in (None, [], {}, False):
        said.append(f"Default: `{_written(value['default'])}`.")
    example = "".join(f"`{_written(each)}`" for each in value.get("examples", [])[:1])
    return f"| `{field}` | {' '.join(filter(None, said))} | {example} |"


def _written(value: Any) -> str:
    return value if isinstance(value, str) and not value.isdigit() else json.dumps(value, ensure_ascii=False)


if __name__ == "__main__":
    print(page(), end="")
