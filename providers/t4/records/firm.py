"""The firm, as the program says it and as it is recorded."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from providers.t4.records.record import Inputs, Recorded
from t4firm.model.firm import Limited
from t4firm.plan.goals import FIRM_NAME
from t4firm.plan.limits import LimitUse
from t4firm.plan.said import FirmSaid

ALONE = ("roster", "gone", "history", "limits", "identity")
"""What only the inputs hold: an unchanged resource records new inputs and keeps its old outputs."""


@dataclass(frozen=True, kw_only=True)
class Use:
    """How much a run would do of what is limited, and how much one run may do."""

    count: int
    allowed: int


@dataclass(frozen=True, kw_only=True)
class FirmInputs(Inputs):
    """The firm. `roster`: username -> `active` or `departed`. `gone`: whom the last run recorded, and who is
    no longer in the file; `history`: of each of these, the tasks that are signed off. `limits`: what this run
    would use of them. `waiting`: what the firm waits for. `identity`: what the stack's passwords and journal
    are bound to, "" where an older version recorded the firm. `idle`: the lines of the attested file that are
    about nothing in the firm file, None where an older version recorded the firm; `strange`: those of them
    that no run ever had for a task."""

    firm: str
    roster: Mapping[str, str] = field(default_factory=dict)
    gone: tuple[str, ...] = ()
    history: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    limits: Mapping[Limited, Use] = field(default_factory=dict)
    waiting: tuple[str, ...] = ()
    identity: str = ""
    idle: Mapping[str, str] | None = None
    strange: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return FIRM_NAME

    @property
    def words(self) -> str:
        return "the firm"

    @property
    def said(self) -> FirmSaid:
        limits = tuple(LimitUse(name, use.count, use.allowed) for name, use in self.limits.items())
        return FirmSaid(
            roster=self.roster,
            gone=self.gone,
            history=self.history,
            limits=limits,
            identity=self.identity,
        )


@dataclass(frozen=True, kw_only=True)
class FirmRecord(Recorded):
    """The firm, without what its inputs alone hold (`ALONE`)."""

    inputs: FirmInputs

    def to_props(self) -> dict[str, Any]:
        return {name: value for name, value in super().to_props().items() if name not in ALONE}
