"""What a firm file may say: one model for each part of it, with T4's own field names (seed 002).

The descriptions are the documentation of the file: they go into the JSON schema and the docs. Models are
frozen and strict, and know no further fields. `Firm` is what loading makes of a file: defaults merged in, and
an entry for every account that there is.
"""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field

from t4firm.model.fields import (
    AccountName,
    Adopt,
    Applications,
    Apptype,
    City,
    CountryCode,
    County,
    DisplayName,
    EmailAddress,
    Enabled,
    Entry,
    Firstname,
    Lastname,
    MarketData,
    PasswordVersion,
    Phone,
    PostCode,
    State,
    Street,
    TemplateAccount,
    TemplateUser,
)
from t4firm.model.users import FillUser, User
from t4firm.model.values import (
    AccountNumber,
    CapturedAccounts,
    Day,
    DayToCome,
    Limit,
    Names,
    Text,
)
from t4firm.yaml_files.model_errors import FilledIn

Limited = Literal["newUsers", "departures", "marketData"]
"""What one run does only so much of."""

PERCENTAGES_FROM = 10  # people or accounts: below, a percentage would forbid or allow single ones by chance


class WhenTech(Entry):
    """The informal request to CTS support, and their answer (WhenTech Fill Service page)."""

    requestedOn: Annotated[
        Day | None,
        Field(
            description="The day on which the firm's T4 administrator or an officer asked CTS support to "
            "add the applications WhenTech and WhenTechFills.",
            examples=["2026-11-02"],
        ),
    ] = None
    enabledOn: Annotated[
        Day | None,
        Field(
            description="The day on which CTS support said that both applications are there.",
            examples=["2026-11-04"],
        ),
    ] = None


class UserTemplate(Entry):
    """A template user in T4, and what it gives to each user that is created from it."""

    applications: Annotated[
        Names,
        Field(description="The applications that the template gives.", examples=[["WhenTech"]]),
    ] = ()
    roles: Annotated[
        Names,
        Field(
            description="The roles that the template gives, as T4 spells them. The fill user's template "
            "gives none, or with capture: riskManager only the Risk Manager role.",
            examples=[["Trading"]],
        ),
    ] = ()


class Templates(Entry):
    """What the firm's T4 administrator prepared in the portal (Onboarding API page, Template Based
    Provisioning)."""

    users: Annotated[
        dict[Text, UserTemplate],
        Field(description="Template users by name, with what each gives."),
    ] = Field(default_factory=dict)
    accounts: Annotated[
        Names,
        Field(description="Template accounts by name.", examples=[["DefaultTemplate"]]),
    ] = ()


class Account(Entry):
    """A trading account. The name of the entry is the account number. It is unique, has 1 to 26 letters and
    digits, and can never change."""

    account: Annotated[
        AccountNumber,
        FilledIn(),
        Field(description="The account number: the name of the entry.", examples=["11111"]),
    ]
    accountName: AccountName
    displayName: DisplayName = None
    templateAccount: TemplateAccount
    enabled: Enabled = None
    owner: Annotated[
        Text,
        Field(
            description="The user who gets the account when it is created. Required if more than one user "
            "lists it.",
            examples=["trader.a"],
        ),
    ]
    adopt: Adopt = False

    @property
    def names(self) -> dict[str, str]:
        """The names of the account, which may tell who its owner is."""
        return {"accountName": self.accountName, "displayName": self.displayName or ""}


class UserDefaults(Entry):
    """Values for all users whose entry has none. An address is used as a whole: if an entry has one part of
    it, or another country, then street, city, county, state and postCode from here are not used. For the fill
    user, templateUser, marketData and applications from here are not used."""

    firstname: Firstname | None = None
    lastname: Lastname | None = None
    phone: Phone | None = None
    email: EmailAddress | None = None
    street: Street | None = None
    city: City | None = None
    county: County | None = None
    state: State | None = None
    postCode: PostCode | None = None
    country: CountryCode | None = None
    apptype: Apptype | None = None
    templateUser: TemplateUser = None
    marketData: MarketData | None = None
    applications: Applications | None = None
    passwordVersion: PasswordVersion | None = None


class AccountDefaults(Entry):
    """Values for all accounts whose entry has none. For the fill user's own account, `enabled` from here is
    not used."""

    displayName: DisplayName = None
    templateAccount: TemplateAccount | None = None
    enabled: Enabled = None


class Defaults(Entry):
    """Values that need not be in every entry."""

    user: UserDefaults = Field(default_factory=UserDefaults)
    account: AccountDefaults = Field(default_factory=AccountDefaults)


class FillService(Entry):
    """WhenTech's fill service: its user, and whose fills it captures (WhenTech Fill Service page)."""

    user: FillUser
    capture: Annotated[
        Literal["accounts", "riskManager", "none"],
        Field(
            description="accounts: the fill user is assigned each account. riskManager: the fill user has "
            "the Risk Manager role, and WhenTech receives the fills of all the firm's accounts. none: "
            "nothing is captured any more; this is the first step of ending the service. (WhenTech Fill "
            "Service page)",
            examples=["accounts"],
        ),
    ] = "accounts"
    accounts: Annotated[
        CapturedAccounts,
        Field(
            description="whentech: every account of every WhenTech user who has not departed. Or a list of "
            "accounts.",
            examples=["whentech"],
        ),
    ] = "whentech"
    exclude: Annotated[
        dict[AccountNumber, Text],
        Field(
            description="Accounts whose fills are not captured, each with the reason.",
            examples=[{"22222": "paper trading, agreed 2026-11-03"}],
        ),
    ] = Field(default_factory=dict)
    stacks: Annotated[
        Names,
        Field(
            description="Other stacks of this repository whose WhenTech accounts this fill user captures "
            "too. Their firm files are in the same folder, and have no fillService.",
            examples=[["retail", "prop"]],
        ),
    ] = ()


