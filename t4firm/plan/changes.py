"""What a change of a firm's files brings: tasks, refusals, and the use of the limits."""

from dataclasses import dataclass

from t4firm.model.firm import Limited

Key = tuple[str, str]
"""Type and name of a resource."""


@dataclass(frozen=True)
class LimitUse:
    """How much a run would do of what is limited, and how much one run may do."""

    name: Limited
    count: int
    allowed: int


@dataclass(frozen=True)
class Changes:
    """What a change of the files means: administrator tasks that it brings (ids, sorted), why a run would be
    refused, what it uses of the limits, and the resources about which the two files differ."""

    tasks: tuple[str, ...]
    refusals: tuple[str, ...]
    limits: tuple[LimitUse, ...]
    changed: frozenset[Key]
