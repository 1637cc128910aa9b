"""A program that was asked to stop is told so once, and waited for; whoever is asked, and however."""

import os
import pty
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.programs import killed_on_failure

ROOT = Path(__file__).parents[2]

ENGINE = """
import os, signal, sys, threading
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
told = 0
def listen():
    global told
    while signal.sigwait({signal.SIGINT}):
        told += 1
        print("told", flush=True)
threading.Thread(target=listen, daemon=True).start()
print("in a call", flush=True)
with open(sys.argv[1]) as answer:  # as long as nobody writes to it, the call is under way
    answer.read()
print(f"recorded, told {told} times", flush=True)
os._exit(7)
"""
"""SIGTERM ends it at once; it counts how often it hears SIGINT."""

ABOVE = {
    "engine": "from t4firm_cli.engine.child import run\nsys.exit(run({command}))",
    "workflow": """
from pathlib import Path
from t4firm_cli.github import workflows
beside = Path(sys.argv[1]).with_name("t4firm")
beside.write_text("#!" + sys.executable + "\\n" + {engine})
beside.chmod(0o755)
sys.executable = str(beside)
sys.exit(workflows.t4firm(sys.argv[1], live=True)[0])
""",
}


class Above:
    """The command above the program; what both print; the call that the program is in."""

    def __init__(self, process: "subprocess.Popen[str]", call: Path) -> None:
        self.process, self._call = process, call

    def says(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def answer(self) -> None:
        with self._call.open("w"):
            pass


@contextmanager
def started(kind: str, folder: Path, stdin: int = subprocess.DEVNULL) -> Iterator[Above]:
    call = folder / "call"
    os.mkfifo(call)
    text = ABOVE[kind].format(engine=repr(ENGINE), command=[sys.executable, "-c", ENGINE, str(call)])
    with killed_on_failure(
        subprocess.Popen(
            [sys.executable, "-c", f"import sys\n{text}", str(call)],
            cwd=ROOT,
            stdin=stdin,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
    ) as process:
        above = Above(process, call)
        assert above.says() == "in a call"
        yield above


@pytest.mark.parametrize("kind", ABOVE)
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("send", [os.kill, os.killpg])
def test_it_finishes_its_call(
    tmp_path: Path, kind: str, number: int, send: Callable[[int, int], None]
) -> None:
    with started(kind, tmp_path) as above:
        send(above.process.pid, number)
        assert above.says() == "told"
        above.answer()
        assert above.says() == "recorded, told 1 times"
        assert above.process.wait() == 7


def test_sigterm_after_sigint_tells_nothing_new(tmp_path: Path) -> None:
    """As a CI runner sends them, some seconds apart; a second SIGINT would make the engine stop hard."""
    with started("engine", tmp_path) as above:
        above.process.send_signal(signal.SIGINT)
        assert above.says() == "told"
        above.process.send_signal(signal.SIGTERM)
        above.process.send_signal(signal.SIGINT)
        assert above.says() == "told"
        above.answer()
        assert above.says() == "recorded, told 2 times"


def test_on_a_terminal_ctrl_c_reaches_it_once(tmp_path: Path) -> None:
    """There it shares our process group, because it may ask questions."""
    ours, theirs = pty.openpty()
    with started("engine", tmp_path, stdin=theirs) as above:
        os.killpg(above.process.pid, signal.SIGINT)
        assert above.says() == "told"
        above.process.send_signal(signal.SIGTERM)
        above.answer()
        assert above.says() == "recorded, told 1 times"
        assert above.process.wait() == 7
    os.close(ours)
    os.close(theirs)
