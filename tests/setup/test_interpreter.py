"""The set-up starts with whatever `python3` is, and finds one that is new enough."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from t4firm_setup import interpreter
from tests.setup.pretended import ROOT, program

OLD = "exit 1"  # as a Python that is too old answers the question for its version
NEW = "exit 0"


def test_the_newest_that_suits_is_found(tmp_path: Path) -> None:
    program(tmp_path / "a", "python3", NEW)
    program(tmp_path / "b", "python3.12", NEW)
    program(tmp_path / "b", "python3.11", NEW)
    search_path = f"{tmp_path}/a:{tmp_path}/b"
    assert interpreter.suitable_python(search_path) == f"{tmp_path}/b/python3.12"


def test_one_that_is_old_or_does_not_run_is_passed_over(tmp_path: Path) -> None:
    # pyenv leaves a python3.13 on PATH that only says that it is not installed
    program(tmp_path / "shims", "python3.13", "echo 'python3.13: command not found' >&2; exit 127")
    (tmp_path / "shims" / "python3.12").mkdir()
    program(tmp_path / "bin", "python3.11", NEW)
    program(tmp_path / "bin", "python3", OLD)
    assert interpreter.suitable_python(f"{tmp_path}/shims:{tmp_path}/bin") == f"{tmp_path}/bin/python3.11"
    (tmp_path / "bin" / "python3.11").unlink()
    assert interpreter.suitable_python(f"{tmp_path}/shims:{tmp_path}/bin") is None


def test_this_python_is_suitable() -> None:
    folder = Path(sys.executable).parent
    found = interpreter.suitable_python(str(folder))
    assert found is not None
    assert Path(found).parent == folder


def test_no_suitable_python_is_said_with_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SystemExit) as ended:
        interpreter.require_suitable_python()
    first, *advice = str(ended.value).splitlines()
    assert first == f"Set-up stopped. Python 3.11 or newer is needed, and {sys.executable} is 3.9."
    assert any("apt-get install" in line for line in advice)
    assert any("make setup PYTHON=" in line for line in advice)


def test_an_old_python_hands_over_to_a_new_one(tmp_path: Path) -> None:
    """As `python3 -m t4firm_setup --with-tests` in an old one: the same arguments reach the new one."""
    program(tmp_path, "python3.12", 'test "$1" = -c || echo "handed over: $*"')
    script = (
        "import sys; sys.version_info = (3, 8, 0)\n"
        "from t4firm_setup.interpreter import require_suitable_python\n"
        "require_suitable_python()\n"
    )
    answer = subprocess.run(
        [sys.executable, "-c", script, "--with-tests"],
        cwd=ROOT,
        env=os.environ | {"PATH": f"{tmp_path}:/bin:/usr/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert answer.stdout == "handed over: -m t4firm_setup --with-tests\n"


@pytest.mark.parametrize("module", ["__init__", "__main__", "interpreter"])
def test_what_an_old_python_reads_is_written_for_it(module: str) -> None:
    source = (ROOT / "t4firm_setup" / f"{module}.py").read_text()
    ast.parse(source, feature_version=(3, 7))  # the oldest that Python 3.13 can still judge by
