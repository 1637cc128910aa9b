"""What the bench and the crash test stand on: a simulator of their own, and projects that talk to it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import httpx

ROOT: Final = Path(__file__).resolve().parents[1]
STARTING: Final = 120.0  # seconds, for a machine that is busy; one that cannot start ends sooner


@dataclass(frozen=True)
class T4:
    """A running simulator, its keys, and its control routes (`t4simulator/api/control.py`)."""

    endpoint: str
    api_key: str
    login: str
    seed: str

    @cached_property
    def _http(self) -> httpx.Client:
        return httpx.Client(base_url=f"{self.endpoint}/simulator/", timeout=STARTING)

    def get(self, path: str) -> Any:
        return self._http.get(path).raise_for_status().json()

    def post(self, path: str, body: object = None) -> None:
        self._http.post(path, json=body).raise_for_status()

    def delete(self, path: str) -> None:
        self._http.delete(path).raise_for_status()

    def requests(self) -> list[dict[str, Any]]:
        """T4's calls, in order."""
        listed: list[dict[str, Any]] = self.get("requests")["requests"]
        return listed

    def empty(self) -> None:
        """Nobody in the firm, no call in the record, no fault, no latency."""
        self.post("reset")
        self.delete("requests")

    def latency(self, milliseconds: int) -> None:
        """How long each call takes from now on."""
        self.post("latency", {"seconds": milliseconds / 1000})

    def close(self) -> None:
        self._http.close()


@contextmanager
def simulator(folder: Path) -> Iterator[T4]:
    """A simulator in this folder, ended afterwards."""
    folder.mkdir(parents=True)
    command = [sys.executable, "-m", "t4simulator", "--folder", str(folder)]
    with (folder / "output").open("w") as output:
        process = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=output, start_new_session=True)
    try:
        until = time.monotonic() + STARTING
        while not (folder / "run.json").exists():
            if process.poll() is not None or time.monotonic() > until:
                raise SystemExit(f"the simulator did not start: {(folder / 'output').read_text()}")
            time.sleep(0.05)
        run = json.loads((folder / "run.json").read_text())
        t4 = T4(run["endpoint"], run["apiKey"], json.dumps(run["login"]), run["passwordSeed"])
        yield t4
        t4.close()
    finally:
        process.terminate()
        process.wait()


def project(folder: Path, t4: T4) -> dict[str, str]:
    """Make a project in this folder, with the full set of operations and an empty state; returns the
    environment of its commands."""
    (folder / "stacks").mkdir(parents=True)
    (folder / "state").mkdir()
    for name in ("Pulumi.yaml", "__main__.py"):
        shutil.copy(ROOT / name, folder)
    (folder / ".venv").symlink_to(ROOT / ".venv")
    shutil.copy(ROOT / "stacks" / "demo.operations.yaml", folder / "stacks" / "full.operations.yaml")
    # Not measured for coverage: that takes longer, and what is killed writes nothing.
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("COVERAGE_", "T4_"))}
    return {
        **ours,
        "PATH": f"{ROOT / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "PULUMI_BACKEND_URL": f"file://{folder / 'state'}",
        "PULUMI_HOME": str(folder / "home"),
        "PULUMI_CONFIG_PASSPHRASE": "only for this",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "NO_COLOR": "1",
        "T4_ENDPOINT": t4.endpoint,
        "T4_API_KEY": t4.api_key,
        "T4_PASSWORD_SEED": t4.seed,
        "T4_OPERATIONS": "stacks/full.operations.yaml",
    }
