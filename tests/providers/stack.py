"""A stack without the engine: the program's own declarations, the real providers, a real T4 simulator.

What the engine does between the two is done here as `pulumi.dynamic.__main__` does it: properties cross
as protobuf, so that None vanishes, numbers come back as floats and unknown values as `Unknown`; check before
diff, diff before update; nothing is recorded of what raised; what depends on a failure is skipped; what
vanished from the program is deleted at the end. A preview calls nothing but check and diff. tests/engine/
holds the same product against the real engine; here a run takes milliseconds.
"""

import asyncio
import copy
import logging
import os
from collections.abc import Callable, Coroutine, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Any

import grpc  # type: ignore[import-untyped]
import pytest
import yaml
from google.protobuf import struct_pb2
from pulumi import RunError
from pulumi.dynamic import ReadResult
from pulumi.runtime import rpc
from pulumi.runtime.config import set_all_config
from pulumi.runtime.mocks import MockEngine, MockMonitor, MockResourceArgs, Mocks, MockSettings
from pulumi.runtime.proto import resource_pb2
from pulumi.runtime.settings import configure
from pulumi.runtime.stack import run_in_stack

from providers.t4.account import AccountProvider
from providers.t4.account_assignment import AccountAssignmentProvider
from providers.t4.application_assignment import ApplicationAssignmentProvider
from providers.t4.configuration.stack_files import load_stack
from providers.t4.firm import FirmProvider
from providers.t4.lifecycle.base import T4Provider
from providers.t4.outputs import task_list
from providers.t4.program import declare
from providers.t4.records.prior_state import recorded_of
from providers.t4.records.record import Inputs
from providers.t4.records.record import Recorded as Record
from providers.t4.records.stored import Stored, stored
from providers.t4.reports.coverage import covered
from providers.t4.reports.drift_scan import InState, Live, read_all
from providers.t4.reports.proofs import proofs
from providers.t4.session import session as sessions
from providers.t4.session.review import VARIABLE, Review, planned_in
from providers.t4.steps.task_ledger import Steps
from providers.t4.user import UserProvider
from t4firm.model.firm import Firm
from t4firm.plan.goals import Desired
from t4firm.reports.coverage import counts
from t4firm.reports.drift import Drift, sorted_out
from t4firm.reports.proofs import Proof
from t4firm.reports.to_do import to_do
from t4firm.review.model import ChangingCall
from tests.engine.project import SEED, Simulator
from tests.goals.firms import comes_with_a_user

ROOT = Path(__file__).parents[2]
FULL = str(ROOT / "stacks" / "demo.operations.yaml")

PROVIDERS: dict[str, T4Provider[Any, Any]] = {
    "Firm": FirmProvider("test"),
    "User": UserProvider("test"),
    "Account": AccountProvider("test"),
    "ApplicationAssignment": ApplicationAssignmentProvider("test"),
    "AccountAssignment": AccountAssignmentProvider("test"),
}

KEY = b"the key of the marks"

Props = dict[str, Any]


def today() -> str:
    """The day of T4 and of the product: in UTC."""
    return datetime.now(UTC).date().isoformat()


@dataclass
class Recorded:
    """A resource in the state: what the program said, and what the provider made of it."""

    id: str
    inputs: Props
    outputs: Props


@dataclass
class Run:
    """What one run did, each resource as `Kind name`; what failed, with its words; what the stack put out."""

    created: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    skipped: list[str] = field(default_factory=list)
    outputs: Props = field(default_factory=dict)
    said: list[str] = field(default_factory=list)

    @property
    def changed(self) -> list[str]:
        """Everything that was, or in a preview would be, done."""
        return sorted([*self.created, *self.updated, *self.deleted])

    @property
    def every_task(self) -> dict[str, str]:
        """The stack's `administratorTasks`: id -> status."""
        return {task["id"]: task["status"] for task in self.outputs["administratorTasks"]}

    @property
    def tasks(self) -> dict[str, str]:
        """Those that a change brings: without the ones that come with every user."""
        return beside_standing(self.every_task)

    @property
    def warnings(self) -> list[str]:
        """The stack's warnings, without those about trials, of which every user of the simulator has one, and
        about accounts of which the firms of the tests say nothing."""
        everywhere = ("the trial of ", "the firm file does not say whether")
        said: list[str] = self.outputs["summary"]["warnings"]
        return [words for words in said if not any(each in words for each in everywhere)]


