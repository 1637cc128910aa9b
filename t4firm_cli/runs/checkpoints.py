"""How often a run writes its state: after each step, as the engine does by itself, or once, at the end.

Each time the engine writes all of it, so that the time of a run grows with the square of the firm
(docs/performance.md). What a killed run did is in the journal until the state has it: where the journal
stays, writing once is as safe (docs/reliability.md).
"""

import os
from collections.abc import Mapping
from typing import Final

from providers.t4.configuration.settings import SettingsError
from t4firm_cli.doctor.configuration import Configuration, journal
from t4firm_cli.engine.command import QUICK, SKIP, Pulumi
from t4firm_cli.terminal import complain, is_pipeline

LARGE: Final = 100
"""Resources, some 25 traders: from here on the writing takes a quarter of a first run or more."""


def settle(
    pulumi: Pulumi, resources: int, *, quick: bool | None, environ: Mapping[str, str] = os.environ
) -> None:
    """Let the engine write the state once or after each step. `quick`: what is asked for. Where nobody asks,
    not even by the engine's own variable, a large firm's is written once if the journal stays, and what
    happens is said. `resources`: how many the firm has."""
    if quick is None:
        if resources < LARGE or pulumi.environ.get(SKIP):
            return
        reason = _why_not(pulumi, environ)
        quick = not reason
        large = f"the firm is large ({resources:,} resources)"
        if quick:
            complain(f"The state is written once, at the end of the run: {large}.")
        else:
            complain(f"The state is written after each step. That takes long: {large}. {reason}")
    pulumi.environ.pop(SKIP, None)
    if quick:
        pulumi.environ |= QUICK


def _why_not(pulumi: Pulumi, environ: Mapping[str, str]) -> str:
    """Why the journal may not be there any more after this run, and what to do; "" where it will be."""
    if is_pipeline(environ):
        return "In CI the journal may go with the runner. If it is kept, `--quick` writes the state once."
    project, stack = pulumi.project, pulumi.stack
    written = project.written(stack)
    configured = Configuration(project, stack, project.settings(stack), written, pulumi.environ)
    try:
        found = journal(configured, environ)
    except SettingsError:
        return "The settings do not say where the journal is."  # the run says what is wrong with them
    return "" if found.status == "fine" else f"The journal's folder {found.says}. Remedy: {found.remedy}."
