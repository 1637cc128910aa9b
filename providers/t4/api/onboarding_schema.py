"""The onboarding call as T4 writes it (seed 002): what is sent, strictly, and what is taken from the answer,
leniently.

Field names and capitals are T4's own. What the answer says beyond these fields (personal details, risk
limits) is not kept. A string that T4 sends is freed of control characters by the time it arrives here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from providers.t4.api.errors import Evidence
from providers.t4.api.fees import fees
from t4firm.model.names import same

T = TypeVar("T")


@dataclass(frozen=True)
class Answer(Generic[T]):
    """What T4 answered, and the evidence of it. `only_asked`: T4 says that it was asked for, not that it is
    done (202)."""

    data: T
    evidence: Evidence
    only_asked: bool = False


class Garbled(Exception):
    """An answer with a good status that is not what T4 documents. `str()`: what is wrong with it, as half a
    sentence."""


class Misfit(Garbled):
    """A sound answer in which an operation's `answer` does not find what it should: asking again would not
    change that."""


class AboutAnother(Misfit):
    """The answer is about another user or account than the call."""


class _Sent(BaseModel):
    # Input is hidden from errors, and personal details from reprs: both end up in logs.
    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, hide_input_in_errors=True, defer_build=True
    )


class NewUser(_Sent):
    """The `User` object (seed 002, Field Descriptions). All fields are required but `templateUser`."""

    username: str
    password: str = Field(repr=False)
    firstname: str = Field(repr=False)
    lastname: str = Field(repr=False)
    phone: str = Field(repr=False)
    email: str = Field(repr=False)
    street: str = Field(repr=False)
    city: str = Field(repr=False)
    county: str = Field(repr=False)
    state: str = Field(repr=False)
    postCode: str = Field(repr=False)
    country: str = Field(repr=False)  # ISO
    apptype: Literal["Professional", "NonProfessional"]
    templateUser: str | None = None  # seed 002, Template Based Provisioning


class NewAccount(_Sent):
    """The `Account` object (seed 002)."""

    account: str
    accountName: str = Field(repr=False)
    templateAccount: str
    displayName: str | None = Field(default=None, repr=False)


class Subscription(_Sent):
    """One entry of `MarketData.updates` (seed 002): `marketDataType` is Depth, TOB, Delayed …"""

    clearingExchange: str
    marketDataType: str


class Subscriptions(_Sent):
    """The `MarketData` object (seed 002). What it lists is billed."""

    updates: list[Subscription]


class Signature(_Sent):
    """One signed document. `signed`: when the person signed, ISO 8601 (seed 002 writes it without a zone)."""

    documentName: str
    signed: str


class SignedEula(_Sent):
    """The `Eula` object (seed 002). `collectedBy` is typically ""; T4 answers it as "API"."""

    collectedBy: str
    eulaVersion: str
    signatures: list[Signature]


class OnboardingRequest(_Sent):
    """The body of the onboarding call: `User` and `Account`, and where given `MarketData` and `Eula`."""

    User: NewUser
    Account: NewAccount
    MarketData: Subscriptions | None = None
    Eula: SignedEula | None = None

    def wire(self) -> dict[str, Any]:
        """The body as it is sent: what is None is left out."""
        return self.model_dump(exclude_none=True)


@dataclass(frozen=True)
class MadeUser:
    """The answer's `user`. `roles` and `applications` (names) come from the template user.

    Both are None where T4 does not clearly say them: absence of a list is no proof of an absent role.
    """

    userID: str
    userName: str | None
    roles: tuple[str, ...] | None
    applications: tuple[str, ...] | None
    enabled: bool | None
    trialExpires: str | None  # ISO 8601
    userCreationDate: str | None
    firmID: str | None
    apptype: str | None


@dataclass(frozen=True)
class MadeAccount:
    """The answer's `account`. `enabled` is a word ("Disabled": a new account cannot trade yet)."""

    accountID: str
    account: str | None
    accountName: str | None = field(repr=False)  # perhaps the owner's name
    displayName: str | None = field(repr=False)  # comes back "" although it was set (t4.md section 1)
    enabled: str | None
    preTradeDisabled: bool | None


