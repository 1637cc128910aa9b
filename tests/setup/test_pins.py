"""What is installed is pinned, hashed and named without an address; the project's own lists agree."""

from __future__ import annotations

import os
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from tests.setup.pretended import ROOT

PRODUCT, TESTS = ROOT / "constraints.txt", ROOT / "constraints-test.txt"
RELEASE = ROOT / "constraints-release.txt"
ENTRY = re.compile(
    r"^([a-z0-9-]+)==([^ ]+)( ; .*?)? \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", re.M
)


def entries(file: Path) -> dict[str, str]:
    return {name: version for name, version, _, _ in ENTRY.findall(file.read_text())}


def wanted(requirements: list[str]) -> set[str]:
    """Names of distributions, as an index compares them: `ruamel.yaml` is `ruamel-yaml`."""
    names = (re.split(r"[<>=!~\[ ]", requirement, maxsplit=1)[0] for requirement in requirements)
    return {re.sub(r"[-_.]+", "-", name).lower() for name in names}


@pytest.mark.parametrize("file", [PRODUCT, TESTS, RELEASE], ids=lambda file: file.name)
def test_every_line_is_a_pin_with_hashes_and_nothing_else(file: Path) -> None:
    rest = ENTRY.sub("", file.read_text())
    assert [line for line in rest.splitlines() if not line.startswith("#")] == []
    assert entries(file)
    assert "://" not in file.read_text()


def test_the_two_lists_do_not_overlap() -> None:
    assert entries(PRODUCT).keys().isdisjoint(entries(TESTS).keys())


def test_everything_that_the_project_asks_for_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert wanted(project["project"]["dependencies"]) <= entries(PRODUCT).keys()
    assert wanted(project["build-system"]["requires"]) <= entries(PRODUCT).keys(), (
        "it is built with what is pinned"
    )
    assert "pip" in entries(PRODUCT), "the engine asks it before every run, and an old one is slow"
    pinned = entries(PRODUCT).keys() | entries(TESTS).keys()
    assert wanted(project["project"]["optional-dependencies"]["test"]) <= pinned


@pytest.mark.parametrize("module", ["engine", "host"])
def test_go_modules_are_pinned_with_their_sums(module: str) -> None:
    folder = ROOT / "t4firm_setup" / "go" / module
    required = re.findall(r"^\s+(\S+) (v\S+)", (folder / "go.mod").read_text(), re.M)
    sums = (folder / "go.sum").read_text()
    assert len(required) > 50
    unsummed = [
        f"{name} {version}" for name, version in required if f"{name} {version}/go.mod h1:" not in sums
    ]
    # the one module that is replaced has the sum of its replacement
    assert [name for name in unsummed if not name.startswith("github.com/atotto/clipboard ")] == []


def test_make_help_lists_every_target() -> None:
    makefile = (ROOT / "Makefile").read_text()
    phony = re.search(r"^\.PHONY: (.*)$", makefile, re.M)
    assert phony is not None
    # not as a part of the `make test` that may run this: it would announce its folder
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    answer = subprocess.run(
        ["make"], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    ).stdout
    assert [line.split()[1] for line in answer.splitlines()] == phony.group(1).split()


def test_a_firms_repository_pins_the_same_libraries() -> None:
    theirs = ROOT / "t4firm_cli" / "own_repository" / "libraries.txt"
    assert theirs.read_text() == PRODUCT.read_text(), "make constraints writes both"
