"""Puts values into an operation's path and body."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

from providers.t4.api.errors import MissingValue
from t4firm.operations import Operation

_PLACEHOLDER: Final = re.compile(r"\{([A-Za-z]+)\}")
_LEFT_OUT: Final = object()


def filled_path(name: str, operation: Operation, values: Mapping[str, object]) -> str:
    """The path of the call, its values percent-encoded.

    Raises MissingValue for a value that is not known, or that a server might take for a step to another path.
    """

    def encoded(found: re.Match[str]) -> str:
        value = values.get(found[1])
        if value is None or value == "":
            raise MissingValue(name, found[1])
        if not isinstance(value, str | int) or isinstance(value, bool):
            raise MissingValue(name, found[1], "is no text that can stand in a path")
        text = str(value)
        # Servers and gateways decode before they resolve `..`, some of them twice: encoding alone would not
        # do.
        steps = re.split(r"[/\\]|%2f|%5c", text.lower().replace("%2e", "."))
        if {".", ".."} & set(steps) or any(unicodedata.category(each) in ("Cc", "Cs") for each in text):
            raise MissingValue(name, found[1], "has a value that must not stand in a path")
        return quote(text, safe="")

    return _PLACEHOLDER.sub(encoded, operation.path)


def filled_body(name: str, operation: Operation, values: Mapping[str, object]) -> object:
    """The body of the call, or None where the operation has none.

    A text that is exactly "{name}" is replaced by the value with its type; an entry whose value is None is
    left out. Raises MissingValue for a value that is not among `values`, and for a None in the middle of a
    text.
    """
    if operation.body is None:
        return None
    body = _filled(name, operation.body, values)
    return {} if body is _LEFT_OUT else body


def _filled(name: str, template: object, values: Mapping[str, object]) -> object:
    if isinstance(template, str):
        whole = _PLACEHOLDER.fullmatch(template)
        if whole:
            value = _known(name, whole[1], values)
            return _LEFT_OUT if value is None else value
        return _PLACEHOLDER.sub(lambda found: _in_text(name, found[1], values), template)
    if isinstance(template, list):
        entries = [_filled(name, entry, values) for entry in template]
        return [entry for entry in entries if entry is not _LEFT_OUT]
    if isinstance(template, dict):
        fields = {key: _filled(name, entry, values) for key, entry in template.items()}
        return {key: entry for key, entry in fields.items() if entry is not _LEFT_OUT}
    return template


def _known(name: str, placeholder: str, values: Mapping[str, object]) -> object:
    if placeholder not in values:
        raise MissingValue(name, placeholder)
    return values[placeholder]


def _in_text(name: str, placeholder: str, values: Mapping[str, object]) -> str:
    value = _known(name, placeholder, values)
    if value is None:
        raise MissingValue(name, placeholder)
    return str(value)
