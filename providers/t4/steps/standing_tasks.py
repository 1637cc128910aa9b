"""The tasks that come with a user, whatever the API can do and whatever changes."""

from providers.t4.api import MissingValue
from providers.t4.records.users import UserInputs
from providers.t4.steps.journaled_calls import Outcome
from providers.t4.steps.task_ledger import Steps
from t4firm.reports.trials import last_day
from t4firm.tasks.ids import kind_of, task_id
from t4firm.tasks.kinds import around_the_fill_service

EVIDENCE = "eula"
"""What a signature through the API lacks where the firm file has no evidence of it."""


def standing(inputs: UserInputs, trial_expires: str | None) -> list[str]:
    """The ids of the tasks that come with a user of these inputs, as long as the user is there."""
    if inputs.departed:
        return []
    signed = bool(inputs.eula)
    kinds = around_the_fill_service(signed=signed) if inputs.is_fill_user else ()
    trial = ("confirm-trial",) if last_day(trial_expires) else ()
    return [task_id(kind, inputs.username) for kind in (*kinds, *trial)]


def take_standing(steps: Steps, task: str, *, again: bool = False) -> None:
    """One of the tasks that come with a user. Agreements can be signed through the API, but not without the
    evidence that the firm file does not have."""
    steps.take(task, _without_evidence if kind_of(task) == "sign-eula" else None, again=again)


def _without_evidence() -> Outcome:
    raise MissingValue("acceptEula", EVIDENCE)
