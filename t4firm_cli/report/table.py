"""The firm on one page as CSV: a line for each user and account; of each fact who says so, since when."""

import csv
import io

from t4firm.reports.facts import Fact
from t4firm.reports.one_page import AccountRow, OnePage, UserRow
from t4firm_cli.terminal import clean

USER = ("inT4", "canTrade", "type", "template", "applications", "agreements")
ACCOUNT = ("state", "fills")
COLUMNS = (
    *("user", "fillUser", "departed"),
    *(f"{name}{part}" for name in USER for part in ("", "By", "Since")),
    *("marketData", "cost", "account"),
    *(f"{name}{part}" for name in ACCOUNT for part in ("", "By", "Since")),
)

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula."""


def as_csv(page: OnePage) -> str:
    """All of it, with a line of headings."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(COLUMNS)
    for user in page.users:
        for row in user.accounts or (None,):
            writer.writerow(map(cell, (*_of_user(user), *_of_account(row))))
    for other in page.others:
        writer.writerow(map(cell, ("", "", "", *[""] * 3 * len(USER), "", "", *_of_account(other))))
    return written.getvalue()


def cell(text: str) -> str:
    """A text as a spreadsheet may have it: what would be a formula gets an apostrophe before it."""
    shown = clean(text)
    return f"'{shown}" if shown.startswith(FORMULA) else shown


def _of_user(user: UserRow) -> list[str]:
    facts = (user.stands, user.trades, user.apptype, user.template, user.applications, user.agreements)
    kinds = "; ".join(each.kind.text for each in user.market_data)
    fees = "; ".join(each.fee for each in user.market_data if each.fee)
    flags = ["yes" if flag else "" for flag in (user.is_fill_user, user.departed)]
    return [user.username, *flags, *(part for each in facts for part in _parts(each)), kinds, fees]


def _of_account(row: AccountRow | None) -> list[str]:
    if row is None:
        return [""] * (1 + 3 * len(ACCOUNT))
    return [row.account, *_parts(row.state), *_parts(row.fills)]


def _parts(fact: Fact) -> tuple[str, str, str]:
    return fact.text, fact.by, fact.since
