"""The one door to T4 for a call that changes something.

`Exchange.send` sends nothing but reads and logins without a `Permit`, and only `Door.permit` makes one. In a
run of a reviewed list the door knows the calls of the list, and refuses any other before it is made.

The mark of a call is keyed, and is of all that is sent: operation, name, path and body. Three things are left
out, because a review cannot know them: ids (of what the run itself makes; the name stands for them) and the
password (a review has another seed; its version is in the firm file).
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Collection, Mapping
from typing import Final

from providers.t4.api.errors import Unreviewed
from t4firm.review.model import ChangingCall

ONBOARDING: Final = "onboarding"
"""The name of the onboarding call in a list; the others are called as their operations."""

_LATER: Final = {"userID": "(its userID)", "accountID": "(its accountID)", "password": "(its password)"}
_SEAL: Final = object()


class Permit:
    """Says that the door has let this call through."""

    def __init__(self, call: ChangingCall, seal: object) -> None:
        if seal is not _SEAL:
            raise ValueError("only the door permits a call")
        self.call = call


class Door:
    """Decides about changing calls. `key`: of the marks. `reviewed`: the calls that were reviewed; None where
    the run follows no list."""

    def __init__(self, key: bytes = b"", reviewed: Collection[ChangingCall] | None = None) -> None:
        self._key = key
        self._reviewed = None if reviewed is None else frozenset(reviewed)

    def call(
        self, operation: str, names: tuple[str | None, ...], method: str, path: str, body: object
    ) -> ChangingCall:
        """A call as a list names it. `names`: of user and account, at least one of them."""
        about = "/".join(name for name in names if name)
        if not about:
            raise ValueError(
                f"{operation} changes something, and says of whom or what neither name nor number"
            )
        sent = json.dumps([operation, about, method, path, _ordered(body)], sort_keys=True)
        return ChangingCall(operation, about, hmac.new(self._key, sent.encode(), "sha256").hexdigest())

    def permit(self, call: ChangingCall, method: str, path: str) -> Permit:
        """Raises Unreviewed for a call that is not on the list."""
        if self._reviewed is not None and call not in self._reviewed:
            alike = {(each.operation, each.about) for each in self._reviewed}
            what = (
                f"the review has {call.operation} for {call.about}, but with other values"
                if (call.operation, call.about) in alike
                else f"{call.operation} for {call.about} was not reviewed"
            )
            raise Unreviewed(method, path, what=f"not called: {what}", advice="Have it reviewed again.")
        return Permit(call, _SEAL)


def without_later(values: Mapping[str, object]) -> dict[str, object]:
    """Values of a call with words for what a review cannot know."""
    known = {name: _LATER.get(name, value) for name, value in values.items() if value not in (None, "")}
    changes = values.get("changes")
    if isinstance(changes, Mapping):
        known["changes"] = {name: _LATER.get(name, value) for name, value in changes.items()}
    return {**values, **known}


def _ordered(value: object) -> object:
    """The same for the same entries: a list that T4 gets has no order."""
    if isinstance(value, Mapping):
        return {name: _ordered(entry) for name, entry in value.items()}
    if isinstance(value, list):
        return sorted(
            (_ordered(entry) for entry in value), key=lambda entry: json.dumps(entry, sort_keys=True)
        )
    return value
