"""A project folder with the command `t4firm` on its own: no T4 but the simulator that a test starts."""

import io
import os
import pty
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from t4simulator.service import process
from tests import outputs
from tests.programs import killed_on_failure

ROOT = Path(__file__).parents[2]
T4FIRM = Path(sys.executable).parent / "t4firm"


@dataclass
class Said:
    """What the command printed, and its exit code."""

    code: int
    out: str
    err: str


@dataclass
class Folder:
    """A firm's project; `environ` is what its user has set, and nothing else is. `command` is what to start
    as `t4firm` where its output goes into pipes."""

    path: Path
    environ: dict[str, str] = field(default_factory=dict)
    command: Sequence[str | Path] = (T4FIRM,)

    @property
    def firm_file(self) -> Path:
        return self.path / "stacks" / "demo.firm.yaml"

    def replace(self, old: str, new: str) -> None:
        """Change the firm file as somebody with an editor does."""
        text = self.firm_file.read_text()
        assert old in text
        self.firm_file.write_text(text.replace(old, new))

    def write(self, name: str, text: str) -> Path:
        file = self.path / name
        file.write_text(text)
        return file

    def environment(self, **environ: str) -> dict[str, str]:
        """What the command is called with; no setting of whoever runs the tests."""
        foreign = ("T4_", "PULUMI_", "CI", "TERM", "GITHUB_")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
        return {**kept, "NO_COLOR": "1", "COLUMNS": "200", **self.environ, **environ}

    def on_a_terminal(self, *arguments: str, **environ: str) -> str:
        """What a person sees: output and errors as the terminal gets them, with its own line ends."""
        ours, theirs = pty.openpty()
        begun = subprocess.Popen(
            [T4FIRM, *arguments],
            cwd=self.path,
            env=self.environment(TERM="xterm-256color", **environ),
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
        )
        with killed_on_failure(begun):
            os.close(theirs)
            shown = b""
            while piece := _piece(ours):
                shown += piece
        os.close(ours)
        return shown.decode()

    def t4firm(self, *arguments: str, within: str = ".", stdin: str = "", **environ: str) -> Said:
        done = subprocess.run(
            [*self.command, *arguments],
            cwd=self.path / within,
            env=self.environment(**environ),
            input=stdin,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert "Traceback" not in done.stderr, done.stderr
        outputs.check(arguments, done.returncode, done.stdout)
        return Said(done.returncode, done.stdout, done.stderr)


def _piece(terminal: int) -> bytes:
    """More of what was shown; nothing once the command has gone (which Linux reports as an error)."""
    try:
        return os.read(terminal, 65536)
    except OSError:
        return b""


class Answer(io.StringIO):
    """Somebody at a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def folder(tmp_path: Path, warm: list[str]) -> Iterator[Folder]:
    """The demo's files in a folder of their own, with a quick `t4firm`; a simulator that was started in it is
    stopped."""
    (tmp_path / "firm" / "stacks").mkdir(parents=True)
    for name in (
        "Pulumi.yaml",
        "stacks/demo.firm.yaml",
        "stacks/demo.operations.yaml",
    ):
        shutil.copy(ROOT / name, tmp_path / "firm" / name)
    settings = "config:\n  t4:endpoint: simulator\n  t4:operations: stacks/demo.operations.yaml\n"
    (tmp_path / "firm" / "stacks" / "Pulumi.demo.yaml").write_text(settings)
    made = Folder(tmp_path / "firm", command=warm)
    yield made
    process.stop(made.path / ".t4" / "simulator")


@pytest.fixture
def two_stacks(folder: Folder) -> Callable[[], None]:
    def make() -> None:
        shutil.copy(folder.firm_file, folder.path / "stacks" / "live.firm.yaml")

    return make
