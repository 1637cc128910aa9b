"""What the administrator prepared before anybody calls the API: templates, applications, exchanges, EULA.

The seeds name the default user template's content (by the sample answer) and `DefaultTemplate`; WhenTech's
pages (seeds 000 and 001) name the two applications. Everything can be changed at run time through the control
API.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import NAMESPACE_URL, uuid5

# seed 002, Response Format: the roles in the order of the sample. Trading is among them: a user made from the
# firm's default template can trade.
SAMPLE_ROLES: Final = (
    "TimeEntry",
    "QueueOrders",
    "ANTSEditor",
    "ANTSFastBoard",
    "MarketProfile",
    "Strategy",
    "ModifyOrders",
    "BasicCharting",
    "Charting",
    "ANTS1",
    "PitTrades",
    "BillingRetail1",
    "Trading",
    "ANTSAccountNet",
    "StrategyQuotes",
)

# t4.md section 5: the REST name of Risk Manager is `RiskManager` in one vendor sample; Administrator is
# inferred.
OTHER_ROLES: Final = ("RiskManager", "Administrator")

# seed 002, Response Format. WhenTech and WhenTechFills have no documented id.
SAMPLE_APPLICATIONS: Final = {
    "AppName1": "2B9D2612-7C19-407C-89B4-E813CCD45DD1",
    "AppName2": "030C8C1E-D1FE-4782-81FC-8BC4D13CB122",
}
WHENTECH_FILLS: Final = "WhenTechFills"
WHENTECH_APPLICATIONS: Final = ("WhenTech", WHENTECH_FILLS)
OWN_APPLICATION: Final = "T4Firm"
"""The firm's own: with it the firm's programs log in."""


@dataclass(frozen=True)
class UserTemplate:
    """A template user: what a new user gets (seed 002, Template Based Provisioning)."""

    name: str
    applications: tuple[str, ...]
    roles: tuple[str, ...]


@dataclass(frozen=True)
class AccountTemplate:
    """A template account. New accounts come out Disabled and pre-trade disabled in the seed's sample."""

    name: str
    enabled: str = "Disabled"
    preTradeDisabled: bool = True


# seed 002: "User properties are derived from the firm's default user template"; the name is ours.
DEFAULT_USER_TEMPLATE: Final = "default"

USER_TEMPLATES: Final = (
    UserTemplate(DEFAULT_USER_TEMPLATE, tuple(SAMPLE_APPLICATIONS), SAMPLE_ROLES),
    UserTemplate("WhenTechTrader", ("WhenTech",), SAMPLE_ROLES),
    UserTemplate("FillService", ("WhenTechFills",), ()),
    UserTemplate("FillServiceRiskManager", ("WhenTechFills",), ("RiskManager",)),
)
ACCOUNT_TEMPLATES: Final = (AccountTemplate("DefaultTemplate"),)

# t4-details.md section 4: the protocol's states; REST spells the first one "Disabled" (seed 002), the rest
# inferred.
ACCOUNT_STATES: Final = ("Disabled", "Enabled", "BackOfficeOnly", "PitTradeOnly")

# seed 002: DUMMY offers Depth and Delayed; TOB is the third type it names. Which exchanges a firm has is its
# own affair.
EXCHANGES: Final = {
    "DUMMY": ("Depth", "Delayed"),
    "CME": ("Depth", "TOB", "Delayed"),
    "CBOT": ("Depth", "TOB", "Delayed"),
    "NYMEX": ("Depth", "TOB", "Delayed"),
    "COMEX": ("Depth", "TOB", "Delayed"),
    "ICE": ("Depth", "TOB", "Delayed"),
    "EUREX": ("Depth", "TOB", "Delayed"),
    "EURONEXT": ("Depth", "TOB", "Delayed"),
    "CFE": ("Depth", "TOB", "Delayed"),
}
# t4-details.md section 1.5: the protocol's NONE; its REST spelling is inferred
NOT_SUBSCRIBED: Final = "None"


@dataclass(frozen=True)
class EulaDocument:
    """One document that a user signs."""

    documentName: str
    title: str
    url: str


# seed 002 has the seven names; titles of the first three from t4-details.md section 1.6, the others and all
# addresses are made up (.example never resolves).
EULA_VERSION: Final = "2"
EULA_DOCUMENTS: Final = (
    EulaDocument("LegalEULA", "End User License Agreement", "https://legal.example/LegalEULA.pdf"),
    EulaDocument("LegalPP", "Privacy Policy", "https://legal.example/LegalPP.pdf"),
    EulaDocument("LegalMDSA", "Market Data Subscription Agreement", "https://legal.example/LegalMDSA.pdf"),
    EulaDocument("LegalUSA", "User Subscriber Agreement", "https://legal.example/LegalUSA.pdf"),
    EulaDocument("LegalNPSCF", "Non-Professional Self-Certification", "https://legal.example/LegalNPSCF.pdf"),
    EulaDocument(
        "CMEInformationLicenseAgreement",
        "CME Information License Agreement",
        "https://legal.example/CMEInformationLicenseAgreement.pdf",
    ),
    EulaDocument(
        "ICESubscriberAgreement",
        "ICE Subscriber Agreement",
        "https://legal.example/ICESubscriberAgreement.pdf",
    ),
)
# Without it nobody logs in (t4-details.md section 1.6); that the other six do not matter for a login is
# inferred.
EULA_FOR_LOGIN: Final = "LegalEULA"


def application_id(name: str) -> str:
    """The GUID of an application: the sample's own, else one that follows from the name, upper case as in
    the seed.
    """
    known = SAMPLE_APPLICATIONS.get(name)
    return known or str(uuid5(NAMESPACE_URL, f"t4-application:{name}")).upper()
