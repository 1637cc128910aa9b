"""A first run where T4 answers 503 to the first call of three users in ten, against one without."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

from tools.bench.runs import SKIP, Bench, up
from tools.simulated import T4, simulator

ONBOARDING = "/admin/v1/onboarding"
REFUSED = (1, 4, 7)
"""Of each ten traders."""


def storm(folder: Path, users: int, latency: int) -> None:
    """Prints how long the calls took in both runs, beside the ideal: as many calls at the pace of the run
    without a storm."""
    with simulator(folder / "t4") as t4:
        calm, tried, _ = _calls(Bench(folder / "calm", t4, operations="onboarding"), t4, users, latency, ())
        refused = [number for number in range(users) if number % 10 in REFUSED]
        bench = Bench(folder / "storm", t4, operations="onboarding")
        took, calls, made = _calls(bench, t4, users, latency, refused)
    ideal = calm * calls / tried
    print(f"{users} traders, {latency} ms a call: {len(refused)} calls answered 503 first")
    print(f"without {calm:.1f} s, {tried} calls; in the storm {took:.1f} s, {calls} calls")
    print(f"ideal {ideal:.1f} s, ratio {took / ideal:.2f}")
    print(f"onboarded {len(made)}, more than once {sum(count > 1 for count in made.values())}")


def _calls(bench: Bench, t4: T4, users: int, latency: int, refused: Any) -> tuple[float, int, Counter[str]]:
    """From the first to the last call, in seconds; how many; username -> how often it was onboarded."""
    bench.make("storm", users)
    t4.latency(latency)
    for number in refused:
        only = {"path": ONBOARDING, "username": f"trader.{number:05}"}
        t4.post("faults", {"match": only, "times": 1, "do": {"status": 503}})
    bench.took(*up("storm"), **SKIP)
    calls = [call for call in t4.requests() if call["path"] == ONBOARDING]
    times = [datetime.fromisoformat(call["time"]) for call in calls]
    made = Counter(call["body"]["User"]["username"] for call in calls if call["status"] == 200)
    return (times[-1] - times[0]).total_seconds(), len(calls), made
