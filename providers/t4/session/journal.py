"""The journal: what this stack was about to change in T4, and what came back, kept beside the engine's
state.

The engine records nothing of a `create` that did not return (engine.md: a killed run, a lost answer). So
each changing call is written here before it is made, and its answer after it: the next run finds the answer
and makes no second call. Entries hold ids, roles, applications and states; no password and no personal
details: of each value that a call sent, a mark (`Session.mark`). An answer is the answer to the request with
these marks, and to no other one.

One folder a stack, in it one for each endpoint, in it one file an entry, written atomically and to the
disk, mode 0600.
"""

import fcntl
import hashlib
import json
import os
import re
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from providers.t4.session.place import folder_for

FORMAT = 2

Marks = Mapping[str, str]
"""The mark of each field that a request sends; of an older version's request, nothing."""


class JournalUnusable(Exception):
    """The journal cannot be written (read-only, full disk): the run stops before the call, nothing happened
    in T4."""


JournalUnusable.__module__ = "builtins"


Kept = Mapping[str, Any]
"""What the journal keeps of an answer: JSON."""


@dataclass(frozen=True)
class Attempt:
    """A request that was about to be made, and when."""

    at: str
    sent: Marks = field(default_factory=dict)


@dataclass(frozen=True)
class Entry:
    """One changing call: `key` says which, `attempts` what was about to be sent and when. `answer`: what
    came back at `answered`, to the request with the marks `sent`; nothing was attempted after it."""

    key: str
    attempts: tuple[Attempt, ...] = ()
    answered: str = ""
    answer: Kept = field(default_factory=dict)
    sent: Marks = field(default_factory=dict)

    @property
    def begun(self) -> tuple[str, ...]:
        """When each attempt was about to be made."""
        return tuple(attempt.at for attempt in self.attempts)


class Journal:
    """The entries of one stack at one endpoint. Safe with several threads and processes at once."""

    def __init__(self, folder: Path, endpoint: str) -> None:
        self.folder = folder / folder_for(endpoint)

    def find(self, key: str) -> Entry | None:
        """The entry of a call, or None. A file that is damaged or somebody else's is set aside, never
        trusted."""
        path = self.file_of(key)
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._unusable(error) from None
        entry = _entry(content)
        if entry is None or entry.key != key:
            self._set_aside(path)
            return None
        return entry

    def entries(self) -> Iterator[Entry]:
        """Every entry that is whole."""
        for path in sorted(self.folder.glob("*.json")):
            try:
                entry = _entry(path.read_bytes())
            except OSError:
                continue  # taken back meanwhile
            if entry:
                yield entry

    def intend(self, key: str, now: str, sent: Marks) -> Entry:
        """Write down that this is about to be sent; returns what was written before this attempt. An answer
        to an earlier request is none from now on: it does not say what this one changes."""
        with self._locked():
            before = self.find(key) or Entry(key)
            earlier = () if before.answered else before.attempts
            self._write(Entry(key, (*earlier, Attempt(now, dict(sent)))))
            return before

    def answered(self, key: str, now: str, answer: Kept, sent: Marks) -> None:
        """Write down what came back to the request with these marks. Where that fails, say so and go on: the
        engine records it too."""
        with self._after_the_call(), self._locked():
            attempts = (self.find(key) or Entry(key)).attempts
            self._write(Entry(key, attempts, now, dict(answer), dict(sent)))

    def nothing_happened(self, key: str, now: str) -> None:
        """Take back the attempt begun at `now`: T4 refused it, or was never reached."""
        with self._after_the_call(), self._locked():
            entry = self.find(key)
            if entry and not entry.answered:
                attempts = tuple(attempt for attempt in entry.attempts if attempt.at != now)
                if attempts:
                    self._write(Entry(key, attempts))
                else:
                    self.forget(key)

    def forget(self, key: str) -> None:
        """Remove the entry of what is no longer this stack's."""
        try:
            self.file_of(key).unlink(missing_ok=True)
        except OSError as error:
            raise self._unusable(error) from None

    def file_of(self, key: str) -> Path:
        """The file of a call's entry, whether it is there or not."""
        kind = re.sub(r"[^a-z-]", "", key.partition("/")[0].lower())
        return self.folder / f"{kind}-{hashlib.sha256(key.encode()).hexdigest()[:32]}.json"

    def _write(self, entry: Entry) -> None:
        path = self.file_of(entry.key)
        text = json.dumps({"format": FORMAT, **asdict(entry)}, indent=1)
        try:
            # mkstemp makes files with mode 0600
            handle, name = tempfile.mkstemp(prefix=".", suffix=".writing", dir=self.folder)
            try:
                with os.fdopen(handle, "w") as file:
                    file.write(text)
                    file.flush()
                    os.fsync(file.fileno())
                os.replace(name, path)
            except BaseException:
                Path(name).unlink(missing_ok=True)
                raise
            self._sync_folder()
        except OSError as error:
            raise self._unusable(error) from None

    def _sync_folder(self) -> None:
        folder = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = os.open(self.folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise self._unusable(error) from None
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    @contextmanager
    def _after_the_call(self) -> Iterator[None]:
        """What T4 answered counts, also when it cannot be written down here any more."""
        try:
            yield
        except JournalUnusable as error:
            reason = error.__context__
            # The engine shows what a provider writes here.
            print(
                f"the journal {self.folder} could not be written after a call "
                f"({getattr(reason, 'strerror', None) or reason}): only the engine's state has its outcome",
                file=sys.stderr,
            )

    def _set_aside(self, path: Path) -> None:
        for number in range(1, 1000):
            aside = path.with_suffix(f".damaged{number}")
            if not aside.exists():
                try:
                    path.rename(aside)
                except OSError as error:
                    raise self._unusable(error) from None
                # The engine shows what a provider writes here.
                print(f"{path} is damaged or not this journal's: set aside as {aside.name}", file=sys.stderr)
                return

    def _unusable(self, error: OSError) -> JournalUnusable:
        return JournalUnusable(
            f"the journal {self.folder} cannot be used ({error.strerror or error}). It keeps a killed run "
            "from making a user twice, so "
            "nothing was called. Free the disk or make the folder writable, or name another folder with "
            "`t4:journal`"
        )


def _entry(content: bytes) -> Entry | None:
    """An entry from a file's content; None for anything that this journal did not write."""
    try:
        data = json.loads(content)
        data = data if data["format"] == FORMAT else _upgraded(data)
        if data.keys() != {"format", *(part.name for part in fields(Entry))}:
            return None
        attempts = tuple(Attempt(**each) for each in data["attempts"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    entry = Entry(data["key"], attempts, data["answered"], data["answer"], data["sent"])
    texts = (entry.key, entry.answered, *entry.begun)
    marks = (entry.sent, *(attempt.sent for attempt in attempts))
    sound = all(isinstance(text, str) for text in texts) and isinstance(entry.answer, dict)
    return entry if sound and all(map(_are_marks, marks)) else None


def _upgraded(data: Any) -> Kept:
    """An entry of format 1, which marked nothing but the one value that a step was taken for. Raises
    KeyError or TypeError for what is none."""
    if data["format"] != 1:
        raise KeyError("format")
    begun, answer = data.pop("begun"), {**data["answer"]}
    sent = {"wish": answer.pop("wish")} if "wish" in answer else {}
    attempts = [{"at": at, "sent": {}} for at in begun]
    return {**data, "format": FORMAT, "attempts": attempts, "answer": answer, "sent": sent}


def _are_marks(sent: Any) -> bool:
    return isinstance(sent, dict) and all(isinstance(mark, str) for mark in sent.values())
