"""What a goal is about, a user or an account: whether T4 has it by the records, this run creates it, or the
file adopts it. A sign-off is not older than that (t4firm/evidence.py)."""

from dataclasses import dataclass

from t4firm.model.firm import Account, Firm
from t4firm.model.users import FillUser, User
from t4firm.operations import Operations
from t4firm.plan.goals import Subject
from t4firm.plan.prior_state import Recorded


def first_account(firm: Firm, user: User | FillUser) -> Account:
    """The account that the user's onboarding call makes: the fill user's own, or the first of a person's
    list."""
    return firm.accounts[user.account if isinstance(user, FillUser) else user.accounts[0]]


@dataclass(frozen=True)
class Subjects:
    """The users and accounts of one firm file, held against what the last run recorded."""

    firm: Firm
    recorded: Recorded
    operations: Operations

    def user(self, user: User | FillUser) -> Subject:
        if user.adopt:
            return "adopted"
        return "" if user.username in self.recorded.users else "new"

    def account(self, number: str) -> Subject:
        """One that the administrator creates may be there before this run, but not before its owner. Of
        another stack's account only that stack knows."""
        known, account = self.recorded.accounts.get(number), self.firm.accounts.get(number)
        owner = self.firm.person(account.owner) if account else None
        if account is None or owner is None or (known and known.made):
            return ""
        if account.adopt:
            return "adopted"
        with_owner = self.user(owner)
        if with_owner == "new" or self.onboarded_with(owner) == number:
            return with_owner
        return "new" if "createAccount" in self.operations else ""

    def access(self, user: User | FillUser, number: str) -> Subject:
        """Of what is about both: new with the newer one; adopted where one is, and the other is known. New
        too for an account that no run has recorded: it may have left, and its sign-offs are still there."""
        is_back = number in self.firm.accounts and number not in self.recorded.accounts
        of_account = self.account(number) or ("new" if is_back else "")
        both = (self.user(user), of_account)
        return "new" if "new" in both else "adopted" if "adopted" in both else ""

    def onboarded_with(self, user: User | FillUser) -> str:
        """The account that the user's onboarding call made, or will make. It stays that one when it is
        revoked and another comes first in the list."""
        known = self.recorded.users.get(user.username)
        made_with = known.first if known else ""
        return made_with or first_account(self.firm, user).account
