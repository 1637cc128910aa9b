"""The engine's plan of a preview, kept for the run that follows it: the engine refuses a step that the plan
does not have."""

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pulumi.runtime.rpc import UNKNOWN

from t4firm_cli.engine.command import EXPERIMENTAL, Pulumi

UNCHANGING: Final = frozenset({"same", "refresh", "read"})


@dataclass(frozen=True)
class UpdatePlan:
    """A plan in a file: made by a preview, taken by a run."""

    file: Path

    @property
    def saving(self) -> tuple[str, ...]:
        """The words for the preview."""
        return ("--save-plan", str(self.file))

    @property
    def changes_nothing(self) -> bool:
        """Whether every step leaves its resource as it is."""
        planned: dict[str, Any] = json.loads(self.file.read_text())
        steps = {step for resource in planned["resourcePlans"].values() for step in resource["steps"]}
        return steps <= UNCHANGING

    def taking(self) -> tuple[str, ...]:
        """The words for the run.

        The stack's outputs may become whatever they become. The plan holds them as the preview knew them,
        with tasks that are `planned`; a run that does exactly its steps leaves them `open` or done.
        """
        planned: dict[str, Any] = json.loads(self.file.read_text())
        for urn, resource in planned["resourcePlans"].items():
            if "::pulumi:pulumi:Stack::" in urn and resource.get("goal"):
                added = resource["goal"].get("outputDiff", {}).get("adds") or {}
                known = (resource.get("state") or {}).keys() - added.keys()
                resource["goal"]["outputDiff"] = {
                    "adds": dict.fromkeys(added, UNKNOWN),
                    "updates": dict.fromkeys(sorted(known), UNKNOWN),
                }
        self.file.write_text(json.dumps(planned))
        return ("--plan", str(self.file))


@contextmanager
def update_plan(pulumi: Pulumi) -> Iterator[UpdatePlan]:
    """The plan of one run. It holds every input of every user: in a folder of this user's alone, and gone
    afterwards."""
    pulumi.environ |= EXPERIMENTAL
    with tempfile.TemporaryDirectory(prefix="t4firm-") as folder:
        yield UpdatePlan(Path(folder) / "plan.json")
