"""What a T4 request may hold: strict models, named and spelled as in seed 002 (Request Format, Field
Descriptions).

Unknown fields, missing fields, wrong capitals, wrong types and bad values are errors. Nothing here is shared
with the product's own models: a mistake there must show here.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from t4simulator.firm.catalogue import ACCOUNT_STATES, DEFAULT_USER_TEMPLATE, EULA_DOCUMENTS, EULA_VERSION

LONGEST_TEXT = 256  # ours: T4 publishes no lengths but the account's


def _printable(value: str) -> str:
    if any(ord(character) < 32 or ord(character) == 127 for character in value):
        raise ValueError("must not hold control characters")
    if len(value) > LONGEST_TEXT:
        raise ValueError(f"must have at most {LONGEST_TEXT} characters")
    return value


def _present(value: str) -> str:
    if not value.strip():
        raise ValueError("must not be empty")
    return value


def _username(value: str) -> str:
    # t4.md section 3 (portal): at least 6 characters, unique, never changes
    if len(value) < 6:
        raise ValueError("must have at least 6 characters")
    if value != value.strip():
        raise ValueError("must not begin or end with a space")
    return value


def _email(value: str) -> str:
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", value):
        raise ValueError("must be an email address")
    return value


def _country(value: str) -> str:
    if not re.fullmatch(r"[A-Z]{2,3}", value):
        raise ValueError("must be an ISO country code, such as US")
    return value


def _account(value: str) -> str:
    # t4.md section 3: at most 26 alphanumeric characters
    if not re.fullmatch(r"[A-Za-z0-9]{1,26}", value):
        raise ValueError("must be 1 to 26 letters and digits")
    return value


def _signed(value: str) -> str:
    try:
        if "T" not in value:
            raise ValueError
        datetime.fromisoformat(value)
    except ValueError:
        raise ValueError("must be an ISO 8601 timestamp, such as 2025-05-01T10:30:15") from None
    return value


def _document(value: str) -> str:
    names = [document.documentName for document in EULA_DOCUMENTS]
    if value not in names:
        raise ValueError(f"must be one of {', '.join(names)}")
    return value


def _eula_version(value: str) -> str:
    # t4.md section 2, step 4: "always GET the latest"
    if value != EULA_VERSION:
        raise ValueError(f'must be the current version, "{EULA_VERSION}"')
    return value


Printable = Annotated[str, AfterValidator(_printable)]
Text = Annotated[Printable, AfterValidator(_present)]
Username = Annotated[Text, AfterValidator(_username)]
AccountNumber = Annotated[str, AfterValidator(_account)]
AppType = Literal["Professional", "NonProfessional"]
AccountState = Annotated[Text, AfterValidator(lambda value: _one_of(value, ACCOUNT_STATES))]


def _one_of(value: str, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        raise ValueError(f"must be one of {', '.join(allowed)}")
    return value


def password_complaints(password: str, username: str) -> list[str]:
    """What is wrong with a password (seed 002: "must meet security requirements").

    The rules are published for simulator self-registration only (t4.md section 5); the vendor's sample of
    `POST /admin/users` breaks them, so the real T4 may be laxer. Strict here: the product makes its own
    passwords.
    """
    wants = [
        (len(password) >= 8, "must have at least 8 characters"),
        (re.search(r"[A-Z]", password), "must have an upper-case letter"),
        (re.search(r"[a-z]", password), "must have a lower-case letter"),
        (re.search(r"[0-9]", password), "must have a digit"),
        (re.search(r"[^A-Za-z0-9]", password), "must have a symbol"),
    ]
    lower, name = password.casefold(), username.casefold()
    runs = {name[start : start + 3] for start in range(len(name) - 2)}
    wants.append(
        (not any(run in lower for run in runs), "must not hold 3 successive characters of the username")
    )
    return [words for kept, words in wants if not kept]


class Strict(BaseModel):
    """No coercion, no unknown field; the values never appear in an error (a password could be among them)."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)


