""".venv: a Python environment with the libraries that are pinned (hashes checked): in a clone of the product
those of constraints.txt and the project itself, in a firm's own repository those of requirements.txt, the
product among them."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from t4firm_setup.errors import SetupError
from t4firm_setup.interpreter import MINIMUM
from t4firm_setup.report import Report
from t4firm_setup.watched import run_watched

CONSTRAINTS = "constraints.txt"
TEST_CONSTRAINTS = "constraints-test.txt"
REQUIREMENTS = "requirements.txt"
PACKAGES = ("providers", "t4firm", "t4firm_cli", "t4firm_setup", "t4simulator")
RECORD = "t4-firm.json"
UNFINISHED = "t4-firm.unfinished"
# Would lead pip or Python away from .venv, or let unchecked code in.
NOT_FOR_PIP = (
    "PYTHONPATH", "PYTHONHOME", "PIP_TARGET", "PIP_PREFIX", "PIP_USER", "PIP_ROOT", "PIP_REQUIRE_VIRTUALENV",
    "PIP_CONSTRAINT", "PIP_NO_DEPS",
)  # fmt: skip


class VirtualEnvironment:
    """`.venv` below `root`, made with the Python that runs the set-up; `environment` is the user's.

    One that is there is kept whatever Python it has, unless this Python was asked for (`this_python`).
    """

    def __init__(
        self, root: Path, environment: Mapping[str, str], report: Report, *, this_python: bool = False
    ) -> None:
        self._root = root
        self.folder = root / ".venv"
        self._report = report
        self._this_python = this_python
        self._environment = {k: v for k, v in environment.items() if k not in NOT_FOR_PIP} | {
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "PIP_NO_INPUT": "1",
            "PIP_ROOT_USER_ACTION": "ignore",
        }

    @property
    def is_of_a_clone(self) -> bool:
        """Whether the folder is a clone of the product; else it is a firm's own repository."""
        return (self._root / CONSTRAINTS).exists()

    def lists(self, with_tests: bool) -> tuple[str, ...]:
        """The files that pin what is installed."""
        if not self.is_of_a_clone:
            return (REQUIREMENTS,)
        return (CONSTRAINTS, TEST_CONSTRAINTS) if with_tests else (CONSTRAINTS,)

    @property
    def python(self) -> Path:
        return self.folder / "bin" / "python"

    def is_current(self, with_tests: bool) -> bool:
        """Whether nothing is left to install."""
        record, wanted = self._record(), self._wanted(with_tests)
        return (
            self.python.exists()
            and not (self.folder / UNFINISHED).exists()
            and all(record.get(name) == value for name, value in wanted.items())
        )

    def make(self) -> None:
        """Makes .venv, unless one that will do is there. Raises SetupError if this Python can't."""
        if self._usable():
            return
        if self.folder.is_symlink():
            raise SetupError(
                f"{self.folder} is a link to {self.folder.resolve()}, which was not made for this folder and "
                "would be emptied.\nRemove the link and run it again."
            )
        if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
            raise SetupError(
                f"{sys.executable} comes without the parts that make a virtual environment.\n"
                f"Debian, Ubuntu: {_as_root()}apt-get update\n"
                f"                {_as_root()}apt-get install -y {_venv_package()}\n"
                "or name another Python: make setup PYTHON=/path/to/python3.12"
            )
        with self._unfinished():
            for entry in self.folder.iterdir():
                if entry.is_dir() and not entry.is_symlink():
                    shutil.rmtree(entry)
                elif entry.name != UNFINISHED:
                    entry.unlink()
            self._run("Python environment", [_base_python(), "-m", "venv", self.folder])

    def install_libraries(self, with_tests: bool) -> None:
        """Installs what the files list and is not there. Raises SetupError with pip's words."""
        files = self.lists(with_tests)
        if all(self._record().get(name) == self._digest(name) for name in files):
            return
        with self._unfinished():
            lists = [part for name in files for part in ("-r", self._root / name)]
            # Wheels only: building from source would run code, and fetch build tools, that no hash covers.
            self._pip("Libraries", ["--require-hashes", "--only-binary=:all:", *lists])
            self._note({name: self._digest(name) for name in files} | self._place())

    def install_project(self) -> None:
        """Makes the project importable from where it stands, with its command `t4firm`.

        And compiles it, as pip compiles what it installs: a Python that may write nothing (an image, somebody
        else's folder, PYTHONDONTWRITEBYTECODE) would do that anew at each start, in 0.3 s.
        """
        self._pip("Project", ["--no-deps", "--no-build-isolation", "--no-index", "--editable", self._root])
        packages = [folder for name in PACKAGES if (folder := self._root / name).is_dir()]
        self._run("Project", [self.python, "-m", "compileall", "-q", *packages])
        self._note(self._wanted(with_tests=False))

    def _usable(self) -> bool:
        if not self.folder.exists():
            return False
        record = self._record()
        if record or (self.folder / UNFINISHED).exists():  # ours: made anew whenever that is safer
            return (
                self.python.exists()
                and not (self.folder / UNFINISHED).exists()
                and all(record.get(name) == value for name, value in self._place().items())
            )
        test = f"import pip, sys; sys.exit(sys.version_info < {MINIMUM})"
        try:
            suits = subprocess.run(
                [self.python, "-c", test], capture_output=True, timeout=60, check=False
            ).returncode
        except (OSError, subprocess.TimeoutExpired):
            suits = 1
        if suits != 0:
            raise SetupError(
                f"{self.folder} was not made by the set-up, and has no Python {MINIMUM[0]}.{MINIMUM[1]} "
                "or newer with pip.\nRemove it (or move it away) and run it again."
            )
        return True

    @contextmanager
    def _unfinished(self) -> Iterator[None]:
        """Marks .venv while the block runs. If that is killed, the mark stays, and .venv is made anew."""
        self.folder.mkdir(exist_ok=True)
        mark = self.folder / UNFINISHED
        mark.touch()
        try:
            yield
        except SetupError:
            # pip ended by itself, so it has tidied up: without a network, a .venv that worked still works
            if self._record():
                mark.unlink()
            raise
        mark.unlink()

    def _pip(self, doing: str, arguments: Sequence[str | Path]) -> None:
        self._run(doing, [self.python, "-m", "pip", "install", *arguments])

    def _run(self, doing: str, command: Sequence[str | Path]) -> None:
        outcome = run_watched(
            command, report=self._report, doing=doing, environment=self._environment, folder=self._root
        )
        if not outcome.succeeded:
            raise SetupError(
                f"{doing}: {' '.join(map(str, command[1:4]))} … failed; its last lines:\n{outcome.quoted()}\n"
                "If nothing could be fetched: pip reads PIP_INDEX_URL, PIP_CERT and HTTPS_PROXY."
            )

    def _wanted(self, with_tests: bool) -> dict[str, str]:
        project = ("pyproject.toml",) if self.is_of_a_clone else ()
        return {name: self._digest(name) for name in (*project, *self.lists(with_tests))} | self._place()

    def _place(self) -> dict[str, str]:
        """What .venv is bound to: scripts in it hold the project's path, its python leads to the one below.

        That one can change under it, when a system is upgraded: then the libraries are no longer found.
        """
        below = _base_python() if self._this_python else self.python
        return {"root": str(self._root), "python": os.path.realpath(below)}

    def _record(self) -> dict[str, str]:
        try:
            record = json.loads((self.folder / RECORD).read_text())
        except (OSError, ValueError):
            return {}
        return record if isinstance(record, dict) else {}

    def _note(self, news: Mapping[str, str]) -> None:
        record = {**self._record(), **news}
        beside = self.folder / f".{RECORD}.{os.getpid()}"
        beside.write_text(json.dumps(record, indent=1))
        beside.replace(self.folder / RECORD)

    def _digest(self, name: str) -> str:
        file = self._root / name
        if not file.is_file():
            raise SetupError(f"There is no {file}: the set-up needs it to know what to install.")
        return hashlib.sha256(file.read_bytes()).hexdigest()


def _base_python() -> str:
    """The Python below, where the set-up was started in a virtual environment (perhaps the one made anew)."""
    return getattr(sys, "_base_executable", None) or sys.executable


def _venv_package() -> str:
    # Debian's own Python; another one (pyenv, deadsnakes) is not mended by python3-venv
    return f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"


def _as_root() -> str:
    return "" if os.geteuid() == 0 else "sudo "
