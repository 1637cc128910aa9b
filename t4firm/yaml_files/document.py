"""YAML with positions: reads a file that a person wrote, and says all that is wrong with it, line by line.

The language is a small part of YAML 1.1, without its traps: only `true` and `false` are booleans (the country
`NO` and the state `ON` stay texts), dates and times are texts, nothing is read as sexagesimal, and nothing is
null but `null`, `~` and an empty value. Used for firm files, attested files and operations files.
"""

from __future__ import annotations

import json
import os
import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from t4firm.yaml_files.mistakes import UNSEEN, FileError, Mistake, Wrong, codepoint, field_path, shown
from t4firm.yaml_files.model_errors import words_for
from t4firm.yaml_files.parser import Place, Reading

__all__ = ["Document", "FileError", "Loc", "Mistake", "Wrong", "read", "read_on", "validated"]

Loc = tuple[str | int, ...]
M = TypeVar("M", bound=BaseModel)

MOST_MISTAKES = 5_000  # that are shown: a firm of thousands may have one in every entry
_INDENTED_BY_TAB = re.compile(r"^ *\t[ \t]*[^\s#]", re.MULTILINE)
LARGEST = 5_000_000  # bytes of a file: far above what a firm of ten thousand people needs


@dataclass(frozen=True)
class Document:
    """A file that was read. `data` holds str, int, float, bool, None, list and dict only.

    `origins` says where values come from that were merged in from elsewhere in the file: a path of the merged
    data -> the path in the file. A mistake in a default points at the default.
    """

    file: str
    data: dict[str, object]
    place: Place = field(repr=False, compare=False)
    origins: Mapping[Loc, Loc] = field(default_factory=dict, repr=False, compare=False)
    hidden: int = 0  # parts at the beginning of each path that are not in the file

    def origin(self, loc: Loc) -> Loc:
        """The path in the file for a path in the merged data."""
        for length in range(len(loc), 0, -1):
            found = self.origins.get(loc[:length])
            if found is not None:
                return found + loc[length:]
        return loc

    def _places(self, loc: Loc) -> Iterator[Place]:
        place: Place | None = self.place
        for part in (*self.origin(loc), None):
            if place is None:
                return
            yield place
            place = place.inside.get(part) if part is not None else None

    def line(self, loc: Loc) -> int:
        """The line of `loc`, or of its nearest known parent, from 1."""
        return list(self._places(loc))[-1].line

    def file_of(self, loc: Loc) -> str:
        """The file in which `loc` is: this one, or one that it includes."""
        return next((place.file for place in reversed(list(self._places(loc))) if place.file), self.file)

    def where(self, loc: Loc, seen_from: Loc | None = None) -> str:
        """Where `loc` is, for a sentence about another line: `on line 12`; `on line 12 of rates.users.yaml`
        where the sentence is about a line of another file, or nobody knows of which."""
        file, place = self.file_of(loc), list(self._places(loc))[-1]
        word = "in row" if place.name else "on line"
        return f"{word} {place.line}" + (
            "" if seen_from is not None and file == self.file_of(seen_from) else f" of {file}"
        )

    def written(self, loc: Loc) -> str | None:
        """A number, true/false or null as it was written (`01234` keeps its zero); None for anything else."""
        places = list(self._places(loc))
        return places[-1].text if len(places) == len(self.origin(loc)) + 1 else None

    def mistake(self, loc: Loc, wrong: str, right: str) -> Mistake:
        """A mistake at `loc` (a path in the data: keys, and indexes of lists)."""
        places, origin = list(self._places(loc)), self.origin(loc)
        path, rest = places[-1].name, origin[len(places) - 1 :]
        if path and rest:  # the cell is of what holds it
            path = f"{path}: {field_path(rest)}"
        return Mistake(
            self.file_of(loc), self.line(loc), path or field_path(origin[self.hidden :]), wrong, right
        )

    def put_place(self, loc: Loc, place: Place) -> None:
        """Say where a value is, if it came into the file from elsewhere (a cell of a spreadsheet)."""
        file, held = self.file, self.place
        for part in loc[:-1]:
            held = held.inside.setdefault(part, Place(held.line, None, held.file, held.name))
            file = held.file or file
        there = held.inside.get(loc[-1])
        place.inside = there.inside if there else {}
        for inner in place.inside.values():  # what is in it stays where it was
            inner.file = inner.file or (there.file if there else "") or file
        held.inside[loc[-1]] = place

    def with_origins(self, origins: Mapping[Loc, Loc]) -> Document:
        """The same file, for data that was merged from several places in it."""
        return replace(self, origins=origins)


