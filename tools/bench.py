"""`make bench USERS=n`: how long a firm of n traders takes, phase by phase, as ratios to the first phase.

Machines differ and are shared, so a time alone says little: each phase is printed in seconds and as a ratio
to the bare start of the engine (a preview of a firm without traders) in the same run. Each trader has one
account, WhenTech, and an assignment to the fill user: four resources.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PERSON = {
    "firstname": "Ann",
    "lastname": "Ohio",
    "phone": "555-123-4567",
    "email": "ann@example.com",
    "street": "1 Main Street",
    "city": "Columbus",
    "county": "Franklin",
    "state": "OH",
    "postCode": "43004",
    "country": "US",
    "apptype": "Professional",
}
SKIP = {"PULUMI_EXPERIMENTAL": "true", "PULUMI_SKIP_CHECKPOINTS": "true"}


def firm_of(users: int) -> dict[str, Any]:
    """A firm file with this many traders and a fill service."""
    names = [f"trader.{number:05}" for number in range(users)]
    return {
        "firm": "Benchmark LLC",
        "whentech": {"requestedOn": "2026-11-02", "enabledOn": "2026-11-04"},
        "templates": {
            "users": {"FillService": {"applications": ["WhenTechFills"]}},
            "accounts": ["DefaultTemplate"],
        },
        "defaults": {"account": {"templateAccount": "DefaultTemplate"}},
        "users": {
            name: {**PERSON, "accounts": [f"A{number:05}"], "applications": ["WhenTech"]}
            for number, name in enumerate(names)
        },
        "fillService": {
            "user": {
                **PERSON,
                "username": "WhenTechFillUser",
                "templateUser": "FillService",
                "account": "FILL0001",
            }
        },
        "limits": {"newUsers": users + 1},
    }


class Bench:
    """One stack in a folder of its own, on a simulator of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "stacks").mkdir()
        (folder / "state").mkdir()
        for name in ("Pulumi.yaml", "__main__.py"):
            shutil.copy(ROOT / name, folder)
        shutil.copy(ROOT / "stacks" / "demo.operations.yaml", folder / "stacks")
        (folder / ".venv").symlink_to(ROOT / ".venv")
        self.simulator = subprocess.Popen(
            [sys.executable, "-m", "simulator", "--folder", str(folder / "t4")], cwd=ROOT
        )
        while not (folder / "t4" / "run.json").exists():
            time.sleep(0.05)
        run = json.loads((folder / "t4" / "run.json").read_text())
        self.environ = {
            **os.environ,
            "PULUMI_BACKEND_URL": f"file://{folder / 'state'}",
            "PULUMI_HOME": str(folder / "home"),
            "PULUMI_CONFIG_PASSPHRASE": "bench",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "T4_ENDPOINT": run["endpoint"],
            "T4_API_KEY": run["apiKey"],
            "T4_PASSWORD_SEED": run["passwordSeed"],
            "T4_OPERATIONS": "stacks/demo.operations.yaml",
        }

    def make(self, stack: str, users: int) -> None:
        """A stack with this many traders, not set up."""
        (self.folder / "stacks" / f"{stack}.firm.yaml").write_text(json.dumps(firm_of(users)))
        self.timed("stack", "init", stack)

    def timed(self, *arguments: str, **environ: str) -> float:
        """Seconds that a command takes; it must succeed."""
        begun = time.monotonic()
        subprocess.run(
            ["pulumi", *arguments, "--non-interactive"],
            cwd=self.folder,
            env=self.environ | environ,
            stdout=subprocess.DEVNULL,
            check=True,
        )
        return time.monotonic() - begun


def main() -> None:
    """Prints a line a phase."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--users", type=int, default=100)
    users = parser.parse_args().users
    with tempfile.TemporaryDirectory() as name:
        bench = Bench(Path(name))
        try:
            bench.make("empty", 0)
            bench.make("full", users)
            start = bench.timed("preview", "--stack", "empty")
            up = ("up", "--yes", "--skip-preview", "--stack", "full")
            phases = {
                "preview, no traders": start,
                f"preview, {users} to come": bench.timed("preview", "--stack", "full"),
                f"up, {users} traders, written once": bench.timed(*up, **SKIP),
                "up, unchanged": bench.timed(*up),
                "preview, unchanged": bench.timed("preview", "--stack", "full"),
                "refresh, unchanged": bench.timed("refresh", "--yes", "--stack", "full"),
            }
        finally:
            bench.simulator.terminate()
            bench.simulator.wait()
    print(f"{users} traders, {4 * users + 4} resources; ratio to the first line of this run")
    for phase, seconds in phases.items():
        print(f"{phase:40} {seconds:7.1f} s {seconds / start:6.1f}")


if __name__ == "__main__":
    main()
