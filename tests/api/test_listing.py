"""Lists of T4: got page by page, and complete only where they say so."""

from typing import Any

import pytest

from providers.t4.api import ReadFailed, Unreachable
from providers.t4.api import listing as listing_module
from providers.t4.api.listing import Listing
from providers.t4.configuration.settings import Patience
from tests.api.calls import client, failure, operations
from tests.api.scripted import Heard, Reply, Reset, ScriptedT4

NAMES = ("ann", "bob", "cid", "dan", "eve")
CURSOR = {"by": "cursor", "next": "metadata.next", "parameter": "after"}
LINK = {"by": "link", "next": "links.next"}
NUMBER = {"by": "number", "parameter": "page"}
NOT_MORE = "metadata.more == `false`"


def rows(*names: str) -> list[dict[str, str]]:
    return [{"userID": f"U-{name}", "username": name} for name in names]


def page(*names: str, **metadata: Any) -> Reply:
    return Reply(body={"data": {"users": rows(*names)}, "metadata": metadata})


def linked(link: str | None, *names: str) -> Reply:
    return Reply(body={"data": {"users": rows(*names)}, "links": {"next": link}})


def listed(t4: ScriptedT4, path: str = "/users", **more: Any) -> Listing:
    known = operations(listUsers={"method": "GET", "path": path, "answer": "users", **more})
    with client(t4.endpoint, known=known) as calls:
        return calls.listed("listUsers")


def names(listing: Listing) -> tuple[str, ...]:
    return tuple(row["username"] for row in listing.rows)


def test_without_a_word_about_pages_a_list_is_one_page_and_never_complete() -> None:
    with ScriptedT4(page("ann", "bob", next="c2", more=False, total=2)) as t4:
        listing = listed(t4)
    assert (names(listing), listing.complete, t4.paths()) == (("ann", "bob"), False, ["/users"])


def test_pages_by_cursor() -> None:
    script = (page("ann", "bob", next="c/2", total=5), page("cid", "dan", next=3), page("eve", total=5))
    with ScriptedT4(*script) as t4:
        listing = listed(t4, "/users?size=2", pages=CURSOR, total="metadata.total")
    assert (names(listing), listing.complete) == (NAMES, True)
    assert t4.paths() == ["/users?size=2", "/users?size=2&after=c%2F2", "/users?size=2&after=3"]
    assert listing.evidence.startswith("GET /users?size=2: 200 at ")
    assert listing.evidence.endswith(" and 2 more pages")


@pytest.mark.parametrize("base", ["", "{endpoint}"])
def test_pages_by_link(base: str) -> None:
    with ScriptedT4() as t4:
        here = base.format(endpoint=t4.endpoint)
        t4.script = [linked(f"{here}/users?at=2", "ann"), linked("?at=3", "bob"), linked(None, "cid")]
        listing = listed(t4, pages=LINK, complete="keys(links) == ['next'] && links.next == `null`")
    assert (names(listing), listing.complete) == (("ann", "bob", "cid"), True)
    assert t4.paths() == ["/users", "/users?at=2", "/users?at=3"]


@pytest.mark.parametrize(
    ("last", "more", "complete", "asked"),
    [
        (page(more=False, total=4), {}, False, 3),
        (page(more=False, total=4), {"complete": NOT_MORE}, True, 3),
        (page(more=False, total=4), {"total": "metadata.total"}, True, 2),
    ],
)
def test_numbered_pages_end_with_an_empty_one_or_with_the_total(
    last: Reply, more: dict[str, str], complete: bool, asked: int
) -> None:
    with ScriptedT4(page("ann", "bob", total=4), page("cid", "dan", total=4), last) as t4:
        listing = listed(t4, pages={**NUMBER, "first": 0}, **more)
    assert (names(listing), listing.complete) == (NAMES[:4], complete)
    assert t4.paths() == [f"/users?page={number}" for number in range(asked)]


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ([page("ann", "bob", total=3)], {"total": "metadata.total"}),
        ([page("ann", "ann", total=2)], {"total": "metadata.total"}),
        ([page("ann", total="1")], {"total": "metadata.total"}),
        ([page("ann", total=True)], {"total": "metadata.total"}),
        ([page("ann", total=1)], {"total": "metadata.totl"}),
        ([page("ann", more=True)], {"complete": NOT_MORE}),
        ([page("ann", more="false")], {"complete": NOT_MORE}),
        ([page("ann")], {"complete": NOT_MORE}),
        ([page("ann", total=1, more=True)], {"complete": NOT_MORE, "total": "metadata.total"}),
        ([page("ann", total=2, more=False)], {"complete": NOT_MORE, "total": "metadata.total"}),
        ([page("ann", next="x", more=False)], {"pages": CURSOR, "complete": NOT_MORE}),
        ([page("ann", more=False)], {"pages": NUMBER}),
    ],
)
def test_a_list_that_does_not_say_it_is_not_complete(script: list[Reply], said: dict[str, Any]) -> None:
    """The cursor that leads to itself, and the number that nothing heeds, are no end."""
    with ScriptedT4(*script) as t4:
        if said.get("pages") == NUMBER:
            t4.script = [*script, page()]
        assert not listed(t4, **said).complete


def test_a_list_without_an_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing_module, "MOST_PAGES", 7)
    with ScriptedT4(page("ann", more=False)) as t4:
        listing = listed(t4, pages=NUMBER, total="metadata.total")
    assert (len(t4.heard), names(listing), listing.complete) == (7, ("ann",), False)


@pytest.mark.parametrize(
    ("link", "why"),
    [
        ("https://evil.example/users?at=2", "leads to another address than t4:endpoint"),
        ("//evil.example/users", "leads to another address than t4:endpoint"),
        ("/users?at=é", "leads to another address than t4:endpoint"),
        (True, "yields neither a text nor a number"),
        ({"href": "/users"}, "yields neither a text nor a number"),
    ],
)
def test_credentials_follow_no_link_to_elsewhere(link: Any, why: str) -> None:
    known = operations(listUsers={"method": "GET", "path": "/users", "answer": "users", "pages": LINK})
    with ScriptedT4(linked(link, "ann")) as t4, client(t4.endpoint, known=known) as calls:
        error = failure(calls.listed, "listUsers")
    assert type(error) is ReadFailed
    assert why in str(error)
    assert len(t4.heard) == 1


def test_a_page_that_cannot_be_read_is_the_whole_lists_failure() -> None:
    known = operations(listUsers={"method": "GET", "path": "/users", "answer": "users", "pages": CURSOR})
    with ScriptedT4(page("ann", next="2"), Reset()) as t4, client(t4.endpoint, known=known) as calls:
        assert type(failure(calls.listed, "listUsers")) in (ReadFailed, Unreachable)


def test_a_list_of_20_megabytes_is_read() -> None:
    many = [{"userID": f"U-{number}", "username": "n" * 1000} for number in range(20_000)]

    def answered(_: Heard) -> Reply:
        return Reply(body={"data": {"users": many}, "metadata": {"total": len(many)}})

    known = operations(
        listUsers={"method": "GET", "path": "/users", "answer": "users", "total": "metadata.total"}
    )
    with ScriptedT4() as t4, client(t4.endpoint, known=known, patience=Patience()) as calls:
        t4.by_path["/users"] = answered
        listing = calls.listed("listUsers")
    assert (len(listing.rows), listing.complete) == (20_000, True)
