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

LISTS: Final = frozenset(name for name in PLACEHOLDERS if name.startswith("list"))
"""Operations that list."""
READS: Final = LISTS | {name for name in PLACEHOLDERS if name.startswith("read")}
"""Operations that list or read. They may only be GET, so they change nothing in T4."""

BUILT_IN: Final = ("onboarding", "walkthrough")
_BUILT_IN_FOLDER: Final = Path(__file__).parent / "builtin"
_PLACEHOLDER: Final = re.compile(r"\{([A-Za-z]+)\}")
# A path that stays on the endpoint's host, below its address, with no character that would have to be
# encoded.
_PATH: Final = re.compile(
    r"(?:/(?:[A-Za-z0-9._~!$'()*,;:@=-]|\{[^{}]*\})+)+(?:\?(?:[A-Za-z0-9._~=&-]|\{[^{}]*\})+)?"
)


class Pages(BaseModel):
    """How to get the next page of a list. `next` is a JMESPath expression over the whole answer. On the last
    page it finds nothing (null, ""). Numbered pages end with a page that has no entry."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    by: Literal["cursor", "link", "number"] = Field(
        description="what leads to the next page: a cursor or a link in the answer, or its number",
        examples=["cursor"],
    )
    next: str | None = Field(
        default=None,
        description="JMESPath expression: the cursor or the link (of the same address) in the answer",
        examples=["metadata.nextCursor"],
    )
    parameter: str | None = Field(
        default=None,
        description="query parameter that takes the cursor or the number",
        examples=["cursor"],
    )
    first: int = Field(default=1, description="number of the first page", examples=[0])


class Operation(BaseModel):
    """One call of T4's API. In `path` and `body`, {names} are replaced by values. A text in the body that is
    exactly "{name}" becomes the value with its type. An entry whose value is not known is left out.

    `success`, `pages`, `total` and `complete` look at the whole answer, `answer` at the data in it.
    """

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
        description="JSON body, with {placeholders}. Default: no body",
        examples=[{"updates": "{updates}"}],
    )
    answer: str | None = Field(
        default=None,
        description="JMESPath expression: where the values are in the answer's data",
        examples=["exchangeMarketData"],
    )
    success: str | None = Field(
        default=None,
        description="JMESPath expression: true only if T4 did what was asked",
        examples=["status == 'done'"],
    )
    pages: Pages | None = Field(
        default=None,
        description="how to get the next page of a list. Default: the list is one page",
        examples=[{"by": "cursor", "next": "metadata.nextCursor", "parameter": "cursor"}],
    )
    total: str | None = Field(
        default=None,
        description="JMESPath expression: how many entries the list has, on all its pages",
        examples=["metadata.totalCount"],
    )
    complete: str | None = Field(
        default=None,
        description="JMESPath expression: true only if no page follows",
        examples=["metadata.hasMore == `false`"],
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
    if operation.method != "GET" and name in READS:
        yield (
            (name, "method"),
            f"{operation.method} may change T4, and this operation only reads",
            "write GET; T4's API must have a GET for it, or leave the operation out",
        )
    if name in READS and operation.answer is None:
        yield (
            (name, "answer"),
            "is missing: without it nothing can be read",
            "say where the values are; @ means all of the answer's data",
        )
    yield from _wrong_expression((name, "answer"), operation.answer, "data.users[].{userID: id}")
    yield from _wrong_expression((name, "success"), operation.success, "status == 'done'")
    yield from _wrong_list(name, operation)
    yield from _wrong_placeholders((name, "path"), name, operation.path)
    yield from _wrong_body((name, "body"), name, operation.body)


def _wrong_list(name: str, operation: Operation) -> Iterator[tuple[Loc, str, str]]:
    """What is wrong with how a list is paged, and with how it says that it is complete."""
    if name not in LISTS:
        for key in ("pages", "total", "complete"):
            if getattr(operation, key) is not None:
                yield (name, key), "only an operation that lists has it", "remove it"
        return
    yield from _wrong_expression((name, "total"), operation.total, "metadata.totalCount")
    yield from _wrong_expression((name, "complete"), operation.complete, "metadata.hasMore == `false`")
    if operation.complete is not None and _is_true_of_nothing(operation.complete):
        yield (
            (name, "complete"),
            "is also true for an empty answer",
            "name a value that the last page has, for example metadata.hasMore == `false`",
        )
    if operation.pages is not None:
        yield from _wrong_pages(name, operation.pages)


PAGES_NEED: Final[dict[str, tuple[str, ...]]] = {
    "cursor": ("next", "parameter"),
    "link": ("next",),
    "number": ("parameter",),
}
"""What each kind of paging needs of `next` and `parameter`; the other it has not."""


def _wrong_pages(name: str, pages: Pages) -> Iterator[tuple[Loc, str, str]]:
    for key, example in (("next", "metadata.nextCursor"), ("parameter", "cursor")):
        needed, given = key in PAGES_NEED[pages.by], getattr(pages, key) is not None
        if needed and not given:
            yield (name, "pages", key), "is missing", f"add it, for example {key}: {example}"
        if given and not needed:
            yield (name, "pages", key), f"pages by {pages.by} do not have it", "remove it"
    yield from _wrong_expression((name, "pages", "next"), pages.next, "metadata.nextCursor")
    if pages.parameter is not None and not re.fullmatch(r"[A-Za-z0-9._~-]+", pages.parameter):
        yield (
            (name, "pages", "parameter"),
            "is not the name of a query parameter",
            "use letters and digits, for example cursor",
        )


def _wrong_expression(loc: Loc, text: str | None, example: str) -> Iterator[tuple[Loc, str, str]]:
    if text is None:
        return
    from jmespath import compile as compiled  # 20 ms that the built-in `onboarding` need not pay
    from jmespath.exceptions import JMESPathError

    try:
        compiled(text)
    except (JMESPathError, RecursionError):
        yield (
            loc,
            "is not a JMESPath expression",
            f"correct it (jmespath.org shows how), for example {example}",
        )


def _is_true_of_nothing(text: str) -> bool:
    """Whether an expression is true of an empty answer: then it would be so for any that is not understood,
    and for one in which a name is misspelled."""
    from jmespath import search
    from jmespath.exceptions import JMESPathError

    try:
        return search(text, {}) is True or search(text, None) is True
    except (JMESPathError, RecursionError):
        return False


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
                    "placeholders are for values, not for names",
                )
            else:
                yield from _wrong_body((*loc, key), name, value)


def _texts(value: JsonValue) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _texts(inner)
