"""Tables in text files: encoding, separator and quotes as they come from spreadsheets.

The encoding is told by a byte order mark; else it is UTF-8 if all of it is, and what Excel on Windows writes
(cp1252) if not. The separator is the one with which most headers are known and most rows are as wide as the
headers: a guess by characters alone (csv.Sniffer) takes the comma of "Ohio, Ann" for one.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from t4firm.spreadsheets.sheet import Cell, Sheet, cell_of_text, sheet_of
from t4firm.yaml_files.mistakes import FileError, Mistake

SEPARATORS: Final = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
LARGEST: Final = 50_000_000  # bytes; a firm of ten thousand has two million
MARKS: Final = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
FIRST_ROWS: Final = 20  # in which the row of headers is looked for: titles may be above it


@dataclass(frozen=True)
class _Reading:
    """The text, read with one separator: the rows, in which of them the headers are, and how well it fits."""

    separator: str
    rows: list[tuple[int, tuple[Cell, ...]]]
    header: int
    fit: tuple[int, float, int]


def read_csv(path: Path, known: Callable[[str], bool], encoding: str = "", separator: str = "") -> Sheet:
    """The table in a text file. `known`: whether a header is one of a field. Raises FileError."""
    text, encoding = _decoded(path, encoding)
    lines = text.splitlines(keepends=True)
    skip = 0
    if lines and lines[0].strip().lower().startswith("sep="):  # Excel's own way to say it
        separator = separator or lines[0].strip()[4:5]
        skip = 1
    body = "".join(lines[skip:])
    readings = [_read(path, body, each, known, skip) for each in ([separator] if separator else SEPARATORS)]
    best = max(readings, key=lambda reading: reading.fit)
    if not best.rows:
        raise FileError([Mistake(path.name, 0, "", "the file is empty", "name a file with a row of headers")])
    how = f"{encoding.removesuffix('-sig')}, separated by {SEPARATORS.get(best.separator, best.separator)}"
    return sheet_of(path.name, best.rows, best.header, how)


def header_row(rows: Iterable[tuple[Cell, ...]], known: Callable[[str], bool]) -> tuple[int, int]:
    """The row that has the most headers of fields, among the first; and how many it has."""
    first = [row for row, _ in zip(rows, range(FIRST_ROWS), strict=False)]
    counts = [sum(known(cell.text) for cell in row) for row in first]
    most = max(counts, default=0)
    return (counts.index(most) if most else 0), most


def _decoded(path: Path, encoding: str) -> tuple[str, str]:
    try:
        with path.open("rb") as opened:
            content = opened.read(LARGEST + 1)
    except OSError as error:
        said = (error.strerror or "unknown reason").lower()
        raise FileError([Mistake(str(path), 0, "", f"cannot be read ({said})", "check the name")]) from None
    if len(content) > LARGEST:
        wrong = f"is larger than {LARGEST // 1_000_000} MB"
        raise FileError([Mistake(path.name, 0, "", wrong, "check that it is the right one")])
    marked = [name for mark, name in MARKS if content.startswith(mark)]
    tried = [encoding] if encoding else marked or ["utf-8", "cp1252"]
    for name in tried:
        try:
            return content.decode(name), name
        except (UnicodeDecodeError, LookupError):
            continue
    wrong = f"cannot be read as {' or '.join(tried)}"
    right = "save it as UTF-8, or name its encoding with --encoding, for example mac-roman"
    raise FileError([Mistake(path.name, 0, "", wrong, right)])


def _read(path: Path, body: str, separator: str, known: Callable[[str], bool], skipped: int) -> _Reading:
    try:
        parsed = list(csv.reader(io.StringIO(body, newline=""), delimiter=separator, strict=False))
    except (csv.Error, TypeError) as error:
        wrong = f"cannot be read as a table ({error})"
        raise FileError([Mistake(path.name, 0, "", wrong, "export it again")]) from None
    rows = [(number, tuple(map(cell_of_text, row))) for number, row in enumerate(parsed, 1 + skipped)]
    header, count = header_row((row for _, row in rows), known)
    width = len(rows[header][1]) if rows else 0
    below = [row for _, row in rows[header + 1 :] if any(cell.text for cell in row)]
    even = sum(len(row) == width for row in below) / len(below) if below else 1.0
    return _Reading(separator, rows, header, (count, even, width))
