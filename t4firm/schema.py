"""The JSON schema of the firm file as it is written, for editors: `# yaml-language-server:
$schema=firm.schema.json`.

It comes from the models, so that it and the loader cannot disagree about names and kinds of fields. It
differs from them where loading fills in: usernames and account numbers are names of entries, and defaults may
stand in for what every entry needs. Rules across entries (t4firm/rules/table.py) are beyond a schema.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from t4firm.model.firm import Account, AccountDefaults, Firm, UserDefaults
from t4firm.model.users import FillUser, Person, User
from t4firm.model.values import LONGEST_ACCOUNT, SHORTEST_USERNAME
from t4firm.yaml_files.model_errors import FilledIn

Json = dict[str, Any]

ID = "firm.schema.json"
DRAFT = "https://json-schema.org/draft/2020-12/schema"

# Where an empty value says something: not what the defaults say.
EMPTY_OVERRIDES = {"User": {"templateUser"}, "Account": {"displayName", "enabled"}}


def json_schema() -> Json:
    """The schema, draft 2020-12."""
    schema = Firm.model_json_schema(mode="validation")
    models: Json = schema["$defs"]
    for model in (User, FillUser, Account):
        _as_written(models[model.__name__], model)
    # the firm's default user template may give Trading: the fill user names its own (t4firm/rules/table.py)
    models[FillUser.__name__]["required"].append("templateUser")
    for name, part in [("Firm", schema), *models.items()]:
        part["properties"] = {
            field: value if field in EMPTY_OVERRIDES.get(name, ()) else _without_null(value)
            for field, value in part["properties"].items()
        }
    schema["properties"]["users"]["propertyNames"] = {"minLength": SHORTEST_USERNAME, "pattern": r"^[^\s/]+$"}
    schema["properties"]["accounts"]["propertyNames"] = {"pattern": rf"^[A-Za-z0-9]{{1,{LONGEST_ACCOUNT}}}$"}
    tidy(schema)
    return {
        "$schema": DRAFT,
        "$id": ID,
        "title": "Firm file",
        **schema,
    }


def _as_written(schema: Json, model: type[BaseModel]) -> None:
    """A model's schema, for an entry of the file: without what loading fills in or takes from defaults."""
    filled_in = {
        name
        for name, field in model.model_fields.items()
        if any(isinstance(mark, FilledIn) for mark in field.metadata)
    }
    defaults = UserDefaults if issubclass(model, Person) else AccountDefaults
    loaded = {"accountName", "owner"} if model is Account else set()
    optional = filled_in | loaded | defaults.model_fields.keys()
    schema["properties"] = {
        name: value for name, value in schema["properties"].items() if name not in filled_in
    }
    schema["required"] = [name for name in schema["required"] if name not in optional]


def _without_null(schema: Json) -> Json:
    """A field that is left out is left out, not empty. (And editors explain a mistake better without a
    choice.)"""
    choices = [choice for choice in schema.get("anyOf", []) if choice != {"type": "null"}]
    if len(choices) != 1:
        return schema
    rest = {key: value for key, value in schema.items() if key not in ("anyOf", "default")}
    return {**choices[0], **rest}


def tidy(schema: object) -> None:
    """Without pydantic's titles, which repeat the names of fields; descriptions without the code's line
    breaks; and no names but those of the pattern, where names have one."""
    if isinstance(schema, dict):
        if isinstance(schema.get("title"), str):
            del schema["title"]
        if isinstance(schema.get("description"), str):
            schema["description"] = " ".join(schema["description"].split())
        if "patternProperties" in schema:
            schema["additionalProperties"] = False
        for value in schema.values():
            tidy(value)
    elif isinstance(schema, list):
        for value in schema:
            tidy(value)
