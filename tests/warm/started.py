"""The server beside this, while tests run."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

COMMAND = Path(__file__).with_name("command.py")
ROOT = Path(__file__).parents[2]


@contextmanager
def warm_t4firm() -> Iterator[list[str]]:
    """What to start in the place of `t4firm`."""
    # a folder of its own: the path of a socket may have about a hundred characters, those of tests have more
    with tempfile.TemporaryDirectory(prefix="t4firm-") as folder:
        address = str(Path(folder) / "warm")
        with subprocess.Popen(
            [sys.executable, "-m", "tests.warm.server", address],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        ) as server:
            assert server.stdin
            assert server.stdout
            assert server.stdout.readline() == b"ready\n"
            yield [sys.executable, "-I", "-S", str(COMMAND), address]
            server.stdin.close()
