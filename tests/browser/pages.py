"""Pages to look at in a browser: a firm of any size, and one whose every word is hostile."""

from dataclasses import replace
from datetime import UTC, date, datetime

from t4firm.history.audit import Audit, audit
from t4firm.history.events import Commit, Event, Run
from t4firm.reports.coverage import Coverage
from t4firm.reports.facts import Fact, fact
from t4firm.reports.hidden import Hidden
from t4firm.reports.one_page import AccountRow, OnePage, Subscription, ToDo, UserRow
from t4firm.reports.proofs import Proof
from t4firm_cli.report.html import as_html, audit_as_html

ONBOARDED = "POST /admin/v1/onboarding: 200 at 2026-11-20T10:30:19Z (request 0HN74400F7139:00000003)"
SIGNED = "2026-11-21, by A. Administrator (ticket 4711)"
UNSIGNED = Hidden("whether the agreements are signed", "T4 asks at the first login", "write `eula`")
MADE = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)

HOSTILE = (
    "<script>window.hacked = 1</script>",
    "<img src=x onerror='window.hacked = 1'>",
    "</title></style><script>window.hacked = 1</script>",
    "{{ 7 * 7 }}{% raw %}",
    "\u202etxet tfel ot thgir\u2066",
    "شركة التداول المثالية",
    "x" * 400,
    "' onmouseover='window.hacked = 1",
    "`<img src=x onerror='window.hacked = 1'>`",
)


def trader(name: str, *accounts: str, trades: Fact | None = None) -> UserRow:
    """A trader for whom all is well, but for what is said otherwise."""
    good = fact("yes", "good", ONBOARDED)
    return UserRow(
        username=name,
        stands=fact("in T4", "good", ONBOARDED),
        trades=trades or good,
        apptype=fact("Professional", "plain", ONBOARDED, "sent to T4"),
        template=fact("WhenTechTrader", "plain", ONBOARDED, "sent to T4"),
        applications=fact("WhenTech", "good", ONBOARDED),
        agreements=fact("signed", "good", SIGNED),
        market_data=(Subscription(fact("CME Depth", "plain", ONBOARDED), "12.5 USD"),),
        accounts=tuple(
            AccountRow(
                number, fact("enabled", "good", ONBOARDED), Fact("open", "bad", tasks=(assign(number),))
            )
            for number in accounts
        ),
    )


def well(name: str, account: str) -> UserRow:
    """Somebody for whom nothing is to be done."""
    user = trader(name, account)
    rows = tuple(replace(row, fills=fact("captured", "good", SIGNED)) for row in user.accounts)
    return replace(user, accounts=rows)


def assign(account: str) -> str:
    return f"assign-account/WhenTechFillUser/{account}"


def firm(traders: int = 2) -> OnePage:
    """A firm of so many traders with two accounts each: some cannot trade, of some nobody knows."""
    unseen = Fact("not shown", "unknown", unseen=(UNSIGNED,))
    users = [
        trader(f"trader.{at:04}", f"{at:04}1", f"{at:04}2", trades=unseen if at % 3 == 0 else None)
        for at in range(1, traders + 1)
    ]
    numbers = [row.account for user in users for row in user.accounts]
    return OnePage(
        firm="Example Trading LLC",
        stack="demo",
        destination="api.t4login.com (LIVE)",
        recorded="2026-11-28T10:30:19.000+00:00",
        users=tuple(users),
        coverage=tuple(Coverage(number, "open", assign(number)) for number in numbers),
        others=(AccountRow("77777", Fact("not in the firm file"), Fact("unmanaged", "bad")),),
        to_do=tuple(ToDo(assign(number), "Users", "Assign it", "open", "2026-11-20") for number in numbers),
        alarms=("VIOLATION: WhenTechFillUser has Trading",),
        subscriptions={"CME Depth": traders},
        costs={"CME Depth": "25 USD for 2 of 2"},
    )


def hostile() -> OnePage:
    """Every text of a firm file or of T4 is meant to break the page."""
    users = []
    for at, words in enumerate(HOSTILE):
        unseen = (Hidden(words, words, words),)
        each = Fact(words, "bad", words, words[:10], words, (f"assign-account/{words}/{at}",), unseen)
        row = AccountRow(words, each, each)
        users.append(
            UserRow(words, each, each, each, each, each, each, (Subscription(each, words),), (row, row))
        )
    return OnePage(
        firm=" ".join(HOSTILE[:3]),
        stack=HOSTILE[0],
        destination=HOSTILE[1],
        recorded=HOSTILE[0],
        users=tuple(users),
        coverage=tuple(Coverage(words, "open", words[:10]) for words in HOSTILE),
        others=tuple(AccountRow(words, Fact(words), Fact(words)) for words in HOSTILE),
        to_do=tuple(ToDo(f"assign-account/{words}/1", words, words, "open", words[:10]) for words in HOSTILE),
        alarms=HOSTILE,
        subscriptions=dict.fromkeys(HOSTILE, 1),
        costs=dict.fromkeys(HOSTILE, HOSTILE[0]),
        unread=HOSTILE,
        proofs=tuple(Proof(words, words, "not shown", words, words, words) for words in HOSTILE),
    )


def changes(words: str = "users.trader.a came") -> Audit:
    """The changes of a period, in which everything is called so."""
    run = Run("2026-11-20T10:30:00Z", "2026-11-20T10:31:00Z", "a" * 40, words, words, True, words)
    commit = Commit("b" * 40, "2026-11-19T09:00:00Z", words, words, "#7", words, (words,))
    at = "2026-11-20T10:30:19Z"
    shown = Event(at, "shown", words, (words,), words, applied=run, evidence=words, gone=True)
    events = [
        replace(shown, at="2026-11-19T09:00:00Z", kind="asked", commit=commit, change="came"),
        replace(shown, at="2026-11-20T10:30:00Z", kind="run", change=words),
        shown,
    ]
    return audit(words, words, events, date(2026, 11, 1), date(2026, 11, 30))


def written(page: OnePage | Audit) -> str:
    """The page as a file."""
    return audit_as_html(page, MADE) if isinstance(page, Audit) else as_html(page, MADE)
