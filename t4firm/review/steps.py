"""What the engine's preview says (`pulumi preview --json`): the steps it would take, and what it found on the
way."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from t4firm.plan.goals import OURS
from t4firm.plan.step_words import step_words
from t4firm.review.model import ChangingCall, Found, Step

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""What the engine writes for a value that a preview cannot know (`pulumi.runtime.rpc.UNKNOWN`)."""

NOTHING = frozenset({"same", "refresh", "read"})
CLOSING = frozenset(
    {
        "Nothing was changed.",
        "an unhandled error occurred: program exited with non-zero exit code: 1",
        "update failed",
        "preview failed",
    }
)
"""What program and engine say at the end of their reasons."""

BOOKKEEPING = frozenset({"drift", "planned", "tasks"})
"""Properties that say who will do a step, or why, and not what it changes."""

WORDS = {
    "Firm": "the firm itself",
    "User": "user {}",
    "Account": "account {}",
    "ApplicationAssignment": "application {1} of {0}",
    "AccountAssignment": "account {1} of {0}",
}
"""Resources as people say it; a name with a slash has two parts."""

NEUTRAL = {"create": "begin with", "update": "change", "delete": "forget"}
"""What is done to a resource, where nothing tells whether something comes or goes by it."""

DIFFERENCE = {
    "create": "both files have it, but it is not set up yet",
    "update": "both files say the same, but what is set up is different",
    "delete": "it is set up, but neither file has it",
}


class NoPreview(ValueError):
    """The file is not what `pulumi preview --json` prints."""


class _State(BaseModel):
    model_config = ConfigDict(extra="ignore")

    inputs: dict[str, Any] | None = None
    outputs: dict[str, Any] | None = None
    dependencies: list[str] = Field(default_factory=list)


class _Entry(BaseModel):
    model_config = ConfigDict(extra="ignore")

    op: str
    urn: str = Field(pattern="^.*::.*::.*::.*$")
    oldState: _State | None = None  # noqa: N815  (the engine's name)
    newState: _State | None = None  # noqa: N815


class _Diagnostic(BaseModel):
    model_config = ConfigDict(extra="ignore")

    message: str
    severity: str = ""


class _Task(BaseModel):
    model_config = ConfigDict(extra="ignore")

    id: str
    status: str


class _Summary(BaseModel):
    model_config = ConfigDict(extra="ignore")

    violations: list[str] = Field(default_factory=list)
    contradicted: list[str] = Field(default_factory=list)


class _Outputs(BaseModel):
    """The stack's outputs of the last run, as far as a reviewer is told."""

    model_config = ConfigDict(extra="ignore")

    administratorTasks: list[_Task] = Field(default_factory=list)  # noqa: N815  (design: Fixed names)
    summary: _Summary = Field(default_factory=_Summary)


class _Printed(BaseModel):
    model_config = ConfigDict(extra="ignore")

    steps: list[_Entry] = Field(default_factory=list)
    diagnostics: list[_Diagnostic] | None = None


@dataclass(frozen=True)
class Preview:
    """A preview, sorted. `refreshed`: it read T4 first. `tasks`: what it brings for the administrator.
    `sentences`: for each step, what T4 was last seen to differ in (reports/drift.py). `open_before`: what
    the last run left open. `errors`: why it stopped, if it did. `reasons`: for each step, the resources that
    change before it and that it stands on. `records`: type and name of each resource that there is, with its
    outputs as that read left them. `calls`: the changing calls that a run may make; None where they
    were not asked for. `key`: tells the key of their marks from another one."""

    steps: tuple[Step, ...]
    refreshed: bool
    drifted: tuple[Step, ...]
    tasks: tuple[str, ...]
    sentences: Mapping[tuple[str, str], tuple[str, ...]]
    open_before: tuple[str, ...]
    violations: tuple[str, ...]
    errors: tuple[str, ...]
    reasons: Mapping[tuple[str, str], frozenset[tuple[str, str]]]
    records: Mapping[tuple[str, str], Mapping[str, Any]] = field(default_factory=dict)
    calls: tuple[ChangingCall, ...] | None = None
    key: str = ""
    contradicted: tuple[str, ...] = ()

    @property
    def alarms(self) -> tuple[str, ...]:
        """What the last run said of T4, and an `up` of the same says again."""
        said = [f"VIOLATION: {words}" for words in self.violations]
        return (*said, *(f"CONTRADICTED: {words}" for words in self.contradicted))

    def found(self, changed: Iterable[tuple[str, str]]) -> tuple[Found, ...]:
        """What the files do not explain: resources that change although no file changed them, nor anything
        they stand on; and what T4 shows otherwise than it was recorded. `changed`: kind and name of what the
        files changed."""
        explained = set(changed)
        while more := {key for key, reasons in self.reasons.items() if reasons & explained} - explained:
            explained |= more
        seen = {(step.kind, step.name) for step in self.drifted}
        unexplained = [
            self._found(step, DIFFERENCE.get(step.does, f"it would {step.does}"))
            for step in self.steps
            if (step.kind, step.name) not in explained | seen
        ]
        drifted = [self._found(step, "T4 shows something else than what was set up") for step in self.drifted]
        return tuple(sorted([*drifted, *unexplained], key=lambda each: (each.what, each.how)))

    def _found(self, step: Step, else_: str) -> Found:
        """What T4 differs in, in the sentences that the read left; else the names of the properties."""
        sentences = self.sentences.get((step.kind, step.name))
        if sentences:
            return Found(subject(step), "; ".join(sentences), ())
        return Found(subject(step), else_, step.properties)


