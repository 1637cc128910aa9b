"""The client of T4's admin API. It talks and reports; what follows from an answer, the resources decide.

    client = T4Client(settings, operations)
    answer = client.onboard(OnboardingRequest(User=NewUser(...), Account=NewAccount(...)))
    answer.data.user.roles, answer.evidence

`T4Client` is imported when it is first asked for: the HTTP library takes 0.1 seconds, and the Pulumi program,
which only declares resources, never makes a call.

A picture of the folder::

    client             the onboarding call, the operations, the proof by login
    door               the one door for a call that changes something
    templating         values into an operation's path and body
    onboarding_schema  the onboarding call as T4 writes it
    transport          one request, one answer: the only module that knows the HTTP library
    network            the proxy and the certificates on the way; no_connection: why there was none
    credentials        what proves to T4 who calls
    retries            when a call is tried again, after what pause (T4's Retry-After), and when no longer
    outcomes           what an attempt came to: an answer, or trouble and what is then known
    responses          from the bytes of an answer to its data
    operation_answers  the parts of that data that callers may rely on
    listing            a list of T4, page by page, and whether it is complete
    fees               what subscriptions cost
    redaction          what of T4's words may be shown to a person
    errors             what can become of a call
    socket/            what T4 shows over its WebSocket
"""

from typing import TYPE_CHECKING, Any

from providers.t4.api.errors import (
    BadRequest,
    Busy,
    Conflict,
    Evidence,
    MissingValue,
    NotFound,
    OutcomeUnknown,
    ReadFailed,
    Refused,
    T4Error,
    Unauthorized,
    Unreachable,
    Unreviewed,
)
from providers.t4.api.fees import fees
from providers.t4.api.onboarding_schema import (
    Answer,
    MadeAccount,
    MadeUser,
    NewAccount,
    NewUser,
    OnboardingData,
    OnboardingRequest,
    Signature,
    SignedEula,
    Subscription,
    Subscriptions,
    same_id,
)

if TYPE_CHECKING:
    from providers.t4.api.client import T4Client
    from providers.t4.api.retries import Timing

__all__ = [
    "Answer",
    "BadRequest",
    "Busy",
    "Conflict",
    "Evidence",
    "MadeAccount",
    "MadeUser",
    "MissingValue",
    "NewAccount",
    "NewUser",
    "NotFound",
    "OnboardingData",
    "OnboardingRequest",
    "OutcomeUnknown",
    "ReadFailed",
    "Refused",
    "Signature",
    "SignedEula",
    "Subscription",
    "Subscriptions",
    "T4Client",
    "T4Error",
    "Timing",
    "Unauthorized",
    "Unreachable",
    "Unreviewed",
    "fees",
    "same_id",
]

_LATER = {"T4Client": "client", "Timing": "retries"}


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
