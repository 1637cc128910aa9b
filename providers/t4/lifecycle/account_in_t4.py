"""An account that T4 has before anybody creates it: whether it is the one that the firm file means.

It is of the stack's own firm: the operations list it, or the reader's login shows it there. Then

- T4 lists it under its owner: it is recorded as it is, and no call creates it;
- T4 lists its owner without it, or the API is to create it and nothing shows whose it is: it is not created
  and not touched, until the firm file says `adopt: true`;
- the administrator was to create it, and nothing shows whose it is: it is recorded, and the administrator
  looks (`verify-account`): the number may have been there. Not where it was awaited: T4 showed, while the
  administrator was asked for it, that it was not there, and the API does nothing with it.

Until somebody has shown that it is the owner's, nothing is changed at it, and nobody is assigned it.
"""

from collections.abc import Callable
from dataclasses import dataclass

from providers.t4.lifecycle.account_refresh import STATES, hold_names
from providers.t4.lifecycle.errors import TakenAlready
from providers.t4.records.accounts import AccountInputs
from providers.t4.records.task_records import open_tasks
from providers.t4.session import lookups
from providers.t4.session.lookups import Row
from providers.t4.steps.task_ledger import Steps
from t4firm.tasks.ids import task_id


@dataclass(frozen=True)
class Existing:
    """An account as T4 shows it. `is_owners`: whether T4 lists it under its owner; None where nothing shows
    what the owner has."""

    row: Row
    evidence: str
    is_owners: bool | None

    def settle(self, inputs: AccountInputs, steps: Steps, *, awaited: bool) -> None:
        """The steps for what differs. Where nothing shows whose it is, the administrator looks; not where it
        is the `awaited` one."""
        hold_names(inputs, steps, self.row, self.evidence)
        if self.is_owners is None and not awaited:
            steps.take(task_id("verify-account", inputs.account))


def existing(inputs: AccountInputs, is_owners: Callable[[], bool | None]) -> Existing | None:
    """What T4 has under the number of this account; None where nothing shows one, and where the administrator
    is to create it and has not assigned it yet.

    Raises TakenAlready where the API is to create it, and T4 does not show that its owner has it: what nobody
    proved is not changed through the API.
    """
    number = inputs.account
    if (seen := lookups.account_before(number)) is None:
        return None
    found = Existing(seen.value, f"T4 shows it: {seen.evidence}", is_owners())
    by_api = inputs.how.get("create-account") == "api"
    if found.is_owners or (found.is_owners is None and not by_api):
        return found
    if by_api:
        raise taken(number, inputs.owner, f"{found.evidence}.")
    return None


def wait_until_verified(inputs: AccountInputs, steps: Steps) -> None:
    """Whatever changes the account waits as long as nobody has shown that it is its owner's."""
    verify = task_id("verify-account", inputs.account)
    is_open = verify in open_tasks(steps.tasks)
    names = (task_id("update-account", inputs.account, name) for name in inputs.names)
    states = (task_id(kind, inputs.account) for kind in STATES)
    changing = (*names, *states, task_id("assign-account", inputs.owner, inputs.account))
    others = {task: waits for task, waits in steps.waits.items() if task not in changing}
    steps.waits = {**others, **(dict.fromkeys(changing, verify) if is_open else {})}


def taken(number: str, owner: str, shown: str) -> TakenAlready:
    """`shown`: a sentence about what showed that T4 has it."""
    return TakenAlready(
        f"T4 already has an account {number}, but T4 has not shown that it is {owner}'s. If it is, "
        f"write `adopt: true` for {number} under `accounts`. If not, choose another number. {shown}"
    )
