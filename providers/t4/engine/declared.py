"""A resource's properties as a program declares them."""

from typing import Any

from providers.t4.engine.plain_values import secret
from providers.t4.records.record import Inputs


def declared(inputs: Inputs, *outputs: str, **known: object) -> dict[str, Any]:
    """What the file says, with what is secret in it; what other resources tell this one (`known`, with its
    Outputs); and the names of its outputs."""
    props = inputs.to_props()
    for path in inputs.SECRET:
        *outer, name = path
        found = props
        for each in outer:
            found = found.get(each, {})
        if name in found:
            found[name] = secret(found[name])
    return {**props, **known, **dict.fromkeys(outputs)}
