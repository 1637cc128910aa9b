"""What a firm file may say of users: of people and of the fill service, with T4's field names (seed 002)."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from t4firm.model.fields import (
    Adopt,
    Applications,
    Apptype,
    City,
    CountryCode,
    County,
    EmailAddress,
    Entry,
    Firstname,
    Lastname,
    MarketData,
    PasswordVersion,
    Phone,
    PostCode,
    State,
    Street,
    TemplateUser,
)
from t4firm.model.values import AccountNumber, AccountNumbers, Names, Signed, Text, Username
from t4firm.yaml_files.model_errors import FilledIn

WHENTECH = "WhenTech"  # the application of WhenTech's end users (seed 000)
WHENTECH_FILLS = "WhenTechFills"  # the application of the fill service, and of nobody else (seed 000)
TRADING = "Trading"  # the role that the fill user must never have (seed 000; spelled as in seed 002's answer)
RISK_MANAGER = "RiskManager"  # that role as a vendor's sample spells it; t4:riskManagerRole says otherwise

PERSONAL = ("firstname", "lastname", "phone", "email", "street", "city", "county", "state", "postCode")
"""Fields that tell who somebody is: secret in the state, `[secret]` in previews (design: Passwords)."""
NAMES = ("accountName", "displayName")
"""Fields of an account that may tell who its owner is."""


DEPENDS_ON_APPTYPE = "market data options and their prices depend on it: Onboarding API page"
"""What to know about a change of `apptype`."""


class Eula(Entry):
    """What a person signed, and when. It is evidence: never make it up. Default: T4 asks the person at the
    first login (Onboarding API page)."""

    eulaVersion: Annotated[
        Text, Field(description="The version of the EULA that was shown to the person.", examples=["2"])
    ]
    signatures: Annotated[
        dict[Text, Signed],
        Field(
            description="Each signed document and when the person signed it (ISO 8601, for example "
            "2025-05-01T10:30:15; a time zone may follow).",
            examples=[{"LegalEULA": "2025-05-01T10:30:15"}],
            min_length=1,
        ),
    ]


class Person(Entry):
    """What T4 asks of every user (seed 002, User Object)."""

    username: Annotated[
        Username,
        FilledIn(),
        Field(description="The login name: the name of the entry.", examples=["trader.a"]),
    ]
    firstname: Firstname
    lastname: Lastname
    phone: Phone
    email: EmailAddress
    street: Street
    city: City
    county: County
    state: State
    postCode: PostCode
    country: CountryCode
    apptype: Apptype
    templateUser: TemplateUser = None
    marketData: MarketData = Field(default_factory=dict)
    eula: Eula | None = None
    adopt: Adopt = False
    passwordVersion: PasswordVersion = 1


class RevokeAccounts(Entry):
    """Accounts that the fill user has in T4 and should lose: accounts that the firm file would not capture
    anyway. For an account that would be captured, use `exclude`."""

    accounts: Annotated[
        AccountNumbers,
        Field(
            description="Accounts that the user loses, in quotes. Each is removed from the user's list in "
            "T4.",
            examples=[["22222"]],
        ),
    ] = ()


class Revoke(RevokeAccounts):
    """What a user who stays loses. The step stays open until there is evidence. Then remove the line."""

    applications: Annotated[
        Names,
        Field(
            description="Applications that the user loses: each is removed from the user in T4. If it is "
            "WhenTech, the capture of the user's accounts ends afterwards.",
            examples=[["WhenTech"]],
        ),
    ] = ()


Departed = Annotated[
    bool,
    Field(
        description="The user leaves: the first of two steps. When all its tasks are closed, remove the "
        "entry."
    ),
]


class User(Person):
    """A person with a T4 user. The name of the entry is the username. It is unique, has at least 6
    characters, and can never change."""

    accounts: Annotated[
        AccountNumbers,
        Field(
            description="The user's account numbers, in quotes, 1 or more. The first is created together "
            "with the user.",
            examples=[["11111", "22222"]],
        ),
    ]
    applications: Applications = ()
    revoke: Revoke = Field(default_factory=Revoke)
    departed: Departed = False

    @property
    def is_whentech(self) -> bool:
        """Whether the user has the WhenTech application."""
        return WHENTECH in self.applications


class FillUser(Person):
    """The fill service's own T4 user: it reads, and never trades (WhenTech Fill Service page).

    The defaults for users apply to it too, except templateUser, marketData and applications.
    """

    username: Annotated[
        Username, Field(description="The login name, at least 6 characters.", examples=["WhenTechFillUser"])
    ]
    account: Annotated[
        AccountNumber,
        Field(
            description="The account that T4 creates with every user. This one is never traded, never "
            "enabled and never captured.",
            examples=["FILL0001"],
        ),
    ]
    revoke: RevokeAccounts = Field(default_factory=RevokeAccounts)
    departed: Departed = False
