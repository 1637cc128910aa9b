"""Lines of the attested file that are about nothing in the firm file: history of who left and of what was
revoked, or misspelled.

History may stay: a line that was about nothing in the last run signs nothing off that comes later
(t4firm/evidence.py). A line that no run ever had for a task is told in every run, as it may be misspelled.
"""

from collections.abc import Container, Iterator, Mapping
from dataclasses import replace

from t4firm.model.firm import Firm
from t4firm.plan.goals import Desired
from t4firm.plan.prior_state import Recorded
from t4firm.tasks.ids import about_nothing
from t4firm.yaml_files.mistakes import counted, some


def with_idle_lines(
    goals: Desired, lines: Mapping[str, str], recorded: Recorded, firm: Firm, elsewhere: Container[str]
) -> Desired:
    """The goals, with what the next run must know of such lines. `lines`: all of the attested file;
    `elsewhere`: the accounts of other stacks that the fill user captures."""
    used = {task for goal in goals.goals for task in goal.attested}
    idle = {task: line for task, line in sorted(lines.items()) if task not in used}
    strange = tuple(task for task in idle if _is_strange(task, recorded))
    told = _told({task: about_nothing(task, firm, elsewhere) for task in strange})
    found = replace(goals.firm, idle=idle, strange=strange)
    return replace(goals, firm=found, warnings=(*goals.warnings, *told))


def _is_strange(task: str, recorded: Recorded) -> bool:
    """An older version recorded no such lines: what it left is history."""
    if recorded.idle is None:
        return not recorded.users
    return task in recorded.strange or (task not in recorded.idle and task not in recorded.signed)


MOST = 5
"""Users, accounts … of which lines are told; above, how many more there are."""


def _told(strange: Mapping[str, str]) -> Iterator[str]:
    """One warning for all lines that no run ever had for a task. `strange`: the task of each, and what it is
    about that the firm file does not have."""
    groups: dict[str, list[str]] = {}
    for task, nothing in strange.items():
        groups.setdefault(nothing, []).append(task)
    about = [
        f"{some(tasks)} ({f'{nothing} is not in the firm file' if nothing else 'not about any task'})"
        for nothing, tasks in groups.items()
    ]
    more = f"; and lines about {len(about) - MOST} more" if len(about) > MOST else ""
    how_many = counted(len(strange), "line of the attested file closes", "lines of the attested file close")
    if strange:
        yield (
            f"{how_many} no task: {'; '.join(about[:MOST])}{more}. If a line is misspelled, correct it. If "
            "there was this task once, the line may stay. If not, remove it"
        )
