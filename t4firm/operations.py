"""What T4's API can do beyond onboarding, as data: each operation's method, path, body and where its answer
lies.

T4 documents few of them in public (t4.md section 2). A firm whose vendor contact named more writes its own
file; where an operation is missing there is a task for the administrator.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from t4firm.yaml_files.document import Document, FileError, Loc, Mistake, read, validated
from t4firm.yaml_files.mistakes import listed
from t4firm.yaml_files.model_errors import nearest_name

_USER: Final = ("userID", "username")
_ACCOUNT: Final = ("accountID", "account")

PLACEHOLDERS: Final[dict[str, tuple[str, ...]]] = {
    "listUsers": (),
    "readUser": _USER,
    "updateUser": (*_USER, "changes"),
    "disableUser": _USER,
    "removeRole": (*_USER, "role"),
    "listAccounts": (),
    "readAccount": _ACCOUNT,
    "createAccount": ("account", "accountName", "displayName", "templateAccount", *_USER),
    "updateAccount": (*_ACCOUNT, "changes"),
    "enableAccount": _ACCOUNT,
    "readMarketData": _USER,
    "updateMarketData": (*_USER, "updates"),
    "readEula": _USER,
    "acceptEula": (*_USER, "collectedBy", "eulaVersion", "signatures"),
    "assignApplication": (*_USER, "application"),
    "unassignApplication": (*_USER, "application"),
    "assignAccount": (*_USER, *_ACCOUNT),
    "unassignAccount": (*_USER, *_ACCOUNT),
}
"""Every operation that there is, with the placeholders that its path and body may use."""

READS: Final = frozenset(name for name in PLACEHOLDERS if name.startswith(("list", "read")))
"""Operations that change nothing in T4, whatever their method."""

BUILT_IN: Final = ("onboarding", "walkthrough")
_BUILT_IN_FOLDER: Final = Path(__file__).parent / "builtin"
_PLACEHOLDER: Final = re.compile(r"\{([A-Za-z]+)\}")
# A path that stays on the endpoint's host, below its address, with no character that would have to be
# encoded.
_PATH: Final = re.compile(
    r"(?:/(?:[A-Za-z0-9._~!$'()*,;:@=-]|\{[^{}]*\})+)+(?:\?(?:[A-Za-z0-9._~=&-]|\{[^{}]*\})+)?"
)


class Operation(BaseModel):
    """One call of T4's API. In `path` and `body`, {names} stand for values; a text in the body that is
    exactly "{name}" becomes the value with its type, and an entry whose value is None is left out."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] = Field(
        description="HTTP method", examples=["PATCH"]
    )
    path: str = Field(
        description="path on the endpoint, with {placeholders}",
        examples=["/admin/v1/users/{userID}/marketdata"],
    )
    body: JsonValue = Field(
        default=None,
        description="JSON body, with {placeholders}; none if left out",
        examples=[{"updates": "{updates}"}],
    )
    answer: str | None = Field(
        default=None,
        description="JMESPath expression: where the values lie in the answer's data",
        examples=["exchangeMarketData"],
    )

    @property
    def placeholders(self) -> frozenset[str]:
        """The values that a call needs."""
        return frozenset(
            name for text in (self.path, *_texts(self.body)) for name in _PLACEHOLDER.findall(text)
        )


@dataclass(frozen=True)
class Operations:
    """The operations that a stack may use. `name`: `onboarding`, `walkthrough`, or the file as people know
    it."""

    name: str
    known: Mapping[str, Operation]

    def __contains__(self, name: object) -> bool:
        return name in self.known

    def __getitem__(self, name: str) -> Operation:
        return self.known[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.known)

    def __len__(self) -> int:
        return len(self.known)


def load_operations(setting: str, folder: Path) -> Operations:
    """The operations that the setting `t4:operations` names: a built-in set, or a file relative to `folder`.

    Raises FileError with every mistake of the file.
    """
    if setting in BUILT_IN:
        return Operations(setting, _known(read(_BUILT_IN_FOLDER / f"{setting}.yaml", list_as="operations")))
    path = folder / setting
    try:
        document = read(path)
    except FileError as error:
        raise FileError([_hinted(mistake) for mistake in error.mistakes]) from None
    return Operations(document.file, _known(document))


def _hinted(mistake: Mistake) -> Mistake:
    if mistake.wrong != "there is no such file":
        return mistake
    right = f"t4:operations is {listed(BUILT_IN, 'or')}, or the name of a file with operations"
    return Mistake(mistake.file, mistake.line, mistake.field, mistake.wrong, right)


