"""Which engine is taken, in which order, and what is said on the way."""

from __future__ import annotations

import io
import os
import re
import shutil
from pathlib import Path

import pytest

from t4firm_setup import engine_download
from t4firm_setup.engine import Engine
from t4firm_setup.engine_cache import PIECES, cache_folder
from t4firm_setup.engine_download import downloadable, this_machine
from t4firm_setup.engine_on_path import MINIMUM
from t4firm_setup.errors import SetupError
from t4firm_setup.report import Report
from tests.setup.pretended import (
    PYTHON,
    ROOT,
    engine_programs,
    environment_for,
    pretended_go,
    program,
    project,
    released,
)


class Machine:
    """A project, a user's environment, and what the set-up said."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root = project(folder / "project")
        self.bin = self.root / ".venv" / "bin"
        program(self.bin, "python", PYTHON)
        released(self.root, folder, "3.255.0")
        self.environment = environment_for(folder, pretended_go(folder))
        self._said = io.StringIO()

    def engine(self, **environment: str) -> Engine:
        return Engine(self.root, self.environment | environment, Report(self._said))

    def install(self, **environment: str) -> str:
        return self.engine(**environment).install()

    @property
    def said(self) -> list[str]:
        return self._said.getvalue().splitlines()

    @property
    def made(self) -> list[str]:
        """The builds and downloads that were done."""
        log = self.folder / "built"
        return [Path(line.split()[-1]).name for line in log.read_text().splitlines()] if log.exists() else []

    def reachable(self) -> None:
        (self.folder / "reachable").touch()

    def own_engine(self, version: str = "v3.260.0") -> str:
        """PATH with an engine of the user's before all else."""
        folder = engine_programs(self.folder / "own", version)
        return os.pathsep.join([str(folder), self.environment["PATH"]])


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_the_users_own_engine_comes_first(machine: Machine) -> None:
    machine.reachable()
    assert machine.install(PATH=machine.own_engine()) == f"pulumi 3.260.0, from {machine.folder}/own"
    for piece in PIECES:
        assert (machine.bin / piece).readlink() == machine.folder / "own" / piece
    assert machine.made == []
    assert machine.engine(PATH=machine.own_engine()).is_current()


def test_an_old_one_is_refused_with_the_reason(machine: Machine) -> None:
    machine.reachable()
    assert machine.install(PATH=machine.own_engine("v3.100.0")) == "pulumi 3.255.0, downloaded"
    assert machine.said == [
        f"Engine: {machine.folder}/own/pulumi is version 3.100.0, and 3.250 or newer, below 4 is needed"
    ]


def test_the_download_comes_second(machine: Machine) -> None:
    machine.reachable()
    assert machine.install() == "pulumi 3.255.0, downloaded"
    assert machine.made == [f"pulumi-v3.255.0-{this_machine()}.tar.gz"]
    kept = next((cache_folder(machine.environment) / "engine").glob("3.255.0-*"))
    assert sorted(file.name for file in kept.iterdir()) == sorted([*PIECES, "engine.json"])


def test_the_build_comes_last(machine: Machine) -> None:
    assert machine.install() == "pulumi 3.259.0, built"
    assert machine.made == ["pulumi", "pulumi-language-python"]
    assert machine.said == [
        "Engine: there is no pulumi on PATH",
        "Engine: get.pulumi.com can't be reached (urlopen error [Errno -2] Name or service not known); "
        "building it from Go modules instead",
        "Engine: building version 3.259.0 with Go takes about 4 minutes on two cores, once for each user",
    ]
    assert machine.engine().is_current()


def test_a_host_that_hangs_is_given_up_soon(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_download, "PROBE_SECONDS", 0.3)
    (machine.folder / "hangs").touch()
    assert machine.install() == "pulumi 3.259.0, built"
    assert "get.pulumi.com does not answer within 0 s" in machine.said[1]


def test_a_download_that_breaks_off_is_said_and_built_instead(machine: Machine) -> None:
    machine.reachable()
    (machine.folder / "broken").write_text("error: failed to download, status code 404\n")
    with pytest.raises(SetupError, match="Building pulumi failed"):  # the pretended go is broken as well
        machine.install()
    said = "\n".join(machine.said)
    assert "the download failed:\n    error: failed to download, status code 404" in said
    assert list((cache_folder(machine.environment) / "engine").glob("[0-9]*")) == []


def test_an_archive_with_another_digest_is_thrown_away(machine: Machine) -> None:
    machine.reachable()
    with (machine.folder / "archive.tar.gz").open("ab") as archive:
        archive.write(b"more")
    with pytest.raises(
        SetupError, match=r"is not the archive whose digest is in t4firm_setup/go/engine/download\.json"
    ):
        machine.install()
    assert list((cache_folder(machine.environment) / "engine").glob("[0-9]*")) == []
    assert not (machine.bin / "pulumi").exists()


