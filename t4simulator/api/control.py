"""The /simulator routes: for tests and for the person in front of the machine, not part of T4.

They need no credentials, show no password, and answer nobody but this machine (`visitors`).
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from t4simulator.api import answers
from t4simulator.api.auth import TOKEN_LIFETIME, Auth
from t4simulator.api.bodies import parsed, validated
from t4simulator.api.gate import Weather
from t4simulator.api.record import Record
from t4simulator.api.refusal import Refusal, Wrong, not_found
from t4simulator.api.requests import AccountState, Strict, Text
from t4simulator.api.visitors import refuse_strangers
from t4simulator.faults.held import Held
from t4simulator.faults.rules import FaultBook, FaultRule, Seconds
from t4simulator.firm.catalogue import AccountTemplate, UserTemplate
from t4simulator.firm.habits import Habits
from t4simulator.firm.store import Store
from t4simulator.firm.users import Firm
from t4simulator.portal.acts import ACTS, Administrator
from t4simulator.portal.so_already import SO, is_so
from t4simulator.service.identity import Identity
from t4simulator.socket.control import SocketControl

Handler = Callable[[Request], Awaitable[Response]]


class Latency(Strict):
    seconds: Seconds


class HabitsBody(Strict):
    pageSize: Annotated[int, Field(ge=1)] | None = None
    phoneDigits: bool = False


class TokenLifetime(Strict):
    lifetime: Annotated[float, Field(gt=0)]


class UserTemplateBody(Strict):
    applications: list[Text]
    roles: list[Text]


class AccountTemplateBody(Strict):
    enabled: AccountState = "Disabled"
    preTradeDisabled: bool = True


class ExchangeBody(Strict):
    types: Annotated[list[Text], Field(min_length=1)]


@dataclass(frozen=True)
class Control:
    """Everything that the control routes act upon."""

    store: Store
    firm: Firm
    auth: Auth
    record: Record
    faults: FaultBook
    held: Held
    weather: Weather
    identity: Identity
    health: dict[str, Any]
    socket: SocketControl
    administrator: Administrator

    def routes(self) -> list[Route]:
        table: list[tuple[str, str, Handler]] = [
            ("GET", "/simulator/health", self._health),
            ("GET", "/simulator/state", self._state),
            ("GET", "/simulator/requests", self._requests),
            ("DELETE", "/simulator/requests", self._forget_requests),
            ("GET", "/simulator/faults", self._faults),
            ("POST", "/simulator/faults", self._add_faults),
            ("DELETE", "/simulator/faults", self._clear_faults),
            ("GET", "/simulator/held", self._held),
            ("DELETE", "/simulator/held", self._let_go),
            ("POST", "/simulator/latency", self._latency),
            ("POST", "/simulator/tokens", self._token_lifetime),
            ("DELETE", "/simulator/tokens", self._forget_tokens),
            ("PUT", "/simulator/templates/users/{name:path}", self._user_template),
            ("DELETE", "/simulator/templates/users/{name:path}", self._remove_user_template),
            ("PUT", "/simulator/templates/accounts/{name:path}", self._account_template),
            ("DELETE", "/simulator/templates/accounts/{name:path}", self._remove_account_template),
            ("PUT", "/simulator/exchanges/{name}", self._exchange),
            ("POST", "/simulator/habits", self._habits),
            ("POST", "/simulator/administrator/{act}", self._act),
            ("POST", "/simulator/administrator/{act}/so", self._is_so),
            ("POST", "/simulator/reset", self._reset),
            *self.socket.table(),
        ]
        return [Route(path, _guarded(handler), methods=[method]) for method, path, handler in table]

    async def _health(self, request: Request) -> Response:
        return JSONResponse(self.health)

    async def _state(self, request: Request) -> Response:
        return JSONResponse(self.state())

    def state(self) -> dict[str, Any]:
        """All users (by username) and accounts (by number), and what is prepared. No passwords."""
        users, accounts = self.firm.users(), self.firm.accounts.accounts()
        return {
            "firm": self.identity.login.firm,
            "firmID": self.identity.firmID,
            "users": {
                user.username: {
                    "userID": user.userID,
                    "username": user.username,
                    **user.details,
                    "enabled": user.enabled,
                    "templateUser": user.templateUser,
                    "roles": list(user.roles),
                    "applications": list(user.applications),
                    "accounts": [number for _, number in user.accounts],
                    "marketData": user.market_data,
                    "eula": user.eula,
                    "userCreationDate": user.created,
                    "onboardings": user.onboardings,
                    "logins": user.logins,
                }
                for user in users
            },
            "accounts": {
                account.account: {
                    "accountID": account.accountID,
                    "account": account.account,
                    "accountName": account.accountName,
                    "displayName": account.displayName,
                    "templateAccount": account.templateAccount,
                    "enabled": account.enabled,
                    "preTradeDisabled": account.preTradeDisabled,
                    "users": list(account.users),
                }
                for account in accounts
            },
            "templates": {
                "users": {
                    template.name: {
                        "applications": list(template.applications),
                        "roles": list(template.roles),
                    }
                    for template in self.store.user_templates().values()
                },
                "accounts": {
                    template.name: {
                        "enabled": template.enabled,
                        "preTradeDisabled": template.preTradeDisabled,
                    }
                    for template in self.store.account_templates().values()
                },
            },
            "exchanges": {name: list(types) for name, types in self.store.exchanges().items()},
            "loginsOfNobody": self.store.counter("loginsOfNobody"),
        }

    async def _requests(self, request: Request) -> Response:
        return JSONResponse({"requests": self.record.entries()})

    async def _forget_requests(self, request: Request) -> Response:
        self.record.clear()
        return JSONResponse({"requests": []})

    async def _faults(self, request: Request) -> Response:
        return JSONResponse({"faults": self.faults.shown()})

    async def _add_faults(self, request: Request) -> Response:
        """One rule, a list of rules, or {"rules": […]}. They are added behind those in force, all or none."""
        asked = parsed(await request.body())
        rules = asked.get("rules", [asked]) if isinstance(asked, dict) else asked
        read = [validated(json.dumps(rule).encode(), FaultRule, nulls=True) for rule in rules]
        for rule in read:
            self.faults.add(rule)
        return JSONResponse({"faults": self.faults.shown()})

    async def _clear_faults(self, request: Request) -> Response:
        """No rule any more; what was held by one goes on."""
        self.faults.clear()
        self.held.let_go()
        return JSONResponse({"faults": []})

    async def _held(self, request: Request) -> Response:
        """The calls that a rule holds now, as recorded, in the order in which they came to be held."""
        entries = {entry["sequence"]: entry for entry in self.record.entries()}
        calls = [entries.get(number, {"sequence": number}) for number in self.held.calls()]
        return JSONResponse({"requests": calls})

    async def _let_go(self, request: Request) -> Response:
        """All of them go on. The rules stay as they are, and may hold the next."""
        self.held.let_go()
        return JSONResponse({"requests": []})

    async def _latency(self, request: Request) -> Response:
        self.weather.latency = validated(await request.body(), Latency).seconds
        return JSONResponse({"seconds": self.weather.latency})

    async def _token_lifetime(self, request: Request) -> Response:
        self.auth.lifetime = validated(await request.body(), TokenLifetime).lifetime
        return JSONResponse({"lifetime": self.auth.lifetime})

    async def _forget_tokens(self, request: Request) -> Response:
        self.auth.forget_tokens()
        return JSONResponse({"lifetime": self.auth.lifetime})

    async def _user_template(self, request: Request) -> Response:
        asked = validated(await request.body(), UserTemplateBody)
        name = request.path_params["name"]
        with self.store.transaction():
            self.store.put_user_template(UserTemplate(name, tuple(asked.applications), tuple(asked.roles)))
        return JSONResponse({"name": name, **asked.model_dump()})

    async def _remove_user_template(self, request: Request) -> Response:
        with self.store.transaction():
            self.store.change("DELETE FROM userTemplates WHERE name = ?", request.path_params["name"])
        return JSONResponse({"templates": list(self.store.user_templates())})

    async def _account_template(self, request: Request) -> Response:
        asked = validated(await request.body(), AccountTemplateBody)
        name = request.path_params["name"]
        with self.store.transaction():
            self.store.put_account_template(AccountTemplate(name, asked.enabled, asked.preTradeDisabled))
        return JSONResponse({"name": name, **asked.model_dump()})

    async def _remove_account_template(self, request: Request) -> Response:
        with self.store.transaction():
            self.store.change("DELETE FROM accountTemplates WHERE name = ?", request.path_params["name"])
        return JSONResponse({"templates": list(self.store.account_templates())})

    async def _exchange(self, request: Request) -> Response:
        asked = validated(await request.body(), ExchangeBody)
        name = request.path_params["name"]
        with self.store.transaction():
            self.store.put_exchange(name, tuple(asked.types))
        return JSONResponse({"name": name, **asked.model_dump()})

    async def _habits(self, request: Request) -> Response:
        asked = validated(await request.body(), HabitsBody, nulls=True)
        self.firm.habits = Habits(asked.pageSize, asked.phoneDigits)
        return JSONResponse(asked.model_dump())

    async def _act(self, request: Request) -> Response:
        """What the administrator does in the portal, without a browser: the values of its form as JSON."""
        act = ACTS.get(request.path_params["act"])
        if act is None:
            raise not_found([Wrong("act", f"must be one of {', '.join(ACTS)}")])
        return JSONResponse({"done": act.do(self.administrator, await request.body())})

    async def _is_so(self, request: Request) -> Response:
        """Whether what a form asks for is so already; nothing is changed."""
        name = request.path_params["act"]
        if name not in SO:
            raise not_found([Wrong("act", f"must be one of {', '.join(SO)}")])
        return JSONResponse({"so": is_so(name, self.administrator, await request.body())})

    async def _reset(self, request: Request) -> Response:
        """An empty firm with the first templates; no faults, latency, habits, tokens, requests. Keys stay.

        What was held is let go and does its work first: it belongs to what was before.
        """
        self.faults.clear()
        self.socket.forget()
        self.held.let_go()
        await asyncio.sleep(0)
        self.store.reset()
        self.weather.latency = 0.0
        self.firm.habits = Habits()
        self.auth.lifetime = TOKEN_LIFETIME
        return JSONResponse(self.state())


def _guarded(handler: Handler) -> Handler:
    async def guarded(request: Request) -> Response:
        try:
            refuse_strangers(request)
            return await handler(request)
        except Refusal as refused:
            return JSONResponse(answers.refusal(refused, ""), refused.status)

    return guarded
