"""`t4firm up` on a terminal: what was shown is what is applied."""

import sys
from collections.abc import Callable, Iterable
from typing import Final

from t4firm_cli.destination import destination
from t4firm_cli.engine.command import Pulumi
from t4firm_cli.engine.reviewed_calls import named, no_others
from t4firm_cli.engine.update_plan import update_plan
from t4firm_cli.project.layout import ProjectError
from t4firm_cli.terminal import confirm

AGREED: Final = frozenset({"--yes", "-y", "--skip-preview", "-f"})
"""Options of `pulumi up` for a run that nobody has to confirm any more."""


def refuse_unasked(words: Iterable[str]) -> None:
    """Raises ProjectError where nobody has agreed and nobody can be asked, as `pulumi up` does."""
    if not AGREED.intersection(words) and not sys.stdin.isatty():
        raise ProjectError(
            "there is no terminal to ask on: `t4firm up --yes` runs without asking. Nothing was done"
        )


def run(pulumi: Pulumi, preview: Callable[..., int], apply: Callable[..., int]) -> int:
    """Show what would be done, ask, and do that: the engine refuses a step that it did not show, and the
    providers a call that is none of these steps'. Nothing is asked where nothing would change. `preview` and
    `apply` take further options for the engine.
    """
    with update_plan(pulumi) as plan:
        with named(pulumi) as calls:
            if code := preview(*plan.saving):
                return code
            shown = calls()
        if not plan.changes_nothing:
            confirm(f"Do this in T4, stack {pulumi.stack}: {destination(pulumi)}?")
        with no_others(pulumi, shown):
            return apply(*plan.taking())
