"""A firm out of a file with mistakes: what a model refuses is replaced, so that rules can still be checked.

repair = Repair(data, document)
repair.firm, repair.refused, repair.unread
"""

from __future__ import annotations

import copy
import json
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from t4firm.model.firm import Firm
from t4firm.yaml_files.document import MOST_MISTAKES, Document, Loc, refused
from t4firm.yaml_files.model_errors import example_at, names_at, nearest_name

_MOST_REPAIRS = 8


def _is_name_of_entry(loc: Loc) -> bool:
    """Whether a path is a user's name, filled in from the entry's. What is refused is the spelling: the entry
    still says whom it is about."""
    return len(loc) == 3 and (loc[0], loc[2]) == ("users", "username")


class Repair:
    """`firm`: as far as the data can be read, None if nothing much of it is right; `refused`: what the model
    refuses; `unread`: the paths whose meaning is lost by that; `moved`: where in the file what came after a
    lost part of a list is."""

    def __init__(self, data: dict[str, Any], document: Document) -> None:
        self.firm: Firm | None = None
        self.refused: list[ErrorDetails] = []
        self.unread: set[Loc] = set()
        self._document, self._data = document, data
        self._left: dict[Loc, list[int]] = {}
        for attempt in range(_MOST_REPAIRS):
            try:
                self.firm = Firm.model_validate_json(json.dumps(self._data), strict=True)
                return
            except ValidationError as error:
                details = refused(error, self._data)
            if attempt == 0:
                self.refused, self._data = details, copy.deepcopy(data)
            if len(details) >= MOST_MISTAKES:
                return
            self._replace(details)

    @property
    def unread_as_written(self) -> set[Loc]:
        """The unread paths in the file: a default is one, in however many entries it is."""
        return {self._document.origin(loc) for loc in self.unread}

    @property
    def moved(self) -> dict[Loc, Loc]:
        """A path in the firm -> its path in the file, for parts of lists that lost one before them."""
        return {
            (*loc, index): self._document.origin((*loc, before))
            for loc, left in self._left.items()
            for index, before in enumerate(left)
        }

    def _replace(self, details: list[ErrorDetails]) -> None:
        """Replaces what was refused, and notes what is lost by it."""
        # from the last to the first: removing one of a list must not move those that are still to come
        for detail in sorted(
            details, key=lambda each: [str(part).zfill(9) for part in each["loc"]], reverse=True
        ):
            loc, kind = detail["loc"], detail["type"]
            parent = self._parent(loc)
            if parent is None:  # it went with what held it
                continue
            if kind == "extra_forbidden":
                del parent[loc[-1]]
                if meant := nearest_name(str(loc[-1]), names_at(Firm, loc[:-1])):
                    self.unread.add((*loc[:-1], meant))
            elif kind == "string_type" and type(detail["input"]) in (int, float):
                parent[loc[-1]] = self._document.written(loc) or ""  # what was meant is clear
            elif kind == "missing":
                self._add(loc)
            else:
                self._remove(loc)

    def _add(self, loc: Loc) -> None:
        """Something in place of what is missing; without an example, nothing of what lacks it."""
        example = example_at(Firm, loc)
        if not _is_name_of_entry(loc):
            self.unread.add(loc)
        if isinstance(example, list):
            self._parent(loc)[loc[-1]] = []  # another entry may have what the example names
        elif example is not None:
            self._parent(loc)[loc[-1]] = copy.deepcopy(example)
        elif len(loc) > 1:
            self._remove(loc[:-1])

    def _remove(self, loc: Loc) -> None:
        parent = self._parent(loc)
        last = loc[-1]
        if isinstance(parent, list) and isinstance(last, int):
            left = self._left.setdefault(loc[:-1], list(range(len(parent))))
            self.unread.add((*loc[:-1], left.pop(last)))
        elif not _is_name_of_entry(loc):
            self.unread.add(loc)
        del parent[last]

    def _parent(self, loc: Loc) -> Any:
        """The list or group that holds the last part of a path; None if there is none."""
        held: Any = self._data
        for part in loc[:-1]:
            if isinstance(held, dict) and part not in held:
                return None
            held = held[part]
        return held
