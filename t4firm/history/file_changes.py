"""What one version of a firm file or an attested file says otherwise than the one before: a sentence each,
and what it is about.

Versions are compared as they were written, not as a firm: rules change, and a file of last year need not keep
those of today. Values of personal details are left out, as in a review.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from t4firm.model.firm import Limits
from t4firm.review.entries import SHOWN
from t4firm.tasks.ids import parts_of

UNREADABLE: Literal["unreadable"] = "unreadable"

Kind = Literal["came", "changed", "left", "signed off", "withdrawn", "exception", "unreadable"]
"""An entry came, changed, or left; a task was signed off, or its line taken out; something was let pass that
would have stopped a run, counted as a difference, or been captured; nobody can read what the version says."""

Path = tuple[str, ...]

ENTRIES = ("users", "accounts")
FILL_USER = ("fillService", "user")
TOLD = SHOWN | {"departed", "username", "account"}
"""Fields of users and accounts whose values are told."""

LIMITS = ("limits",)
ODD = "an entry of another form"
"""What a list has that no version of the file allows; nobody knows which part of it may be told."""

EXCEPTIONS: Mapping[Path, str] = {
    LIMITS: "limit raised",
    ("accepted",): "difference accepted",
    ("fillService", "exclude"): "fills not captured",
}
"""Parts of a firm file with which somebody lets something pass."""


@dataclass(frozen=True)
class FileChange:
    """One change. `about`: the users, accounts and tasks that it is about; none for one of the firm. `key`:
    what the file says now, whatever it said before. `says`: the field of the entry and its value, the one
    that is there or was there."""

    kind: Kind
    what: str
    about: tuple[str, ...] = ()
    by: str = ""
    evidence: str = ""
    key: tuple[str, ...] = field(default=(), compare=False)
    says: tuple[str, str] = field(default=("", ""), compare=False)

    @property
    def entry(self) -> tuple[str, ...]:
        """The part of the file, and the entry in it, that a change of a firm file is about."""
        return self.key[1:3] if self.kind in ("came", "left") else self.key[:2]


def firm_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[FileChange]:
    """The changes from one version of a firm file to the next; `before` is empty for the first. Of an entry
    that came or left, what it says is told too, each field by itself (`whole_entries` puts them together)."""
    olds, news = dict(_leaves(before)), dict(_leaves(after))
    for part in ENTRIES:
        was, now = part_of(before, part), part_of(after, part)
        yield from (_entry("came", (part, name), name) for name in sorted(now.keys() - was))
        yield from (_entry("left", (part, name), name) for name in sorted(was.keys() - now))
    had, has = _fill_user(before), _fill_user(after)
    if bool(had) is not bool(has):
        yield _entry("came" if has else "left", FILL_USER, has or had)
    for path in sorted(olds.keys() | news.keys()):
        old, new = olds.get(path), news.get(path)
        if old != new and not _is_told(path, before, after):
            yield _change(path, old, new, before, after)


def unreadable(name: str, why: str) -> FileChange:
    """A version of a file that says nothing that anybody can read."""
    told = f"this version of {name} cannot be read ({why}); what it changed is in the next one"
    return FileChange(UNREADABLE, told, key=(UNREADABLE, name))


def part_of(data: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """A part of a version; nothing where it is not what a part of this name is today."""
    found = data.get(name)
    return found if isinstance(found, Mapping) else {}


def attested_changes(before: list[Any], after: list[Any]) -> Iterator[FileChange]:
    """The lines that came into an attested file, and those that were taken out."""
    olds, news = _lines(before), _lines(after)
    yield from (_signed("signed off", line, each) for line, each in news.items() if line not in olds)
    yield from (_signed("withdrawn", line, each) for line, each in olds.items() if line not in news)


def about_task(task: str) -> tuple[str, ...]:
    """The user and the account of a task, and the task itself."""
    try:
        parts = parts_of(task)
    except ValueError:
        return (task,)
    return tuple(dict.fromkeys((*(parts[name] for name in ("username", "account") if name in parts), task)))


def _signed(kind: Kind, line: str, entry: Mapping[str, Any]) -> FileChange:
    task = str(entry.get("task", ""))
    return FileChange(kind, task, about_task(task), str(entry.get("by", "")), line, (kind, line))


def _entry(kind: Kind, path: Path, name: str) -> FileChange:
    return FileChange(kind, f"{'.'.join(path)} {kind}", (name,), key=(kind, *path))


def _fill_user(data: Mapping[str, Any]) -> str:
    """The name of the fill service's user; "" where a version has none."""
    return str(part_of(part_of(data, "fillService"), "user").get("username") or "")


