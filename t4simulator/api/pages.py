"""One page of a list. Documented nowhere: ours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from t4simulator.api.refusal import Wrong, bad_request

T = TypeVar("T")


@dataclass(frozen=True)
class Page(Generic[T]):
    """The entries, and what the answer says about the whole list."""

    entries: Sequence[T]
    about: dict[str, Any]


def page_of(entries: Sequence[T], size: int | None, query: Mapping[str, str]) -> Page[T]:
    """The page that `cursor` (of an earlier answer) or `page` (from 1) asks for; the first without them.
    Raises Refusal."""
    size = size or max(1, len(entries))
    asked = [name for name in ("cursor", "page") if name in query]
    if len(asked) > 1:
        raise bad_request([Wrong("?page", "must not be given together with a cursor")])
    start = 0
    for name in asked:
        number = query[name]
        if not number.isdecimal() or (name == "page" and int(number) < 1):
            raise bad_request([Wrong(f"?{name}", "is none that an answer gave")])
        start = int(number) if name == "cursor" else (int(number) - 1) * size
    following = start + size
    about = {"totalCount": len(entries), "nextCursor": str(following) if following < len(entries) else None}
    return Page(entries[start:following], about)
