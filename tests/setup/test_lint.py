"""`make lint` where a tool is missing."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.setup.pretended import ROOT


@pytest.mark.parametrize(("ci", "fails"), [("", False), ("false", False), ("true", True), ("1", True)])
def test_workflows_that_nobody_can_check_are_a_failure_in_ci(tmp_path: Path, ci: str, fails: bool) -> None:
    for name in ("make", "sh"):
        (tmp_path / name).symlink_to(str(shutil.which(name)))
    environ = {**os.environ, "PATH": str(tmp_path), "CI": ci, "SHELL": "/bin/sh"}
    done = subprocess.run(
        ["make", "lint-workflows"], cwd=ROOT, env=environ, capture_output=True, text=True, check=False
    )
    assert "actionlint needs Go" in done.stdout
    assert (done.returncode != 0) == fails