def beside_standing(tasks: dict[str, str]) -> dict[str, str]:
    """Tasks without those that come with every user (tests/providers/test_standing.py has these)."""
    return {task: status for task, status in tasks.items() if not comes_with_a_user(task)}


def crossed(props: Props, *, keep_unknowns: bool = False) -> Props:
    """Properties as they arrive on the other side of the wire between engine and provider."""
    return received(_finished(rpc.serialize_properties(props, {})), keep_unknowns=keep_unknowns)


def _finished(serializing: Coroutine[Any, Any, struct_pb2.Struct]) -> struct_pb2.Struct:
    """What a coroutine answers that has nothing to wait for, without an event loop."""
    try:
        serializing.send(None)
    except StopIteration as end:
        return end.value  # type: ignore[no-any-return]
    raise AssertionError("plain properties hold no Output to wait for")


def received(struct: struct_pb2.Struct, *, keep_unknowns: bool = False) -> Props:
    """What a provider gets of a message; it does not accept secrets, so the engine unpacks them."""
    props: Props = rpc.unwrap_rpc_secret(rpc.deserialize_properties(struct, keep_unknowns))
    return {name: _plain(value) for name, value in props.items()}


def _plain(value: Any) -> Any:
    value = rpc.unwrap_rpc_secret(value)
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value


def steps_of(news: Props, olds: Props | None = None) -> Steps:
    """The steps of a resource with these inputs and, where it exists, these recorded outputs."""
    return Steps.of(Inputs.from_props(news), Record.from_props(olds) if olds else None)


