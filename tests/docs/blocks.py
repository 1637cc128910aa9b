"""The command blocks of a Markdown file, with what is said about each: in a comment before it, and by the
output after it.

    <!-- not run by tests: reason -->      the block cannot be run in this place
    <!-- ends with 2: reason -->           its exit code

A ```text block right after the commands shows all that they print; what differs from run to run (ids,
seconds) does not count. A line `…` stands for lines that are left out, also at the beginning and at the end.
Further down the page a block says whose output it is:

    <!-- shown by: make up -->

What a reader does in the simulator's portal, in a browser, is one of its forms, filled in:

    <!-- in the portal: create-user username=trader.a password=… -->
"""

import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
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
_IN_THE_PORTAL = re.compile(r"^<!-- in the portal: (?P<form>.*?) -->$", re.M | re.S)
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


@dataclass(frozen=True)
class ByHand:
    """What a reader does in the simulator's portal."""

    line: int
    form: str
    values: Mapping[str, str]


def steps(document: Path) -> list[Block | ByHand]:
    """All that a reader does, in the order of the document."""
    return sorted([*blocks(document), *by_hand(document)], key=lambda step: step.line)


def by_hand(document: Path) -> list[ByHand]:
    text = document.read_text()
    found = []
    for match in _IN_THE_PORTAL.finditer(text):
        form, *values = shlex.split(match["form"])
        line = text.count("\n", 0, match.start())
        found.append(ByHand(line, form, dict(value.split("=", 1) for value in values)))
    return found


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


def wrong_in(shown: Sequence[str], printed: Sequence[str]) -> str:
    """How a block's output differs from what its commands print; "" if it does not. A block without output
    says nothing about it."""
    text = "".join(f"{line}\n" for line in printed)
    parts = ["(?:.*\n)*?" if line == GAP else f"{re.escape(line)}\n" for line in shown]
    for number, line in enumerate(shown, 1):
        if not re.match("".join(parts[:number]), text):
            return f"{line!r} does not come, or after a line that is left out without a {GAP}"
    if shown and not re.fullmatch("".join(parts), text):
        return f"more comes after {shown[-1]!r}, and no {GAP} says so"
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
    """A line without what is another in each run: ids, commits, digests, days, times."""
    line = re.sub(r"[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}|\b[0-9A-Z]{13}:\d{8}\b", "<id>", line.strip())
    line = re.sub(r"\b[0-9a-f]{12}\b", "<digest>", line)
    line = re.sub(r"\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\dZ)?)?", "<date>", line)
    return re.sub(r"\d+(\.\d+)? s\b", "<time>", line)
