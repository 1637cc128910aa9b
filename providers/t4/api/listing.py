"""A list of T4, page by page, and whether it says that it is complete.

    listing = whole(Reading("listUsers", operation), "/admin/v1/users", endpoint, ask)
    listing.rows, listing.complete, listing.evidence

That an entry is not among the rows means nothing unless the list is complete (docs/evidence.md).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast
from urllib.parse import quote, urljoin

from providers.t4.api.onboarding_schema import Answer, Misfit
from providers.t4.api.operation_answers import Reading, searched

MOST_PAGES: Final = 10_000
"""Where a list that does not end is given up."""

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Page:
    """One answer. `pointer`: the cursor or the path of the next page, "" where the answer has none; `total`:
    how many entries T4 says there are on all pages; `is_last`: whether T4 says that no page follows; both
    None where the operation does not look at it."""

    rows: tuple[Row, ...]
    pointer: str
    total: int | None
    is_last: bool | None


@dataclass(frozen=True)
class Listing:
    """Every entry that T4 listed, each once. `evidence`: the call of the first page, and how many
    followed."""

    rows: tuple[Row, ...]
    complete: bool
    evidence: str


Ask = Callable[[str, Callable[[object], Page]], Answer[Page]]
"""Makes the call of one page, given its path and what reads its answer."""


def whole(reading: Reading, path: str, endpoint: str, ask: Ask) -> Listing:
    """All pages of a list. Raises the T4Error of the first page that could not be read."""
    pages, rows, asked, evidence = _Pages(reading, path, endpoint), dict[str, Row](), set[str](), ""
    at: str | None = pages.first
    while at and at not in asked and len(asked) < MOST_PAGES:
        asked.add(at)
        answer = ask(at, pages.page)
        evidence = evidence or str(answer.evidence)
        for row in answer.data.rows:
            rows.setdefault(str(row.get("userID") or row.get("accountID")).casefold(), row)
        at = pages.following(answer.data, len(asked), len(rows))
    # One that was asked for again, or that is still to come, is no end.
    complete = not at and pages.ends(answer.data, len(rows))
    more = f" and {len(asked) - 1} more pages" if len(asked) > 1 else ""
    return Listing(tuple(rows.values()), complete, evidence + more)


class _Pages:
    """How the operations file says that one list is paged."""

    def __init__(self, reading: Reading, path: str, endpoint: str) -> None:
        self.reading, self.path, self.endpoint = reading, path, endpoint.rstrip("/")
        self.by = reading.operation.pages

    @property
    def first(self) -> str:
        if self.by is None or self.by.by != "number":
            return self.path
        return self.with_parameter(str(self.by.first))

    def page(self, value: object) -> Page:
        """What one answer holds. Raises Misfit."""
        operation, total, is_last = self.reading.operation, None, None
        rows = cast("list[Row]", self.reading.data(value, {}))
        if operation.total is not None:
            found = searched(operation.total, value, "total")
            total = found if isinstance(found, int) and not isinstance(found, bool) else -1
        if operation.complete is not None:
            is_last = searched(operation.complete, value, "complete") is True
        return Page(tuple(rows), self.pointer(value), total, is_last)

    def pointer(self, value: object) -> str:
        if self.by is None or self.by.next is None:
            return ""
        found = searched(self.by.next, value, "pages.next")
        if found is None or found == "":
            return ""
        if not isinstance(found, str | int) or isinstance(found, bool):
            raise Misfit("`pages.next` yields neither a text nor a number")
        return self.path_of(str(found)) if self.by.by == "link" else str(found)

    def path_of(self, link: str) -> str:
        """The path of a link, which must lead to the endpoint: credentials are sent nowhere else."""
        address = urljoin(self.endpoint + self.path, link)
        if not address.startswith(f"{self.endpoint}/") or not address.isascii() or not address.isprintable():
            raise Misfit("`pages.next` leads to another address than t4:endpoint")
        return address.removeprefix(self.endpoint)

    def following(self, page: Page, asked: int, gathered: int) -> str | None:
        """The path of the page after this one; None where there is none."""
        if self.by is None:
            return None
        if self.by.by == "number":
            last = not page.rows or page.is_last or page.total == gathered
            return None if last else self.with_parameter(str(self.by.first + asked))
        if not page.pointer:
            return None
        return page.pointer if self.by.by == "link" else self.with_parameter(page.pointer)

    def with_parameter(self, value: str) -> str:
        parameter = self.by.parameter if self.by else ""
        return f"{self.path}{'&' if '?' in self.path else '?'}{parameter}={quote(value, safe='')}"

    def ends(self, page: Page, gathered: int) -> bool:
        """Whether the list says that these are all: by its total, by its last page, or by both."""
        said = [page.total == gathered if page.total is not None else None, page.is_last]
        return any(said) and False not in said
