"""The command blocks of a Markdown file, with what is said about each: in a comment before it, and by the
output after it.

    <!-- not run by tests: reason -->      the block cannot be run in this place
    <!-- ends with 2: reason -->           its exit code

A ```text block right after the commands shows lines of their output, one after the other; what differs from
run to run (ids, seconds) does not count. A line `…` stands for lines that are left out; what comes before the
first line and after the last need not be shown. Further down the page a block says
whose output it is:

    <!-- shown by: make up -->
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Final

GAP: Final = "…"

_BLOCK = re.compile(
    r"(?:^ *<!-- (?P<mark>[^>]*) -->\n)?"
    r"^ *```sh\n(?P<commands>.*?)^ *```\n"
    r"(?:\n *```text\n(?P<output>.*?)^ *```\n)?",
    re.MULTILINE | re.DOTALL,
)
_NOT_RUN = re.compile(r"not run by tests: \S.{10,}")
_SHOWN = re.compile(r"^ *<!-- shown by: (?P<command>.*) -->\n *```text\n(?P<output>.*?)^ *```\n", re.M | re.S)
_ENDS = re.compile(r"ends with (\d): \S.{10,}")


@dataclass(frozen=True)
class Block:
    """Commands of a document. `code`: how they must end; None where they are not run, for the reason in the
    document. `output`: what they print, line by line, and `GAP` for lines that are left out."""

    line: int
    commands: str
    code: int | None
    output: tuple[str, ...]

    def runs(self, command: str) -> bool:
        """Whether one of its lines is this command; a comment may follow."""
        return any(line.partition(" #")[0].strip() == command for line in self.commands.splitlines())


def blocks(document: Path) -> list[Block]:
    """Every command block, in the order of the document."""
    text = document.read_text()
    found = [_block(text, match) for match in _BLOCK.finditer(text)]
    assert len(found) == text.count("```sh\n"), "a block that this cannot read"
    for shown in _SHOWN.finditer(text):
        [number] = [each for each, block in enumerate(found) if block.runs(shown["command"])]
        found[number] = replace(found[number], output=found[number].output + _lines(shown["output"]))
    compared = sum(bool(match["output"]) for match in _BLOCK.finditer(text)) + len(_SHOWN.findall(text))
    assert compared == text.count("```text\n"), "output that no command of the page is said to print"
    return found


def _block(text: str, match: re.Match[str]) -> Block:
    line = text.count("\n", 0, match.start("commands"))
    return Block(line, match["commands"], _code(match["mark"] or "", line), _lines(match["output"] or ""))


def _lines(output: str) -> tuple[str, ...]:
    return tuple(plain(each) for each in output.splitlines() if each.strip())


def not_printed(wanted: Sequence[str], printed: Sequence[str]) -> str:
    """The first line of a block's output that does not come, or not there; "" if all come."""
    parts = [[*part] for gap, part in groupby(wanted, lambda line: line == GAP) if not gap]
    at = 0
    for part in parts:
        ends = (n for n in range(at + len(part), len(printed) + 1) if [*printed[n - len(part) : n]] == part)
        end = next(ends, None)
        if end is None:
            return next((line for line in part if line not in printed[at:]), part[0])
        at = end
    return ""


def _code(mark: str, line: int) -> int | None:
    if not mark:
        return 0
    if _NOT_RUN.fullmatch(mark):
        return None
    ends = _ENDS.fullmatch(mark)
    assert ends, f"line {line}: the mark says neither why it is not run nor how it ends: {mark}"
    return int(ends[1])


def plain(line: str) -> str:
    """A line without what is another in each run."""
    line = re.sub(r"[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}", "<id>", line.strip())
    line = re.sub(r"\d{4}-\d\d-\d\d", "<date>", line)
    return re.sub(r"\d+(\.\d+)? s\b", "<time>", line)