class Person(Strict):
    """The details of a user that T4 lets its administrator change."""

    firstname: Text
    lastname: Text
    phone: Text
    email: Annotated[Text, AfterValidator(_email)]
    street: Text
    city: Text
    county: Printable  # a field that must be there; the documents do not say that it may not be empty
    state: Printable
    postCode: Text
    country: Annotated[Text, AfterValidator(_country)]
    apptype: AppType


class NewUser(Person):
    """seed 002, User Object; and the body of `POST /admin/users` (t4.md section 2, step 1)."""

    username: Username
    password: Printable
    templateUser: Text = DEFAULT_USER_TEMPLATE

    def details(self) -> dict[str, str]:
        """The person, without name, password and template."""
        return {name: getattr(self, name) for name in Person.model_fields}


class NewAccount(Strict):
    """seed 002, Account Object."""

    account: AccountNumber
    accountName: Text
    templateAccount: Text
    displayName: Printable = ""


class NewLinkedAccount(NewAccount):
    """The body of `POST /admin/v1/accounts`: nobody outside has seen it; the `Account` object plus
    `userID` (inferred).
    """

    userID: Text


class Subscription(Strict):
    """seed 002, MarketData Object: one entry of `updates`."""

    clearingExchange: Text
    marketDataType: Text


class MarketDataUpdates(Strict):
    """seed 002, MarketData Object; `updates` is not required there."""

    updates: list[Subscription] = []


class MarketDataPatch(Strict):
    """The body of `PATCH …/marketdata` (t4.md section 2, step 3)."""

    updates: Annotated[list[Subscription], Field(min_length=1)]


class Signature(Strict):
    """seed 002, Eula Object: one signed document."""

    documentName: Annotated[Text, AfterValidator(_document)]
    signed: Annotated[Text, AfterValidator(_signed)]


class SignedEula(Strict):
    """seed 002, Eula Object; `collectedBy` is typically an empty string."""

    collectedBy: Printable
    eulaVersion: Annotated[Text, AfterValidator(_eula_version)]
    signatures: Annotated[list[Signature], Field(min_length=1)]

    @model_validator(mode="after")
    def _once_each(self) -> SignedEula:
        names = [signature.documentName for signature in self.signatures]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"must name each document once, not {', '.join(twice)} twice")
        return self


class Onboarding(Strict):
    """seed 002, Request Format. Mind the capitals of the four objects."""

    User: NewUser
    Account: NewAccount
    MarketData: MarketDataUpdates | None = None
    Eula: SignedEula | None = None


class LoginRequest(Strict):
    """The body of `POST /login` (t4.md section 2); one vendor client also sends `priceFormat`."""

    firm: Text
    userName: Text
    password: Printable
    appName: Text
    appLicense: Text
    priceFormat: Printable | int = ""


# --- operations that T4 documents nowhere: their shapes are ours ------------------------------------------


class UserChanges(Strict):
    """`PATCH …/users/{userID}`: the person's details, `enabled`, a new password. Never the username."""

    firstname: Text = ""
    lastname: Text = ""
    phone: Text = ""
    email: Annotated[Text, AfterValidator(_email)] = ""
    street: Text = ""
    city: Text = ""
    county: Printable = ""
    state: Printable = ""
    postCode: Text = ""
    country: Annotated[Text, AfterValidator(_country)] = ""
    apptype: AppType = "Professional"
    enabled: bool = True
    password: Printable = ""

    @model_validator(mode="after")
    def _something(self) -> UserChanges:
        if not self.model_fields_set:
            raise ValueError("must name at least one field to change")
        return self


class AccountChanges(Strict):
    """`PATCH …/accounts/{accountID}`. The number never changes (t4.md section 3)."""

    accountName: Text = ""
    displayName: Printable = ""
    enabled: AccountState = "Disabled"
    preTradeDisabled: bool = True

    @model_validator(mode="after")
    def _something(self) -> AccountChanges:
        if not self.model_fields_set:
            raise ValueError("must name at least one field to change")
        return self


class RoleGiven(Strict):
    role: Text


class ApplicationGiven(Strict):
    name: Text


class AccountGiven(Strict):
    accountID: Text