@dataclass(frozen=True)
class OnboardingData:
    """What the onboarding call answers. A part that T4 does not send is None.

    `marketData`: clearingExchange -> marketDataType. `fees`: clearingExchange -> what that costs, as far as
    T4 says it. `eulaSignature`: documentName -> signed; `eulaVersion`: of these documents.
    """

    user: MadeUser
    account: MadeAccount | None
    marketData: Mapping[str, str] | None
    fees: Mapping[str, str]
    eulaSignature: Mapping[str, str] | None
    eulaVersion: str | None


def same_id(one: str | None, other: str | None) -> bool:
    """Whether two of T4's ids are the same: it writes GUIDs in upper and lower case (t4.md section 1). None
    is nobody's."""
    return one is not None and other is not None and _bare(one) == _bare(other)


def onboarding_data(data: object, username: str, account: str) -> OnboardingData:
    """The answer's data for a request that named `username` and `account`.

    Raises Garbled when it has no user with a userID, or speaks of another user or account than the one that
    was sent.
    """
    parts = _mapping(data)
    user, made = _mapping(parts.get("user")), parts.get("account")
    user_id = _id(user.get("userID"))
    if user_id is None:
        raise Garbled("the answer names no userID")
    found = MadeUser(
        userID=user_id,
        userName=_text(user.get("userName")),
        roles=_names(user.get("roles")),
        applications=_names(user.get("applications")),
        enabled=_flag(user.get("enabled")),
        trialExpires=_text(user.get("trialExpires")),
        userCreationDate=_text(user.get("userCreationDate")),
        firmID=_id(user.get("firmID")),
        apptype=_id(user.get("appType")),  # spelled so in answers (seed 002)
    )
    if found.userName and not same(found.userName, username):
        raise Garbled("the answer is about another user")
    made_account = _made_account(made)
    exchanges = _mapping(parts.get("marketData")).get("exchangeMarketData")
    eula = _mapping(parts.get("eulaSignature"))
    if made_account and made_account.account and not same(made_account.account, account):
        raise Garbled("the answer is about another account")
    return OnboardingData(
        user=found,
        account=made_account,
        marketData=_pairs(exchanges, "clearingExchange", "marketDataType"),
        fees=fees(exchanges),
        eulaSignature=_pairs(eula.get("signatures"), "documentName", "signed"),
        eulaVersion=_text(eula.get("eulaVersion")),
    )


def _made_account(value: object) -> MadeAccount | None:
    account = _mapping(value)
    account_id = _id(account.get("accountID"))
    if account_id is None:
        return None
    return MadeAccount(
        accountID=account_id,
        account=_text(account.get("account")),
        accountName=_text(account.get("accountName")),
        displayName=_text(account.get("displayName")),
        enabled=_text(account.get("enabled")),
        preTradeDisabled=_flag(account.get("preTradeDisabled")),
    )


def _bare(identifier: str) -> str:
    return identifier.strip().strip("{}").casefold()


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _flag(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _id(value: object) -> str | None:
    return value if isinstance(value, str) and value.strip() else None


def _names(value: object) -> tuple[str, ...] | None:
    """A list of names, each a text or an object with a `name`; None unless every entry is one."""
    if not isinstance(value, list):
        return None
    names = [
        _text(_mapping(entry).get("name")) if isinstance(entry, dict) else _text(entry) for entry in value
    ]
    return tuple(name for name in names if name) if all(names) else None


def _pairs(rows: object, key: str, value: str) -> dict[str, str] | None:
    if not isinstance(rows, list):
        return None
    found = [(_text(_mapping(row).get(key)), _text(_mapping(row).get(value))) for row in rows]
    return {name: text for name, text in found if name is not None and text is not None}
