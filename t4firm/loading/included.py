"""A firm file in several files of one folder: `include: [rates.users.yaml, energy.users.yaml]`.

Each included file holds `users` and `accounts`, and nothing else: one for a desk, with owners of its own.
What comes out is one document, as if all stood in the firm file; a mistake names the file in which it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from t4firm.yaml_files.document import Document, FileError, Loc, Mistake, mentions, read_on
from t4firm.yaml_files.mistakes import shown
from t4firm.yaml_files.parser import Place

SECTIONS: Final = ("users", "accounts")
OTHER_MEANINGS: Final = (".firm.yaml", ".stack.yaml", ".attested.yaml", ".operations.yaml", ".columns.yaml")
"""Endings of names that say something else of a file."""

Words = tuple[str, str]


def read_firm(path: Path, texts: Mapping[Path, str] | None = None) -> tuple[Document, list[Mistake]]:
    """A firm file with what it includes, as one document, and the mistakes in the way it is written.
    `texts`: what files would hold that are not written yet. Raises FileError where there is no rest to go on
    with."""
    texts = texts or {}
    document, mistakes = read_on(path, text=texts.get(path))
    for loc, name, part in _named(path, document):
        if wrong := _no_part(name, part, path):
            mistakes.append(document.mistake(loc, *wrong))
            continue
        try:
            included, found = read_on(part, text=texts.get(part))
        except FileError as error:
            mistakes += error.mistakes
            continue
        mistakes += found
        mistakes += _joined(document, included)
    return document, mistakes


def parts_of(path: Path) -> list[Path]:
    """The firm file and the files that it includes, as far as they are there; the firm file is the first."""
    try:
        if not mentions(path, "include"):
            return [path]
        document, _ = read_on(path)
    except FileError:
        return [path]
    return [path, *(part for _, name, part in _named(path, document) if not _no_part(name, part, path))]


def _named(path: Path, document: Document) -> Iterator[tuple[Loc, str, Path]]:
    """What is included, each once: its place in the firm file, its name, its file."""
    names = document.data.get("include")
    seen = set()
    for index, name in enumerate(names if isinstance(names, list) else ()):
        if isinstance(name, str) and name and name not in seen:  # what else is there, the model refuses
            seen.add(name)
            yield ("include", index), name, path.parent / name


def _no_part(name: str, part: Path, firm_file: Path) -> Words | None:
    """Why a file cannot be included, and what would be right."""
    if Path(name).name != name or part == firm_file:
        return f'"{shown(name)}" is not a file in this folder', "name a file of the same folder"
    if not name.endswith(".yaml") or name.endswith(OTHER_MEANINGS) or name.startswith("Pulumi."):
        return (
            f'the name "{shown(name)}" says that the file is something else',
            "give it a name such as rates.users.yaml",
        )
    if not part.is_file():
        return f'there is no file "{shown(name)}" in this folder', "add it, or correct the name"
    return None


def _joined(document: Document, part: Document) -> Iterator[Mistake]:
    """Moves the entries of an included file into the document; what cannot be moved is said."""
    for name, entries in part.data.items():
        if name not in SECTIONS:
            right = f"write it in {document.file}: an included file has only users and accounts"
            yield part.mistake((name,), "must not be in an included file", right)
        elif entries is not None and not isinstance(entries, dict):
            yield part.mistake((name,), "is not a group of entries", "write one entry under each name")
        else:
            yield from _moved(document, part, name, entries or {})


def _moved(document: Document, part: Document, section: str, entries: dict[str, Any]) -> Iterator[Mistake]:
    held = document.data.get(section)
    if held is None:
        held = document.data[section] = {}
    if not isinstance(held, dict):  # the model refuses it
        return
    places = document.place.inside.setdefault(section, Place(1))
    for name, entry in entries.items():
        if name in held:
            yield part.mistake(
                (section, name),
                f"is also {document.where((section, name))}",
                "keep one of the two",
            )
            continue
        held[name] = entry
        place = part.place.inside[section].inside[name]
        place.file = part.file
        places.inside[name] = place
