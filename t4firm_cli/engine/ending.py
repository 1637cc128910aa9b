"""How a run ended: the exit code, and what is printed of its problems, made together.

`error:` is printed only by a run that ends with 1. A run that did everything, and after which T4 still shows
something that must not be (a violation, a sign-off that is not true), ends with 2: there is something to do.
"""

from collections.abc import Mapping
from typing import Final

from t4firm_cli.engine.events import Problem, Told

CHANGES_EXPECTED_NONE: Final = 7
"""The engine's exit code for --expect-no-changes, where there are some."""

FAILED: Final = 1
SOMETHING_TO_DO: Final = 2

ENGINES: Final[Mapping[int, int]] = {0: 0, CHANGES_EXPECTED_NONE: SOMETHING_TO_DO}
"""The engine's exit codes -> ours; every other one is an error."""


def exit_code(engines: int, told: Told) -> int:
    """0; 1 for an error; 2 where the run is complete and raised an alarm, or where changes were found and
    none expected."""
    code = ENGINES.get(engines, FAILED)
    errors = [problem for problem in told.problems if problem.is_error]
    if not all(each.is_alarm for each in errors):
        return FAILED
    return code or (SOMETHING_TO_DO if errors else 0)


def in_words(problem: Problem, about: str, code: int) -> str:
    """A problem as it is printed by a run that ends with `code`. `about`: the resources, "" for none."""
    severity = "" if problem.is_alarm and code == SOMETHING_TO_DO else f"{problem.severity}: "
    return f"{severity}{about}{problem.words}"


def last_words(told: Told, code: int, stack: str) -> str:
    """What a run that is complete and raised an alarm says at its end; "" for every other run."""
    if code != SOMETHING_TO_DO or not any(each.is_alarm for each in told.problems):
        return ""
    return (
        "This run is complete: nothing failed, and everything is recorded. It ends with exit code 2, because "
        "T4 does not show what it should: see VIOLATION or CONTRADICTED. "
        f"`t4firm tasks --stack {stack}` says what somebody must do"
    )
