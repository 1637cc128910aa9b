"""Who may come in without credentials: a program or a person on this machine, and no page of another site."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from starlette.requests import Request

from t4simulator.api.refusal import Refusal

LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")


def refuse_strangers(request: Request) -> None:
    """Raises Refusal (403) for a request that names another host, as a page does whose name was rebound to
    this machine, and for one that another site's page sends: a browser then says from where."""
    host = request.headers.get("host", "")
    try:
        name = urlsplit(f"//{host}").hostname
    except ValueError:
        name = None
    origin = request.headers.get("origin")
    if name not in LOOPBACK or origin not in (None, f"{request.url.scheme}://{host}"):
        raise Refusal(403, "Only for this machine.")
