"""A fresh copy of the project, as after `git clone` and `make setup`."""

import json
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterator
from pathlib import Path

import pytest

from t4firm_setup.engine_cache import PIECES
from t4simulator.service import process

ROOT = Path(__file__).parents[2]
COMMAND = "#!{python}\nimport sys\nfrom t4firm_cli.app import main\nsys.exit(main())\n"


@pytest.fixture
def copy(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "project"
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).exists():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    (folder / ".git").mkdir()  # of the clone, which a firm replaces by its own
    set_up(folder)
    yield folder
    process.stop(folder / ".t4" / "simulator")


def set_up(folder: Path) -> None:
    """.venv as the set-up leaves it, but with this project's libraries instead of a second installation."""
    ours, theirs = ROOT / ".venv", folder / ".venv"
    venv.create(theirs, symlinks=True)
    python = theirs / "bin" / "python"
    libraries = Path("lib") / f"python{sys.version_info[0]}.{sys.version_info[1]}" / "site-packages"
    (theirs / libraries / "project.pth").write_text(f"{folder}\n{ours / libraries}\n")
    (theirs / "bin" / "t4firm").write_text(COMMAND.format(python=python))
    (theirs / "bin" / "t4firm").chmod(0o755)
    for piece in PIECES:
        (theirs / "bin" / piece).symlink_to(ours / "bin" / piece)
    record = json.loads((ours / "t4-firm.json").read_text())
    record |= {"root": str(folder), "python": os.path.realpath(python)}
    (theirs / "t4-firm.json").write_text(json.dumps(record))
    shutil.copy(ours / "t4-firm-engine.json", theirs)
