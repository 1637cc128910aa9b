"""The fields of a new user or account: from options, or asked for one after the other on a terminal.

Each answer is checked as the firm file checks it, and asked for again where it does not pass; the choices and
the defaults are those of the file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final, Literal, get_args, get_origin

import typer
from pydantic import TypeAdapter, ValidationError

from t4firm.loading.addresses import COUNTRY, PARTS
from t4firm.model.firm import Firm
from t4firm.model.users import User
from t4firm.model.values import NO_PLACE
from t4firm.yaml_files.model_errors import words_for
from t4firm_cli.terminal import complain, say

LISTS: Final = ("accounts", "applications")
ASKED: Final = (
    *("firstname", "lastname", "phone", "email", COUNTRY, *PARTS, "apptype", "templateUser"),
    *("accounts", "applications"),
)
SHARED: Final = (COUNTRY, "apptype", "templateUser", "applications")
"""What many people of a firm have in common, so that a default is offered."""


def ask_user(firm: Firm, known: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a new user, `known` ones left as they are; asked for in the order of a form."""
    fields, usual = dict(known), firm.defaults.user.model_dump(exclude_none=True)
    for name in ASKED:
        if name not in fields:
            at_home = fields.get(COUNTRY, usual.get(COUNTRY)) == usual.get(COUNTRY)
            offered = name in SHARED or (name in PARTS and at_home)
            answer = _asked(name, _choices(firm, name), usual.get(name) if offered else None)
            if answer not in ("", []):
                fields[name] = answer
    return fields


def is_wrong(name: str, value: Any) -> str:
    """What is wrong with the value of a user's field, as `t4firm validate` says it; "" where nothing is."""
    field = User.model_fields[name]
    kind: Any = Annotated[field.annotation, field]
    try:
        TypeAdapter(kind).validate_python(tuple(value) if isinstance(value, list) else value)
    except ValidationError as error:
        detail = error.errors(include_url=False)[0]
        return ": ".join(words_for({**detail, "loc": (name,)}, None, User))
    return ""


def _asked(name: str, choices: Sequence[str], default: Any) -> Any:
    field = User.model_fields[name]
    say(field.description or name, "aside")
    shown = f"{name} ({', '.join(choices)})" if choices else name
    while True:
        text = typer.prompt(
            shown,
            default=", ".join(default) if isinstance(default, list | tuple) else default or "",
            show_default=bool(default),
        ).strip()
        value: Any = [part.strip() for part in text.split(",") if part.strip()] if name in LISTS else text
        if value in ("", []) and not field.is_required():
            return value
        if not (wrong := is_wrong(name, value)):
            return value
        complain(wrong, "bad")


def _choices(firm: Firm, name: str) -> Sequence[str]:
    if name == "templateUser":
        return tuple(firm.templates.users)
    if name in ("county", "state"):
        return (NO_PLACE + " where the country has none",)
    annotation = User.model_fields[name].annotation
    return get_args(annotation) if get_origin(annotation) is Literal else ()
