"""The local runner, built once, and what it runs the workflows against."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.project import ROOT
from tests.needed import missing
from tests.workflows.host import Host, t4_of_each_stack


@pytest.fixture(scope="session")
def act() -> Path:
    """`act`, built by Go from its published module and kept by Go's own cache."""
    go = shutil.which("go")
    if go is None:
        missing("act, the local runner of workflows, is built by Go, and there is no go on PATH", "CI")
    environ = {**os.environ, "GOFLAGS": ""}
    made = subprocess.run(
        [go, "-C", str(ROOT / "tools" / "act"), "tool", "-n", "act"],
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode:
        missing(
            f"act, the local runner of workflows, cannot be built here: {made.stderr.strip()[-300:]}", "CI"
        )
    return Path(made.stdout.strip())


@pytest.fixture
def host(tmp_path: Path, act: Path) -> Iterator[Host]:
    with t4_of_each_stack(tmp_path / "t4") as simulators:
        yield Host(tmp_path / "host", act, simulators)
