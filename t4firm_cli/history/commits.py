"""The commits of a stack's files: who, when, through which pull request, and what each says otherwise."""

import os
import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from t4firm.history.events import Commit
from t4firm.history.file_changes import ENTRIES, FileChange, attested_changes, firm_changes, part_of
from t4firm.yaml_files.document import FileError, read_on
from t4firm_cli.project.layout import Project, ProjectError

MAIN = ("origin/main", "origin/master", "main", "master")
"""What the main branch may be called, the server's own first."""

APPROVED = re.compile(r"^(?:Reviewed|Approved|Acked)-by:\s*(.+?)\s*$", re.IGNORECASE | re.MULTILINE)
MAIL = re.compile(r"\s*<[^>]*>$")
PULL_REQUEST = re.compile(r"^Merge pull request #(\d+)\b|\(#(\d+)\)$|\bmerge request !(\d+)\b")
"""As a host writes it: a merge's subject, or the end of a squashed one's. An account's number is none."""

FIELDS = ("%H", "%P", "%an", "%cd", "%G?", "%s", "%B")


@dataclass(frozen=True)
class Changed:
    """What one commit says otherwise than the one before."""

    commit: Commit
    changes: tuple[FileChange, ...]


@dataclass(frozen=True)
class Repository:
    """The git repository around a project."""

    project: Project

    def changed(self, files: Sequence[Path]) -> tuple[Changed, ...]:
        """Every commit of these files in the history of what is checked out, the oldest first; of a merge,
        what none of its branches has. Raises ProjectError where there is no repository."""
        names, places = self._names(files), self._places(files)
        found = [*self._commits("--reverse", "--topo-order", "--full-history", "HEAD", "--", *places)]
        with TemporaryDirectory(prefix="t4firm-") as folder:
            versions = _Versions(self, Path(folder))
            told = [
                Changed(self._merged(commit), versions.changes(parents, commit.sha, names))
                for commit, parents in found
            ]
        return tuple(each for each in told if each.changes)

    def reach(self, commit: str, files: Sequence[Path]) -> frozenset[str]:
        """The commits of these files that a commit has in its history; empty for one that is not here."""
        said = self._git("rev-list", commit, "--", *self._places(files)) if commit else None
        return frozenset(said.stdout.split()) if said and said.returncode == 0 else frozenset()

    def has(self, commit: str) -> bool:
        """Whether the commit is here."""
        return self._git("cat-file", "-e", f"{commit}^{{commit}}").returncode == 0

    def main(self) -> str:
        """The name of the main branch here; "" where none of the usual names is."""
        return next(
            (name for name in MAIN if self._git("rev-parse", "-q", "--verify", name).returncode == 0), ""
        )

    def is_on(self, branch: str, commit: str) -> bool:
        """Whether a branch has the commit."""
        return self._git("merge-base", "--is-ancestor", commit, branch).returncode == 0

    @property
    def is_shallow(self) -> bool:
        """Whether the history here is cut off."""
        return self._git("rev-parse", "--is-shallow-repository").stdout.strip() == "true"

    def read(self, commit: str, name: str) -> bytes | None:
        """A file as a commit has it; None where it has none."""
        prefix = self._git("rev-parse", "--show-prefix").stdout.strip()
        done = subprocess.run(
            ["git", "cat-file", "blob", f"{commit}:{prefix}{name}"],
            cwd=self.project.folder,
            capture_output=True,
            check=False,
        )
        return done.stdout if done.returncode == 0 else None

    def _names(self, files: Sequence[Path]) -> list[str]:
        return [os.path.relpath(file, self.project.folder) for file in files]

    def _places(self, files: Sequence[Path]) -> list[str]:
        """Where git looks: the files, and beside one that ever included others, every YAML file."""
        names = self._names(files)
        including = (
            name for name in names if self._git("log", "-1", "--format=%h", "-G^include", "--", name).stdout
        )
        return [*names, *(f":(glob){os.path.dirname(name)}/*.yaml" for name in including)]

    def _merged(self, commit: Commit) -> Commit:
        """A commit with how it came to what is checked out: by the first merge on the way that has it."""
        merged = self._merges.get(commit.sha)
        if merged is None:
            return commit
        return replace(
            commit,
            pull_request=commit.pull_request or merged.pull_request,
            merged_by=merged.author,
            approved=tuple(dict.fromkeys((*commit.approved, *merged.approved))),
        )

    @cached_property
    def _merges(self) -> Mapping[str, Commit]:
        """Commit -> the merge that brought it, for each that was made on a branch."""
        merges = {each.sha: each for each, _ in self._commits("--merges", "--first-parent", "HEAD")}
        lines = (line.split() for line in self._git("rev-list", "--parents", "HEAD").stdout.splitlines())
        parents = {commit: others for commit, *others in lines}
        chain = self._git("rev-list", "--first-parent", "--reverse", "HEAD").stdout.split()
        found: dict[str, Commit] = {}
        direct = set(chain)
        for sha in (each for each in chain if each in merges):
            ahead = parents[sha][1:]
            while ahead:
                commit = ahead.pop()
                if commit not in found and commit not in direct:
                    found[commit] = merges[sha]
                    ahead += parents.get(commit, [])
        return found

    def _commits(self, *arguments: str) -> Iterator[tuple[Commit, tuple[str, ...]]]:
        """Each commit with its parents; the first of all has none."""
        form = "--format=" + "%x00".join(FIELDS) + "%x01"
        said = self._git("log", form, "--date=format-local:%Y-%m-%dT%H:%M:%SZ", *arguments)
        if said.returncode:
            raise ProjectError(f"git has no history here: {said.stderr.strip()}")
        for text in filter(None, (part.strip("\n") for part in said.stdout.split("\x01"))):
            sha, parents, author, at, signature, subject, body = text.split("\0", 6)
            number = PULL_REQUEST.search(subject)
            yield (
                Commit(
                    sha,
                    at,
                    author,
                    subject,
                    f"#{next(filter(None, number.groups()))}" if number else "",
                    approved=tuple(dict.fromkeys(MAIL.sub("", who) for who in APPROVED.findall(body))),
                    signature=signature,
                ),
                (*parents.split(),),
            )

    def _git(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        try:
            return subprocess.run(
                ["git", *arguments],
                cwd=self.project.folder,
                env={**os.environ, "LC_ALL": "C", "TZ": "UTC"},
                capture_output=True,
                text=True,
                errors="replace",
                check=False,
            )
        except FileNotFoundError:
            raise ProjectError("there is no `git` here, which knows who changed what") from None


@dataclass(frozen=True)
class _Versions:
    """Files as commits have them. They hold personal details, so each is there only while it is read, in a
    folder of this user's alone."""

    repository: Repository
    folder: Path

    def changes(self, parents: Sequence[str], commit: str, names: Sequence[str]) -> tuple[FileChange, ...]:
        """What a commit says otherwise than each of its parents."""
        first, *others = [[*self._since(parent, commit, names)] for parent in parents or ("",)]
        also = [{change.key for change in found} for found in others]
        return tuple(change for change in first if all(change.key in keys for keys in also))

    def _since(self, parent: str, commit: str, names: Sequence[str]) -> Iterator[FileChange]:
        for name in names:
            before, after = (self._whole(each, name) for each in (parent, commit))
            if before == after:
                continue
            if name.endswith(".attested.yaml"):
                yield from attested_changes(_lines(before), _lines(after))
            else:
                yield from firm_changes(before, after)

    def _whole(self, commit: str, name: str) -> Mapping[str, Any]:
        """What a file says together with those that it includes: an entry that moves to another file has not
        left."""
        data = self._data(commit, name)
        included = data.get("include")
        if not isinstance(included, list):
            return data
        whole = {key: value for key, value in data.items() if key != "include"}
        for other in (
            self._data(commit, os.path.join(os.path.dirname(name), str(each))) for each in included
        ):
            whole |= {part: {**part_of(whole, part), **part_of(other, part)} for part in ENTRIES}
        return whole

    def _data(self, commit: str, name: str) -> Mapping[str, Any]:
        """What a file says; nothing where there was none, or one that could not be read."""
        content = self.repository.read(commit, name) if commit else None
        if not content:
            return {}
        file = self.folder / "version.yaml"
        file.write_bytes(content)
        try:
            return read_on(file, list_as="attested")[0].data
        except FileError:
            return {}
        finally:
            file.unlink()


def _lines(data: Mapping[str, Any]) -> list[Any]:
    lines = data.get("attested")
    return lines if isinstance(lines, list) else []
