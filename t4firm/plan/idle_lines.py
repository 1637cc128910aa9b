"""Lines of the attested file that are about nothing in the firm file: history of who left and of what was
revoked, or misspelled.

History may stay: a line that was about nothing in the last run signs nothing off that comes later
(t4firm/evidence.py). A line that no run ever had for a task is told in every run, as it may be misspelled.
"""

from collections.abc import Container, Mapping
from dataclasses import replace

from t4firm.model.firm import Firm
from t4firm.plan.goals import Desired
from t4firm.plan.prior_state import Recorded
from t4firm.tasks.ids import about_nothing


def with_idle_lines(
    goals: Desired, lines: Mapping[str, str], recorded: Recorded, firm: Firm, elsewhere: Container[str]
) -> Desired:
    """The goals, with what the next run must know of such lines. `lines`: all of the attested file;
    `elsewhere`: the accounts of other stacks that the fill user captures."""
    used = {task for goal in goals.goals for task in goal.attested}
    idle = {task: line for task, line in sorted(lines.items()) if task not in used}
    strange = tuple(task for task in idle if _is_strange(task, recorded))
    told = (_strange(task, about_nothing(task, firm, elsewhere)) for task in strange)
    found = replace(goals.firm, idle=idle, strange=strange)
    return replace(goals, firm=found, warnings=(*goals.warnings, *told))


def _is_strange(task: str, recorded: Recorded) -> bool:
    """An older version recorded no such lines: what it left is history."""
    if recorded.idle is None:
        return not recorded.users
    return task in recorded.strange or (task not in recorded.idle and task not in recorded.signed)


def _strange(task: str, nothing: str) -> str:
    about = f"is about {nothing}, which is not in the firm file" if nothing else "is not about any task"
    return (
        f"{task} in the attested file {about}. The line closes no task. If it is misspelled, correct it. If "
        "there was this task once, the line may stay. If not, remove it"
    )
