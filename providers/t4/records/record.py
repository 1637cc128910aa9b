"""What the records of all resources have in common: read from Pulumi's properties, and written back.

    news = ApplicationInputs.from_props(props)      # what the program says of the resource
    record = ApplicationRecord.from_props(outputs)  # what the last run made of it
    record.to_props()                               # what a state holds: nothing that is as usual

The names of the fields are those of the properties. A field that an older version did not record has as its
default what was meant then; what has another name or form now, `upgrade` knows. Behind the providers nobody
knows a property's name.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Self, TypeVar, get_type_hints

from pulumi.output import contains_unknowns
from pydantic import ConfigDict, TypeAdapter, ValidationError

from providers.t4.records.task_records import TaskRecord
from providers.t4.records.upgrade import upgraded
from t4firm.plan.said import Said
from t4firm.reports.drift import Reading

T = TypeVar("T")
Props = Mapping[str, Any]

NEVER_WRITTEN = {"unknown", "how"}
BY_API = "api"
"""The property that lists the kinds of steps that the API takes; an older version wrote the administrator's
too, as `how`."""
INPUTS_ALONE = {"planned"}
"""What a resource's inputs have, and its record has not: what was to come has come, or is an open task."""


_FORMS: dict[type[Any], TypeAdapter[Any]] = {}


class UnreadableRecord(Exception):
    """A state holds something that no version of the product wrote. No value is told: it may be a personal
    detail."""

    __module__ = "builtins"  # the engine prints an exception's full name (errors.py)


def _made(of: type[T], props: Props) -> T:
    try:
        made: T = _form(of).validate_python(props)
    except ValidationError as error:
        wrong = "; ".join(
            f"{'.'.join(map(str, each['loc']))}: {each['msg']}"
            for each in error.errors(include_input=False, include_context=False, include_url=False)
        )
        raise UnreadableRecord(
            f"what the state has recorded cannot be read, so nothing was changed: {wrong}. If the state was "
            "edited by hand, take that back"
        ) from None
    return made


def _form(of: type[Any]) -> TypeAdapter[Any]:
    if of not in _FORMS:
        _FORMS[of] = TypeAdapter(of)
    return _FORMS[of]


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """What every resource's inputs say of its steps: `how` (kind of step -> `api` or `administrator`),
    `attested` and `accepted` (task id -> the line; the last day), `earlier` (those of `attested` that were
    about nothing in the last run), `subject` (`new` or `adopted`), `waits` (task id -> the tasks that must be
    closed before), `planned` (the tasks that this change brings the administrator). `ofFirm`: the stack's
    firm in T4, "" where that is not known yet. `unknown`: the names of
    those that this preview does not know; they have their defaults.
    """

    __pydantic_config__ = ConfigDict(coerce_numbers_to_str=True)

    SECRET: ClassVar[tuple[tuple[str, ...], ...]] = ()
    """Where the properties are that the state keeps secret."""

    how: Mapping[str, str] = field(default_factory=dict)
    attested: Mapping[str, str] = field(default_factory=dict)
    earlier: Mapping[str, str] = field(default_factory=dict)
    accepted: Mapping[str, str] = field(default_factory=dict)
    subject: str = ""
    waits: Mapping[str, str] = field(default_factory=dict)
    planned: Mapping[str, str] = field(default_factory=dict)
    ofFirm: str = ""
    unknown: frozenset[str] = frozenset()

    @classmethod
    def from_props(cls, props: Props) -> Self:
        """From properties of this version or of an older one."""
        if "how" not in props:
            props = {**props, "how": dict.fromkeys(props.get(BY_API) or (), "api")}
        unknown = {name for name, value in props.items() if contains_unknowns(value)}
        known = {name: value for name, value in props.items() if name not in unknown and value is not None}
        return _made(cls, {**upgraded(known), "unknown": unknown})

    def to_props(self) -> dict[str, Any]:
        """As properties: without what is as usual, and what this preview does not know."""
        written: dict[str, Any] = _form(type(self)).dump_python(
            self, mode="json", exclude_defaults=True, exclude=NEVER_WRITTEN
        )
        by_api = sorted(kind for kind, way in self.how.items() if way == "api")
        return {**written, BY_API: by_api} if by_api else written

    def among(self, news: Props) -> dict[str, Any]:
        """As properties, with those of `news` that this preview does not know."""
        return {name: news[name] for name in self.unknown} | self.to_props()

    def assumed(self, an_id: str) -> Self:
        """The inputs as a run may find them, where a preview does not know them: so that it would call most.
        `an_id`: for ids."""
        return replace(self, unknown=frozenset())

    def changes(self, now: Self, *names: str) -> bool:
        """Whether one of these says something else `now`; what a preview does not know is no change. What T4
        answers differently from what was sent is none either: the record holds what was sent (t4.md
        section 1)."""
        return any(getattr(self, name) != getattr(now, name) for name in names if name not in now.unknown)

    @property
    def name(self) -> str:
        """The resource's name, which is its id too."""
        raise NotImplementedError

    @property
    def words(self) -> str:
        """The resource as a sentence names it."""
        raise NotImplementedError

    @property
    def said(self) -> Said:
        """What decides what a change of it brings."""
        raise NotImplementedError

    @property
    def ids(self) -> dict[str, str]:
        """`userID` and `accountID` of what the resource is about, as far as they are known."""
        return {}

    def wanted(self, task: str) -> object:
        """The value that the file wants of this task, where the task alone does not say it: what a sign-off
        of the task is about. It may be a personal detail: only a mark of it is recorded."""
        return None


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """What a state holds of a resource: the inputs that it was brought to; its `tasks` (task_records); in
    `drift` what a read found otherwise, task -> sentence, until an update has seen it; when a run `recorded`
    it, "" where an older version did."""

    WRITTEN: ClassVar[tuple[str, ...]] = ("tasks",)
    """Outputs that are written also where they are empty: a preview takes one that is not there for one that
    it does not know."""

    inputs: Inputs
    tasks: Mapping[str, TaskRecord] = field(default_factory=dict)
    drift: Mapping[str, str] = field(default_factory=dict)
    recorded: str = ""

    @classmethod
    def from_props(cls, props: Props) -> Self:
        """From properties of this version or of an older one."""
        inputs: type[Inputs] = get_type_hints(cls)["inputs"]
        known = {name: value for name, value in upgraded(props).items() if value is not None}
        return _made(cls, {**known, "inputs": inputs.from_props(known)})

    def to_props(self) -> dict[str, Any]:
        """As properties, inputs and outputs side by side."""
        inputs = {name: value for name, value in self.inputs.to_props().items() if name not in INPUTS_ALONE}
        written: dict[str, Any] = _form(type(self)).dump_python(
            self, mode="json", exclude_defaults=True, exclude={"inputs"}
        )
        return {**inputs, **{name: getattr(self, name) for name in self.WRITTEN}, **written}

    @property
    def ids(self) -> dict[str, str]:
        """The same of what is recorded."""
        return self.inputs.ids

    @property
    def firm(self) -> str:
        """The stack's firm in T4, as it is recorded."""
        return self.inputs.ofFirm

    @property
    def may_go(self) -> bool:
        """Whether the firm file lets the resource leave with the whole stack."""
        return True

    @property
    def captures(self) -> bool:
        """Whether it is what makes the fills of an account reach WhenTech."""
        return False

    @property
    def broken(self) -> Mapping[str, str]:
        """What breaks the rules: task -> sentence."""
        return {}

    @property
    def reading(self) -> Reading:
        """What a read left in this record."""
        return Reading(self.inputs.how, self.tasks, self.drift, self.broken, self.captures)
