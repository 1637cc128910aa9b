"""Changes of a YAML text, as a person with an editor makes them: all else stays byte for byte.

    edited(text, wanted)    the text that says `wanted`, changed in no other place

`wanted` is what the text holds (`values_of`), with fields added, changed or taken out. A new field is written
behind the one that is before it in `wanted`.

A library that loads and dumps (ruamel.yaml) keeps comments, but not the rest: it joins wrapped lists, moves
comments, and indents anew. So the places come from the parser, and the text is cut there. What came out is
read again and compared with `wanted`: a text that cannot be cut this way (aliases, for example) is refused,
never damaged.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import yaml

from t4firm.yaml_files.mistakes import FileError
from t4firm.yaml_files.parser import PARSER, Reading
from t4firm.yaml_files.writing import field, inline, scalar

STEP: Final = "  "
BYTE_ORDER_MARK: Final = "\ufeff"


class NotEditable(ValueError):
    """The text is written in a way in which it cannot be changed safely; a sentence."""


def values_of(text: str) -> Any:
    """What a text holds, in groups and lists that may be changed. Raises FileError."""
    return Reading("the text", text.removeprefix(BYTE_ORDER_MARK)).root()[0]


def edited(text: str, wanted: Mapping[str, Any]) -> str:
    """The text that says `wanted`. Raises NotEditable; FileError where `text` is no YAML."""
    mark = BYTE_ORDER_MARK if text.startswith(BYTE_ORDER_MARK) else ""
    given = text.removeprefix(BYTE_ORDER_MARK)
    root = yaml.compose(given, Loader=PARSER)
    if not isinstance(root, yaml.MappingNode) or root.flow_style:
        raise NotEditable("the file does not begin with `name: value` lines; edit it by hand")
    cuts = _Cuts(given)
    cuts.group(root, wanted, values_of(given))
    changed = cuts.text()
    if changed is None or not _says(changed, wanted):
        raise NotEditable(
            "the file is written in a way that cannot be changed safely (with aliases, for example); edit it "
            "by hand"
        )
    return mark + changed


def _says(text: str, wanted: Mapping[str, Any]) -> bool:
    try:
        return bool(values_of(text) == wanted)
    except FileError:
        return False


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

    def value(self, key: Any, node: Any, wanted: object, given: object) -> None:
        """A value that is there becomes another."""
        if wanted == given and type(wanted) is type(given):
            return
        if isinstance(node, yaml.MappingNode) and isinstance(wanted, Mapping) and node.value and wanted:
            self.group(node, wanted, given)
        elif isinstance(node, yaml.SequenceNode) and isinstance(wanted, list) and node.value and wanted:
            self.sequence(key, node, wanted, given)
        elif isinstance(wanted, Mapping) and wanted:
            self._fill(key, node, wanted)
        else:
            self._replace(key, node, wanted)

    def group(self, node: Any, wanted: Mapping[str, Any], given: Any) -> None:
        """Fields taken out, changed and added."""
        pairs = {pair[0].value: pair for pair in node.value}
        for name, (key, value) in pairs.items():
            if name in wanted:
                self.value(key, value, wanted[name], given[name])
            else:
                self._take_out(node, [pair[0] for pair in node.value], key, value)
        before = None
        for name, value in wanted.items():
            if name in pairs:
                before = name
            else:
                self._add(node, pairs.get(before) if before is not None else None, name, value)

    def sequence(self, key: Any, node: Any, wanted: list[Any], given: Any) -> None:
        """Values taken out of a list and added at its end; any other change writes it anew."""
        kept = [value for value in given if value in wanted]
        if wanted[: len(kept)] != kept or not kept:
            self._replace(key, node, wanted)
            return
        for each, value in zip(node.value, given, strict=True):
            if value not in wanted:
                self._take_out(node, node.value, each, each)
        last = _end(node.value[-1])
        added = wanted[len(kept) :]
        if node.flow_style:
            self.cuts += [(last, last, f", {inline(value)}") for value in added]
        else:
            indent = " " * node.start_mark.column
            self._lines(last, [f"{indent}- {inline(value)}" for value in added])

    def _add(self, node: Any, before: Any, name: str, value: object) -> None:
        last = before or node.value[-1]
        if node.flow_style:
            self.cuts.append((_end(last[1]), _end(last[1]), f", {scalar(name)}: {inline(value)}"))
            return
        indent = " " * node.value[0][0].start_mark.column
        lines = field(name, value, indent, self._step(node))
        self._lines(_end(last[1]), ["", *lines] if self._has_gaps(node.value) else lines)

    def _take_out(self, node: Any, firsts: list[Any], first: Any, last: Any) -> None:
        """One of a group or a list; `firsts`: with what each of them begins."""
        at = firsts.index(first)
        if not node.flow_style:
            start = self.given.rfind("\n", 0, first.start_mark.index) + 1
            self.cuts.append((start, self._next_line(_end(last)), ""))
        elif at:
            comma = self.given.rindex(",", 0, first.start_mark.index)
            self.cuts.append((comma, _end(last), ""))
        else:
            self.cuts.append((first.start_mark.index, firsts[1].start_mark.index, ""))

    def _fill(self, key: Any, node: Any, wanted: Mapping[str, Any]) -> None:
        """A group in place of an empty one, or of a single value."""
        colon = self.given.index(":", key.end_mark.index) + 1
        self.cuts.append((colon, max(colon, _end(node)), ""))
        indent = " " * key.start_mark.column + STEP
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

    def _next_line(self, place: int) -> int:
        if place and self.given[place - 1] == "\n":
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


def _end(node: Any) -> int:
    """Where a value ends; the parser lets a group in lines end where the next thing begins."""
    end: int = node.end_mark.index
    if isinstance(node, yaml.ScalarNode) or node.flow_style or not node.value:
        return end
    last = node.value[-1]
    return _end(last[1] if isinstance(node, yaml.MappingNode) else last)
