"""Plain values as the engine's Outputs, and Outputs as plain values.

The SDK's `Output.secret`, `Output.all` and `Output.from_input` look into a value at every depth, and
make one, with its task and futures, of each dict, list and text in it: hundreds a trader, a third of what a
run costs (SDK 3.272; docs/performance.md). What is plain needs one.
"""

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any, TypeVar

import pulumi

T = TypeVar("T")


def secret(value: T) -> "pulumi.Output[T]":
    """A plain value that the engine keeps secret."""
    return pulumi.Output(set(), _done(value), _done(True), _done(True))


def gathered(found: Coroutine[Any, Any, T], resources: Iterable[pulumi.Resource]) -> "pulumi.Output[T]":
    """What is made of these resources' outputs; known in a preview too, and no secret."""
    return pulumi.Output({*resources}, asyncio.ensure_future(found), _done(True))


async def value_of(output: Any) -> Any:
    """The value of an Output, or None where a preview, or a failed resource, leaves it unknown."""
    return await output.future(with_unknowns=True) if await output.is_known() else None


def _done(value: T) -> "asyncio.Future[T]":
    done: asyncio.Future[T] = asyncio.get_running_loop().create_future()
    done.set_result(value)
    return done
