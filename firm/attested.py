"""What the administrator did and T4 cannot show: `stacks/<stack>.attested.yaml`, a reviewed list of
signed-off tasks."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from firm.source import Document, FileError, Mistake, read, validated
from firm.tasks import parts_of


class Attestation(BaseModel):
    """One line of an attested file: somebody's word that one task is done."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    task: str = Field(description="The id of the task, as `t4firm tasks` shows it.")
    by: str = Field(min_length=1, description="Who did it, or saw that it was done.")
    on: date = Field(description="The day on which it was done.")
    note: str = Field("", description="Anything a later reader should know.")


class AttestedFile(BaseModel):
    """An attested file as it is written."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    attested: list[Attestation] = Field(default_factory=list, description="What was done, a line each.")


def attested_path(firm_file: Path, stack_file: Path | None = None) -> Path:
    """The attested file that belongs to a firm file: `.attested.yaml` for `.firm.yaml`; or to a stack file,
    where there is one: what is done in one environment is not done in the other."""
    own = stack_file if stack_file and stack_file.exists() else firm_file
    return own.with_name(re.sub(r"(\.firm|\.stack)?(\.yaml)?$", ".attested.yaml", own.name, count=1))


def load_attested(firm_file: Path, stack_file: Path | None = None) -> Mapping[str, Attestation]:
    """Task id -> attestation; empty where there is no attested file. Raises FileError with all mistakes."""
    path = attested_path(firm_file, stack_file)
    if not path.exists():
        return {}
    document = read(path, list_as="attested")
    entries = validated(document, AttestedFile).attested
    if mistakes := [*_impossible(document, entries)]:
        raise FileError(mistakes)
    return {entry.task: entry for entry in entries}


def _impossible(document: Document, entries: list[Attestation]) -> list[Mistake]:
    mistakes, seen = [], set()
    today = datetime.now(UTC).date()
    for index, entry in enumerate(entries):
        loc = ("attested", index)
        try:
            parts_of(entry.task)
        except ValueError as error:
            right = f"write an id that `t4firm tasks` shows: {error}"
            mistakes.append(document.mistake((*loc, "task"), f"{entry.task!r} is no task", right))
        if entry.task in seen:
            wrong = f"{entry.task!r} is attested twice"
            mistakes.append(document.mistake((*loc, "task"), wrong, "keep one of the two lines"))
        if entry.on > today:
            wrong = f"{entry.on} is in the future"
            mistakes.append(document.mistake((*loc, "on"), wrong, "write the day on which it was done"))
        seen.add(entry.task)
    return mistakes
