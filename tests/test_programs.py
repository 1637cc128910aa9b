"""A test that fails does not wait for what it started."""

import subprocess
import sys

import psutil
import pytest

from tests.programs import killed_on_failure

STARTS_ANOTHER = """
import subprocess, sys
other = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print(other.pid, flush=True)
other.wait()
"""


def test_what_a_failed_test_started_is_killed_with_all_below_it() -> None:
    command = [sys.executable, "-c", STARTS_ANOTHER]
    run = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert run.stdout is not None
    other = psutil.Process(int(run.stdout.readline()))
    with pytest.raises(ZeroDivisionError), killed_on_failure(run):
        raise ZeroDivisionError
    assert run.returncode == -9
    psutil.wait_procs([other], timeout=60)
    assert not other.is_running()


def test_a_program_that_ends_well_is_waited_for() -> None:
    with killed_on_failure(subprocess.Popen([sys.executable, "-c", "import time; time.sleep(0.1)"])) as run:
        pass
    assert run.returncode == 0