def _lines(entries: Iterable[Any]) -> dict[str, Mapping[str, Any]]:
    """Each line of an attested file under what a record says of it, and its task."""
    return {_line(entry): entry for entry in entries if isinstance(entry, Mapping)}


def _line(entry: Mapping[str, Any]) -> str:
    note = f" ({entry['note']})" if entry.get("note") else ""
    return f"{entry.get('on', '')}, by {entry.get('by', '')}{note}: {entry.get('task', '')}"


def _leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Every single value, under its path; an item of a list is a part of the path."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _leaves(inner, (*path, str(name)))
    elif isinstance(value, list):
        for item in value:
            yield from _leaves("", (*path, ODD if isinstance(item, Mapping | list) else str(item)))
    elif value is not None:
        yield path, str(value)


def _is_told(path: Path, before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether a value is one of an entry that came or left as a whole, and tells nothing of its own."""
    if len(path) < 3 or not (path[0] in ENTRIES or path[:2] == FILL_USER):
        return False
    both = all(path[1] in part_of(side, path[0]) for side in (before, after))
    return not both and not _is_shown(path)


def _is_shown(path: Path) -> bool:
    """Whether the value may be told: of users and accounts, what they may do and not who they are."""
    is_entry = path[0] in (*ENTRIES, "defaults") or path[:2] == FILL_USER
    return not is_entry or (len(path) > 2 and path[2] in TOLD)


def _change(
    path: Path, old: str | None, new: str | None, before: Mapping[str, Any], after: Mapping[str, Any]
) -> FileChange:
    name, shown = ".".join(path), _is_shown(path)
    if not shown:
        what = f"{name} changed"
    elif old is None:
        what = f"{name}: {new}" if new else f"{'.'.join(path[:-1])}: {path[-1]} added"
    elif new is None:
        what = f"{name} removed" if old else f"{'.'.join(path[:-1])}: {path[-1]} removed"
    else:
        what = f"{name}: {old}, now {new}"
    about, key = _about(path, after or before), (*path, "" if new is None else f"={new}")
    is_item = "" in (old, new)
    says = (".".join(path[2:-1]), path[-1]) if is_item else (".".join(path[2:]), new or old or "")
    for part, words in EXCEPTIONS.items():
        if path[: len(part)] == part and new is not None and (part != LIMITS or _is_raised(path, old, new)):
            return FileChange("exception", f"{words}: {what}", about, key=key)
    return FileChange("changed", what, about, key=key, says=says)


def _is_raised(path: Path, old: str | None, new: str) -> bool:
    """Whether a limit allows more than before. Between a number and a percentage nobody can tell, so yes."""
    default = Limits.model_fields[path[-1]].default if path[-1] in Limits.model_fields else ""
    was = str(default) if old is None else old
    numbers = [text.removesuffix("%") for text in (was, new)]
    if was.endswith("%") != new.endswith("%") or not all(text.isdecimal() for text in numbers):
        return was != new
    return int(numbers[1]) > int(numbers[0])


def _about(path: Path, after: Mapping[str, Any]) -> tuple[str, ...]:
    if path[0] == "accepted" and len(path) > 1:
        return about_task(path[1])
    if path[0] == "users" and len(path) > 2:
        numbers = path[-1:] if "accounts" in path[2:-1] else ()
        return (path[1], *numbers)
    if path[0] in ENTRIES and len(path) > 1:
        return (path[1],)
    if path[0] == "fillService" and len(path) > 1:
        fill = (name,) if (name := _fill_user(after)) else ()
        numbers = path[2:3] if path[1] in ("exclude", "accounts") else path[-1:] if "accounts" in path else ()
        return (*fill, *numbers)
    return ()