def test_a_machine_without_a_digest_builds(machine: Machine) -> None:
    machine.reachable()
    (machine.root / "t4firm_setup" / "go" / "engine" / "download.json").write_text(
        '{"version": "3.255.0", "sha256": {}}'
    )
    assert machine.install() == "pulumi 3.259.0, built"
    assert (
        f"no digest of pulumi 3.255.0 for {this_machine()} is in t4firm_setup/go/engine/download.json"
        in machine.said[1]
    )
    with pytest.raises(SetupError, match="T4_ENGINE=download, but no digest"):
        machine.install(T4_ENGINE="download")


def test_every_digest_that_is_named_is_one() -> None:
    named = downloadable(ROOT / "t4firm_setup" / "go")
    assert tuple(map(int, named.version.split("."))) >= (*MINIMUM, 0)
    assert all(re.fullmatch("[0-9a-f]{64}", digest) for digest in named.digests.values())
    assert "linux-x64" in named.digests, "GitHub's runners, for which the workflows say T4_ENGINE=download"


def test_a_kept_engine_is_taken_without_asking_anybody(machine: Machine, tmp_path: Path) -> None:
    machine.install()
    shutil.rmtree(machine.root / ".venv")
    program(machine.bin, "python", "exit 99")
    (machine.folder / "bin" / "go").unlink()
    assert machine.install() == "pulumi 3.259.0, built"
    assert machine.made == ["pulumi", "pulumi-language-python"], "from the first time"


@pytest.mark.parametrize(
    ("source", "which"), [("path", "3.260.0"), ("download", "3.255.0"), ("build", "3.259.0")]
)
def test_a_source_can_be_asked_for(machine: Machine, source: str, which: str) -> None:
    machine.reachable()
    path = machine.own_engine()
    machine.install(PATH=path)
    assert machine.engine(PATH=path, T4_ENGINE=source).is_current() == (source == "path")
    assert machine.install(PATH=path, T4_ENGINE=source).startswith(f"pulumi {which}, ")
    assert machine.engine(PATH=path, T4_ENGINE=source).is_current()
    assert f"v{which}" in (machine.bin / "pulumi").read_text()


def test_a_source_that_was_asked_for_has_no_substitute(machine: Machine) -> None:
    with pytest.raises(SetupError, match=r"T4_ENGINE=path, but there is no pulumi on PATH\."):
        machine.install(T4_ENGINE="path")
    with pytest.raises(SetupError, match=r"T4_ENGINE=download, but get\.pulumi\.com can't be reached"):
        machine.install(T4_ENGINE="download")
    with pytest.raises(
        SetupError, match="T4_ENGINE is compile: it may be path, download or build, or not set"
    ):
        machine.install(T4_ENGINE="compile")
    assert machine.made == []


@pytest.mark.parametrize(
    "change", ["a lost file", "a link that leads nowhere", "a new recipe", "a new download"]
)
def test_what_is_no_longer_right_is_noticed(machine: Machine, change: str) -> None:
    machine.install(PATH=machine.own_engine())
    assert machine.engine().is_current()
    match change:
        case "a lost file":
            (machine.bin / "pulumi-language-python-exec").unlink()
        case "a link that leads nowhere":
            (machine.folder / "own" / "pulumi").unlink()
        case "a new recipe":
            (machine.root / "t4firm_setup" / "go" / "host" / "go.sum").write_text("")
        case "a new download":
            released(machine.root, machine.folder / "new", "3.256.0")
    assert not machine.engine().is_current()


def test_an_engine_that_says_another_version_is_refused(machine: Machine) -> None:
    machine.install()
    kept = next((cache_folder(machine.environment) / "engine").glob("3.259.0-*"))
    script = (kept / "pulumi").read_text()
    (kept / "pulumi").write_text(script.replace("v3.259.0", "v3.111.0"))
    with pytest.raises(SetupError) as refused:
        machine.install()
    assert str(refused.value) == (
        f"{machine.bin}/pulumi should be version 3.259.0, but says 3.111.0. "
        f"Remove {machine.folder}/cache/t4-firm/engine and run it again, "
        "or choose another: T4_ENGINE=path|download|build"
    )


def test_a_language_host_for_another_machine_is_refused(machine: Machine) -> None:
    own = machine.own_engine()
    (machine.folder / "own" / "pulumi-language-python").write_bytes(b"\x7fELF\x00")
    with pytest.raises(SetupError, match=r"pulumi-language-python does not run: .*Exec format error"):
        machine.install(PATH=own)


@pytest.mark.parametrize("text", ["", "[]", '{"version": "3.255.0"}'])
def test_digests_that_are_none(machine: Machine, text: str) -> None:
    (machine.root / "t4firm_setup" / "go" / "engine" / "download.json").write_text(text)
    with pytest.raises(SetupError, match=r"does not name a version and its digests: restore the file\."):
        machine.engine()