def validated(document: Document, model: type[M], data: object = None) -> M:
    """The document (or `data`, made from it) as a model, strictly: no text becomes a number, nor the other
    way.

    Raises FileError with everything that does not fit. Reading is that of JSON in pydantic's strict mode:
    lists serve for tuples, texts for dates.
    """
    given = document.data if data is None else data
    try:
        return model.model_validate_json(json.dumps(given), strict=True)
    except ValidationError as error:
        raise FileError(mistakes_of(refused(error, given), document, model)) from None


def refused(error: ValidationError, data: object) -> list[ErrorDetails]:
    """What a model refused, with paths that exist in `data`: pydantic adds the names of a choice's branches.

    Of several branches that all refused a value, the first speaks. No more than MOST_MISTAKES.
    """
    found: dict[Loc, ErrorDetails] = {}
    for detail in error.errors(include_url=False)[:MOST_MISTAKES]:
        path: list[str | int] = []
        value: Any = data
        for part in detail["loc"]:
            if (
                part in value
                if isinstance(value, dict)
                else isinstance(value, list) and isinstance(part, int)
            ):
                value = value[part]
                path.append(part)
        if detail["type"] == "missing":
            path.append(detail["loc"][-1])
        loc = tuple(path)
        found.setdefault(loc, {**detail, "loc": loc})
    return list(found.values())


def mistakes_of(details: list[ErrorDetails], document: Document, model: type[BaseModel]) -> list[Mistake]:
    """What a model refused, as mistakes with lines and plain words."""
    found = []
    if len(details) >= MOST_MISTAKES:
        wrong = f"there are many mistakes; these are the first {MOST_MISTAKES}"
        found.append(Mistake(document.file, 0, "", wrong, "correct them, then check again"))
    for detail in details:
        wrong, right = words_for(detail, document.written(detail["loc"]), model)
        found.append(document.mistake(detail["loc"], wrong, right))
    return found


def read(path: Path, *, list_as: str | None = None, text: str | None = None) -> Document:
    """Reads a YAML file whose top level is `name: value` lines, at most 5 MB of UTF-8.

    With `list_as` the top level may be a list (or empty) too: it is then found in `data` under that name.
    `text`: what the file would hold, if it is not written yet. Raises FileError with all that can be found in
    one reading.
    """
    document, mistakes = read_on(path, list_as=list_as, text=text)
    if mistakes:
        raise FileError(mistakes)
    return document


def mentions(path: Path, name: str) -> bool:
    """Whether a file may write this name, which is sooner told than by reading it. A name may be escaped, and
    have characters in it that are not seen. Raises FileError where there is no text."""
    text = _text(path, _file_name(path))
    return "\\" in text or name in UNSEEN.sub("", text)


def read_on(
    path: Path, *, list_as: str | None = None, text: str | None = None
) -> tuple[Document, list[Mistake]]:
    """Like `read`, but goes on after mistakes that leave the rest readable (a name written twice, or without
    quotes), for a caller that finds more mistakes in the rest. `text`: what the file would hold, if it is not
    written yet. Raises FileError where there is no rest."""
    file = _file_name(path)
    text = _text(path, file) if text is None else text.removeprefix("\ufeff")
    unseen = _unseen_characters(file, text)
    if unseen and _INDENTED_BY_TAB.search(text):
        raise FileError(unseen)
    reading = Reading(file, UNSEEN.sub("", text).replace("\t", " ") if unseen else text)
    try:
        data, place = reading.root()
    except FileError as error:
        # what cannot be read without these characters may be the work of them
        raise FileError(unseen or [*reading.mistakes, *error.mistakes]) from None
    reading.mistakes += unseen
    hidden = 0
    if list_as is not None and (isinstance(data, list) or data is None):
        holder = Place(1)
        holder.inside[list_as] = place
        data, place, hidden = {list_as: data if data is not None else []}, holder, 1
    if data is None:
        reading.add(1, (), "the file is empty", 'write what it should say, one "name: value" a line')
    elif not isinstance(data, dict):
        what = "a list" if isinstance(data, list) else "a single value"
        reading.add(place.line, (), f"the file holds {what}", 'begin with "name: value" lines')
    if not isinstance(data, dict):
        raise FileError(unseen or reading.mistakes)
    return Document(file, data, place, hidden=hidden), reading.mistakes


