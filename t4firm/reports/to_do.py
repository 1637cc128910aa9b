"""How much there is to do: tasks that are open or to come, and accounts of which the firm file says nothing.

found = to_do(tasks, coverage)      {"tasks": 29, "inFirmFile": 2}
in_words(found)                     "31 to do (2 in the firm file)"
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from t4firm.reports.coverage import Coverage
from t4firm.tasks.ids import detail_of, kind_of

TO_DO: Final = ("planned", "open")
"""Statuses of tasks that somebody still has to do."""


def to_do(tasks: Iterable[Mapping[str, str]], coverage: Iterable[Coverage]) -> dict[str, int]:
    """How many tasks (`id`, `status`) are to do, and how many accounts the firm file is to say something
    of."""
    left = [task for task in tasks if task["status"] in TO_DO]
    return {"tasks": len(left), "inFirmFile": len(undeclared(left, coverage))}


def total(found: Mapping[str, int]) -> int:
    """All of it."""
    return sum(found.values())


def in_words(found: Mapping[str, int]) -> str:
    """For example `31 to do (2 in the firm file)`."""
    beside = f" ({found['inFirmFile']:,} in the firm file)" if found["inFirmFile"] else ""
    return f"{total(found):,} to do{beside}"


def undeclared(left: Iterable[Mapping[str, str]], coverage: Iterable[Coverage]) -> Sequence[Coverage]:
    """Accounts in T4 whose fills nobody captures, and about which no task that is `left` speaks."""
    told = {detail_of(task["id"]) for task in left if kind_of(task["id"]) == "declare-account"}
    return [each for each in coverage if each.state == "unmanaged" and each.account not in told]
