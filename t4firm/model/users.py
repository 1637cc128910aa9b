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
    """What a person signed, and when: evidence, never made up. Left out, T4 asks at the first login (seed
    002)."""

    eulaVersion: Annotated[
        Text, Field(description="The version of the EULA that was shown to the person.", examples=["2"])
    ]
    signatures: Annotated[
        dict[Text, Signed],
        Field(
            description="Each signed document and when the person signed it (ISO 8601, for example "
            "2025-05-01T10:30:15; a zone may follow).",
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
    """Accounts that the fill user has in T4 and is not to have, where the file has nothing else to say of
    them: another stack's, or nobody's. For an account that would be captured there is `exclude`."""

    accounts: Annotated[
        AccountNumbers,
        Field(
            description="Accounts that the user had, in quotes: each is taken off the user's list in T4.",
            examples=[["22222"]],
        ),
    ] = ()


class Revoke(RevokeAccounts):
    """What a user who stays no longer has. The step is tracked until there is evidence; then the line may
    go."""

    applications: Annotated[
        Names,
        Field(
            description="Applications that the user had: each is taken from the user in T4. With WhenTech "
            "the capture of the user's accounts ends too, afterwards.",
            examples=[["WhenTech"]],
        ),
    ] = ()


Departed = Annotated[
    bool,
    Field(description="Leaving: the first of two steps. When its tasks are done, remove the entry."),
]


class User(Person):
    """A person with a T4 user. The name of the entry is the username: unique, at least 6 characters, for
    ever."""

    accounts: Annotated[
        AccountNumbers,
        Field(
            description="The user's account numbers, in quotes, 1 or more. The first is made together with "
            "the user.",
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
    """The fill service's own T4 user: it reads, and never trades (seed 000).

    It takes the defaults for users too, but never their templateUser, marketData, eula or applications.
    """

    username: Annotated[
        Username, Field(description="The login name, at least 6 characters.", examples=["WhenTechFillUser"])
    ]
    account: Annotated[
        AccountNumber,
        Field(
            description="The account that T4 makes with every user: here never traded, never enabled, "
            "never captured.",
            examples=["FILL0001"],
        ),
    ]
    revoke: RevokeAccounts = Field(default_factory=RevokeAccounts)
    departed: Departed = False
