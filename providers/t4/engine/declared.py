"""A resource's properties as a program declares them."""

from collections.abc import Callable
from typing import Any

from providers.t4.engine.plain_values import secret
from providers.t4.records.record import Inputs


def declared(inputs: Inputs, **told: "Callable[[], object] | object") -> dict[str, Any]:
    """What the file says, with what is secret in it, and what other resources tell this one (`told`: values,
    or functions for those that are known when the others are registered)."""
    props = inputs.to_props()
    for path in inputs.SECRET:
        *outer, name = path
        found = props
        for each in outer:
            found = found.get(each, {})
        if name in found:
            found[name] = secret(found[name])
    return {**props, **told}