def _known(document: Document) -> dict[str, Operation]:
    known: dict[str, Operation] = {}
    mistakes: list[Mistake] = []
    # Read with `list_as`, a file without any operation (`onboarding`) has its empty list under that name.
    entries = {} if document.data == {"operations": []} else document.data
    for name, entry in entries.items():
        if name not in PLACEHOLDERS:
            near = nearest_name(name, tuple(PLACEHOLDERS))
            hint = f'did you mean "{near}"? ' if near else ""
            mistakes.append(
                document.mistake(
                    (name,), "there is no such operation", f"{hint}known: {', '.join(PLACEHOLDERS)}"
                )
            )
            continue
        try:
            known[name] = _operation(document, name, entry)
        except FileError as error:
            mistakes += error.mistakes
    if mistakes:
        raise FileError(mistakes)
    return known


def _operation(document: Document, name: str, entry: object) -> Operation:
    if not isinstance(entry, dict):
        wrong, right = "is not a group of fields", "write method, path, body and answer below it"
        raise FileError([document.mistake((name,), wrong, right)])
    fields = {*entry, *Operation.model_fields}
    placed = document.with_origins({(key,): (name, key) for key in fields})
    operation = validated(placed, Operation, entry)
    mistakes = [document.mistake(loc, wrong, right) for loc, wrong, right in _wrong(name, operation)]
    if mistakes:
        raise FileError(mistakes)
    return operation


def _wrong(name: str, operation: Operation) -> Iterator[tuple[Loc, str, str]]:
    """What a model cannot say: place, what is wrong, what would be right."""
    if not _PATH.fullmatch(operation.path) or {".", ".."} & set(re.split(r"[/?]", operation.path)):
        yield (
            (name, "path"),
            "is not a path",
            "begin with /, and use letters, digits and {placeholders}, for example /admin/v1/users/{userID}",
        )
    if operation.method == "GET" and name not in READS:
        yield (
            (name, "method"),
            "GET changes nothing, and this operation does",
            "write POST, PUT, PATCH or DELETE",
        )
    if operation.method == "GET" and operation.body is not None:
        yield (name, "body"), "a GET has no body", "remove it"
    if name in READS and operation.answer is None:
        yield (
            (name, "answer"),
            "is missing: without it nothing is read",
            "say where the values lie; @ stands for all of the answer's data",
        )
    yield from _wrong_answer(name, operation.answer)
    yield from _wrong_placeholders((name, "path"), name, operation.path)
    yield from _wrong_body((name, "body"), name, operation.body)


def _wrong_answer(name: str, answer: str | None) -> Iterator[tuple[Loc, str, str]]:
    if answer is None:
        return
    from jmespath import compile as compiled  # 20 ms that the built-in `onboarding` need not pay
    from jmespath.exceptions import JMESPathError

    try:
        compiled(answer)
    except (JMESPathError, RecursionError):
        yield (
            (name, "answer"),
            "is not a JMESPath expression",
            "correct it (jmespath.org shows how), for example data.users[].{userID: id}",
        )


def _wrong_placeholders(loc: Loc, name: str, text: str) -> Iterator[tuple[Loc, str, str]]:
    allowed = PLACEHOLDERS[name]
    may = (
        f"this operation may use {listed(f'{{{each}}}' for each in allowed)}"
        if allowed
        else "this operation has none"
    )
    for unknown in sorted(set(_PLACEHOLDER.findall(text)) - set(allowed)):
        yield loc, f"there is no placeholder {{{unknown}}} here", may
    if re.search(r"[{}]", _PLACEHOLDER.sub("", text)):
        yield loc, "has a brace that belongs to no placeholder", may


def _wrong_body(loc: Loc, name: str, body: JsonValue) -> Iterator[tuple[Loc, str, str]]:
    if isinstance(body, str):
        yield from _wrong_placeholders(loc, name, body)
    elif isinstance(body, list):
        for index, value in enumerate(body):
            yield from _wrong_body((*loc, index), name, value)
    elif isinstance(body, dict):
        for key, value in body.items():
            if "{" in key or "}" in key:
                yield (
                    (*loc, key),
                    "a field's name has a brace",
                    "placeholders stand for values, not for names",
                )
            else:
                yield from _wrong_body((*loc, key), name, value)


def _texts(value: JsonValue) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _texts(inner)