def _file_name(path: Path) -> str:
    """The file as people know it: relative to the working folder if it lies in it."""
    try:
        absolute, here = os.path.abspath(path), os.getcwd()
        inside = os.path.commonpath([absolute, here]) == here
    except (ValueError, OSError):
        return shown(str(path), 300)
    return shown(Path(os.path.relpath(absolute, here)).as_posix() if inside else str(path), 300)


def _text(path: Path, file: str) -> str:
    """The text of the file, or one mistake about the file as a whole."""
    try:
        about = path.stat()
        if stat.S_ISDIR(about.st_mode):
            raise FileError([Mistake(file, 0, "", "this is a folder", "name the file in it")])
        if not stat.S_ISREG(about.st_mode):
            raise FileError([Mistake(file, 0, "", "this is not an ordinary file", "name a YAML file")])
        with path.open("rb") as opened:
            content = opened.read(LARGEST + 1)
    except FileNotFoundError:
        raise FileError([Mistake(file, 0, "", "there is no such file", _neighbours(path))]) from None
    except PermissionError:
        raise FileError(
            [Mistake(file, 0, "", "you may not read this file", "ask its owner for access")]
        ) from None
    except ValueError as error:
        if isinstance(error, FileError):
            raise
        raise FileError([Mistake(file, 0, "", "this is not a file name", "name a YAML file")]) from None
    except OSError as error:
        said = shown(error.strerror or "unknown reason").lower()
        raise FileError(
            [Mistake(file, 0, "", f"the file cannot be read ({said})", "check its name")]
        ) from None
    if len(content) > LARGEST:
        raise FileError(
            [
                Mistake(
                    file,
                    0,
                    "",
                    f"the file is larger than {LARGEST // 1_000_000} MB",
                    "check that it is the right one",
                )
            ]
        )
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise FileError([Mistake(file, 1, "", "the file is saved as UTF-16", "save it as UTF-8")])
    if b"\x00" in content:
        raise FileError(
            [Mistake(file, 0, "", "the file is not a text file", "name a YAML file, saved as UTF-8")]
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        wrong = "this line has a character that is not UTF-8"
        raise FileError([Mistake(file, line, "", wrong, "save the file as UTF-8")]) from None


def _neighbours(path: Path) -> str:
    """What lies beside a missing file, to choose from."""
    ending = "".join(path.suffixes[-2:])
    try:
        names = sorted(shown(found.name) for found in path.parent.glob(f"*{ending}") if ending)
    except OSError:
        names = []
    if not names:
        return "check the name and the folder"
    return f"in that folder there is {', '.join(names[:5])}"


def _unseen_characters(file: str, text: str) -> list[Mistake]:
    """Characters that nobody can see, and tabs, one mistake a line: the parsers would stop at the first."""
    if not UNSEEN.search(text) and "\t" not in text:
        return []
    mistakes: list[Mistake] = []
    for number, line in enumerate(re.split(r"\r\n|\n|\r", text), 1):
        if len(mistakes) == MOST_MISTAKES:
            break
        found = UNSEEN.search(line)
        if found:
            wrong = f"the line has an invisible character ({codepoint(found.group())})"
            mistakes.append(
                Mistake(file, number, "", wrong, "remove it; retyping the line is the surest way")
            )
        elif "\t" in re.sub(r"(^|\s)#.*", "", line):
            mistakes.append(
                Mistake(file, number, "", "the line has a tab", "use spaces; YAML allows no tabs here")
            )
    return mistakes
