"""What the SDK does for each resource and no firm needs (SDK 3.272; docs/performance.md).

It records with each resource the calls in the program that led to it: a third of the state, and with it the
paths of the machine that ran last. All resources of a firm come from the same lines. And it tells the engine
four times a resource what it is about to do, for `pulumi --debug`, and waits for the answer each time. It has
no switch for either.
"""

import pulumi
from pulumi.runtime import resource
from pulumi.runtime.proto import source_pb2


def spare() -> None:
    """Let the SDK of this process leave both out."""
    resource._get_stack_trace = source_pb2.StackTrace
    pulumi.log.debug = lambda *_, **__: None
