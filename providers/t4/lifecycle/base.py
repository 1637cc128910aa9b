"""What the providers of all resources have in common at Pulumi's border."""

from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from deepdiff import DeepDiff
from pulumi.dynamic import (
    CheckFailure,
    CheckResult,
    ConfigureRequest,
    CreateResult,
    DiffResult,
    ReadResult,
    ResourceProvider,
    UpdateResult,
)
from pulumi.output import contains_unknowns

from providers.t4.lifecycle import current_files
from providers.t4.lifecycle.errors import refuse_while_staying, replacing_words, still_there
from providers.t4.lifecycle.log import LOG
from providers.t4.lifecycle.task_ledger import Steps
from providers.t4.lifecycle.task_records import RECORDED
from providers.t4.lifecycle.template_check import contradiction_words
from providers.t4.lifecycle.violation_words import violation_words
from providers.t4.records.record import Inputs, Recorded, reading_of
from providers.t4.records.upgrade import upgraded
from providers.t4.session import session
from providers.t4.session.rehearsal import ITS_ID, rehearsed
from providers.t4.session.stack_name import stack_of_caller
from t4firm.reports.drift import Reading, warnings
from t4firm.tasks.ids import kind_of

IN_STATE = "inState"
"""The input by which the program tells a provider that the state has the resource: the engine says so in no
call. It is never recorded."""


