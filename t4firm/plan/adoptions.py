"""What of a firm file a run adopts: what is in T4 already, recorded with no call that changes anything."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from t4firm.model.firm import Firm
from t4firm.operations import Operations
from t4firm.plan.prior_state import Recorded
from t4firm.yaml_files.mistakes import counted, some


@dataclass(frozen=True, order=True)
class Adoption:
    """A user or an account that has `adopt: true` and is not recorded yet. `is_listed`: whether an operation
    lists its kind."""

    kind: Literal["user", "account"]
    name: str
    is_listed: bool


def adoptions(firm: Firm, operations: Operations, recorded: Recorded) -> tuple[Adoption, ...]:
    """What a run adopts: the users, then the accounts."""
    fill = [firm.fillService.user] if firm.fillService else []
    users = {user.username: user.adopt for user in (*firm.users.values(), *fill)}
    accounts = {number: account.adopt for number, account in firm.accounts.items()}
    listed = {"user": "listUsers" in operations, "account": "listAccounts" in operations}
    return (
        *(
            Adoption("user", name, listed["user"])
            for name in sorted(users)
            if users[name] and name not in recorded.users
        ),
        *(
            Adoption("account", name, listed["account"])
            for name in sorted(accounts)
            if accounts[name] and name not in recorded.accounts
        ),
    )


def told(adopted: Iterable[Adoption]) -> Iterator[str]:
    """A sentence without its beginning for the users, and one for the accounts: "adopts 200 users …"."""
    for kind, group in groupby(adopted, lambda each: each.kind):
        each = list(group)
        alone = len(each) == 1
        what = f"the {kind} {each[0].name}" if alone else counted(len(each), kind)
        seen = (
            f"T4's list must show {'it' if alone else 'each of them'}, or nothing is recorded"
            if each[0].is_listed
            else f"no operation lists {'it' if alone else 'them'}, so the administrator has to look "
            f"(verify-{kind})"
        )
        names = "" if alone else f": {some(one.name for one in each)}"
        yield f"adopts {what} (`adopt: true`) and creates nothing: {seen}{names}"
