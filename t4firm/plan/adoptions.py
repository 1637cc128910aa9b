"""What of a firm file a run adopts: what is in T4 already, recorded with no call that changes anything."""

from collections.abc import Iterator

from t4firm.model.firm import Firm
from t4firm.operations import Operations
from t4firm.plan.prior_state import Recorded


def adoptions(firm: Firm, operations: Operations, recorded: Recorded) -> dict[str, str]:
    """Users and accounts that have `adopt: true` and are not recorded yet -> the words."""
    return dict(_adoptions(firm, operations, recorded))


def _adoptions(firm: Firm, operations: Operations, recorded: Recorded) -> Iterator[tuple[str, str]]:
    fill = [firm.fillService.user] if firm.fillService else []
    for user in sorted((*firm.users.values(), *fill), key=lambda user: user.username):
        if user.adopt and user.username not in recorded.users:
            what = f"the user {user.username}"
            yield what, _words(what, "listUsers" in operations, "verify-user")
    for number, account in sorted(firm.accounts.items()):
        if account.adopt and number not in recorded.accounts:
            what = f"the account {number}"
            yield what, _words(what, "listAccounts" in operations, "verify-account")


def _words(what: str, is_listed: bool, task: str) -> str:
    seen = (
        "T4's list must show it, or nothing is recorded"
        if is_listed
        else f"no operation lists it, so the administrator has to look ({task})"
    )
    return f"adopts {what} (`adopt: true`) and creates nothing: {seen}"
