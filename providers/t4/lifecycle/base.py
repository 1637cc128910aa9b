"""What the providers of all resources have in common at Pulumi's border."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Generic, TypeVar

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

from providers.t4.lifecycle import current_files
from providers.t4.lifecycle.errors import refuse_while_staying, replacing_words, still_there
from providers.t4.lifecycle.template_check import contradiction_words
from providers.t4.lifecycle.violation_words import violation_words
from providers.t4.records.record import Inputs, Recorded
from providers.t4.records.upgrade import upgraded
from providers.t4.session import session
from providers.t4.session.rehearsal import ITS_ID, rehearsed
from providers.t4.session.stack_name import stack_of_caller
from providers.t4.steps.log import LOG
from providers.t4.steps.task_ledger import Steps
from t4firm.plan.changes import Change, change_of
from t4firm.reports.drift import Reading, warnings

IN_STATE = "inState"
"""The input by which the program tells a provider that the state has the resource: the engine says so in no
call. It is never recorded."""


InputsT = TypeVar("InputsT", bound=Inputs)
RecordT = TypeVar("RecordT", bound=Recorded)


class T4Provider(ResourceProvider, Generic[InputsT, RecordT]):
    """Base of all providers: no secret in the serialized provider, one session a process. What the engine
    calls is here, and converts at once what comes from a program or a state (`records`); a resource says in
    `kept`, `differs`, `created`, `updated`, `shown` and `forgotten` what that means for it.

    The engine does not tell a provider which stack it works for, so the program does: `stack` travels with
    the provider.
    """

    serialize_as_secret_always = False
    stack = ""
    inputs: type[InputsT]
    record: type[RecordT]

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
        said = self.inputs.from_props(news)
        session.declare(self._key(said))
        session.introduce_firm(said.ofFirm)
        if IN_STATE in news and not olds:
            return CheckResult(said.among(news), [CheckFailure("", replacing_words(said.words))])
        before = self.inputs.from_props(olds) if olds else None
        change = self.change(before, said)
        # The engine writes the whole state for each resource whose inputs change. `subject` serves only
        # where there is no record yet.
        kept = replace(self.kept(before, said), subject=before.subject) if before else said
        inputs = replace(kept, planned=dict.fromkeys(change.by_hand(said.how), "planned"))
        if not olds and not change.refusals:
            _plan(lambda: self.created(inputs.assumed(ITS_ID)))
        return CheckResult(inputs.among(news), [CheckFailure("", why) for why in change.refusals])

    def diff(self, _id: str, olds: dict[str, Any], news: dict[str, Any]) -> DiffResult:
        """Whether there is something to do. `olds`: the outputs of the last run. A record in an older form is
        changed by the next update: an unchanged resource keeps its outputs, and the program reads them."""
        record, said = self.record.from_props(olds), self.inputs.from_props(news)
        changes = self.differs(record, said) or upgraded(olds) != olds
        if changes:
            _plan(lambda: self.updated(record, said.assumed(ITS_ID)))
        return DiffResult(changes=changes)

    def create(self, props: dict[str, Any]) -> CreateResult:
        """Make it."""
        inputs = self.inputs.from_props(props)
        return CreateResult(inputs.name, _recorded_now(self.created(inputs)).to_props())

    def update(self, _id: str, olds: dict[str, Any], news: dict[str, Any]) -> UpdateResult:
        """Bring it from what is recorded to what the file says."""
        record, inputs = self.record.from_props(olds), self.inputs.from_props(news)
        return UpdateResult(_recorded_now(self.updated(record, inputs)).to_props())

    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        """Compare the record with what T4 shows."""
        session.work_for(stack_of_caller())
        record = self.record.from_props(props)
        session.introduce_firm(record.firm)
        return self.shown(id_, record)

    def delete(self, _id: str, props: dict[str, Any]) -> None:
        """Forget it; nothing in T4 is deleted. Raises StillThere: for all resources of the firm where the
        whole stack would be forgotten and somebody stays, and for what T4 still has."""
        session.work_for(stack_of_caller())
        record = self.record.from_props(props)
        if session.session().engine_run.is_destroying(self._key(record.inputs)):
            refuse_while_staying(current_files.staying())
            if not record.may_go:
                raise still_there(record.inputs.words)
        self.forgotten(record)

    def change(self, before: InputsT | None, news: InputsT) -> Change:
        """What the inputs bring, and whether they can be; `before`: those of the last run."""
        return change_of(before.said if before else None, news.said)

    def kept(self, before: InputsT, news: InputsT) -> InputsT:
        """The inputs as they are to be recorded; `before`: those of the last run."""
        return news

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
        """The record, compared with what T4 shows. Without it T4 shows nothing of the resource."""
        return ReadResult(id_, record.to_props())

    def forgotten(self, record: RecordT) -> None:
        """Forget it; raises StillThere for what T4 still has."""
        raise NotImplementedError

    def _key(self, inputs: Inputs) -> str:
        return f"{type(self).__name__.removesuffix('Provider')} {inputs.name}"

    def read_with(self, id_: str, record: RecordT, shown: RecordT, steps: Steps) -> ReadResult:
        """The record after a read: `shown` with the tasks of `steps`.

        What T4 shows otherwise than the file says stands in `drift` (task -> sentence), as an output until an
        update has seen it, and as an input, so that the engine shows it as a difference (engine.md).
        """
        if steps.denied:
            steps.doubt_lines(current_files.sign_offs())
        before = {task: words for task, words in record.drift.items() if steps.is_open(task)}
        drift = dict(sorted((before | steps.found).items()))
        now = replace(shown, tasks=steps.tasks, drift=drift)
        _tell(now.reading)
        if not drift and not record.drift:
            return ReadResult(id_, now.to_props())
        return ReadResult(id_, now.to_props(), now.inputs.to_props() | ({"drift": drift} if drift else {}))


def _tell(reading: Reading) -> None:
    """Say aloud what a read found."""
    for words in violation_words(reading.violations):
        LOG.error("VIOLATION: %s", words)
    for words in contradiction_words(reading.tasks):
        LOG.error("CONTRADICTED: %s", words)
    for words in warnings(reading):
        LOG.warning("DRIFT: %s", words)


def _recorded_now(record: RecordT) -> RecordT:
    """The record of a create or an update, with the time: what the journal was answered later is news."""
    return replace(record, recorded=session.now())


def _plan(act: Callable[[], object]) -> None:
    """Where a review asks for it: name the changing calls that a run would make for a resource."""
    if session.is_reviewing():
        session.session().review.plan(rehearsed(act))


def differing(shown: Mapping[str, object], wanted: Mapping[str, object]) -> set[str]:
    """The names under which T4 shows something else than the file says; what T4 does not show is left out."""
    from deepdiff import DeepDiff  # the program declares this module's resources and compares nothing

    seen = {name: value for name, value in shown.items() if name in wanted and value is not None}
    return set(DeepDiff({name: wanted[name] for name in seen}, seen).affected_root_keys)
