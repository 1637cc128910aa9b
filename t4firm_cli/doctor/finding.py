"""A finding of the doctor."""

from dataclasses import dataclass
from typing import Literal

Status = Literal["fine", "warning", "problem", "unknown"]


@dataclass(frozen=True)
class Finding:
    """What was found out about one thing. `problem`: a run would fail; `warning`: it may, or somebody will be
    sorry later; `unknown`: cannot be looked at, which is no fault. `remedy`: what to do, empty where fine."""

    about: str
    status: Status
    says: str
    remedy: str = ""
