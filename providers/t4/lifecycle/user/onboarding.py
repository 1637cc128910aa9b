"""From a user's inputs to the onboarding call of seed 002, and back: the only place where the two
vocabularies meet."""

from collections.abc import Mapping

from providers.t4.api import OnboardingRequest
from providers.t4.records.users import SignedEula, UserInputs
from providers.t4.session.session import session

COLLECTED_BY = ""
"""Seed 002: "typically empty string"; T4 answers it as "API"."""


def eula_values(eula: SignedEula) -> dict[str, object]:
    """A user's EULA evidence as T4's Eula object (seed 002)."""
    return {
        "collectedBy": COLLECTED_BY,
        "eulaVersion": eula.eulaVersion,
        "signatures": [{"documentName": name, "signed": signed} for name, signed in eula.signatures.items()],
    }


def subscriptions(market_data: Mapping[str, str]) -> list[dict[str, str]]:
    """clearingExchange -> marketDataType as T4's list of updates (seed 002), sorted."""
    return [{"clearingExchange": name, "marketDataType": kind} for name, kind in sorted(market_data.items())]


def password(inputs: UserInputs) -> str:
    """The user's password, derived from the stack's secret seed for the version that the file says."""
    return session().password(inputs.username, inputs.passwordVersion)


def request(inputs: UserInputs, secret: str) -> OnboardingRequest:
    """The body of the onboarding call. What the file leaves open is left out, and T4's templates decide."""
    account = inputs.account
    template = {"templateUser": inputs.templateUser} if inputs.templateUser else {}
    body: dict[str, object] = {
        "User": {"username": inputs.username, "password": secret, **inputs.details, **template},
        "Account": {
            "account": account.account,
            "templateAccount": account.templateAccount,
            **{name: text for name, text in account.names.items() if text},
        },
    }
    if inputs.marketData:
        body["MarketData"] = {"updates": subscriptions(inputs.marketData)}
    if inputs.eula:
        body["Eula"] = eula_values(inputs.eula)
    return OnboardingRequest.model_validate(body)
