"""`python -m tools.tests [--coverage] [for pytest …]`: the tests, and on request which branches they reach.

Coverage counts this process and the commands that tests start, but not the runs of the real engine
(tests/engine/project.py): coverage's own start-up file in .venv measures wherever COVERAGE_PROCESS_CONFIG is
set, and processes inherit it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MEASURED = ROOT / "build" / "coverage"


def main() -> None:
    """Exits with pytest's status, or, if the tests pass, with that of the coverage report."""
    arguments = sys.argv[1:]
    if not any(argument.startswith("-n") for argument in arguments):
        arguments += ["-n", "auto", "--dist", "worksteal"]  # a process a core
    if "--coverage" in arguments:
        arguments.remove("--coverage")
        sys.exit(_with_coverage(arguments))
    os.execv(sys.executable, [sys.executable, "-m", "pytest", *arguments])  # noqa: S606 (no shell is wanted)


def _with_coverage(arguments: list[str]) -> int:
    shutil.rmtree(MEASURED, ignore_errors=True)
    MEASURED.mkdir(parents=True)
    # absolute: some of the processes work in other folders
    environment = os.environ | {"COVERAGE_FILE": str(MEASURED / "data")}

    def coverage(*command: str) -> int:
        return subprocess.run(
            [sys.executable, "-m", "coverage", *command], cwd=ROOT, env=environment, check=False
        ).returncode

    tests = coverage("run", "-m", "pytest", *arguments)
    report = coverage("combine", "--quiet") or coverage("report")  # also of tests that failed
    return tests or report


if __name__ == "__main__":
    main()
