"""What the administrator did and T4 cannot show: `stacks/<stack>.attested.yaml`, a reviewed list of
signed-off tasks."""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from t4firm.model.values import Text
from t4firm.tasks.ids import kind_of, parts_of, unknown_field
from t4firm.tasks.kinds import KINDS
from t4firm.yaml_files.document import Document, FileError, Mistake, read, validated
from t4firm.yaml_files.mistakes import shown

ATTESTED = ".attested.yaml"
"""How the name of an attested file ends."""

FIRST_TO_SEE_A_DAY = timedelta(hours=14)
"""How far the first place on earth is ahead of UTC: who signs there writes a day that is not over here."""


class Attestation(BaseModel):
    """One line of an attested file: somebody's word that one task is done."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    task: str = Field(description="The id of the task, as `t4firm tasks` shows it.")
    by: Text = Field(description="Who did it, or saw that it was done.")
    on: date = Field(description="The day on which it was done.")
    note: Text = Field(
        "",
        description="Anything that a later reader should know, on one line. Lists and logs repeat it, so "
        "write nothing personal.",
    )

    def __str__(self) -> str:
        """As it is recorded, the day first: `2026-11-20, by A. Admin (ticket 4711)`."""
        return f"{self.on.isoformat()}, by {self.by}{f' ({self.note})' if self.note else ''}"


class AttestedFile(BaseModel):
    """An attested file as it is written."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    attested: list[Attestation] = Field(
        default_factory=list, description="What was done, one line for each task."
    )


def attested_path(firm_file: Path, stack_file: Path | None = None) -> Path:
    """The attested file that belongs to a firm file: `.attested.yaml` for `.firm.yaml`; or to a stack file,
    where there is one: what is done in one environment is not done in the other."""
    own = stack_file if stack_file and stack_file.exists() else firm_file
    return own.with_name(re.sub(r"(\.firm|\.stack)?(\.yaml)?$", ATTESTED, own.name, count=1))


def load_attested(firm_file: Path, stack_file: Path | None = None) -> Mapping[str, Attestation]:
    """Task id -> attestation; empty where there is no attested file. Raises FileError with all mistakes.

    A line about nothing in the firm file is no mistake: it may be history (t4firm/plan/idle_lines.py).
    """
    path = attested_path(firm_file, stack_file)
    return attested_in(path) if path.exists() else {}


def attested_in(path: Path, text: str | None = None) -> Mapping[str, Attestation]:
    """The same for the attested file itself. `text`: what it would hold, if it is not written yet."""
    document = read(path, list_as="attested", text=text)
    entries, mistakes = _entries(document)
    mistakes += _impossible(document, entries)
    if mistakes:
        raise FileError(mistakes)
    return {entry.task: entry for entry in entries.values()}


def _entries(document: Document) -> tuple[dict[int, Attestation], list[Mistake]]:
    """Each line that could be read, by its place in the list; and what is wrong with the others."""
    try:
        return dict(enumerate(validated(document, AttestedFile).attested)), []
    except FileError as error:
        mistakes = list(error.mistakes)
    entries = {}
    lines = document.data.get("attested")
    for index, line in enumerate(lines if isinstance(lines, list) else ()):
        with suppress(ValidationError):
            entries[index] = Attestation.model_validate_json(json.dumps(line), strict=True)
    return entries, mistakes


def _impossible(document: Document, entries: Mapping[int, Attestation]) -> Iterator[Mistake]:
    seen: set[str] = set()
    today = (datetime.now(UTC) + FIRST_TO_SEE_A_DAY).date()
    for index, entry in entries.items():
        loc = ("attested", index)
        if wrong := _no_task(entry.task):
            yield document.mistake((*loc, "task"), *wrong)
        if entry.task in seen:
            twice = f"{shown(entry.task)!r} is signed off twice"
            yield document.mistake((*loc, "task"), twice, "keep one of the two lines")
        if entry.on > today:
            future = f"{entry.on} is in the future"
            yield document.mistake((*loc, "on"), future, "write the day on which it was done")
        seen.add(entry.task)


def _no_task(task: str) -> tuple[str, str] | None:
    """What is wrong with an id that nobody can sign off, and what would be right."""
    try:
        parts_of(task)
    except ValueError as error:
        return f"{shown(task)!r} is no task", f"write an id that `t4firm tasks` shows: {error}"
    if field := KINDS[kind_of(task)].field:
        return f"{task} cannot be signed off here", f"{field} in the firm file closes it"
    if unknown := unknown_field(task):
        return f"{shown(task)!r} is about {unknown}", "write an id that `t4firm tasks` shows"
    return None
