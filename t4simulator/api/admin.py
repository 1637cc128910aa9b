"""T4's routes: which method and path does what, and in which envelope the answer goes out."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from t4simulator.api import answers
from t4simulator.api.auth import Auth
from t4simulator.api.bodies import validated
from t4simulator.api.pages import page_of
from t4simulator.api.refusal import Refusal, Wrong, bad_request
from t4simulator.api.requests import (
    AccountChanges,
    AccountGiven,
    ApplicationGiven,
    LoginRequest,
    MarketDataPatch,
    NewLinkedAccount,
    NewUser,
    Onboarding,
    RoleGiven,
    SignedEula,
    UserChanges,
)
from t4simulator.firm.records import T4User, TradingAccount
from t4simulator.firm.users import Firm

Json = dict[str, Any]


@dataclass(frozen=True)
class Call:
    """One request. Header names are in lower case; the path is decoded."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    request_id: str


@dataclass(frozen=True)
class Route:
    """`path` is a template: `{name}` is one segment, `{name:rest}` may hold slashes.

    `query`: the query parameters that may be given.
    """

    method: str
    path: str
    answer: Callable[..., Json]
    query: tuple[str, ...] = ()

    def match(self, path: str) -> dict[str, str] | None:
        pattern = re.sub(r"\{(\w+):rest\}", r"(?P<\1>.+)", self.path)
        pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", pattern)
        found = re.fullmatch(pattern, path)
        return found.groupdict() if found else None


