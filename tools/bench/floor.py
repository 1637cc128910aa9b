"""The product against the floor: as many bare dynamic resources with the same inputs, outputs, dependencies
and calls, and no logic of ours. In turns, as ratios of medians.

The list of bare resources is made from what the product recorded in the same run.
"""

from __future__ import annotations

import json
import shutil
import statistics
from collections import defaultdict
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from tools.bench.firms import PERSON
from tools.bench.memory import peaks
from tools.bench.runs import SKIP, Bench, Took, up
from tools.simulated import simulator

TURNS = 3
PROGRAM = Path(__file__).parent / "floor_program" / "__main__.py"
MARK = "4dabf18193072939515e22adb298388d"  # how the engine marks a secret
OURS = "pulumi-python:dynamic/t4:"
SIDES = ("ours", "floor")
STEPS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "preview, all new": ("preview", {}),
    "up, all new, written once": ("up", SKIP),
    "preview, unchanged": ("preview", {}),
    "up, unchanged": ("up", {}),
}


def floor(folder: Path, users: int, latency: int, turns: int) -> None:
    """Prints a line a step. `latency`: milliseconds that the simulator takes for each call."""
    took: dict[tuple[str, str], list[Took]] = defaultdict(list)
    memory: dict[str, dict[str, int]] = {side: {} for side in SIDES}
    with ExitStack() as stack:
        t4 = {side: stack.enter_context(simulator(folder / f"t4-{side}")) for side in SIDES}
        bench = {side: Bench(folder / side, t4[side], operations="onboarding") for side in SIDES}
        _make_floor(bench["ours"], bench["floor"].folder, users)
        for turn in range(turns):
            name = f"turn{turn}"
            for side in SIDES:
                bench[side].make(name, users)
                t4[side].latency(latency)
            for step, (command, environ) in STEPS.items():
                for side in sorted(SIDES, reverse=bool(turn % 2)):
                    arguments = up(name) if command == "up" else ("preview", "--stack", name)
                    with peaks() as seen:
                        took[step, side].append(bench[side].took(*arguments, **environ))
                    for kind, most in seen.items():
                        memory[side][kind] = max(memory[side].get(kind, 0), most)
        size = {side: bench[side].size(name) for side in SIDES}
        calls = {side: len(t4[side].requests()) for side in SIDES}
    print(f"{users} traders, {4 * users + 4} resources, {latency} ms a call, medians of {turns} turns")
    for what in ("processor", "clock"):
        print(f"{what:28} {'ours':>9} {'floor':>9} {'ratio':>6}")
        for step in STEPS:
            ours, bare = (statistics.median(vars(each)[what] for each in took[step, side]) for side in SIDES)
            print(f"  {step:26} {ours:7.1f} s {bare:7.1f} s {ours / bare:6.2f}")
    for side in SIDES:
        told = ", ".join(f"{kind} {peak // 1024**2} MB" for kind, peak in sorted(memory[side].items()))
        print(f"{side:6} {calls[side]} calls, {size[side] / users / 1000:.1f} KB a trader, at most {told}")


def _make_floor(ours: Bench, folder: Path, users: int) -> None:
    """Make the product's resources once, and the floor's program and its list from what was recorded."""
    ours.make("model", users)
    ours.took(*up("model"), **SKIP)
    exported = ours.exported("model")["deployment"]["resources"]
    recorded = [each for each in exported if each["type"].startswith(OURS)]
    names = {each["urn"]: f"{each['type'].removeprefix(OURS)}/{each['id']}" for each in recorded}
    resources = []
    for each in recorded:
        inputs, outputs = each.get("inputs") or {}, each.get("outputs") or {}
        resources.append(
            {
                "key": names[each["urn"]],
                "after": [names[urn] for urn in each.get("dependencies") or () if urn in names],
                "inputs": {name: _marked(value) for name, value in inputs.items() if name != "__provider"},
                "outputs": {name: _plain(value) for name, value in outputs.items() if name not in inputs},
                "call": _call(_plain(inputs)) if each["type"] == f"{OURS}User" else None,
            }
        )
    shutil.copy(PROGRAM, folder)
    (folder / "resources.json").write_text(json.dumps(resources))


def _call(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The body that makes a user in T4."""
    first = inputs["account"]
    return {
        "User": {**PERSON, "username": inputs["username"], "password": "Only-for-the-bench-1"},
        "Account": {
            "account": first["account"],
            "templateAccount": first["templateAccount"],
            "accountName": first["names"]["accountName"],
        },
    }


def _marked(value: Any) -> Any:
    """A value of the export, with each secret as `{"secret": its value}`."""
    if isinstance(value, dict):
        if MARK in value:
            return {"secret": json.loads(value["plaintext"])}
        return {name: _marked(each) for name, each in value.items()}
    return value


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        if MARK in value:
            return json.loads(value["plaintext"])
        return {name: _plain(each) for name, each in value.items()}
    return value
