"""Every command block of the README and of the first page of a firm is run, in the order of the page: of the
README in a fresh copy of the project, of the other in a folder that has the product's wheel alone. Where they
show output, it comes, and nothing is left out without a mark."""

import os
import subprocess
from pathlib import Path

import pytest

from t4simulator.service import process
from tests.docs.blocks import Block, blocks, by_hand, plain, steps, wrong_in

ROOT = Path(__file__).parents[2]
AUTHOR = {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "Ann Ohio"), ("EMAIL", "ann@acme.example"))
}


@pytest.mark.engine
@pytest.mark.timeout(1800)
def test_a_reader_can_type_the_readme(copy: Path) -> None:
    read(ROOT / "README.md", copy, of_a_reader())


@pytest.mark.engine
@pytest.mark.timeout(1800)
def test_a_firm_begins_with_the_wheel_alone(wheel_alone: Path) -> None:
    """Issue 14's story: six people from a table, the administrator's part, everything captured by evidence,
    the report, a change by pull request, and its history."""
    reader = of_a_reader(wheel_alone.parent / "engine") | {"PIP_NO_INDEX": "1"}
    read(ROOT / "docs" / "first-firm.md", wheel_alone, reader)
    repository = wheel_alone / "acme"
    assert "8 of 8 accounts captured, 0 open." in (repository / "firm.html").read_text()
    pages = repository / ".venv" / "share" / "doc" / "t4-firm"
    assert (pages / "docs" / "first-firm.md").read_text() == (ROOT / "docs" / "first-firm.md").read_text()


def of_a_reader(*first: Path) -> dict[str, str]:
    """The environment of a reader: none of this product's settings, and nothing of the `make` that runs the
    tests. `first`: folders for PATH."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("T4_", "PULUMI_", "GIT_", "MAKE")) and name not in ("CI", "MFLAGS")
    }
    if first:
        kept["PATH"] = os.pathsep.join([*map(str, first), os.defpath])
    return {**kept, **AUTHOR, "NO_COLOR": "1"}


def read(document: Path, folder: Path, environ: dict[str, str]) -> None:
    """Do all that a page says, one after the other."""
    environ = {**environ, "PWD": str(folder)}
    for step in steps(document):
        if not isinstance(step, Block):
            run = process.status(Path(environ["PWD"]) / ".t4" / "simulator")
            assert run
            process.act(run, step.form, step.values)
        elif step.code is not None:
            environ = typed(step, folder, environ)


def typed(block: Block, folder: Path, environ: dict[str, str]) -> dict[str, str]:
    """Run a block as a shell does that stops at the first failure, where the block before it has left the
    reader; returns the environment after it."""
    after = folder.parent / "environment-after"
    script = f"set -eu\n{block.commands}\nenv -0 > '{after}'\n"
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=environ["PWD"],
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    where = f"line {block.line}: {block.commands}\n{done.stdout}"
    assert done.returncode == block.code, where
    wrong = wrong_in(block.output, [plain(line) for line in done.stdout.splitlines() if line.strip()])
    assert not wrong, f"{wrong}, in {where}"
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


def test_what_is_done_in_a_browser_has_its_place_among_the_commands(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    form = '<!-- in the portal: create-user username=trader.a\n     street="1 Main Street" -->\n'
    page.write_text(f"```sh\none\n```\n\n{form}\n```sh\ntwo\n```\n")
    [hand] = by_hand(page)
    assert (hand.form, hand.values) == ("create-user", {"username": "trader.a", "street": "1 Main Street"})
    assert [step is hand or step == hand for step in steps(page)] == [False, True, False]


COMMANDS = "echo one; echo took 3 s; echo two; echo; echo three; echo four"


@pytest.mark.parametrize(
    "output",
    [
        ("one", "took <time>", "…", "four"),
        ("…", "two", "…"),
        ("one", "took <time>", "two", "three", "four"),
        (),
    ],
)
def test_output_may_be_left_out_where_a_mark_says_so(tmp_path: Path, output: tuple[str, ...]) -> None:
    assert typed(Block(1, COMMANDS, 0, output), tmp_path, dict(os.environ))["PATH"]


@pytest.mark.parametrize(
    ("output", "wrong"),
    [
        (("…", "five", "…"), "'five' does not come"),
        (("…", "two", "…", "one", "…"), "'one' does not come"),
        (("two", "…"), "'two' does not come, or after a line that is left out"),
        (("one", "…", "two", "four"), "'four' does not come, or after a line that is left out"),
        (("…", "two"), "more comes after 'two'"),
    ],
)
def test_output_that_does_not_come_is_noticed(tmp_path: Path, output: tuple[str, ...], wrong: str) -> None:
    with pytest.raises(AssertionError, match=wrong):
        typed(Block(1, COMMANDS, 0, output), tmp_path, dict(os.environ))
    with pytest.raises(AssertionError, match="line 7"):
        typed(Block(7, "false", 0, ()), tmp_path, dict(os.environ))
