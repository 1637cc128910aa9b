"""Engines kept for each user and version: `$XDG_CACHE_HOME/t4-firm/engine/<version>-<os>-<arch>/`.

An engine appears there whole or not at all: it is made in a temporary folder beside, synced, and renamed.
"""

from __future__ import annotations

import fcntl
import json
import os
import platform
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from t4firm_setup.errors import SetupError
from t4firm_setup.report import Report, duration

# The engine looks for the last three beside itself and on PATH (sdk/go/common/workspace/plugins.go).
PIECES = (
    "pulumi",
    "pulumi-language-python",
    "pulumi-language-python-exec",
    "pulumi-resource-pulumi-python",
)
MANIFEST = "engine.json"


@dataclass(frozen=True)
class EngineName:
    """One engine of the cache. `fingerprint` differs where the same version is made differently."""

    version: str
    source: str  # "download" or "build"
    fingerprint: str

    @property
    def folder(self) -> str:
        return f"{self.version}-{_operating_system()}-{_architecture()}"


class EngineCache:
    """The folder of kept engines. Several set-ups may use it at once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find(self, name: EngineName) -> Path | None:
        """The folder with the four files, if that engine is there and complete."""
        folder = self._folder / name.folder
        try:
            manifest = json.loads((folder / MANIFEST).read_text())
            complete = (
                manifest["fingerprint"] == name.fingerprint
                and set(manifest["sizes"]) == set(PIECES)
                and all(
                    (folder / piece).stat().st_size == size and os.access(folder / piece, os.X_OK)
                    for piece, size in manifest["sizes"].items()
                )
            )
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return folder if complete else None

    def obtain(self, name: EngineName, make: Callable[[Path], None], report: Report) -> Path:
        """The folder with the four files. If it is not there, `make` fills a temporary folder, then renamed.

        Raises SetupError if the cache can't be written or `make` leaves a piece out, and what `make` raises.
        """
        kept = self.find(name)
        if kept is not None:
            return kept
        self._make_folder()
        with self._lock(name, report):
            kept = self.find(name)  # another set-up may have made it while this one waited
            if kept is not None:
                return kept
            # Whoever made these held the lock that is ours now: they are left from a set-up that was killed.
            for stale in self._folder.glob(f".making-{name.folder}-*"):
                shutil.rmtree(stale, ignore_errors=True)
            making = Path(tempfile.mkdtemp(prefix=f".making-{name.folder}-", dir=self._folder))
            try:
                make(making)
                _seal(making, name)
                final = self._folder / name.folder
                shutil.rmtree(final, ignore_errors=True)  # of another fingerprint, or damaged
                making.rename(final)
                _sync(self._folder)
            finally:
                shutil.rmtree(making, ignore_errors=True)
        return final

    def _make_folder(self) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            probe = tempfile.mkdtemp(prefix=".writable-", dir=self._folder)
            os.rmdir(probe)
        except OSError as error:
            raise SetupError(
                f"The folder for engines, {self._folder}, can't be written: {error.strerror}.\n"
                "Name a folder that can: XDG_CACHE_HOME=/path/to/a/folder make setup"
            ) from error

    @contextmanager
    def _lock(self, name: EngineName, report: Report) -> Iterator[None]:
        # The lock belongs to the open file: the system gives it back when this process ends, however it ends.
        with (self._folder / f".{name.folder}.lock").open("w") as lock:
            start = time.monotonic()
            while True:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    waited = duration(time.monotonic() - start)
                    report.running(f"Engine: another set-up is making {name.version}; waiting, {waited}")
                    time.sleep(0.2)
            yield


def cache_folder(environment: Mapping[str, str]) -> Path:
    """`$XDG_CACHE_HOME/t4-firm`, or `~/.cache/t4-firm` (relative paths don't count: XDG specification)."""
    named = environment.get("XDG_CACHE_HOME", "")
    base = (
        Path(named) if Path(named).is_absolute() else Path(environment.get("HOME") or Path.home()) / ".cache"
    )
    return base / "t4-firm"


def _seal(folder: Path, name: EngineName) -> None:
    missing = [piece for piece in PIECES if not (folder / piece).is_file()]
    if missing:
        raise SetupError(f"The engine {name.version} ({name.source}) came without {', '.join(missing)}.")
    for piece in PIECES:
        (folder / piece).chmod(0o755)
    (folder / MANIFEST).write_text(
        json.dumps(
            {
                "version": name.version,
                "source": name.source,
                "fingerprint": name.fingerprint,
                "sizes": {piece: (folder / piece).stat().st_size for piece in PIECES},
            },
            indent=1,
        )
    )
    folder.chmod(0o755)
    for file in folder.iterdir():
        _sync(file)
    _sync(folder)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _operating_system() -> str:
    return platform.system().lower()


def _architecture() -> str:
    machine = platform.machine().lower()
    return {"x86_64": "amd64", "aarch64": "arm64"}.get(machine, machine)
