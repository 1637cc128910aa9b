"""The Dockerfile: linted, and built where there is a builder."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCKERFILE = ROOT / "Dockerfile"


def linted(file: Path) -> "subprocess.CompletedProcess[str]":
    hadolint = Path(sys.executable).with_name("hadolint")
    return subprocess.run([hadolint, file], capture_output=True, text=True, check=False)


def test_the_linter_finds_nothing(tmp_path: Path) -> None:
    done = linted(DOCKERFILE)
    assert done.returncode == 0, done.stdout
    faulty = tmp_path / "Dockerfile"
    faulty.write_text("FROM python\nRUN sudo cd /\n")
    assert linted(faulty).returncode != 0


def test_what_it_leaves_out_has_its_reason() -> None:
    for line in DOCKERFILE.read_text().splitlines():
        if "hadolint ignore" in line:
            assert re.search(r"hadolint ignore=DL\d+ # \w+", line), line


def test_the_image_that_is_used_is_not_roots_and_holds_no_tools_to_build() -> None:
    text = DOCKERFILE.read_text()
    *_, last = re.split(r"^FROM ", text, flags=re.MULTILINE)
    assert len(re.findall(r"^FROM ", text, re.MULTILINE)) == 2
    (user,) = re.findall(r"^USER (\d+):(\d+)$", last, re.MULTILINE)
    assert "0" not in user
    assert "make" not in last
    for name in ("USER", "HOME"):
        assert re.search(rf"^ +{name}=", last, re.MULTILINE), f"{name}: an id without a name has none"


def test_it_is_built_where_there_is_a_builder() -> None:
    try:
        there = subprocess.run(["docker", "info"], capture_output=True, timeout=20, check=False).returncode
    except (OSError, subprocess.TimeoutExpired):
        there = 1
    if there != 0:
        pytest.skip("there is no container builder here: `docker info` fails")
    done = subprocess.run(
        ["docker", "build", "--quiet", str(ROOT)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    image = done.stdout.strip()
    words = ("docker", "run", "--rm", "--user", "54321", image, "--version")
    assert "t4firm" in subprocess.run(words, capture_output=True, text=True, check=True).stdout
