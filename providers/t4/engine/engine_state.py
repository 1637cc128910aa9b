"""What the last run of this stack recorded, read by the engine's own functions; no resource of the plan."""

import time
from collections.abc import Mapping
from typing import Any

import pulumi

from providers.t4.records.upgrade import upgraded

Recorded = Mapping[str, Any]

PAUSES = (0.02, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6)
"""Seconds before each further try."""


def resources(stack: str | None = None) -> Mapping[str, Recorded]:
    """URN -> a recorded resource, with its `outputs`; empty for a new stack. Of this stack, or of another
    one of the project."""
    found = _read("readStackResourceOutputs", "stackName", stack or pulumi.get_stack())
    return {urn: {**each, "outputs": upgraded(each["outputs"])} for urn, each in found.items()}


def _read(function: str, argument: str, stack: str) -> Recorded:
    """A file backend writes a file of metadata beside the state, in place: who reads it just then gets half
    of it ("failed to load checkpoint: EOF"). So a failure is final only when it stays."""
    name = f"{pulumi.get_organization()}/{pulumi.get_project()}/{stack}"
    for pause in PAUSES:
        try:
            return _once(function, argument, name)
        except Exception as error:  # the SDK raises nothing more precise
            pulumi.log.debug(f"{error}; trying again in {pause} s")
            time.sleep(pause)
    return _once(function, argument, name)


def _once(function: str, argument: str, name: str) -> Recorded:
    answer: Mapping[str, Any] = pulumi.runtime.invoke(f"pulumi:pulumi:{function}", {argument: name}).value
    outputs: Recorded = answer["outputs"]
    return outputs
