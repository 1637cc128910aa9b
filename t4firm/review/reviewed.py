"""The list of what was reviewed, kept until the run: so that what runs is what was reviewed.

The engine's own plan is not kept. It holds every input of every user, and although what is secret is
encrypted in it, whoever may read a pipeline's artifacts could read the rest; it fits one version of the
engine; and it says in the engine's words what differs. The list holds no personal detail: the steps by name,
and a digest of each file as a whole, which tells no more than the commit's own id does. The values of the
steps are those of the files, and what the state held before shows in which steps there are.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from t4firm.review.model import Step
from t4firm.review.steps import worded
from t4firm.yaml_files.mistakes import shown

PREFIX = "sha256:"


class NotReviewed(ValueError):
    """The file is no list of `t4firm review --save`, or was changed after it was written."""


class _Step(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    does: str
    kind: str
    name: str
    properties: tuple[str, ...]


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    stack: str
    refreshed: bool
    files: dict[str, str]
    steps: tuple[_Step, ...]
    digest: str = Field(pattern="^sha256:[0-9a-f]{64}$")


@dataclass(frozen=True)
class Reviewed:
    """What was reviewed of one stack. `files`: role (firm, attested, operations …) -> digest of the file,
    only where there is one, and that of the settings. `refreshed`: the preview read T4 first."""

    stack: str
    refreshed: bool
    files: Mapping[str, str]
    steps: tuple[Step, ...]

    @property
    def digest(self) -> str:
        """One digest of all of it."""
        return digest_of(json.dumps(self._data(), sort_keys=True, ensure_ascii=True).encode())

    def dumped(self) -> str:
        """The list as a file, which `loaded` reads."""
        return json.dumps({**self._data(), "digest": self.digest}, indent=2, sort_keys=True) + "\n"

    def differences(self, now: "Reviewed") -> Iterator[str]:
        """How a list that was just made differs from this one, in sentences; nothing if it does not."""
        if self.stack != now.stack:
            yield f"the list is of stack {shown(self.stack)}, not of {shown(now.stack)}"
        if self.refreshed != now.refreshed:
            read, not_read = ("did", "did not") if self.refreshed else ("did not", "did")
            yield f"the reviewed preview {read} read T4, this one {not_read}"
        for role in sorted(self.files.keys() | now.files.keys()):
            if self.files.get(role) != now.files.get(role):
                yield f"the {role} file is not the one that was reviewed"
        then, here = _by_name(self.steps), _by_name(now.steps)
        for key in sorted(then.keys() | here.keys()):
            old, new = then.get(key), here.get(key)
            if old is None and new is not None:
                yield f"not reviewed: {_words(new)}"
            elif new is None and old is not None:
                yield f"reviewed, and no longer to be done: {_words(old)}"
            elif old is not None and new is not None and old != new:
                yield f"reviewed: {_words(old)}; now: {_words(new)}"

    def is_continued_by(self, now: "Reviewed") -> bool:
        """Whether a list is what a run of this one left to do: nothing in it that was not reviewed."""
        same = (self.stack, self.refreshed, self.files) == (now.stack, now.refreshed, now.files)
        return same and set(now.steps) <= set(self.steps)

    def _data(self) -> dict[str, object]:
        steps = [
            {"does": step.does, "kind": step.kind, "name": step.name, "properties": list(step.properties)}
            for step in sorted(self.steps)
        ]
        return {
            "stack": self.stack,
            "refreshed": self.refreshed,
            "files": dict(sorted(self.files.items())),
            "steps": steps,
        }


def loaded(text: str) -> Reviewed:
    """The list in a file. Raises NotReviewed."""
    try:
        file = _File.model_validate_json(text, strict=True)
    except ValidationError:
        raise NotReviewed("it is no list of `t4firm review --save`") from None
    steps = tuple(Step(step.kind, step.name, step.does, step.properties) for step in file.steps)
    reviewed = Reviewed(file.stack, file.refreshed, file.files, steps)
    if reviewed.digest != file.digest:
        raise NotReviewed("it was changed after `t4firm review --save` wrote it: its digest does not fit")
    return reviewed


def digest_of(content: bytes) -> str:
    """The digest of a file's content; line endings do not count, because a checkout may turn them."""
    return PREFIX + hashlib.sha256(content.replace(b"\r\n", b"\n")).hexdigest()


def _by_name(steps: tuple[Step, ...]) -> dict[tuple[str, str, bool], Step]:
    """One step a resource, but for a replacement, which has several."""
    return {(step.kind, step.name, step.does.startswith("delete")): step for step in steps}


def _words(step: Step) -> str:
    names = f" ({', '.join(step.properties)})" if step.properties else ""
    return shown(f"{step.does} {worded(step)}{names}", 200)
