"""Changes of a YAML text, as a person with an editor makes them: all else stays byte for byte.

    edited(text, wanted)    the text that says `wanted`, changed in no other place

`wanted` is what the text holds (`values_of`), with fields and values added, changed or taken out; a day is a
`date`. A new field is written behind the one that is before it in `wanted`.

A library that loads and dumps (ruamel.yaml) keeps comments, but not the rest: it joins wrapped lists, moves
comments, and indents anew. So the places come from the parser, and the text is cut there. What came out is
read again and compared with `wanted`: a text that cannot be cut this way (aliases, for example) is refused,
never damaged.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from typing import Any, Final

import yaml

from t4firm.yaml_files.mistakes import UNPRINTABLE, FileError, codepoint, shown
from t4firm.yaml_files.parser import PARSER, Reading
from t4firm.yaml_files.writing import field, inline, name_of

STEP: Final = "  "
BYTE_ORDER_MARK: Final = "\ufeff"


class NotEditable(ValueError):
    """The text is written in a way in which it cannot be changed safely; a sentence."""


def values_of(text: str) -> Any:
    """What a text holds, in groups and lists that may be changed. Raises FileError."""
    return Reading("the text", text.removeprefix(BYTE_ORDER_MARK)).root()[0]


def edited(text: str, wanted: Mapping[str, Any] | list[Any]) -> str:
    """The text that says `wanted`. Raises NotEditable; FileError where `text` is no YAML."""
    if _is_said(text, wanted):
        return text
    mark = BYTE_ORDER_MARK if text.startswith(BYTE_ORDER_MARK) else ""
    given = text.removeprefix(BYTE_ORDER_MARK)
    cuts = _Cuts(given)
    cuts.root(yaml.compose(given, Loader=PARSER), wanted, values_of(given))
    changed = cuts.text()
    if changed is None or not _is_said(changed, wanted):
        raise NotEditable(_why(values_of(given), wanted))
    return mark + changed


def _why(given: object, wanted: object) -> str:
    """Why a text cannot be changed so."""
    before = {*_texts(given)}
    for text in _texts(wanted):
        found = UNPRINTABLE.search(text)
        if found and text not in before:
            return f'"{shown(text)}" has a character that a file must not have ({codepoint(found.group())})'
    return (
        "the file is written in a way that cannot be changed safely (with aliases, for example); edit it by "
        "hand"
    )


def _texts(value: object) -> Iterator[str]:
    """Every name and every text in a value."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield name
            yield from _texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts(inner)
    elif isinstance(value, str):
        yield value


def has_comments(text: str, section: str) -> bool:
    """Whether a section of a file has comments that are about no single entry in it."""
    root = yaml.compose(text.removeprefix(BYTE_ORDER_MARK), Loader=PARSER)
    lines = text.removeprefix(BYTE_ORDER_MARK).splitlines()
    for key, value in root.value if isinstance(root, yaml.MappingNode) else ():
        if key.value == section and isinstance(value, yaml.MappingNode) and value.value:
            inside = lines[key.start_mark.line + 1 : value.value[-1][0].start_mark.line]
            return any(re.match(rf" {{0,{value.start_mark.column}}}#", line) for line in inside)
    return False


def _is_said(text: str, wanted: object) -> bool:
    try:
        return _compared(values_of(text)) == _compared(wanted)
    except FileError:
        return False


def _compared(value: object) -> str:
    """A value as two are compared: with its types (1 is not true), in any order of fields, a day as its
    text."""
    return json.dumps(value, sort_keys=True, default=lambda day: day.isoformat())


