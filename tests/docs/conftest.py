"""What a reader begins with: a fresh copy of the project, as after `git clone` and `make setup`; or the wheel
alone."""

import json
import os
import re
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterator
from pathlib import Path

import pytest

from t4firm_setup.engine_cache import PIECES
from t4firm_setup.virtual_environment import PACKAGES
from t4simulator.service import process

ROOT = Path(__file__).parents[2]
LIBRARIES = Path("lib") / f"python{sys.version_info[0]}.{sys.version_info[1]}" / "site-packages"
COMMAND = "#!{python}\nimport sys\nfrom t4firm_cli.app import main\nsys.exit(main())\n"


@pytest.fixture
def copy(tmp_path: Path) -> Iterator[Path]:
    folder = checked_out(tmp_path / "project")
    (folder / ".git").mkdir()
    set_up(folder)
    yield folder
    process.stop(folder / ".t4" / "simulator")


@pytest.fixture
def wheel_alone(tmp_path: Path) -> Iterator[Path]:
    """A folder with the wheel. The environments that the page makes in it are real, but find this project's
    libraries, so that pip installs the wheel and fetches nothing. Beside it `engine`, with an engine."""
    folder = tmp_path / "somewhere"
    build = ("wheel", "--quiet", "--no-deps", "--no-index", "--no-build-isolation", "--wheel-dir", folder)
    subprocess.run([sys.executable, "-m", "pip", *build, checked_out(tmp_path / "source")], check=True)
    libraries, pip = tmp_path / "libraries", tmp_path / "pip"
    libraries.mkdir()
    pip.mkdir()
    for path in (ROOT / ".venv" / LIBRARIES).iterdir():
        if not re.match(r".*t4_firm|.*\.pth$", path.name):
            (pip if re.match(r"pip\b", path.name) else libraries).joinpath(path.name).symlink_to(path)
    for environment, found in ((folder / "product", [libraries]), (folder / "acme/.venv", [libraries, pip])):
        venv.create(environment, symlinks=True)
        (environment / LIBRARIES / "libraries.pth").write_text("".join(f"{each}\n" for each in found))
    engine = tmp_path / "engine"
    engine.mkdir()
    for piece in PIECES:
        (engine / piece).symlink_to(ROOT / ".venv" / "bin" / piece)
    (engine / "python3").symlink_to(ROOT / ".venv" / "bin" / "python3")
    yield folder
    process.stop(folder / "acme" / ".t4" / "simulator")


def checked_out(folder: Path) -> Path:
    """What is in git, or will be."""
    command = ("git", "ls-files", "--cached", "--others", "--exclude-standard", "-z")
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).exists():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    return folder


def set_up(folder: Path) -> None:
    """.venv as the set-up leaves it, but with this project's libraries instead of a second installation."""
    ours, theirs = ROOT / ".venv", folder / ".venv"
    venv.create(theirs, symlinks=True)
    python = theirs / "bin" / "python"
    (theirs / LIBRARIES / "project.pth").write_text(f"{folder}\n{ours / LIBRARIES}\n")
    (theirs / "bin" / "t4firm").write_text(COMMAND.format(python=python))
    (theirs / "bin" / "t4firm").chmod(0o755)
    for piece in PIECES:
        (theirs / "bin" / piece).symlink_to(ours / "bin" / piece)
    subprocess.run([python, "-m", "compileall", "-q", *(folder / name for name in PACKAGES)], check=True)
    record = json.loads((ours / "t4-firm.json").read_text())
    record |= {"root": str(folder), "python": os.path.realpath(python)}
    (theirs / "t4-firm.json").write_text(json.dumps(record))
    shutil.copy(ours / "t4-firm-engine.json", theirs)