def preview_of(printed: str) -> Preview:
    """What `pulumi preview --json` printed, also where it stopped with an error. Raises NoPreview."""
    try:
        parsed = _Printed.model_validate(json.loads(printed[max(printed.find("{"), 0) :]))
        last = _Outputs.model_validate(_last_outputs(parsed.steps))
    except (ValueError, ValidationError, RecursionError):
        raise NoPreview("this is not an output of `pulumi preview --json`") from None
    # a refresh is printed before T4 has answered: what it found shows in the step that follows
    recorded = {entry.urn: entry.oldState for entry in parsed.steps if entry.op == "refresh"}
    ours = [entry for entry in parsed.steps if _type(entry.urn).startswith(OURS)]
    changing = [entry for entry in ours if entry.op not in NOTHING]
    return Preview(
        steps=tuple(sorted(_step(entry, _changed(entry)) for entry in changing)),
        refreshed=bool(recorded),
        drifted=tuple(
            sorted(
                _step(entry, names)
                for entry in changing
                if (names := _differing(_outputs(recorded.get(entry.urn)), _outputs(entry.oldState)))
                or (entry.urn in recorded and _sentences(entry))
            )
        ),
        tasks=tuple(sorted({task for entry in changing for task in _planned(entry)})),
        sentences={_key(entry.urn): sentences for entry in changing if (sentences := _sentences(entry))},
        open_before=tuple(sorted(task.id for task in last.administratorTasks if task.status == "open")),
        violations=tuple(last.summary.violations),
        contradicted=tuple(last.summary.contradicted),
        errors=_errors(parsed.diagnostics or ()),
        reasons={_key(entry.urn): _reasons(entry) for entry in changing},
        records={
            (_type(entry.urn), _key(entry.urn)[1]): outputs
            for entry in ours
            if entry.op != "refresh" and (outputs := _outputs(entry.oldState))
        },
    )


def worded(step: Step) -> str:
    """A step in the domain's words. Of a list that was kept, only what is done to which resource is known."""
    return step.words or f"{NEUTRAL.get(step.does, step.does)} {subject(step)}"


def subject(step: Step) -> str:
    """The resource of a step in the domain's words."""
    words, parts = WORDS.get(step.kind), step.name.split("/", 1)
    if words is None or ("{1}" in words and len(parts) < 2):
        return f"{step.kind} {step.name}"
    return words.format(*parts)


def _type(urn: str) -> str:
    return urn.split("::", 3)[2]


def _key(urn: str) -> tuple[str, str]:
    kind, name = urn.split("::", 3)[2:]
    return kind.rpartition(":")[2], name


def _step(entry: _Entry, properties: tuple[str, ...]) -> Step:
    kind, name = _key(entry.urn)
    old, new = (state.inputs if state else None for state in (entry.oldState, entry.newState))
    return Step(kind, name, entry.op, properties, step_words(kind, name, entry.op, old, new).to_do)


def _changed(entry: _Entry) -> tuple[str, ...]:
    """The names of the inputs that a step changes."""
    old, new = entry.oldState, entry.newState
    return _differing((old.inputs if old else None) or {}, (new.inputs if new else None) or {})


def _outputs(state: _State | None) -> Mapping[str, Any]:
    return (state.outputs if state else None) or {}


def _differing(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[str, ...]:
    """The names of what differs, where both are there. Values that are secret all look alike, and unknown
    ones, for which the engine writes one text, tell nothing."""
    if not old or not new:
        return ()
    names = (name for name in old.keys() | new.keys() if old.get(name) != new.get(name))
    ours = (name for name in names if name not in BOOKKEEPING and not name.startswith("__"))
    return tuple(sorted(name for name in ours if new.get(name) != UNKNOWN))


def _planned(entry: _Entry) -> Iterable[str]:
    planned = ((entry.newState.inputs if entry.newState else None) or {}).get("planned")
    return planned if isinstance(planned, dict) else ()


def _sentences(entry: _Entry) -> tuple[str, ...]:
    drift = _outputs(entry.oldState).get("drift")
    return tuple(map(str, drift.values())) if isinstance(drift, dict) else ()


def _reasons(entry: _Entry) -> frozenset[tuple[str, str]]:
    """What a resource stands on. Not the firm: everything does, and its roster changes with anybody."""
    found = {_key(urn) for urn in (entry.newState or entry.oldState or _State()).dependencies}
    return frozenset(key for key in found if key[0] != "Firm")


def _last_outputs(entries: Iterable[_Entry]) -> Mapping[str, Any]:
    for entry in entries:
        if _type(entry.urn) == "pulumi:pulumi:Stack" and entry.oldState and entry.oldState.outputs:
            return entry.oldState.outputs
    return {}


def _errors(diagnostics: Iterable[_Diagnostic]) -> tuple[str, ...]:
    """Each reason why it stopped, sorted: the engine says them as they come. The program says several at
    once, a line each."""
    said = (each.message.removeprefix("error: ") for each in diagnostics if each.severity == "error")
    lines = (" ".join(line.split()) for message in said for line in message.splitlines())
    return tuple(sorted({line for line in lines if line and line not in CLOSING}))