class _Cuts:
    """The places of a text that change. A node is what the parser makes of a value: kind and place."""

    def __init__(self, given: str) -> None:
        self.given = given
        self.newline = "\r\n" if "\r\n" in given else "\n"
        self.cuts: list[tuple[int, int, str]] = []

    def text(self) -> str | None:
        """The text with all changes; None where two of them touch."""
        made, at = [], 0
        for start, end, new in sorted(self.cuts, key=lambda cut: cut[:2]):
            if start < at:
                return None
            made += [self.given[at:start], new]
            at = end
        return "".join([*made, self.given[at:]])

    def root(self, node: Any, wanted: Mapping[str, Any] | list[Any], given: Any) -> None:
        """The whole file: a group in lines, or a list. Raises NotEditable for another form."""
        if isinstance(wanted, list) and node is None:
            self._lines(len(self.given), [f"- {inline(value)}" for value in wanted])
        elif isinstance(wanted, list) and isinstance(node, yaml.SequenceNode):
            self.sequence(node, wanted, given)
        elif isinstance(wanted, Mapping) and isinstance(node, yaml.MappingNode) and not node.flow_style:
            self.group(node, wanted, given)
        else:
            raise NotEditable("the file does not begin with `name: value` lines; edit it by hand")

    def value(self, key: Any, node: Any, wanted: object, given: object) -> None:
        """A value that is there becomes another. `key`: None for one of a list."""
        if _compared(wanted) == _compared(given):
            return
        both = _is_filled(node) and bool(wanted)
        if both and isinstance(node, yaml.MappingNode) and isinstance(wanted, Mapping):
            self.group(node, wanted, given)
        elif both and isinstance(node, yaml.SequenceNode) and isinstance(wanted, list):
            self.sequence(node, wanted, given)
        elif key is None:
            self.cuts.append((node.start_mark.index, _end(node), inline(wanted)))
        elif wanted == {} and _is_filled(node) and not node.flow_style:
            self._empty(key, node)
        elif wanted and (isinstance(wanted, Mapping) or _has_groups(wanted)):
            self._fill(key, node, wanted)
        else:
            self._replace(key, node, wanted)

    def group(self, node: Any, wanted: Mapping[str, Any], given: Any) -> None:
        """Fields taken out, changed and added."""
        pairs = {pair[0].value: pair for pair in node.value}
        for name, (key, value) in pairs.items():
            if name in wanted:
                self.value(key, value, wanted[name], given[name])
        self._take_out(node, [at for at, name in enumerate(pairs) if name not in wanted])
        before = None
        for name, value in wanted.items():
            if name in pairs:
                before = name
            else:
                self._add(node, pairs.get(before) if before is not None else None, name, value)

    def sequence(self, node: Any, wanted: list[Any], given: Any) -> None:
        """Values of a list taken out, changed and added."""
        steps = SequenceMatcher(None, [*map(_compared, given)], [*map(_compared, wanted)], autojunk=False)
        gone: list[int] = []
        for _, start, end, first, last in steps.get_opcodes():
            both = min(end - start, last - first)
            for at in range(both):
                self.value(None, node.value[start + at], wanted[first + at], given[start + at])
            gone += range(start + both, end)
            if added := wanted[first + both : last]:
                self._insert(node, start + both, added)
        self._take_out(node, gone)

    def _insert(self, node: Any, at: int, added: list[Any]) -> None:
        """Values before the one with this index of a list, or at its end."""
        before = node.value[at - 1] if at else None
        if node.flow_style:
            texts = [inline(value) for value in added]
            place = _end(before) if before else node.value[0].start_mark.index
            self.cuts.append(
                (place, place, "".join(f", {each}" if before else f"{each}, " for each in texts))
            )
            return
        indent = " " * node.start_mark.column
        lines = [f"{indent}- {inline(value)}" for value in added]
        self._lines(_end(before) if before else self._line(node.value[0].start_mark.index), lines)

    def _add(self, node: Any, before: Any, name: str, value: object) -> None:
        last = before or node.value[-1]
        if node.flow_style:
            self.cuts.append((_end(last[1]), _end(last[1]), f", {name_of(name)}: {inline(value)}"))
            return
        indent = " " * node.value[0][0].start_mark.column
        lines = field(name, value, indent, self._step(node))
        self._lines(_end(last[1]), ["", *lines] if self._has_gaps(node.value) else lines)

    def _take_out(self, node: Any, gone: list[int]) -> None:
        """Those with these indexes out of a group or a list, of which some stay."""
        spans = [*map(_span, node.value)]
        if not node.flow_style:
            for start, end in (spans[at] for at in gone):
                self.cuts.append((self._line(start), self._next_line(end), ""))
            return
        for at in gone:  # each goes with the comma before it; the first ones with the comma behind
            if any(each not in gone for each in range(at)):
                self.cuts.append((self._comma(spans[at - 1][1]), spans[at][1], ""))
            else:
                self.cuts.append((spans[at][0], spans[at + 1][0], ""))

    def _comma(self, place: int) -> int:
        """The comma behind a value in brackets, which a comment with commas may stand before."""
        while self.given[place] != ",":
            place = self.given.index("\n", place) if self.given[place] == "#" else place + 1
        return place

    def _empty(self, key: Any, node: Any) -> None:
        """All out of a group in lines; comments that stand between them stay."""
        colon = self.given.index(":", key.end_mark.index) + 1
        self.cuts.append((colon, colon, " {}"))
        for start, end in map(_span, node.value):
            self.cuts.append((self._line(start), self._next_line(end), ""))

    def _fill(self, key: Any, node: Any, wanted: Any) -> None:
        """A group, or a list of groups, in place of an empty one, or of a single value."""
        colon = self.given.index(":", key.end_mark.index) + 1
        self.cuts.append((colon, max(colon, _end(node)), ""))
        indent = " " * key.start_mark.column + STEP
        if isinstance(wanted, list):
            lines = [f"{indent}- {inline(value)}" for value in wanted]
        else:
            lines = [line for name, value in wanted.items() for line in field(name, value, indent)]
        self._lines(max(colon, _end(node)), lines)

    def _replace(self, key: Any, node: Any, wanted: object) -> None:
        colon = self.given.index(":", key.end_mark.index) + 1
        start, end = node.start_mark.index, _end(node)
        if isinstance(node, yaml.ScalarNode) and node.style in ("|", ">"):  # it ends with its last line
            end = start + len(self.given[start:end].rstrip())
        if start == end or self.given.count("\n", colon, start):  # empty, or on lines of its own
            self.cuts.append((colon, max(colon, end), f" {inline(wanted)}"))
        else:
            self.cuts.append((start, end, inline(wanted)))

    def _lines(self, place: int, lines: list[str]) -> None:
        """Lines behind the one in which `place` is."""
        at = self._next_line(place)
        text = "".join(f"{line}{self.newline}" for line in lines)
        if at and self.given[at - 1] != "\n":  # the last line has no end
            text = self.newline + text.removesuffix(self.newline)
        self.cuts.append((at, at, text))

    def _line(self, place: int) -> int:
        """Where the line of a place begins."""
        return self.given.rfind("\n", 0, place) + 1

    def _next_line(self, place: int) -> int:
        if not place or self.given[place - 1] == "\n":
            return place
        return self.given.find("\n", place) + 1 or len(self.given)

    def _has_gaps(self, pairs: list[Any]) -> bool:
        """Whether the last two entries of a group have an empty line between them."""
        if len(pairs) < 2:
            return False
        between = self.given[_end(pairs[-2][1]) : pairs[-1][0].start_mark.index]
        return any(not line.strip() for line in between.split("\n")[1:-1])

    def _step(self, node: Any) -> str:
        """By how much the entries of this group indent what is inside them."""
        for key, value in node.value:
            if isinstance(value, yaml.MappingNode) and value.value and not value.flow_style:
                return " " * int(value.start_mark.column - key.start_mark.column)
        return STEP


def _is_filled(node: Any) -> bool:
    """Whether it is a group or a list with something in it."""
    return not isinstance(node, yaml.ScalarNode) and bool(node.value)


def _has_groups(value: object) -> bool:
    return isinstance(value, list) and any(isinstance(each, Mapping) for each in value)


def _span(each: Any) -> tuple[int, int]:
    """From where to where one of a group (a pair) or of a list is written."""
    first, last = each if isinstance(each, tuple) else (each, each)
    return first.start_mark.index, _end(last)


def _end(node: Any) -> int:
    """Where a value ends; the parser lets a group in lines end where the next thing begins."""
    end: int = node.end_mark.index
    if isinstance(node, yaml.ScalarNode) or node.flow_style or not node.value:
        return end
    last = node.value[-1]
    return _end(last[1] if isinstance(node, yaml.MappingNode) else last)
