"""The list of what was reviewed, kept until the run: so that what runs is what was reviewed.

The engine's own plan is not kept. It holds every input of every user, and although what is secret is
encrypted in it, whoever may read a pipeline's artifacts could read the rest; it fits one version of the
engine; and it says in the engine's words what differs. The list holds no personal detail: the steps by name,
each changing call with a keyed mark of what it sends (providers.t4.api.door), and a digest of each file as a
whole, which tells no more than the commit's own id does.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from t4firm.review.model import ChangingCall, Step
from t4firm.review.steps import worded
from t4firm.yaml_files.mistakes import shown

PREFIX = "sha256:"


OTHER_KEY = (
    "its calls cannot be compared, because review and run have different keys: both need the same "
    "T4_REVIEW_KEY or, without one, the same passphrase"
)


class NotReviewed(ValueError):
    """The file is no list of `t4firm review --save`, or was changed after it was written."""


class _Step(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    does: str
    kind: str
    name: str
    properties: tuple[str, ...]


class _Call(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    operation: str
    about: str
    mark: str


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    stack: str
    refreshed: bool
    files: dict[str, str]
    steps: tuple[_Step, ...]
    calls: tuple[_Call, ...]
    key: str = ""
    digest: str = Field(pattern="^sha256:[0-9a-f]{64}$")


@dataclass(frozen=True)
class Reviewed:
    """What was reviewed of one stack. `files`: role (firm, attested, operations …) -> digest of the file,
    only where there is one, and that of the settings. `refreshed`: the preview read T4 first. `calls`: every
    changing call that the run may make. `key`: tells the key of their marks from another one."""

    stack: str
    refreshed: bool
    files: Mapping[str, str]
    steps: tuple[Step, ...]
    calls: tuple[ChangingCall, ...]
    key: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to do."""
        return not self.steps and not self.calls

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
                yield f"the {role} file is not the file that was reviewed"
        then, here = _by_name(self.steps), _by_name(now.steps)
        for key in sorted(then.keys() | here.keys()):
            old, new = then.get(key), here.get(key)
            if old is None and new is not None:
                yield f"not reviewed: {_words(new)}"
            elif new is None and old is not None:
                yield f"reviewed, but no longer needed: {_words(old)}"
            elif old is not None and new is not None and old != new:
                yield f"reviewed: {_words(old)}; now: {_words(new)}"
        if self.key == now.key:
            yield from self._other_calls(now)
        else:
            yield OTHER_KEY

    def _other_calls(self, now: "Reviewed") -> Iterator[str]:
        before, after = _marks(self.calls), _marks(now.calls)
        for key in sorted(before.keys() | after.keys()):
            call = shown(f"{key[0]} for {key[1]}", 200)
            if key not in before:
                yield f"not reviewed: the call {call}"
            elif key not in after:
                yield f"reviewed, but no longer needed: the call {call}"
            elif before[key] != after[key]:
                yield f"the call {call} would send something different from what was reviewed"

    def is_continued_by(self, now: "Reviewed") -> bool:
        """Whether a list is what a run of this one left to do: nothing in it that was not reviewed."""
        same = (self.stack, self.refreshed, self.files) == (now.stack, now.refreshed, now.files)
        return same and set(now.steps) <= set(self.steps) and set(now.calls) <= set(self.calls)

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
            "calls": [asdict(call) for call in sorted(self.calls)],
            "key": self.key,
        }


def loaded(text: str) -> Reviewed:
    """The list in a file. Raises NotReviewed."""
    try:
        file = _File.model_validate_json(text, strict=True)
    except ValidationError:
        raise NotReviewed("it is not a list of `t4firm review --save`") from None
    steps = tuple(Step(step.kind, step.name, step.does, step.properties) for step in file.steps)
    calls = tuple(ChangingCall(call.operation, call.about, call.mark) for call in file.calls)
    reviewed = Reviewed(file.stack, file.refreshed, file.files, steps, calls, file.key)
    if reviewed.digest != file.digest:
        raise NotReviewed("it was changed after `t4firm review --save` wrote it: its digest does not fit")
    return reviewed


def digest_of(content: bytes) -> str:
    """The digest of a file's content; line endings do not count, because a checkout may turn them."""
    return PREFIX + hashlib.sha256(content.replace(b"\r\n", b"\n")).hexdigest()


def _by_name(steps: tuple[Step, ...]) -> dict[tuple[str, str, bool], Step]:
    """One step a resource, but for a replacement, which has several."""
    return {(step.kind, step.name, step.does.startswith("delete")): step for step in steps}


def _marks(calls: tuple[ChangingCall, ...]) -> dict[tuple[str, str], set[str]]:
    marks: dict[tuple[str, str], set[str]] = defaultdict(set)
    for call in calls:
        marks[call.operation, call.about].add(call.mark)
    return marks


def _words(step: Step) -> str:
    names = f" ({', '.join(step.properties)})" if step.properties else ""
    return shown(f"{worded(step)}{names}", 200)
