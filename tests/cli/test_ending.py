"""A command that is asked to end leaves nothing behind."""

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.cli.conftest import T4FIRM, Folder
from tests.clock import PATIENCE
from tests.programs import killed_on_failure

SLOW_GIT = """#!/bin/sh
case " $* " in
*" read-tree "*) echo begun > "$T4_TEST_BEGUN"; exec sleep 600;;
*) exec {git} "$@";;
esac
"""
"""Checks out for as long as a large repository takes."""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_no_folder_with_personal_details_stays(
    folder: Folder, tmp_path: Path, number: signal.Signals
) -> None:
    begun, scratch = tmp_path / "begun", tmp_path / "scratch"
    scratch.mkdir()
    real = shutil.which("git")
    for words in (("init", "--quiet"), ("add", "--all"), ("commit", "--quiet", "--message=x")):
        author = ("-c", "user.name=Ann", "-c", "user.email=ann@example.com")
        subprocess.run(["git", *author, *words], cwd=folder.path, check=True)
    git = tmp_path / "bin" / "git"
    git.parent.mkdir()
    git.write_text(SLOW_GIT.format(git=real))
    git.chmod(0o755)
    environ = folder.environment(
        PATH=f"{git.parent}{os.pathsep}{os.environ['PATH']}", T4_TEST_BEGUN=str(begun), TMPDIR=str(scratch)
    )
    with killed_on_failure(
        subprocess.Popen(
            [T4FIRM, "review", "--stack", "demo", "--base", "HEAD"],
            cwd=folder.path,
            env=environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
    ) as run:
        while not begun.exists():
            assert run.poll() is None
            time.sleep(0.02)
        assert [*scratch.iterdir()], "it is in the midst of it"
        run.send_signal(number)
        _, said = run.communicate(timeout=PATIENCE)
    assert run.returncode == 128 + number
    assert b"Traceback" not in said
    assert [*scratch.iterdir()] == []