class Stack:
    """A firm's stack against one simulator. `state` is what is recorded: `Kind name` -> Recorded.

    `operations` may be changed between runs, as a firm does that learns of more.
    """

    def __init__(
        self, folder: Path, simulator: Simulator, patch: pytest.MonkeyPatch, name: str = "test"
    ) -> None:
        self.folder, self.simulator, self._patch, self.name = folder, simulator, patch, name
        self.neighbours: dict[str, Stack] = {name: self}
        self.operations = FULL
        self.state: dict[str, Recorded] = {}
        self.half_written = 0  # how many reads of the last run meet a half-written state
        self.environ: dict[str, str] = {}
        self.settings: dict[str, str] = {
            "t4:endpoint": simulator.endpoint,
            "t4:apiKey": simulator.api_key,
            "t4:passwordSeed": SEED,
            "t4:firmFile": str(folder / f"{name}.firm.yaml"),
            "t4:journal": str(folder / "journal" / name),
            "t4:repeatFor": "1",
        }

    def beside(self, name: str) -> "Stack":
        """Another stack of the same firm: its files in the same folder, its state in the same backend."""
        other = Stack(self.folder, self.simulator, self._patch, name)
        self.neighbours[name] = other
        return other

    def attest(self, *tasks: str, on: str = "", note: str = "") -> None:
        """Sign tasks off in the attested file, today if no other day is given, replacing what was there."""
        more = {"on": on or today(), **({"note": note} if note else {})}
        lines = [{"task": task, "by": "A. Administrator", **more} for task in tasks]
        (self.folder / f"{self.name}.attested.yaml").write_text(yaml.safe_dump(lines))

    @contextmanager
    def session(self) -> Iterator[sessions.Session]:
        """The session of one provider process."""
        settings = {**self.settings, "t4:operations": self.operations}
        made = sessions.Session(settings.get, self.name, {**os.environ, **self.environ})
        self._patch.setattr(sessions, "_session", made)
        try:
            yield made
        finally:
            if made._client:
                made._client.close()

    def up(self, firm: Props, replace: str = "") -> Run:
        """One `pulumi up --continue-on-error`; `replace`: with `--replace` of this resource."""
        return self._run(firm, preview=False, replace=replace)

    def preview(self, firm: Props) -> Run:
        """One `pulumi preview`: nothing is called or recorded."""
        return self._run(firm, preview=True)

    def reviewed(self, firm: Props, *, reads: bool = True) -> tuple[ChangingCall, ...]:
        """The changing calls that a review names: those of a preview that has read T4, or may not."""
        state = copy.deepcopy(self.state)
        planned = self.folder / "planned"
        planned.unlink(missing_ok=True)
        if reads:
            self.refresh()
        with self._review(Review(KEY, planned=planned, reads=reads)):
            self.preview(firm)
        self.state = state
        return planned_in(planned)

    def up_reviewed(self, firm: Props, calls: Iterable[ChangingCall]) -> Run:
        """One `t4firm up --reviewed`, after all that is done before the run."""
        self.refresh()
        with self._review(Review(KEY, frozenset(calls))):
            return self.up(firm)

    @contextmanager
    def _review(self, review: Review) -> Iterator[None]:
        file = self.folder / "review.json"
        file.unlink(missing_ok=True)
        review.write(file)
        self.environ = {VARIABLE: str(file)}
        yield
        self.environ = {}

    def settled(self, firm: Props) -> Run:
        """A run that must succeed, and after which the next one has nothing to do."""
        done = self.up(firm)
        assert not done.failed, done.failed
        again = self.preview(firm)
        assert again.changed == [], "a second run would change something"
        return done

    def lose_the_file(self) -> None:
        """The firm file is gone: only what is recorded says who is there."""
        (self.folder / f"{self.name}.firm.yaml").unlink()

    def destroy(self) -> Run:
        """One `pulumi destroy --continue-on-error`: no program, and every resource is deleted."""
        run = Run()
        with self.session():
            _Engine(self.state, run, {}, 0, preview=False).remove_what_vanished()
        return run

    def refresh(self) -> list[str]:
        """One `pulumi refresh`; returns whose record differs now."""
        differs = []
        with self.session(), ThreadPoolExecutor(4) as threads:

            def read(key: str) -> ReadResult:
                recorded = self.state[key]
                return PROVIDERS[key.partition(" ")[0]].read(recorded.id, crossed(recorded.outputs))

            for key, result in zip(sorted(self.state), threads.map(read, sorted(self.state)), strict=True):
                recorded, outputs = self.state[key], crossed(result.outs or {})
                if result.inputs is not None:
                    recorded.inputs = crossed(result.inputs)
                if outputs != recorded.outputs:
                    differs.append(key)
                    recorded.outputs = outputs
        return differs

    def drift(self, firm: Props) -> Drift:
        """One `t4firm drift`: nothing is recorded."""
        live = self.live(firm)
        assert live.failed == ()
        accepted = load_stack(self._write(firm), self.operations, ROOT).firm.accepted
        return sorted_out(live.readings, accepted, live.unverified, live.unmanaged)

    def live(self, firm: Props) -> Live:
        """What `t4firm drift` reads of T4, and what it could not read."""
        stack = load_stack(self._write(firm), self.operations, ROOT)
        resources = [
            InState(f"pulumi-python:dynamic/t4:{kind}", name, crossed(each.outputs), "2026-11-01")
            for key, each in self.state.items()
            for kind, name in [key.split(" ", 1)]
        ]
        with self.session():
            return read_all(stack, resources)

    def tasks(self, firm: Props) -> dict[str, str]:
        """The tasks that a change brings: without the ones that come with every user."""
        return beside_standing(self.every_task(firm))

    def every_task(self, firm: Props) -> dict[str, str]:
        """The tasks as `t4firm tasks` finds them: in the recorded resources, also after a failed run."""
        return {task["id"]: task["status"] for task in self.listed(firm)}

    def listed(self, firm: Props) -> list[dict[str, str]]:
        """The same with all that is said of each."""
        return task_list(*self._recorded(firm))

    def fills(self, firm: Props) -> dict[str, int]:
        """Whose fills are captured, as `t4firm tasks` counts them."""
        seen = self._recorded(firm)
        return counts(covered(*seen, task_list(*seen)))

    def to_do(self, firm: Props) -> dict[str, int]:
        """How much there is to do, as `t4firm tasks` counts it."""
        seen = self._recorded(firm)
        tasks = task_list(*seen)
        return to_do(tasks, covered(*seen, tasks))

    def proofs(self, firm: Props) -> dict[tuple[str, str], Proof]:
        """What the capture of fills rests on, as it is recorded: about whom, which fact -> what shows it."""
        return {(proof.about, proof.fact): proof for proof in proofs(*self._recorded(firm))}

    def _recorded(self, firm: Props) -> tuple[Desired, Firm, list[Stored | None]]:
        stack = load_stack(self._write(firm), self.operations, ROOT)
        last = {
            (f"pulumi-python:dynamic/t4:{kind}", name): stored(recorded.outputs)
            for key, recorded in self.state.items()
            for kind, name in [key.split(" ", 1)]
        }
        goals = stack.following(recorded_of(last))
        return goals, stack.firm, [last.get(goal.key) for goal in goals.goals]

    def record(self, key: str) -> Props:
        """The outputs that are recorded of one resource."""
        return self.state[key].outputs

    def _write(self, firm: Props) -> Path:
        file = self.folder / f"{self.name}.firm.yaml"
        file.write_text(yaml.dump(firm, Dumper=yaml.CSafeDumper, sort_keys=False))
        return file

    def _run(self, firm: Props, *, preview: bool, replace: str = "") -> Run:
        stack = load_stack(self._write(firm), self.operations, ROOT)
        run = Run()
        with self.session():
            engine = _Engine(self.state, run, self.neighbours, self.half_written, preview=preview)
            engine.replace = replace
            set_all_config(self.settings)
            try:
                asyncio.run(_program(engine, run, lambda: declare(stack), self.name, preview=preview))
            except RunError as error:
                run.failed["program"] = str(error)
            if not run.failed:
                engine.remove_what_vanished()
        return run


