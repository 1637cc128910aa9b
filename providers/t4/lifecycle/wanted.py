"""What the file wants in T4 where a task alone does not say it: the value that a sign-off of the task is
about.

    wanted(inputs, "update-user/trader.a/phone")  # "555-0100"
    wanted(inputs, "enable-account/11111")        # None: the task says it all
"""

from collections.abc import Callable, Mapping
from typing import Any

from t4firm.tasks.ids import kind_of, parts_of

Inputs = Mapping[str, Any]


def _field(inputs: Inputs, field: str) -> Any:
    if field == "password":
        return int(inputs["passwordVersion"])
    return inputs[field] if field in ("country", "apptype") else inputs["person"].get(field)


def _account(inputs: Inputs) -> Any:
    return [inputs["owner"], inputs["templateAccount"], dict(inputs["names"])]


def _given(inputs: Inputs) -> Any:
    return [inputs["expected"]["roles"], inputs["expected"]["applications"]]


BY_KIND: Mapping[str, Callable[[Inputs, Mapping[str, str]], Any]] = {
    "create-account": lambda inputs, _: _account(inputs),
    "update-account": lambda inputs, parts: inputs["names"].get(parts["field"]),
    "update-user": lambda inputs, parts: _field(inputs, parts["field"]),
    "update-market-data": lambda inputs, parts: inputs["marketData"].get(parts["exchange"]),
    "sign-eula": lambda inputs, _: inputs["eula"],
    "verify-user": lambda inputs, _: _given(inputs),
    "hand-over-credentials": lambda inputs, _: int(inputs["passwordVersion"]),
}
"""Kind of step -> what the inputs of its resource want. Kinds that are left out say it all in their ids."""


def wanted(inputs: Inputs, task: str) -> Any:
    """The value that these inputs want of this task; None where there is none. It may be a personal detail:
    only a mark of it is recorded."""
    of_kind = BY_KIND.get(kind_of(task))
    return of_kind(inputs, parts_of(task)) if of_kind else None
