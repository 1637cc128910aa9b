"""The informal request to CTS support with which WhenTech begins (seeds 000 and 001)."""

from t4firm.model.firm import WhenTech
from t4firm.model.users import WHENTECH, WHENTECH_FILLS

TO = "T4.Support@plus500.com"
"""Support's address on the current WhenTech Fill Service page (seed 000); that of seed 001 is of 2012."""


def mail(firm: str, name: str, title: str, environment: str) -> str:
    """The request as it can be mailed: it comes from the firm's T4 administrator or an officer, and names the
    applications and the environment."""
    return f"""\
To: {TO}
Subject: {WHENTECH} and {WHENTECH_FILLS} for {firm}

Hello,

please add the applications {WHENTECH} and {WHENTECH_FILLS} to the list of available applications of {firm}
in the {environment} environment.

We want to use the T4 API for WhenTech Markets order execution and for the WhenTech Fill Service. We will
assign {WHENTECH} to our end users, and {WHENTECH_FILLS} to nobody but the read-only user of the fill service.

Please let me know when both applications are there.

Kind regards,
{name}
{title}, {firm}"""


def next_step(whentech: WhenTech) -> str:
    """What is to be written into the firm file when the mail is sent, or what it says already."""
    if whentech.enabledOn:
        return f"The firm file says that the firm has had both applications since {whentech.enabledOn}."
    if whentech.requestedOn:
        return (
            f"The firm file says that this was asked on {whentech.requestedOn}. When CTS support says that "
            "both applications are there, write that day as `whentech.enabledOn`."
        )
    return "When you have sent it, write the day into the firm file as `whentech.requestedOn`."
