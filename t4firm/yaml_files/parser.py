"""One reading of a YAML text: the parser's events in, values with their lines out, mistakes collected.

Values are built here, because what a YAML loader builds has no lines, takes the last of two equal keys, and
expands aliases without a limit. The C parser of PyYAML is used where there is one.
"""

from __future__ import annotations

import re
from typing import Any, Protocol, cast

import yaml

from t4firm.yaml_files import errors
from t4firm.yaml_files.mistakes import UNSEEN, FileError, Mistake, codepoint, field_path

# Limits far above what a firm of ten thousand people needs, and far below what would hang a machine.
DEEPEST = 30  # levels of nesting
LONGEST = 4_000  # characters of a value
# Values that *name repeats, in sum: as many as a whole file has. A "bomb" repeats billions.
MOST_REPEATED = 500_000

MOST_ENTRIES = 20_000  # in one list or group
MOST_MISTAKES = 1_000  # before nobody would read on

PARSER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_INTEGER = re.compile(r"[-+]?[0-9]+")
_DECIMAL = re.compile(r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_CONSTANTS: dict[str, bool | None] = {"true": True, "false": False, "null": None, "~": None, "": None}


class Place:
    """Where a value stands: its line, the text of a plain scalar as written, and the places inside it.

    `file`: the file, where it is another than the place around it; `name`: what the place is called there,
    if it is no field (a column of a spreadsheet, whose `line` is a row).
    """

    __slots__ = ("file", "inside", "line", "name", "size", "text")

    def __init__(self, line: int, text: str | None = None, file: str = "", name: str = "") -> None:
        self.line = line
        self.file = file
        self.name = name
        self.text = text
        self.inside: dict[str | int, Place] = {}
        self.size = 1  # values in it, itself included, aliases expanded


class _Mark(Protocol):
    line: int


class _Marked(Protocol):
    """A parser's event, as much of it as is used here."""

    start_mark: _Mark
    anchor: str | None
    tag: str | None
    value: str
    implicit: tuple[bool, bool]


class _Level:
    """A list or mapping that is being read."""

    __slots__ = ("anchor", "data", "dropped", "key", "key_line", "place", "seen")

    def __init__(self, data: list[object] | dict[str, object], place: Place, anchor: str | None) -> None:
        self.data = data
        self.place = place
        self.anchor = anchor
        self.key: str | None = None
        self.key_line = 0
        self.dropped = False  # the name that is read now is none: its value is left out
        self.seen: dict[str, int] = {}


class Reading:
    """One reading of one text: events of the parser in, values and places out, mistakes collected."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text
        self.mistakes: list[Mistake] = []
        self.levels: list[_Level] = []
        self.anchors: dict[str, tuple[object, Place]] = {}
        self.repeated = 0
        self.result: tuple[object, Place] = (None, Place(1))

    def add(self, line: int, loc: tuple[str | int, ...], wrong: str, right: str) -> None:
        if len(self.mistakes) == MOST_MISTAKES:
            raise self.stop(
                0, f"there are more than {MOST_MISTAKES} mistakes", "check that it is the right file"
            )
        self.mistakes.append(Mistake(self.file, line, field_path(loc), wrong, right))

    def stop(self, line: int, wrong: str, right: str) -> FileError:
        return FileError([Mistake(self.file, line, "", wrong, right)])

    def loc(self) -> tuple[str | int, ...]:
        """The path of the value that is read now."""
        path: list[str | int] = []
        for level in self.levels:
            if isinstance(level.data, list):
                path.append(len(level.data))
            elif level.key is not None:
                path.append(level.key)
        return tuple(path)

    def root(self) -> tuple[object, Place]:
        """Reads all. Raises FileError where reading cannot go on."""
        try:
            self._events()
        except (yaml.YAMLError, ValueError, OverflowError) as error:
            if isinstance(error, FileError):
                raise
            found = errors.finding(error, self.text)
            raise FileError([Mistake(self.file, found.line, "", found.wrong, found.right)]) from None
        return self.result

    def _events(self) -> None:
        documents = 0
        for event in yaml.parse(self.text, Loader=PARSER):
            kind = type(event)
            if kind is yaml.ScalarEvent:
                self._scalar(cast(_Marked, event))
            elif kind is yaml.MappingStartEvent:
                self._open({}, cast(_Marked, event))
            elif kind is yaml.SequenceStartEvent:
                self._open([], cast(_Marked, event))
            elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
                self._close()
            elif kind is yaml.AliasEvent:
                self._alias(cast(_Marked, event))
            elif kind is yaml.DocumentStartEvent:
                documents += 1
                if documents > 1:
                    line = cast(_Marked, event).start_mark.line + 1
                    raise self.stop(
                        line, 'a second document begins here ("---")', "keep one document in a file"
                    )

    def _open(self, data: list[object] | dict[str, object], event: _Marked) -> None:
        line = event.start_mark.line + 1
        if len(self.levels) >= DEEPEST:
            raise self.stop(
                line, f"fields are nested more than {DEEPEST} deep", "check the brackets and the indentation"
            )
        self._untagged(event, line)
        level = self.levels[-1] if self.levels else None
        if level is not None and isinstance(level.data, dict) and level.key is None:
            raise self.stop(
                line, "there is a list or a group of fields where a name must be", 'write "name: value"'
            )
        self.levels.append(_Level(data, Place(line), event.anchor))

    def _close(self) -> None:
        level = self.levels.pop()
        self._value(level.data, level.place, level.anchor)

    def _alias(self, event: _Marked) -> None:
        line, name = event.start_mark.line + 1, event.anchor or ""
        if any(level.anchor == name for level in self.levels):
            raise self.stop(line, "*name is inside of what it repeats", "write the value out")
        known = self.anchors.get(name)
        if known is None:
            raise self.stop(line, *errors.STAR)
        value, place = known
        self.repeated += place.size
        if self.repeated > MOST_REPEATED:
            wrong = "too much is repeated by *name"
            right = f"write it out, or use defaults (at most {MOST_REPEATED:,} values)"
            raise self.stop(line, wrong, right)
        if self._is_key():
            raise self.stop(line, "there is *name where a name must be", 'write "name: value"')
        again = Place(line, place.text)
        again.inside, again.size = place.inside, place.size
        self._value(value, again, None)

    def _scalar(self, event: _Marked) -> None:
        line, text = event.start_mark.line + 1, event.value
        plain = event.implicit[0]
        self._untagged(event, line)
        if self._is_key():
            self._key(text, plain, line)
            return
        if len(text) > LONGEST:
            self.add(line, self.loc(), f"the value is longer than {LONGEST} characters", "shorten it")
            text = text[:LONGEST]
        elif (found := UNSEEN.search(text)) or "\t" in text or "\r" in text:
            if (
                found and "\ud800" <= found.group() <= "\udfff"
            ):  # from an escape; libyaml refuses it by itself
                raise FileError([Mistake(self.file, line, "", *errors.ESCAPE)])
            unseen = codepoint(found.group() if found else "\t" if "\t" in text else "\r")
            self.add(line, self.loc(), f"the value has an invisible character ({unseen})", "remove it")
            text = re.sub(r"\s+", " ", UNSEEN.sub("", text)).strip() or "-"
        value: object = text
        place = Place(line)
        if plain:
            if text in _CONSTANTS:
                value, place.text = _CONSTANTS[text], text
            elif _INTEGER.fullmatch(text):
                value, place.text = int(text), text
            elif _DECIMAL.fullmatch(text):
                value, place.text = float(text), text
                if value in (float("inf"), float("-inf")):
                    self.add(line, self.loc(), "the number is too large", "check it")
                    value = 0
        self._value(value, place, event.anchor)

    def _key(self, text: str, plain: bool, line: int) -> None:
        level = self.levels[-1]
        loc = (*self.loc(), text)
        level.dropped = True
        if not text.strip():
            self.add(line, self.loc(), "there is no name before the colon", 'write "name: value"')
        elif UNSEEN.search(text) or re.search(r"\s", text.replace(" ", "")):
            self.add(line, self.loc(), "the name before the colon has an invisible character", "remove it")
        elif len(text) > LONGEST:
            self.add(
                line,
                self.loc(),
                f"the name before the colon is longer than {LONGEST} characters",
                "shorten it",
            )
        elif text == "<<":
            self.add(
                line, self.loc(), '"<<" does not merge fields here', "write the fields out, or use defaults"
            )
        else:
            level.dropped = False
            if plain and (text in _CONSTANTS or _INTEGER.fullmatch(text) or _DECIMAL.fullmatch(text)):
                what = "is a number" if text not in _CONSTANTS else "is not a name"
                self.add(line, loc, f"{text} {what}", f'write "{text}":')
        if text in level.seen:
            wrong = f"this is written twice, first on line {level.seen[text]}"
            self.add(line, loc, wrong, "keep one of the two")
        level.seen.setdefault(text, line)
        level.key, level.key_line = text, line

    def _is_key(self) -> bool:
        level = self.levels[-1] if self.levels else None
        return level is not None and isinstance(level.data, dict) and level.key is None

    def _value(self, value: object, place: Place, anchor: str | None) -> None:
        if anchor is not None:
            self.anchors[anchor] = (value, place)
        if not self.levels:
            self.result = (value, place)
            return
        level = self.levels[-1]
        level.place.size += place.size
        if len(level.data) == MOST_ENTRIES:
            wrong = f"a list or group has more than {MOST_ENTRIES} entries"
            raise self.stop(level.place.line, wrong, "check that it is the right file")
        if isinstance(level.data, list):
            level.place.inside[len(level.data)] = place
            level.data.append(value)
            return
        key, level.key = cast(str, level.key), None
        place.line = level.key_line
        if key not in level.data and not level.dropped:
            level.data[key] = value
            level.place.inside[key] = place

    def _untagged(self, event: _Marked, line: int) -> None:
        # "!" alone and !!python… alike: nobody needs them here, and in other readers they start programs
        if event.tag is not None:
            right = 'put the whole text in quotes if the mark is part of it, or remove "!…"'
            self.add(line, self.loc(), "the value begins with an exclamation mark", right)
