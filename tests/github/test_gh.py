"""The stand-in for `gh` serves the jobs of a workflow that run side by side."""

import json
import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.github.conftest import EMPTY, install_gh

AT_ONCE = 12


def test_no_comment_is_lost(tmp_path: Path) -> None:
    file = tmp_path / "github.json"
    file.write_text(json.dumps({"me": "bot", **EMPTY}))
    gh = Path(install_gh(tmp_path))
    environ = {**os.environ, "GH_REPOSITORY": str(file)}
    path = "repos/{owner}/{repo}/issues/7/comments"
    words = [str(gh / "gh"), "api", "--method", "POST", path, "--input", "-"]

    def comment(number: int) -> None:
        subprocess.run(
            words,
            env=environ,
            input=json.dumps({"body": str(number)}),
            text=True,
            check=True,
            capture_output=True,
        )

    with ThreadPoolExecutor(AT_ONCE) as jobs:
        list(jobs.map(comment, range(AT_ONCE)))
    bodies = {int(each["body"]) for each in json.loads(file.read_text())["comments"]}
    assert bodies == {*range(AT_ONCE)}