class T4Provider(ResourceProvider):
    """Base of all providers: no secret in the serialized provider, one session a process. What the engine
    calls is here; a resource says in `_check`, `_diff`, `_create`, `_update`, `_read` and `_delete` what that
    means for it, and in `_name` and `_words` what it is called. Whatever comes from a state is given to these
    as this version records it.

    The engine does not tell a provider which stack it works for, so the program does: `stack` travels with
    the provider.
    """

    serialize_as_secret_always = False
    stack = ""
    results: tuple[str, ...] = ()
    """The outputs that are no inputs, beside `tasks` and `recorded`."""

    def __init__(self, stack: str = "") -> None:
        super().__init__()
        if stack:
            self.stack = stack

    def __reduce__(self) -> tuple[Any, ...]:
        """Stored as a call, without a dict.

        The SDK wraps its pickler once more for each provider that it stores and never unwraps it: a provider
        with a dict ends in a RecursionError at the 980th resource (SDK 3.272, `serialize_provider`).
        """
        return type(self), (self.stack,)

    def configure(self, req: ConfigureRequest) -> None:
        """Take the stack's configuration; nothing is connected before the first call."""
        session.configure(req.config.get, self.stack)

    def check(self, olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        """Whether the inputs can be. `olds`: those of the last run, empty for a new resource; and for one
        that is to be replaced (`--replace`, `pulumi state taint`), which T4 cannot do."""
        session.work_for(stack_of_caller())
        session.declare(self._key(news))
        inputs = {name: value for name, value in news.items() if name != IN_STATE}
        if IN_STATE in news and not olds:
            return CheckResult(inputs, [CheckFailure("", replacing_words(self._words(news)))])
        checked = self._check(upgraded(olds), inputs)
        if not olds and not checked.failures:
            _plan(lambda: self._create(assumed(checked.inputs)))
        return checked

    def diff(self, _id: str, olds: dict[str, Any], news: dict[str, Any]) -> DiffResult:
        """Whether there is something to do. `olds`: the outputs of the last run. A record in an older form is
        changed by the next update: an unchanged resource keeps its outputs, and the program reads them."""
        record = upgraded(olds)
        found = self._diff(record, news)
        found.changes = found.changes or record != olds
        if found.changes:
            _plan(lambda: self._update(deepcopy(record), assumed(news)))
        return found

    def create(self, props: dict[str, Any]) -> CreateResult:
        """Make it."""
        return CreateResult(self._name(props), _recorded_now(self._create(props)))

    def update(self, _id: str, olds: dict[str, Any], news: dict[str, Any]) -> UpdateResult:
        """Bring it from what is recorded to what the file says."""
        return UpdateResult(_recorded_now(self._update(upgraded(olds), news)))

    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        """Hold the record against what T4 shows."""
        session.work_for(stack_of_caller())
        return self._read(id_, upgraded(props))

    def delete(self, _id: str, props: dict[str, Any]) -> None:
        """Forget it; nothing in T4 is deleted. Raises StillThere: for all resources of the firm where the
        whole stack would be forgotten and somebody stays, and for what T4 still has."""
        session.work_for(stack_of_caller())
        record = upgraded(props)
        if session.session().engine_run.is_destroying(self._key(record)):
            refuse_while_staying(current_files.staying())
            if not self._may_go(record):
                raise still_there(self._words(record))
        self._delete(record)

    def _check(self, olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        raise NotImplementedError

    def _diff(self, olds: dict[str, Any], news: dict[str, Any]) -> DiffResult:
        raise NotImplementedError

    def _create(self, props: dict[str, Any]) -> dict[str, Any]:
        raise NotImplementedError

    def _update(self, olds: dict[str, Any], news: dict[str, Any]) -> dict[str, Any]:
        raise NotImplementedError

    def _read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        """Without it T4 shows nothing of the resource, and the record stays."""
        return ReadResult(id_, props)

    def _delete(self, props: dict[str, Any]) -> None:
        raise NotImplementedError

    def _may_go(self, props: dict[str, Any]) -> bool:
        """Whether the firm file lets it leave with the whole stack."""
        return bool(props.get("departed", not props.get("present")))

    def _name(self, props: Mapping[str, Any]) -> str:
        """The resource's name, which is its id too."""
        raise NotImplementedError

    def _words(self, props: Mapping[str, Any]) -> str:
        """The resource as a sentence names it."""
        raise NotImplementedError

    def _key(self, props: Mapping[str, Any]) -> str:
        return f"{type(self).__name__.removesuffix('Provider')} {self._name(props)}"

    def as_read(self, id_: str, props: dict[str, Any], steps: Steps, shown: Mapping[str, Any]) -> ReadResult:
        """The record after a read: the outputs `shown` replace those recorded, and `steps` the tasks.

        What T4 shows otherwise than the file says stands in `drift` (task -> sentence), as an output until an
        update has seen it, and as an input, so that the engine shows it as a difference (engine.md).
        """
        before = {task: words for task, words in (props.get("drift") or {}).items() if steps.is_open(task)}
        drift = {"drift": dict(sorted((before | steps.found).items()))} if before or steps.found else {}
        kept = {name: value for name, value in props.items() if name != "drift"}
        outputs = {**kept, **shown, "tasks": steps.tasks, **drift}
        _tell(reading_of(outputs))
        if not drift and "drift" not in props:
            return ReadResult(id_, outputs)
        inputs = {
            name: value for name, value in outputs.items() if name not in (*self.results, "tasks", RECORDED)
        }
        return ReadResult(id_, outputs, inputs)


InputsT = TypeVar("InputsT", bound=Inputs)
RecordT = TypeVar("RecordT", bound=Recorded)


@dataclass(frozen=True)
class Checked(Generic[InputsT]):
    """What a check found: the inputs as they are to be recorded, the tasks that the change brings, and why it
    cannot be."""

    inputs: InputsT
    brought: Iterable[str] = ()
    refusals: tuple[str, ...] = ()


class RecordProvider(T4Provider, Generic[InputsT, RecordT]):
    """A provider whose resource has typed records: what comes from Pulumi is converted here, and back."""

    inputs: type[InputsT]
    record: type[RecordT]

    def checked(self, before: InputsT | None, news: InputsT) -> Checked[InputsT]:
        """What the inputs bring, and whether they can be; `before`: those of the last run."""
        return Checked(news)

    def differs(self, record: RecordT, news: InputsT) -> bool:
        """Whether there is something to do."""
        raise NotImplementedError

    def created(self, news: InputsT) -> RecordT:
        """The resource, made."""
        raise NotImplementedError

    def updated(self, record: RecordT, news: InputsT) -> RecordT:
        """The resource, brought from what is recorded to what the file says."""
        raise NotImplementedError

    def shown(self, id_: str, record: RecordT) -> ReadResult:
        """The record, held against what T4 shows. Without it T4 shows nothing of the resource."""
        return ReadResult(id_, record.to_props())

    def forgotten(self, record: RecordT) -> None:
        """Forget it; raises StillThere for what T4 still has."""
        raise NotImplementedError

    def read_with(self, id_: str, record: RecordT, shown: RecordT, steps: Steps) -> ReadResult:
        """The record after a read: `shown` with the tasks of `steps`.

        What T4 shows otherwise than the file says stands in `drift` (task -> sentence), as an output until an
        update has seen it, and as an input, so that the engine shows it as a difference (engine.md).
        """
        before = {task: words for task, words in record.drift.items() if steps.is_open(task)}
        drift = dict(sorted((before | steps.found).items()))
        now = replace(shown, tasks=steps.tasks, drift=drift)
        _tell(now.reading)
        if not drift and not record.drift:
            return ReadResult(id_, now.to_props())
        return ReadResult(id_, now.to_props(), now.inputs.to_props() | ({"drift": drift} if drift else {}))

    def _check(self, olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        said = self.inputs.from_props(news)
        found = self.checked(self.inputs.from_props(olds) if olds else None, said)
        by_hand = [task for task in sorted(found.brought) if said.how.get(kind_of(task)) != "api"]
        inputs = replace(found.inputs, planned=dict.fromkeys(by_hand, "planned"))
        unknown = {name: news[name] for name in said.unknown}
        return CheckResult(unknown | inputs.to_props(), [CheckFailure("", why) for why in found.refusals])

    def _diff(self, olds: dict[str, Any], news: dict[str, Any]) -> DiffResult:
        return DiffResult(changes=self.differs(self.record.from_props(olds), self.inputs.from_props(news)))

    def _create(self, props: dict[str, Any]) -> dict[str, Any]:
        return self.created(self.inputs.from_props(props)).to_props()

    def _update(self, olds: dict[str, Any], news: dict[str, Any]) -> dict[str, Any]:
        return self.updated(self.record.from_props(olds), self.inputs.from_props(news)).to_props()

    def _read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        return self.shown(id_, self.record.from_props(props))

    def _delete(self, props: dict[str, Any]) -> None:
        self.forgotten(self.record.from_props(props))

    def _may_go(self, props: dict[str, Any]) -> bool:
        return self.record.from_props(props).may_go

    def _name(self, props: Mapping[str, Any]) -> str:
        return self.inputs.from_props(props).name

    def _words(self, props: Mapping[str, Any]) -> str:
        return self.inputs.from_props(props).words


def _tell(reading: Reading) -> None:
    """Say aloud what a read found."""
    for words in violation_words(reading.violations):
        LOG.error("VIOLATION: %s", words)
    for words in contradiction_words(reading.tasks):
        LOG.error("CONTRADICTED: %s", words)
    for words in warnings(reading):
        LOG.warning("DRIFT: %s", words)


def _recorded_now(outputs: Mapping[str, Any]) -> dict[str, Any]:
    """The outputs of a create or an update, with the time: what the journal was answered later is news."""
    return {**outputs, RECORDED: session.now()}


def _plan(act: Callable[[], object]) -> None:
    """Where a review asks for it: name the changing calls that a run would make for a resource."""
    if session.is_reviewing():
        session.session().review.plan(rehearsed(act))


def assumed(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Inputs as a run may find them, where a preview does not know them: so that it would call most."""
    most: dict[str, Any] = {
        "userID": ITS_ID,
        "accountID": ITS_ID,
        "onboarded": {"accountID": ITS_ID, "enabled": ""},
        "violations": {},
        "given": False,
        "held": not inputs.get("present"),
        "owed": [],
        "waits": {},
    }
    return {
        name: deepcopy(most.get(name) if contains_unknowns(value) else value)
        for name, value in inputs.items()
    }


def known(props: Mapping[str, Any]) -> dict[str, Any]:
    """The properties whose values are known in this preview; all of them in an update."""
    return {key: value for key, value in props.items() if not contains_unknowns(value)}


def differences(recorded: Mapping[str, Any], wanted: Mapping[str, Any], keys: tuple[str, ...]) -> DeepDiff:
    """What the file says (`wanted`) against what is recorded, for these properties; unknown ones are left
    out.

    What T4 answers differently from what was sent is no difference: the record holds what was sent (t4.md
    section 1).
    """
    wanted = {key: value for key, value in known(wanted).items() if key in keys}
    return DeepDiff({key: recorded.get(key) for key in wanted}, wanted, ignore_order=True)


def differing(shown: Mapping[str, Any], wanted: Mapping[str, Any]) -> set[str]:
    """The names under which T4 shows something else than the file says; what T4 does not show is left out."""
    seen = {name: value for name, value in shown.items() if name in wanted and value is not None}
    return set(DeepDiff({name: wanted[name] for name in seen}, seen).affected_root_keys)
