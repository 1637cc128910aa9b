"""What the providers of all resources have in common at Pulumi's border."""

from collections.abc import Mapping
from typing import Any

from deepdiff import DeepDiff
from pulumi.dynamic import ConfigureRequest, ResourceProvider
from pulumi.output import contains_unknowns

from providers.t4 import session


class T4Provider(ResourceProvider):
    """Base of all providers: no secret in the serialized provider, one session a process.

    The engine does not tell a provider which stack it works for, so the program does: `stack` travels with
    the provider.
    """

    serialize_as_secret_always = False
    stack = ""

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
