"""What the providers of all resources have in common at Pulumi's border."""

import logging
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from deepdiff import DeepDiff
from pulumi.dynamic import ConfigureRequest, DiffResult, ReadResult, ResourceProvider
from pulumi.output import contains_unknowns

from providers.t4.lifecycle.task_ledger import Steps
from providers.t4.lifecycle.template_check import contradiction_words, violation_words
from providers.t4.records.upgrade import upgraded
from providers.t4.session import session

LOG = logging.getLogger("providers.t4")
"""What a refresh must say aloud; on the standard error of the provider's process, which the engine shows."""


TAKING_RECORDS: Mapping[str, int] = {"check": 0, "diff": 1, "update": 1, "read": 1, "delete": 1}
"""Methods of a provider -> which of their arguments comes from the state."""

Method = Callable[..., Any]


def _upgrading(method: Method) -> Method:
    """The method, given a record in this version's form. A record in an older form is changed by the next
    update: an unchanged resource keeps its outputs, and the program reads them."""
    at = TAKING_RECORDS[method.__name__]

    @wraps(method)
    def upgrading(self: ResourceProvider, *given: Any) -> Any:
        record = upgraded(given[at])
        found = method(self, *given[:at], record, *given[at + 1 :])
        if isinstance(found, DiffResult) and record != given[at]:
            found.changes = True
        return found

    return upgrading


class T4Provider(ResourceProvider):
    """Base of all providers: no secret in the serialized provider, one session a process.

    The engine does not tell a provider which stack it works for, so the program does: `stack` travels with
    the provider.
    """

    serialize_as_secret_always = False
    stack = ""
    results: tuple[str, ...] = ()
    """The outputs that are no inputs, beside `tasks`."""

    def __init_subclass__(cls) -> None:
        """Whatever a provider is given of a state, it is given as this version records it."""
        super().__init_subclass__()
        for name in TAKING_RECORDS.keys() & cls.__dict__.keys():
            setattr(cls, name, _upgrading(cls.__dict__[name]))

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

    def as_read(self, id_: str, props: dict[str, Any], steps: Steps, shown: Mapping[str, Any]) -> ReadResult:
        """The record after a read: the outputs `shown` replace those recorded, and `steps` the tasks.

        What T4 shows otherwise than the file says stands in `drift` (task -> sentence), as an output until an
        update has seen it, and as an input, so that the engine shows it as a difference (engine.md).
        """
        before = {task: words for task, words in (props.get("drift") or {}).items() if steps.is_open(task)}
        drift = {"drift": dict(sorted((before | steps.found).items()))} if before or steps.found else {}
        kept = {name: value for name, value in props.items() if name != "drift"}
        outputs = {**kept, **shown, "tasks": steps.tasks, **drift}
        for words in violation_words(outputs):
            LOG.error("VIOLATION: %s", words)
        for words in contradiction_words(outputs):
            LOG.error("CONTRADICTED: %s", words)
        if not drift and "drift" not in props:
            return ReadResult(id_, outputs)
        inputs = {name: value for name, value in outputs.items() if name not in (*self.results, "tasks")}
        return ReadResult(id_, outputs, inputs)


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
