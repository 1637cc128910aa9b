"""Forms come back from the portal's own pages, and from nowhere else.

Each form holds a token that only who can read a page knows, and a browser says from where a form comes
(`visitors`). What an act came to is told once, on the page that is shown next.
"""

from __future__ import annotations

import hmac
import secrets
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response

from t4simulator.api.refusal import Refusal

HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # without any, a browser would not say from where a form comes
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
LARGEST_FORM: Final = 100_000  # bytes
MOST_NOTICES: Final = 50
UNTOLD: Final = ("password",)
"""Fields that no page repeats."""


@dataclass(frozen=True)
class Notice:
    """What an act came to. `names`: those that the words may hold; `values`: what was filled in if it was
    refused, with the form's `shown`; `wrongs`: what is wrong with which field."""

    tone: Literal["good", "bad"]
    words: str
    names: tuple[str, ...] = ()
    act: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    wrongs: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Form:
    """A form that came back: its values, the page that it was on, and the digest of what it showed there
    (`acts.Act.shown`)."""

    values: dict[str, str]
    page: str
    shown: str


class Door:
    """The token of one run of the simulator, and what is still to be told."""

    def __init__(self) -> None:
        self.token = secrets.token_urlsafe(32)
        self._notices: OrderedDict[str, Notice] = OrderedDict()

    async def form(self, request: Request) -> Form:
        """Raises Refusal for a form that is none of the portal's own."""
        body = b""
        async for piece in request.stream():
            body += piece
            if len(body) > LARGEST_FORM:
                raise Refusal(400, "The form is too large.")
        try:
            # of a check box the last value counts: a hidden field before it says "off"
            values = dict(parse_qsl(body.decode("utf-8"), keep_blank_values=True, errors="strict"))
        except ValueError:
            raise Refusal(400, "The form is not text in UTF-8.") from None
        token, page, shown = (values.pop(name, "") for name in ("token", "page", "shown"))
        if not hmac.compare_digest(token.encode(), self.token.encode()):
            raise Refusal(
                403, "This form is of an earlier run of the simulator: go back, load the page again."
            )
        if not page.startswith("/portal/"):
            raise Refusal(400, "The form names no page of the portal.")
        return Form(values, page, shown)

    def keep(self, notice: Notice) -> str:
        """For the page that is shown next: the name that its address has."""
        name = secrets.token_urlsafe(8)
        self._notices[name] = notice
        while len(self._notices) > MOST_NOTICES:
            self._notices.popitem(last=False)
        return name

    def tell(self, name: str) -> Notice | None:
        """What was kept under a name; once."""
        return self._notices.pop(name, None)


def guarded(response: Response) -> Response:
    """The response, with what a browser has to keep to."""
    response.headers.update(HEADERS)
    return response
