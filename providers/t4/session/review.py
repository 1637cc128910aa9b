"""What this process has to do with a review: it names the calls that a run would make, or it makes no others
than those that were reviewed.

`t4firm` writes a file for it, and names the file in the environment of the engine; nobody else does.
"""

import json
import os
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from providers.t4.api.door import Door
from t4firm.review.model import ChangingCall

VARIABLE: Final = "T4_REVIEW"
"""The variable that names the file."""


@dataclass(frozen=True)
class Review:
    """`key`: of the marks of calls. `reviewed`: the calls that may be made, None for any. `planned`: the file
    that takes the calls that a run would make, None where nobody asks. `reads`: False where T4 is not to be
    asked for anything: a preview without credentials."""

    key: bytes = b""
    reviewed: Collection[ChangingCall] | None = None
    planned: Path | None = None
    reads: bool = True

    @property
    def door(self) -> Door:
        return Door(self.key, self.reviewed)

    def plan(self, calls: Iterable[ChangingCall]) -> None:
        """Name calls that a run would make."""
        if self.planned:
            lines = "".join(f"{json.dumps(asdict(call))}\n" for call in calls)
            with os.fdopen(os.open(self.planned, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "w") as file:
                file.write(lines)

    def write(self, file: Path) -> None:
        """Write it for a process that is started with the variable."""
        reviewed = None if self.reviewed is None else [asdict(call) for call in self.reviewed]
        content = {
            "key": self.key.hex(),
            "reviewed": reviewed,
            "planned": self.planned and str(self.planned),
            "reads": self.reads,
        }
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as opened:
            json.dump(content, opened)


def review_of(environ: Mapping[str, str]) -> Review:
    """What the environment says; nothing without the variable. Raises ValueError or OSError for a file that
    cannot be used: then nothing may be called."""
    if not (file := environ.get(VARIABLE)):
        return Review()
    content = json.loads(Path(file).read_bytes())
    reviewed, planned = content["reviewed"], content["planned"]
    return Review(
        bytes.fromhex(content["key"]),
        None if reviewed is None else frozenset(ChangingCall(**call) for call in reviewed),
        Path(planned) if planned else None,
        content["reads"],
    )


def planned_in(file: Path) -> tuple[ChangingCall, ...]:
    """The calls that a run would make, each once, sorted."""
    lines = file.read_text().splitlines() if file.exists() else []
    return tuple(sorted({ChangingCall(**json.loads(line)) for line in lines}))
