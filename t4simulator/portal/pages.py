"""The pages of the portal: lists, one user, one account, the template users; and the address that forms go
to."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib.resources import files
from typing import Any, Final, TypeVar
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from t4simulator.api.refusal import Refusal
from t4simulator.api.visitors import refuse_strangers
from t4simulator.firm.catalogue import ACCOUNT_STATES
from t4simulator.firm.records import T4User, TradingAccount
from t4simulator.portal.acts import ACTS, Administrator
from t4simulator.portal.door import UNTOLD, Door, Notice, guarded
from t4simulator.service.identity import Identity
from t4simulator.socket.options import AccountOptions, UserOptions

Page = Callable[[Request], Awaitable[Response]]
Listed = TypeVar("Listed", T4User, TradingAccount)


@dataclass(frozen=True)
class Portal:
    """The pages in which one administrator works."""

    administrator: Administrator
    identity: Identity
    door: Door = field(default_factory=Door)

    def routes(self) -> list[Route]:
        pages: list[tuple[str, Page]] = [
            ("/portal", self._first),
            ("/portal/", self._first),
            ("/portal/style.css", self._style),
            ("/portal/users", self._users),
            ("/portal/new-user", self._new_user),
            ("/portal/users/{username:path}", self._user),
            ("/portal/accounts", self._accounts),
            ("/portal/new-account", self._new_account),
            ("/portal/accounts/{account}", self._account),
            ("/portal/templates", self._templates),
        ]
        return [
            *(Route(path, self._safe(page), methods=["GET"]) for path, page in pages),
            Route("/portal/do/{act}", self._safe(self._act), methods=["POST"]),
        ]

    def _safe(self, page: Page) -> Page:
        async def answer(request: Request) -> Response:
            try:
                refuse_strangers(request)
                return guarded(await page(request))
            except Refusal as refused:
                return guarded(self._refused(request, refused))

        return answer

    async def _act(self, request: Request) -> Response:
        """A form: done, or told on its own page what is wrong with which field."""
        form, name = await self.door.form(request), request.path_params["act"]
        act = ACTS.get(name)
        if act is None:
            raise Refusal(404, "There is no such form.")
        values, shown, page = form.values, form.shown, form.page
        names = tuple(value for key, value in values.items() if key in NAMES)
        try:
            if shown == act.shown(self.administrator, values):
                notice = Notice("good", act.do(self.administrator, json.dumps(values).encode()), names)
                page = GOES_ON[name](values) if name in GOES_ON else page
            else:
                notice = Notice("bad", CHANGED_MEANWHILE)
        except Refusal as refused:
            kept = {key: value for key, value in values.items() if key not in UNTOLD}
            wrongs = {wrong.field: wrong.message for wrong in refused.wrongs}
            notice = Notice("bad", refused.message, names, name, {**kept, "shown": shown}, wrongs)
        return RedirectResponse(f"{page}?notice={self.door.keep(notice)}", status_code=303)

    # --- the pages ----------------------------------------------------------------------------------------

    async def _first(self, request: Request) -> Response:
        return RedirectResponse("/portal/users", status_code=303)

    async def _style(self, request: Request) -> Response:
        style = files(__package__).joinpath("templates", "portal.css").read_text(encoding="utf-8")
        return Response(style, media_type="text/css")

    async def _users(self, request: Request) -> Response:
        found = _found(
            request, self.administrator.firm.users(), lambda user: (user.username, *user.details.values())
        )
        return self._shown(request, "users.html", entries=found)

    async def _new_user(self, request: Request) -> Response:
        return self._shown(
            request, "new_user.html", templates=list(self.administrator.firm.store.user_templates())
        )

    async def _user(self, request: Request) -> Response:
        user, firm = self.administrator.user(request.path_params["username"]), self.administrator.firm
        return self._shown(
            request,
            "user.html",
            user=user,
            options=self.administrator.options.of(UserOptions, user.userID),
            shown=ACTS["change-user"].shown(self.administrator, {"username": user.username}),
            roles=[role for role in firm.roles() if role not in user.roles],
            applications=[name for name in firm.applications() if name not in user.applications],
            accounts=[each.account for each in firm.accounts.accounts() if user.username not in each.users],
            exchanges=firm.exchanges(),
        )

    async def _accounts(self, request: Request) -> Response:
        found = _found(
            request,
            self.administrator.firm.accounts.accounts(),
            lambda each: (each.account, each.accountName, each.displayName, *each.users),
        )
        return self._shown(request, "accounts.html", entries=found)

    async def _new_account(self, request: Request) -> Response:
        templates = list(self.administrator.firm.store.account_templates())
        return self._shown(request, "new_account.html", templates=templates)

    async def _account(self, request: Request) -> Response:
        account = self.administrator.account(request.path_params["account"])
        options = self.administrator.options.of(AccountOptions, account.accountID)
        return self._shown(
            request,
            "account.html",
            account=account,
            deleted=options.deleted,
            states=ACCOUNT_STATES,
            shown=ACTS["change-account"].shown(self.administrator, {"account": account.account}),
        )

    async def _templates(self, request: Request) -> Response:
        firm = self.administrator.firm
        return self._shown(
            request,
            "templates.html",
            templates=list(firm.store.user_templates().values()),
            roles=firm.roles(),
            applications=firm.applications(),
        )

    # --- parts --------------------------------------------------------------------------------------------

    def _shown(self, request: Request, template: str, **values: Any) -> HTMLResponse:
        notice = self.door.tell(request.query_params.get("notice", ""))
        return HTMLResponse(self._html(request, template, notice, **values))

    def _refused(self, request: Request, refused: Refusal) -> HTMLResponse:
        names = tuple(request.path_params.values())
        html = self._html(request, "refused.html", Notice("bad", refused.message, names))
        return HTMLResponse(html, status_code=refused.status)

    def _html(self, request: Request, template: str, notice: Notice | None, **values: Any) -> str:
        return self._rendering.get_template(template).render(
            firm=self.identity.login.firm,
            token=self.door.token,
            here=request.scope["raw_path"].decode("latin-1"),
            search=request.query_params.get("search", ""),
            notice=notice,
            **values,
        )

    @cached_property
    def _rendering(self) -> Environment:
        made = Environment(
            loader=PackageLoader(__package__),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        made.filters |= {"segment": _segment, "named": _named, "isolated": _isolated}
        return made


CHANGED_MEANWHILE: Final = (
    "This was changed after you opened the page, for example in another tab. Nothing was saved. The page now "
    "shows the new values: make your change again."
)
NAMES: Final = ("username", "account", "role", "application", "exchange", "template")
"""Fields with a name that words may hold."""


def _named(words: str, names: Sequence[str]) -> Markup:
    """The words, with each name in them isolated: a name that is written from right to left turns nothing
    around it."""
    longest_first = sorted(filter(None, names), key=len, reverse=True)
    if not longest_first:
        return escape(words)
    # a name may be written with other capitals than the words have it
    parts = re.split(rf"(?<!\w)({'|'.join(map(re.escape, longest_first))})(?!\w)", words, flags=re.IGNORECASE)
    return Markup().join(
        Markup("<bdi>{}</bdi>").format(part) if at % 2 else escape(part) for at, part in enumerate(parts)
    )


def _isolated(name: str) -> str:
    """The same where there is only text, and no element can be (Unicode UAX 9: FSI, PDI)."""
    return f"\u2068{name}\u2069"


def _segment(name: str) -> str:
    """A name as a part of an address."""
    return quote(name, safe="")


GOES_ON: Final[Mapping[str, Callable[[Mapping[str, str]], str]]] = {
    "create-user": lambda values: f"/portal/users/{_segment(values['username'])}",
    "delete-user": lambda _: "/portal/users",
    "create-account": lambda values: f"/portal/accounts/{_segment(values['account'])}",
}
"""The page after an act, where it is not the page that the form was on."""


def _found(
    request: Request, entries: Sequence[Listed], words: Callable[[Listed], Sequence[str]]
) -> list[Listed]:
    """The entries that hold what was searched for."""
    search = request.query_params.get("search", "").strip().casefold()
    return [entry for entry in entries if any(search in word.casefold() for word in words(entry))]
