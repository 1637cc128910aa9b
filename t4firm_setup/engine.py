"""The Pulumi engine in .venv/bin: which one is taken, and how its four files get there."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from t4firm_setup.engine_build import build, recipe
from t4firm_setup.engine_cache import PIECES, EngineCache, EngineName, cache_folder
from t4firm_setup.engine_download import HOST, DownloadFailed, download, downloadable, probe
from t4firm_setup.engine_on_path import Unsuitable, find_engine_on_path, version_said_by
from t4firm_setup.errors import SetupError
from t4firm_setup.report import Report

SOURCES = ("path", "download", "build")
RECORD = "t4-firm-engine.json"


@dataclass(frozen=True)
class Installed:
    """The record in .venv of the engine that was put there; `wanted`: the versions that were looked for."""

    version: str
    source: str
    wanted: dict[str, str]
    sizes: dict[str, int]


class Engine:
    """Puts the engine into `.venv/bin` of the project `root`; `environment` is the user's."""

    def __init__(self, root: Path, environment: Mapping[str, str], report: Report) -> None:
        self._venv = root / ".venv"
        self._environment = environment
        self._report = report
        self._cache_folder = cache_folder(environment)
        self._cache = EngineCache(self._cache_folder / "engine")
        own = root / "t4firm_setup"  # in a clone; a firm's own repository has the product installed
        modules = (own if own.is_dir() else Path(__file__).parent) / "go"
        self._recipe = recipe(modules)
        self._download = downloadable(modules)
        self._only = environment.get("T4_ENGINE") or None
        if self._only not in (None, *SOURCES):
            raise SetupError(f"T4_ENGINE is {self._only}: it may be path, download or build, or not set.")

    def is_current(self) -> bool:
        """Whether the engine in .venv/bin is the one that would be put there now."""
        try:
            record = Installed(**json.loads((self._venv / RECORD).read_text()))
        except (OSError, ValueError, TypeError):
            return False
        return (
            record.wanted == self._wanted()
            and self._only in (None, record.source)
            and record.sizes == _sizes(self._venv / "bin")
        )

    def install(self) -> str:
        """Puts an engine into .venv/bin; says which, for the report. Raises SetupError if none can be had."""
        version, source, pieces, link = self._obtain()
        for piece, file in pieces.items():
            _put(file, self._venv / "bin" / piece, link)
        self._verify(version)
        record = Installed(version, source, self._wanted(), _sizes(self._venv / "bin"))
        (self._venv / RECORD).write_text(json.dumps(asdict(record), indent=1))
        origin = {"path": f"from {pieces['pulumi'].parent}", "download": "downloaded", "build": "built"}[
            source
        ]
        return f"pulumi {version}, {origin}"

    def _obtain(self) -> tuple[str, str, Mapping[str, Path], bool]:
        """(version, source, files, whether links will do)."""
        if self._only in (None, "path"):
            found = find_engine_on_path(self._environment, leave_out=self._venv / "bin")
            if not isinstance(found, Unsuitable):
                return found.version, "path", found.pieces, True
            if self._only == "path":
                raise SetupError(f"T4_ENGINE=path, but {found.reason}.")
            self._report.say(f"Engine: {found.reason}")
        name = self._kept() or self._downloaded() or self._built()
        folder = self._cache.find(name)
        if folder is None:
            raise SetupError(f"{name.folder} has gone from {self._cache_folder} meanwhile: run it again.")
        return name.version, name.source, {piece: folder / piece for piece in PIECES}, False

    def _kept(self) -> EngineName | None:
        names = (self._download_name(), self._build_name())
        for name in names:
            if self._only in (None, name.source) and self._cache.find(name) is not None:
                return name
        return None

    def _downloaded(self) -> EngineName | None:
        if self._only == "build":
            return None
        name, python = self._download_name(), self._venv / "bin" / "python"
        try:
            probe(python, self._environment)
            self._cache.obtain(
                name,
                lambda into: download(python, self._download, into, self._environment, self._report),
                self._report,
            )
        except DownloadFailed as error:
            if self._only == "download":
                raise SetupError(f"T4_ENGINE=download, but {error}.") from error
            self._report.say(f"Engine: {error}; building it from Go modules instead")
            return None
        return name

    def _built(self) -> EngineName:
        name = self._build_name()
        self._cache.obtain(
            name,
            lambda into: build(self._recipe, into, self._cache_folder, self._environment, self._report),
            self._report,
        )
        return name

    def _download_name(self) -> EngineName:
        return EngineName(self._download.version, "download", HOST)

    def _build_name(self) -> EngineName:
        return EngineName(self._recipe.version, "build", self._recipe.fingerprint)

    def _wanted(self) -> dict[str, str]:
        return {"download": self._download.version, "build": self._recipe.fingerprint}

    def _verify(self, version: str) -> None:
        binaries = self._venv / "bin"
        said = version_said_by(binaries / "pulumi")
        if said != version:
            raise SetupError(
                f"{binaries / 'pulumi'} should be version {version}, but says {said}. {self._advice()}"
            )
        host = binaries / "pulumi-language-python"
        try:
            subprocess.run([host, "-h"], capture_output=True, timeout=60, check=False)
        except (OSError, subprocess.SubprocessError) as error:
            raise SetupError(f"{host} does not run: {error}. {self._advice()}") from error

    def _advice(self) -> str:
        return (
            f"Remove {self._cache_folder / 'engine'} and run it again, "
            "or choose another: T4_ENGINE=path|download|build"
        )


def _sizes(folder: Path) -> dict[str, int]:
    """Of the pieces that are there (a link that leads nowhere is not)."""
    return {piece: (folder / piece).stat().st_size for piece in PIECES if (folder / piece).exists()}


def _put(file: Path, target: Path, link: bool) -> None:
    """Replaces `target` in one step: by a link to a user's own file, else by the file of the cache."""
    beside = target.with_name(f".{target.name}.{os.getpid()}")
    beside.unlink(missing_ok=True)
    try:
        if link:
            beside.symlink_to(file)
        else:
            try:
                os.link(file, beside)
            except OSError:
                shutil.copy2(file, beside)
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)
