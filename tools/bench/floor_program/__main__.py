"""As many resources as a firm has, with the same inputs and dependencies, and nothing that thinks."""

import json
from pathlib import Path

import pulumi

from tools.bench.floor_program.bare import Bare


def opened(value: object) -> object:
    """Inputs with what is secret in them; the list of resources marks it with `secret`."""
    if isinstance(value, dict):
        if set(value) == {"secret"}:
            return pulumi.Output.secret(value["secret"])
        return {name: opened(each) for name, each in value.items()}
    return value


made: dict[str, Bare] = {}
for each in json.loads(Path("resources.json").read_text()):
    opts = pulumi.ResourceOptions(depends_on=[made[key] for key in each["after"]])
    made[each["key"]] = Bare(each["key"], opened(each["inputs"]), each["outputs"], opts)
