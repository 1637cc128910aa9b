"""yaml-language-server, as editors have it: tools/yaml_language_server pins it."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from t4firm.schemas import SCHEMAS, as_text, file_of
from tests.editor.language_server import LanguageServer
from tests.needed import missing

PINNED = Path(__file__).parents[2] / "tools" / "yaml_language_server"
NEEDED = "T4_TESTS_NEED_EDITOR"
"""Set where these tests must run: `.ci/run` does, and installs what is missing."""

NONE_HERE = "there is no npm on PATH: apt-get install -y nodejs npm (or run .ci/run, which installs it)"


@pytest.fixture(scope="module")
def firm_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A firm's `stacks`, with the schemas beside the files."""
    folder = tmp_path_factory.mktemp("stacks")
    for kind in SCHEMAS:
        (folder / file_of(kind)).write_text(as_text(kind), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, firm_folder: Path) -> Iterator[LanguageServer]:
    if not (npm := shutil.which("npm")):
        missing(NONE_HERE, NEEDED, "CI")
    place = tmp_path_factory.mktemp("server")
    for name in ("package.json", "package-lock.json"):
        shutil.copy(PINNED / name, place)
    subprocess.run(
        [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
        cwd=place,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    program = place / "node_modules" / "yaml-language-server" / "bin" / "yaml-language-server"
    running = LanguageServer(["node", str(program), "--stdio"], firm_folder)
    yield running
    running.stop()
