"""What the SDK does for each resource and no firm needs (SDK 3.272; docs/performance.md).

It makes Outputs of all properties (registration.py does without), and with them records the calls in the
program that led to the resource: the paths of the machine that ran last. And it tells the engine
what it is about to do, for `pulumi --debug`, and waits for the answer each time. It has no switch for any.
"""

from typing import Any

import pulumi
from pulumi.runtime import resource

from providers.t4.engine.registration import Registered, register


def spare() -> None:
    """Let the SDK of this process leave them out."""
    pulumi.resource.register_resource = _registered  # type: ignore[attr-defined, assignment]
    pulumi.log.debug = lambda *_, **__: None


def _registered(
    res: pulumi.Resource,
    ty: str,
    name: str,
    custom: bool,
    remote: bool,
    new_dependency: Any,
    props: Any,
    opts: Any,
    *rest: Any,
) -> None:
    if isinstance(res, Registered):
        register(res, ty, props, opts)
    else:
        resource.register_resource(res, ty, name, custom, remote, new_dependency, props, opts, *rest)
