"""Programs that a test starts and looks at while they run."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import AnyStr

import psutil


@contextmanager
def killed_on_failure(program: "subprocess.Popen[AnyStr]") -> Iterator["subprocess.Popen[AnyStr]"]:
    """Waits for the program as `with Popen(...)` does. Where the test fails, kills it and all that it
    started: it may wait for what the test now never does."""
    with program:
        try:
            yield program
        except BaseException:
            with suppress(psutil.NoSuchProcess):
                for each in psutil.Process(program.pid).children(recursive=True):
                    with suppress(psutil.NoSuchProcess):
                        each.kill()
            program.kill()
            raise