class Limits(Entry):
    """How much one run may do at most: a number, or a percentage of the firm's users. Below 10 users, the
    default is used instead of a percentage; 0% allows none. What failed in one run counts again in the
    next."""

    newUsers: Annotated[Limit, Field(description="New users in one run.", examples=[25])] = 25
    departures: Annotated[Limit, Field(description="Departures in one run.", examples=[3])] = 3
    marketData: Annotated[
        Limit, Field(description="Changes of market data in one run. They are billed.", examples=[50])
    ] = 50

    def allowed(self, what: Limited, size: int) -> int:
        """How many of `what` one run may do in a firm of `size` users.

        A percentage is rounded up and holds from 10 users on: below, the default number holds instead. 0% is
        none in a firm of any size.
        """
        limit: int | str = getattr(self, what)
        if isinstance(limit, int):
            return limit
        share = int(limit.removesuffix("%"))
        if share and size < PERCENTAGES_FROM:
            default: int = type(self).model_fields[what].default
            return default
        return -(-size * share // 100)


class Accepted(Entry):
    """A difference between T4 and the file that is left as it is for a time."""

    reason: Annotated[
        Text,
        Field(
            description="Why the difference is left as it is, and who agreed.",
            examples=["new phone on its way"],
        ),
    ]
    until: Annotated[
        DayToCome,
        Field(
            description="The last day (UTC). After it the difference counts again.",
            examples=["2026-12-31"],
        ),
    ]


class Firm(Entry):
    """The T4 and WhenTech set-up of a firm."""

    firm: Annotated[Text, Field(description="The firm's name.", examples=["Example Trading LLC"])]
    include: Annotated[
        Names,
        Field(
            description="Files of the same folder with more users and accounts, for example one for each "
            "desk. For T4 it makes no difference which file an entry is in.",
            examples=[["rates.users.yaml", "energy.users.yaml"]],
        ),
    ] = ()
    whentech: WhenTech = Field(default_factory=WhenTech)
    templates: Templates = Field(default_factory=Templates)
    defaults: Defaults = Field(default_factory=Defaults)
    users: Annotated[dict[str, User], Field(description="The firm's people, each under the username.")]
    accounts: Annotated[
        dict[str, Account],
        Field(description="Accounts that differ from defaults.account, each under its number, in quotes."),
    ] = Field(default_factory=dict)
    fillService: FillService | None = None
    limits: Limits = Field(default_factory=Limits)
    accepted: Annotated[
        dict[Text, Accepted],
        Field(
            description="Differences between T4 and this file that are left as they are for a time. Each is "
            "under the id of the task that would correct it, as `t4firm drift` and `t4firm tasks` show it.",
            examples=[
                {"update-user/trader.a/phone": {"reason": "number is being moved", "until": "2026-12-31"}}
            ],
        ),
    ] = Field(default_factory=dict)

    @cached_property
    def people(self) -> tuple[User | FillUser, ...]:
        """Everybody with a T4 user: the firm's people, and the fill service's user; sorted."""
        everybody: list[User | FillUser] = list(self.users.values())
        if self.fillService:
            everybody.append(self.fillService.user)
        return tuple(sorted(everybody, key=lambda user: user.username))

    def person(self, username: str) -> User | FillUser | None:
        """The user of this name: a person, or the fill service's own; None if there is none."""
        fill = self.fillService
        return fill.user if fill and fill.user.username == username else self.users.get(username)

    @cached_property
    def whentech_users(self) -> tuple[User, ...]:
        """The users with the WhenTech application, departed or not, by username."""
        return tuple(user for _, user in sorted(self.users.items()) if user.is_whentech)

    @cached_property
    def whentech_accounts(self) -> tuple[str, ...]:
        """The account numbers of all WhenTech users who have not departed, sorted."""
        return tuple(
            sorted({number for user in self.whentech_users if not user.departed for number in user.accounts})
        )

    @cached_property
    def undecided(self) -> tuple[str, ...]:
        """The accounts of people who stay of which nobody has decided whether they may be traded, sorted."""
        used = {number for user in self.users.values() if not user.departed for number in user.accounts}
        return tuple(sorted(number for number in used if self.accounts[number].enabled is None))

    @cached_property
    def excluded(self) -> tuple[str, ...]:
        """The account numbers whose fills are not captured, with a reason in the file, sorted."""
        return tuple(sorted(self.fillService.exclude)) if self.fillService else ()

    @cached_property
    def to_capture(self) -> tuple[str, ...]:
        """The account numbers that the fill user is to be assigned, sorted. Empty without a fill service, and
        with `capture: riskManager`, where a role stands for all accounts."""
        service = self.fillService
        if service is None or service.capture != "accounts":
            return ()
        chosen = self.whentech_accounts if service.accounts == "whentech" else service.accounts
        return tuple(sorted(set(chosen) - set(self.excluded)))