async def _program(
    engine: "_Engine", run: Run, program: Callable[[], None], name: str, *, preview: bool
) -> None:
    logger = logging.getLogger("tests.providers.stack")
    logger.propagate = False
    logger.setLevel(logging.WARNING)
    logger.handlers = [_Said(run.said)]
    settings = MockSettings(  # type: ignore[no-untyped-call]
        monitor=engine,
        monitor_features=set(engine.GetDeploymentInfo(None).supportedFeatures),  # type: ignore[no-untyped-call]
        engine=MockEngine(logger),
        project="t4",
        stack=name,
        dry_run=preview,
        organization="organization",
        callbacks=None,
    )
    configure(settings)
    await run_in_stack(program)


def _urn(kind: str, name: str) -> str:
    return f"urn:pulumi:test::t4::{kind}::{name}"


class _Said(logging.Handler):
    def __init__(self, said: list[str]) -> None:
        super().__init__()
        self.said = said

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(record.getMessage())


class _HalfWritten(grpc.RpcError):  # type: ignore[misc]  # grpc has no types
    """What the engine answers that reads a state just being written."""

    def code(self) -> grpc.StatusCode:
        return grpc.StatusCode.UNKNOWN

    def details(self) -> str:
        return "failed to load checkpoint: EOF"


class _NoStack(_HalfWritten):
    """What the engine answers about a stack that the backend does not have."""

    def details(self) -> str:
        return "unknown stack"


