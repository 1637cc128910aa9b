"""Reading a JSON body strictly, and saying everything that is wrong with it at once."""

from __future__ import annotations

import json
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from t4simulator.api.refusal import Wrong, bad_request

M = TypeVar("M", bound=BaseModel)

# Pydantic's kinds of error in the words of a person who reads an answer of T4.
WORDS = {
    "missing": "is required",
    "string_type": "must be a string",
    "int_type": "must be a whole number",
    "float_type": "must be a number",
    "bool_type": "must be true or false",
    "list_type": "must be a list",
    "dict_type": "must be an object",
    "model_type": "must be an object",
}


class _NotStrict(ValueError):
    """JSON that Python reads and a strict server does not."""


def _no_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    read: dict[str, Any] = {}
    for key, value in pairs:
        if key in read:
            raise _NotStrict("the same field occurs twice in one object")
        read[key] = value
    return read


def _no_constant(name: str) -> Any:
    raise _NotStrict(f"{name} is not JSON")


def parsed(raw: bytes) -> Any:
    """The JSON of a body. Raises Refusal (400): not UTF-8, not JSON, a field twice, NaN."""
    try:
        return json.loads(raw.decode("utf-8"), object_pairs_hook=_no_doubles, parse_constant=_no_constant)
    except _NotStrict as error:
        raise bad_request([Wrong("body", f"must be strict JSON: {error}")]) from None
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise bad_request([Wrong("body", "must be JSON in UTF-8")]) from None


def _nulls(value: Any, path: str) -> list[Wrong]:
    """T4's documents name no field that may be null: an optional one is left out."""
    if value is None:
        return [Wrong(path, "must not be null: leave an optional field out")]
    if isinstance(value, dict):
        prefix = f"{path}." if path else ""
        return [wrong for key, inner in value.items() for wrong in _nulls(inner, prefix + key)]
    if isinstance(value, list):
        return [wrong for index, inner in enumerate(value) for wrong in _nulls(inner, f"{path}[{index}]")]
    return []


def _path(location: tuple[int | str, ...]) -> str:
    path = ""
    for part in location:
        if isinstance(part, int):
            path += f"[{part}]"
        else:
            path += f".{part}" if path else part
    return path or "body"


def _known_names(model: type[BaseModel], location: tuple[int | str, ...]) -> list[str]:
    """The field names that are allowed where `location` points to one that is not."""
    for part in location[:-1]:
        if isinstance(part, int):
            continue
        field = model.model_fields.get(part)
        inner = _model_in(field.annotation) if field else None
        if inner is None:
            return []
        model = inner
    return list(model.model_fields)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for argument in getattr(annotation, "__args__", ()):
        found = _model_in(argument)
        if found is not None:
            return found
    return None


def _wrongs(error: ValidationError, model: type[BaseModel]) -> list[Wrong]:
    wrongs = []
    for entry in error.errors(include_url=False, include_context=False, include_input=False):
        kind, location = entry["type"], entry["loc"]
        if kind == "extra_forbidden":
            name = str(location[-1])
            meant = [known for known in _known_names(model, location) if known.casefold() == name.casefold()]
            message = f"is not known (did you mean {meant[0]}?)" if meant else "is not known"
        else:
            message = WORDS.get(kind) or entry["msg"].removeprefix("Value error, ")
            message = message.replace("Input should be", "must be")
        wrongs.append(Wrong(_path(location), message))
    return wrongs


def validated(raw: bytes, model: type[M], *, nulls: bool = False) -> M:
    """The body as a model. Raises Refusal (400) that names every wrong field and repeats no value.

    `nulls`: whether the model says which fields may be null; T4's own may never.
    """
    value = parsed(raw)
    wrongs = [] if nulls else _nulls(value, "")
    try:
        read = model.model_validate(value)
    except ValidationError as error:
        null = {wrong.field for wrong in wrongs}
        wrongs += [wrong for wrong in _wrongs(error, model) if wrong.field not in null]
    if wrongs:
        raise bad_request([Wrong(wrong.field or "body", wrong.message) for wrong in wrongs])
    return read
