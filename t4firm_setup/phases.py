"""What the set-up does, in order."""

from __future__ import annotations

import argparse
import fcntl
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import NoReturn

from t4firm_setup.engine import Engine
from t4firm_setup.errors import SetupError
from t4firm_setup.report import Report, duration
from t4firm_setup.virtual_environment import VirtualEnvironment

ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    """Runs the set-up; exits with status 1 and a few sentences if a step can't go on."""
    arguments = argparse.ArgumentParser(prog="python3 -m t4firm_setup", description=__doc__)
    arguments.add_argument("--with-tests", action="store_true", help="also what the tests and checks need")
    arguments.add_argument("--this-python", action="store_true", help="make .venv anew if it has another")
    asked = arguments.parse_args()
    signal.signal(signal.SIGTERM, _end)  # so that commands still running are ended too
    report = Report(sys.stdout)
    try:
        set_up(ROOT, report, with_tests=asked.with_tests, this_python=asked.this_python)
    except SetupError as error:
        sys.exit(f"Set-up stopped. {error}")
    except KeyboardInterrupt:
        sys.exit("Set-up stopped by hand. Run it again: it goes on with what is missing.")


def set_up(root: Path, report: Report, *, with_tests: bool, this_python: bool = False) -> None:
    """Makes .venv of the project `root` complete, a clone of the product or a firm's own repository; does
    nothing where it is. Raises SetupError."""
    environment = dict(os.environ)
    python = VirtualEnvironment(root, environment, report, this_python=this_python)
    engine = Engine(root, environment, report)
    if python.is_current(with_tests) and engine.is_current():
        report.say("Set-up: nothing to do")
        return
    with _alone(root, report):
        if not python.is_current(with_tests):
            with report.phase("Python environment"):
                python.make()
            report.say(f"Python environment: {python.folder.name}, {python.python.resolve()}")
            with report.phase("libraries"):
                python.install_libraries(with_tests)
            report.say(f"Libraries: as in {' and '.join(python.lists(with_tests))}")
            if python.is_of_a_clone:
                with report.phase("project"):
                    python.install_project()
        if not engine.is_current():
            with report.phase("engine"):
                which = engine.install()
            report.say(f"Engine: {which}")
    report.say(f"Set-up done in {report.times()}")


@contextmanager
def _alone(root: Path, report: Report) -> Iterator[None]:
    """Keeps a second set-up of the same folder waiting. The lock goes with the process that holds it."""
    folder = os.open(root, os.O_RDONLY)
    start = time.monotonic()
    try:
        while True:
            try:
                fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                report.running(
                    f"Set-up: another one is at work here; waiting, {duration(time.monotonic() - start)}"
                )
                time.sleep(0.2)
        yield
    finally:
        os.close(folder)


def _end(_signal: int, _frame: FrameType | None) -> NoReturn:
    sys.exit("Set-up was ended. Run it again: it goes on with what is missing.")
