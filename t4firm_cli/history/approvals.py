"""Who approved a pull request, as GitHub has it."""

from collections.abc import Iterable, Mapping

from t4firm_cli.github.gh import Gh


def approved_on_github(pull_requests: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
    """`#12` -> who approved it, each with the day: `ann on 2026-11-20`. Raises ProjectError with gh's own
    words."""
    gh = Gh()
    return {number: _approvals(gh, number.removeprefix("#")) for number in sorted(set(pull_requests))}


def _approvals(gh: Gh, number: str) -> tuple[str, ...]:
    """The last word of each reviewer, where it is an approval."""
    last: dict[str, str] = {}
    for review in gh.listed(f"pulls/{number}/reviews"):
        who, state = str((review.get("user") or {}).get("login") or "somebody"), str(review.get("state"))
        if state in ("APPROVED", "CHANGES_REQUESTED", "DISMISSED"):
            last[who] = str(review.get("submitted_at") or "")[:10] if state == "APPROVED" else ""
    return tuple(f"{who} on {day}" for who, day in last.items() if day)
