"""Dynamic resources that the engine is told of as plain values.

`pulumi.dynamic.Resource` makes an Output, with four futures and their tasks, of each property of each
resource, read or not: 87 KB a resource, and half of what a large firm's program costs (SDK 3.272;
docs/performance.md). A resource of a firm knows which others it comes after, and needs plain values of them.
So `Registered` sends what the SDK would send, once those others are answered, and keeps the answer.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, cast

import grpc  # type: ignore[import-untyped]
import pulumi
from pulumi.dynamic import Resource
from pulumi.dynamic.dynamic import PROVIDER_KEY
from pulumi.runtime import settings
from pulumi.runtime._context import wrap_with_context
from pulumi.runtime.proto import resource_pb2

from providers.t4.engine.plain_values import UNKNOWN, received, sent

TAKEN = {"depends_on", "additional_secret_outputs", "transformations"}
"""The options of a resource that reach the engine."""


@dataclass(frozen=True)
class Answer:
    """What the engine says of a resource when its step is done. `id`: "" while there is none. `values`: those
    of the class's `OUTPUTS` that it has. `complete`: whether what is not among them is None, and not
    unknown."""

    urn: str
    id: str
    values: Mapping[str, Any]
    complete: bool

    def value(self, name: str, made: Callable[[Any], Any] = lambda value: value) -> Any:
        """What is `made` of an output: None is an output that was not recorded, `UNKNOWN` stays."""
        found = self.values.get(name, None if self.complete else UNKNOWN)
        return UNKNOWN if found == UNKNOWN else made(found)

    def known(self, name: str) -> Any:
        """An output, or None where it is unknown."""
        found = self.values.get(name)
        return None if found == UNKNOWN else found


class Registered(Resource):
    """A dynamic resource of a firm. Its properties are plain values, or functions that are called when all
    that it depends on is answered. Raises TypeError for an option that is not one of `TAKEN`; `depends_on` is
    a list of such resources."""

    OUTPUTS: ClassVar[tuple[str, ...]]
    """The outputs that the program reads."""

    answered: "asyncio.Future[Answer]"
    registration: "asyncio.Future[Any]"

    @property
    def answer(self) -> Answer:
        """The engine's answer, once it is there."""
        return self.answered.result()


def register(resource: Registered, kind: str, props: Mapping[str, Any], opts: pulumi.ResourceOptions) -> None:
    """Tell the engine of it as soon as what it depends on is answered."""
    if other := {name for name, value in vars(opts).items() if _is_given(value)} - TAKEN:
        raise TypeError(f"a firm's resources do not pass these options on: {', '.join(sorted(other))}")
    resource.answered = asyncio.get_running_loop().create_future()

    async def told() -> None:
        try:
            resource.answered.set_result(await _told(resource, kind, props, opts))
        except Exception as error:
            resource.answered.set_exception(error)
            resource.answered.exception()  # who depends on it raises it too; asyncio need not tell of it
            raise

    resource.registration = asyncio.ensure_future(
        settings._get_rpc_manager().do_rpc("register resource", told)()
    )


def _is_given(option: object) -> bool:
    """Whether an option says something; two that were merged have hooks without any."""
    hooks = isinstance(option, pulumi.ResourceHookBinding)
    return any(vars(option).values()) if hooks else bool(option)


async def _told(
    resource: Registered, kind: str, props: Mapping[str, Any], opts: pulumi.ResourceOptions
) -> Answer:
    after = cast(list[Registered], opts.depends_on or [])  # the SDK allows more
    urns = [(await each.answered).urn for each in after]
    root = settings.get_root_resource()
    values = {name: value() if callable(value) else value for name, value in props.items()}
    request = resource_pb2.RegisterResourceRequest(
        type=kind,
        name=resource._name,
        parent=(await root.urn.future() if root else None) or "",
        custom=True,
        object=sent(values),
        dependencies=urns,
        # Without any, the engine takes each property to depend on all that the resource depends on, and
        # records that. It asks only where a resource is replaced, and none of a firm is.
        propertyDependencies={PROVIDER_KEY: resource_pb2.RegisterResourceRequest.PropertyDependencies()},
        additionalSecretOutputs=opts.additional_secret_outputs or [],
        acceptSecrets=True,
        acceptResources=True,
        supportsPartialValues=True,
        supportsResultReporting=True,
    )
    loop = asyncio.get_running_loop()
    response = await loop.run_in_executor(None, wrap_with_context(lambda: _sent(request)))  # type: ignore[no-untyped-call]
    failed = response.result != resource_pb2.Result.SUCCESS
    fields = {} if failed else response.object.fields
    return Answer(
        urn=response.urn,
        id=response.id,
        values={name: received(fields[name]) for name in resource.OUTPUTS if name in fields},
        complete=not (failed or response.unknown or settings.is_dry_run()),
    )


def _sent(request: resource_pb2.RegisterResourceRequest) -> Any:
    monitor: Any = settings.get_monitor()
    try:
        return monitor.RegisterResource(request)
    except grpc.RpcError as error:
        settings.handle_grpc_error(error)