class Admin:
    """The admin API of one firm."""

    def __init__(self, firm: Firm, auth: Auth, firm_id: str) -> None:
        self._firm, self._auth, self._firm_id = firm, auth, firm_id
        user = "/admin/v1/users/{userID}"
        self._routes = (
            Route("POST", "/login", self._login),
            # seed 002; the vendor's page was renamed to `onboard` in 2025-11 (t4.md section 1)
            Route("POST", "/admin/v1/onboarding", self._onboard),
            Route("POST", "/admin/v1/onboard", self._onboard),
            # t4.md section 2 (sic: no v1 in the first)
            Route("POST", "/admin/users", self._create_user),
            Route("POST", "/admin/v1/accounts", self._create_account),
            Route("GET", f"{user}/marketdata", self._market_data),
            Route("PATCH", f"{user}/marketdata", self._change_market_data),
            Route("GET", f"{user}/eula", self._eula),
            Route("POST", f"{user}/eula", self._sign_eula),
            # documented nowhere: ours
            Route("GET", "/admin/v1/users", self._users, query=("username", "cursor", "page")),
            Route("GET", user, self._user),
            Route("PATCH", user, self._change_user),
            Route("POST", f"{user}/roles", self._give_role),
            Route("DELETE", f"{user}/roles/{{role:rest}}", self._take_role),
            Route("POST", f"{user}/applications", self._give_application),
            Route("DELETE", f"{user}/applications/{{name:rest}}", self._take_application),
            Route("POST", f"{user}/accounts", self._give_account),
            Route("DELETE", f"{user}/accounts/{{accountID}}", self._take_account),
            Route("GET", "/admin/v1/accounts", self._accounts, query=("account", "cursor", "page")),
            Route("GET", "/admin/v1/accounts/{accountID}", self._account),
            Route("PATCH", "/admin/v1/accounts/{accountID}", self._change_account),
        )

    def answer(self, call: Call, partial: str | None = None) -> Json:
        """The body of the 200. Raises Refusal. `partial`: onboarding's last step (a fault)."""
        if call.path != "/login":
            self._auth.check(call.headers.get("authorization", ""))
        here = [(route, values) for route in self._routes if (values := route.match(call.path)) is not None]
        if not here:
            raise Refusal(404, "Not found: there is no such address.")
        found = [(route, values) for route, values in here if route.method == call.method]
        if not found:
            possible = ", ".join(route.method for route, _ in here)
            raise Refusal(405, f"{call.method} is not possible here: {possible} is.")
        route, values = found[0]
        self._check_query(call, route)
        if route.answer == self._onboard and partial is not None:
            return self._onboard(call, partial=partial)
        return route.answer(call, **values)

    def _check_query(self, call: Call, route: Route) -> None:
        wrong = [Wrong(f"?{name}", "is not known here") for name in call.query if name not in route.query]
        if call.method in ("POST", "PATCH"):
            content = call.headers.get("content-type", "").partition(";")[0].strip().casefold()
            if content != "application/json":
                wrong.append(Wrong("Content-Type", "must be application/json"))
        elif call.body:
            wrong.append(Wrong("body", f"must be empty with {call.method}"))
        if wrong:
            raise bad_request(wrong)

    # --- documented ---------------------------------------------------------------------------------------

    def _login(self, call: Call) -> Json:
        return self._auth.login(validated(call.body, LoginRequest))

    def _onboard(self, call: Call, partial: str = "eula") -> Json:
        asked = validated(call.body, Onboarding)
        user, account = self._firm.onboard(asked, partial)
        data = {
            "user": answers.user(user, self._firm_id, []),
            "account": answers.account(account, self._firm_id, created=True),
            # optional parts that were left out: null (the seeds show no such answer)
            "marketData": answers.market_data(user, self._firm.exchanges(), everything=False)
            if asked.MarketData
            else None,
            "eulaSignature": answers.eula_signature(user),
        }
        return answers.envelope_a(data, call.request_id)

    def _create_user(self, call: Call) -> Json:
        user = self._firm.create_user(validated(call.body, NewUser))
        return answers.envelope_a(answers.user(user, self._firm_id, []), call.request_id)

    def _create_account(self, call: Call) -> Json:
        account = self._firm.accounts.create(validated(call.body, NewLinkedAccount))
        return answers.envelope_a(answers.account(account, self._firm_id, created=True), call.request_id)

    def _market_data(self, call: Call, userID: str) -> Json:  # noqa: N803 (T4's own name)
        return self._shown_market_data(self._firm.user(userID), call)

    def _change_market_data(self, call: Call, userID: str) -> Json:  # noqa: N803
        user = self._firm.change_market_data(userID, validated(call.body, MarketDataPatch))
        return self._shown_market_data(user, call)

    def _shown_market_data(self, user: T4User, call: Call) -> Json:
        data = answers.market_data(user, self._firm.exchanges(), everything=True)
        return answers.envelope_b(data, call.request_id)

    def _eula(self, call: Call, userID: str) -> Json:  # noqa: N803
        return answers.envelope_b(answers.eula(self._firm.user(userID)), call.request_id)

    def _sign_eula(self, call: Call, userID: str) -> Json:  # noqa: N803
        user = self._firm.sign_eula(userID, validated(call.body, SignedEula))
        return answers.envelope_b(answers.eula_signature(user) or {}, call.request_id)

    # --- ours ---------------------------------------------------------------------------------------------

    def _users(self, call: Call) -> Json:
        page = page_of(self._firm.users(call.query.get("username")), self._firm.habits.pageSize, call.query)
        users = [answers.listed_user(user, self._firm_id) for user in page.entries]
        return answers.envelope_b({"users": users, **page.about}, call.request_id)

    def _user(self, call: Call, userID: str) -> Json:  # noqa: N803
        return self._shown_user(self._firm.user(userID), call)

    def _change_user(self, call: Call, userID: str) -> Json:  # noqa: N803
        return self._shown_user(self._firm.change_user(userID, validated(call.body, UserChanges)), call)

    def _give_role(self, call: Call, userID: str) -> Json:  # noqa: N803
        return self._shown_user(self._firm.give_role(userID, validated(call.body, RoleGiven).role), call)

    def _take_role(self, call: Call, userID: str, role: str) -> Json:  # noqa: N803
        return self._shown_user(self._firm.take_role(userID, role), call)

    def _give_application(self, call: Call, userID: str) -> Json:  # noqa: N803
        asked = validated(call.body, ApplicationGiven)
        return self._shown_user(self._firm.give_application(userID, asked.name), call)

    def _take_application(self, call: Call, userID: str, name: str) -> Json:  # noqa: N803
        return self._shown_user(self._firm.take_application(userID, name), call)

    def _give_account(self, call: Call, userID: str) -> Json:  # noqa: N803
        asked = validated(call.body, AccountGiven)
        return self._shown_user(self._firm.give_account(userID, asked.accountID), call)

    def _take_account(self, call: Call, userID: str, accountID: str) -> Json:  # noqa: N803
        return self._shown_user(self._firm.take_account(userID, accountID), call)

    def _shown_user(self, user: T4User, call: Call) -> Json:
        return answers.envelope_b(answers.full_user(user, self._firm_id), call.request_id)

    def _accounts(self, call: Call) -> Json:
        found = self._firm.accounts.accounts(call.query.get("account"))
        page = page_of(found, self._firm.habits.pageSize, call.query)
        accounts = [answers.listed_account(entry) for entry in page.entries]
        return answers.envelope_b({"accounts": accounts, **page.about}, call.request_id)

    def _account(self, call: Call, accountID: str) -> Json:  # noqa: N803
        return self._shown_account(self._firm.accounts.account(accountID), call)

    def _change_account(self, call: Call, accountID: str) -> Json:  # noqa: N803
        return self._shown_account(
            self._firm.accounts.change(accountID, validated(call.body, AccountChanges)), call
        )

    def _shown_account(self, account: TradingAccount, call: Call) -> Json:
        data = answers.account(account, self._firm_id, created=False)
        return answers.envelope_b(data, call.request_id)
