"""From a user's inputs to the onboarding call of seed 002, and back: the only place where the two
vocabularies meet."""

from collections.abc import Mapping
from typing import Any

from providers.t4.api import OnboardingRequest
from providers.t4.plain_values import secret
from providers.t4.session.session import session
from t4firm.model.firm import Account
from t4firm.model.users import Eula

COLLECTED_BY = ""
"""Seed 002: "typically empty string"; T4 answers it as "API"."""


def account_inputs(account: Account) -> dict[str, Any]:
    """The account that the call makes."""
    return {
        "account": account.account,
        "names": {"accountName": account.accountName, "displayName": account.displayName or ""},
        "templateAccount": account.templateAccount,
    }


def with_secret_names(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """An account's inputs as the state keeps them: its names may tell who its owner is."""
    return {**inputs, "names": secret(inputs["names"])}


def eula_inputs(eula: Eula | None) -> dict[str, Any]:
    """When which document was signed: evidence from the file, empty where the user signs at the first
    login."""
    return {"eulaVersion": eula.eulaVersion, "signatures": dict(eula.signatures)} if eula else {}


def eula_values(eula: Mapping[str, Any]) -> dict[str, Any]:
    """A user's EULA inputs as T4's Eula object (seed 002)."""
    return {
        "collectedBy": COLLECTED_BY,
        "eulaVersion": eula["eulaVersion"],
        "signatures": [
            {"documentName": name, "signed": signed} for name, signed in eula["signatures"].items()
        ],
    }


def subscriptions(market_data: Mapping[str, str]) -> list[dict[str, str]]:
    """clearingExchange -> marketDataType as T4's list of updates (seed 002), sorted."""
    return [{"clearingExchange": name, "marketDataType": kind} for name, kind in sorted(market_data.items())]


def password(props: Mapping[str, Any]) -> str:
    """The user's password, derived from the stack's secret seed for the version that the file says."""
    return session().password(props["username"], int(props["passwordVersion"]))


def request(props: Mapping[str, Any], secret: str) -> OnboardingRequest:
    """The body of the onboarding call. What the file leaves open is left out, and T4's templates decide."""
    account = props["account"]
    names = {name: text for name, text in account["names"].items() if text}
    body: dict[str, Any] = {
        "User": {
            "username": props["username"],
            "password": secret,
            **props["person"],
            "country": props["country"],
            "apptype": props["apptype"],
        },
        "Account": {"account": account["account"], "templateAccount": account["templateAccount"], **names},
    }
    if props.get("templateUser"):
        body["User"]["templateUser"] = props["templateUser"]
    if props.get("marketData"):
        body["MarketData"] = {"updates": subscriptions(props["marketData"])}
    if props.get("eula"):
        body["Eula"] = eula_values(props["eula"])
    return OnboardingRequest.model_validate(body)
