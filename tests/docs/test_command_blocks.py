"""Every command block of the README and the tutorial is run, in the order of the page, in a fresh copy of the
project; where it shows output, that output comes."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.docs.blocks import Block, blocks, not_printed, plain

ROOT = Path(__file__).parents[2]
DOCUMENTS = ("README.md", "docs/tutorial.md")
AUTHOR = {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "Tests"), ("EMAIL", "tests@example.com"))
}


@pytest.mark.engine
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_reader_can_type_what_stands_there(document: str, copy: Path) -> None:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("T4_", "PULUMI_", "GIT_")) and name != "CI"
    }
    environ = {**kept, **AUTHOR, "NO_COLOR": "1"}
    for block in blocks(ROOT / document):
        if block.code is not None:
            environ = typed(block, copy, environ)


def typed(block: Block, folder: Path, environ: dict[str, str]) -> dict[str, str]:
    """Run a block as a shell does that stops at the first failure; returns the environment after it."""
    after = folder.parent / "environment-after"
    script = f"set -eu\n{block.commands}\nenv -0 > '{after}'\n"
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=folder,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    where = f"line {block.line}: {block.commands}\n{done.stdout}"
    assert done.returncode == block.code, where
    lines = [plain(line) for line in done.stdout.splitlines() if line.strip()]
    lacks = not_printed(block.output, lines)
    assert not lacks, f"{lacks!r} does not come, or not there, in {where}"
    if block.code:
        return environ
    return dict(entry.split("=", 1) for entry in after.read_text().split("\0") if "=" in entry)


def test_a_mark_must_say_why(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("<!-- not run by tests: it needs a T4 of the firm's -->\n```sh\nfalse\n```\n")
    assert [block.code for block in blocks(page)] == [None]
    page.write_text("<!-- skipped -->\n```sh\nfalse\n```\n")
    with pytest.raises(AssertionError, match="says neither why"):
        blocks(page)


def test_output_further_down_the_page_belongs_to_its_command(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    shown = "<!-- shown by: make up -->\n```text\n…\ndone in 3 s\n```\n"
    page.write_text(f"```sh\nmake up   # all\n```\n\n```sh\nmake test\n```\nIt ends with:\n\n{shown}")
    assert [block.output for block in blocks(page)] == [("…", "done in <time>"), ()]
    page.write_text(f"```sh\nmake test\n```\n{shown}")
    with pytest.raises(ValueError, match="not enough values"):
        blocks(page)
    page.write_text("It prints:\n\n```text\nwhat nobody compares\n```\n")
    with pytest.raises(AssertionError, match="no command of the page"):
        blocks(page)


def test_output_that_does_not_come_is_noticed(tmp_path: Path) -> None:
    block = Block(
        1,
        "echo one; echo took 3 s; echo two; echo; echo three; echo four",
        0,
        ("one", "took <time>", "…", "four"),
    )
    assert typed(block, tmp_path, dict(os.environ))["PATH"]
    for output in (("five",), ("two", "one"), ("one", "two"), ("…", "two", "…", "one"), ("two", "four")):
        with pytest.raises(AssertionError, match="does not come"):
            typed(Block(1, block.commands, 0, output), tmp_path, dict(os.environ))
    with pytest.raises(AssertionError, match="line 7"):
        typed(Block(7, "false", 0, ()), tmp_path, dict(os.environ))