class _NoMocks(Mocks):
    """The monitor below answers everything itself."""

    def new_resource(self, args: MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        raise NotImplementedError

    def call(self, args: Any) -> tuple[dict[str, Any], list[tuple[str, str]] | None]:
        raise NotImplementedError


class _Engine(MockMonitor):
    """The engine's part of one run."""

    def __init__(
        self,
        state: dict[str, Recorded],
        run: Run,
        stacks: dict[str, Stack],
        half_written: int,
        *,
        preview: bool,
    ) -> None:
        super().__init__(_NoMocks())
        self.state, self.run, self.stacks, self.preview = state, run, stacks, preview
        self.half_written = half_written
        self.replace = ""
        self.seen: set[str] = set()
        self.broken: set[str] = set()
        self.lock = Lock()

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 (the SDK's name)
        urn = _urn(request.type, request.name)
        if request.type == "pulumi:pulumi:Stack":
            return resource_pb2.RegisterResourceResponse(urn=urn)
        key = f"{request.type.rpartition(':')[2]} {request.name}"
        news = received(request.object, keep_unknowns=True)
        del news["__provider"]
        with self.lock:
            self.seen.add(key)
            skipped = bool(self.broken & set(request.dependencies))
            if skipped:
                self.broken.add(urn)
                self.run.skipped.append(key)
        if skipped:
            return resource_pb2.RegisterResourceResponse(urn=urn, result=resource_pb2.Result.FAIL)
        try:
            id_, outputs = self._step(key, news)
        except Exception as error:
            with self.lock:
                self.broken.add(urn)
                self.run.failed[key] = str(error)
            return resource_pb2.RegisterResourceResponse(urn=urn, result=resource_pb2.Result.FAIL)
        props = _finished(rpc.serialize_properties(outputs, {}))
        return resource_pb2.RegisterResourceResponse(urn=urn, id=id_, object=props)

    def Invoke(self, request: Any) -> Any:  # noqa: N802 (the SDK's name)
        """What the last run of this stack or of another one recorded, as the program asks for it."""
        (name,) = received(request.args).values()
        stack = self.stacks.get(name.removeprefix("organization/t4/"))
        if self.half_written:
            self.half_written -= 1
            raise _HalfWritten()
        assert request.tok == "pulumi:pulumi:readStackResourceOutputs"
        if stack is None:
            raise _NoStack()
        resources = {
            _urn(f"pulumi-python:dynamic/t4:{kind}", name): {"id": recorded.id, "outputs": recorded.outputs}
            for key, recorded in stack.state.items()
            for kind, name in [key.split(" ", 1)]
        }
        props = _finished(rpc.serialize_properties({"outputs": resources}, {}))
        answer: dict[str, Any] = {"return": props}
        return resource_pb2.ResourceInvokeResponse(**answer)

    def RegisterResourceOutputs(self, request: Any) -> Any:  # noqa: N802 (the SDK's name)
        self.run.outputs = received(request.outputs, keep_unknowns=True)
        return super().RegisterResourceOutputs(request)  # type: ignore[no-untyped-call]

    def _step(self, key: str, news: Props) -> tuple[str, Props]:
        provider, recorded = PROVIDERS[key.partition(" ")[0]], self.state.get(key)
        before = crossed(recorded.inputs) if recorded and key != self.replace else {}
        checked = provider.check(before, news)
        if checked.failures:
            raise ValueError("; ".join(failure.reason for failure in checked.failures))
        inputs = crossed(dict(checked.inputs), keep_unknowns=True)
        assert key != self.replace, "the engine would create it again, and then delete its record"
        if recorded:
            olds = crossed(recorded.outputs)
            if not provider.diff(recorded.id, olds, inputs).changes:
                if not self.preview:
                    recorded.inputs = inputs
                return recorded.id, recorded.outputs
        (self.run.updated if recorded else self.run.created).append(key)
        if self.preview:
            return (recorded.id if recorded else ""), inputs
        if recorded:
            outs = provider.update(recorded.id, crossed(recorded.outputs), crossed(inputs)).outs or {}
            id_ = recorded.id
        else:
            made = provider.create(crossed(inputs))
            id_, outs = made.id, made.outs or {}
        outputs = crossed(outs)
        with self.lock:
            self.state[key] = Recorded(id_, inputs, outputs)
        return id_, outputs

    def remove_what_vanished(self) -> None:
        """Deletes, in the reverse order of making; what refuses stays, and so does the firm, on which all
        stands."""
        for key in [key for key in reversed(self.state) if key not in self.seen]:
            if key == "Firm firm" and self.run.failed:
                continue
            if self.preview:
                self.run.deleted.append(key)
                continue
            recorded = self.state[key]
            try:
                PROVIDERS[key.partition(" ")[0]].delete(recorded.id, crossed(recorded.outputs))
            except Exception as error:
                self.run.failed[key] = str(error)
            else:
                self.run.deleted.append(key)
                del self.state[key]
