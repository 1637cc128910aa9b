"""A review in one line: what changes, who must act, what it costs."""

from collections.abc import Mapping

from t4firm.model.firm import Firm
from t4firm.review.model import CaptureChange, Happens, MarketData, Review
from t4firm.yaml_files.mistakes import counted

PEOPLE: Mapping[Happens, tuple[str, str]] = {
    "new": ("new user", "new users"),
    "new, departed already": ("departed user added", "departed users added"),
    "adopted": ("user adopted", "users adopted"),
    "changes": ("user changed", "users changed"),
    "departs": ("departure", "departures"),
    "comes back": ("user comes back", "users come back"),
    "leaves the file": ("user leaves the file", "users leave the file"),
}


def headline_of(review: Review, before: Firm, after: Firm) -> str:
    """`1 new user, 2 new accounts, 2 fill assignments; 3 tasks for the administrator; market data +1
    subscription`."""
    coverage = review.coverage
    counts = [
        *(_counted(_happening(review, happens), *words) for happens, words in PEOPLE.items()),
        _counted(len(after.accounts.keys() - before.accounts.keys()), "new account"),
        _counted(len(coverage.gained) if coverage else 0, "fill assignment"),
        _counted(
            len(coverage.lost) if coverage else 0,
            "account no longer captured",
            "accounts no longer captured",
        ),
        _by_role(coverage),
        _counted(len(review.signatures), "task signed off", "tasks signed off"),
    ]
    first = ", ".join(words for words in counts if words)
    if not first and review.others:
        first = "only settings of the firm itself change"
    parts = [
        first,
        _counted(len(review.tasks), "task for the administrator", "tasks for the administrator"),
        _subscriptions(review.market_data),
        _counted(len(review.found), "unexpected difference", "unexpected differences"),
    ]
    said = "; ".join(part for part in parts if part) or _nobody(review)
    return f"WOULD BE REFUSED: {said}" if review.refusals else said


def _nobody(review: Review) -> str:
    return "no user or account changes, but see the warnings" if review.differs else "nothing changes"


def _happening(review: Review, happens: Happens) -> int:
    return sum(person.happens == happens for person in review.people)


def _counted(count: int, one: str, many: str = "") -> str:
    return counted(count, one, many) if count else ""


def _by_role(coverage: CaptureChange | None) -> str:
    """Whether the fill user comes to see everything, or no longer does: the largest change that one word
    makes."""
    if coverage is None or (coverage.before is None) == (coverage.after is None):
        return ""
    return (
        "ALL accounts to be captured by a role"
        if coverage.after is None
        else "accounts to be captured one by one"
    )


def _subscriptions(changes: MarketData) -> str:
    signs = ((changes.added, "+"), (changes.ended, "-"))
    counts = "/".join(f"{sign}{count}" for count, sign in signs if count)
    total = changes.added + changes.ended
    words = [f"{counts} subscription{'s' if total > 1 else ''}"] if total else []
    if changes.changed:
        words.append(_counted(changes.changed, "subscription changed", "subscriptions changed"))
    return f"market data {', '.join(words)}" if words else ""
