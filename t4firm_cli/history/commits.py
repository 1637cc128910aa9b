"""The commits of a stack's files, with what each says otherwise than the one before."""

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory

from t4firm.history.events import Commit
from t4firm.history.file_changes import FileChange
from t4firm_cli.history.log import Logged, log
from t4firm_cli.history.versions import Versions
from t4firm_cli.project.git import git, text_of
from t4firm_cli.project.layout import Project

MAIN = ("origin/main", "origin/master", "main", "master")
"""What the main branch may be called, the server's own first."""

RENAMED = re.compile(r"\bR\d+\0([^\0]+)\0")
"""A file that got another name, as `git log --name-status -z` has it: the name before."""


@dataclass(frozen=True)
class Changed:
    """What one commit changed. `brought_by`: the commit on the main line that brought it there: a merge, or
    itself."""

    commit: Commit
    changes: tuple[FileChange, ...]
    brought_by: Logged


@dataclass(frozen=True)
class Repository:
    """The git repository around a project."""

    project: Project

    def changed(self, files: Sequence[Path]) -> tuple[Changed, ...]:
        """Every commit of these files in the history of what is checked out, the oldest first; of a merge,
        what none of its branches has. Where the history is cut off, nobody knows what its first commit here
        changed, so it is left out. Raises ProjectError where there is no repository."""
        names, places = self._names(files), self._places(files)
        found = [*log(self.folder, "--reverse", "--topo-order", "--full-history", "HEAD", "--", *places)]
        cut = self._cut_off
        with TemporaryDirectory(prefix="t4firm-") as folder:
            prefix = self._said("rev-parse", "--show-prefix").rstrip("\n")
            older = {name: self._older(name) for name in names}
            versions = Versions(self.folder, prefix, Path(folder), older, bool(cut))
            told = [
                self._changed(each, versions.changes(each.parents, each.commit.sha, names))
                for each in found
                if each.commit.sha not in cut
            ]
        return tuple(each for each in told if each.changes)

    @property
    def folder(self) -> Path:
        """Where git is called."""
        return self.project.folder

    def reach(self, commit: str, files: Sequence[Path]) -> frozenset[str]:
        """The commits of these files that a commit has in its history; empty for one that is not here."""
        said = git(self.folder, "rev-list", commit, "--", *self._places(files)) if commit else None
        return frozenset(text_of(said).split()) if said and said.returncode == 0 else frozenset()

    def has(self, commit: str) -> bool:
        """Whether the commit is here."""
        return git(self.folder, "cat-file", "-e", f"{commit}^{{commit}}").returncode == 0

    def main(self) -> str:
        """The name of the main branch here; "" where none of the usual names is."""
        found = (
            name for name in MAIN if git(self.folder, "rev-parse", "-q", "--verify", name).returncode == 0
        )
        return next(found, "")

    def is_on(self, branch: str, commit: str) -> bool:
        """Whether a branch has the commit."""
        return git(self.folder, "merge-base", "--is-ancestor", commit, branch).returncode == 0

    @property
    def pushed(self) -> frozenset[str]:
        """The commits that a branch of a server has, as far as is known here; empty without a server."""
        return frozenset(self._said("rev-list", "--remotes").split())

    @property
    def is_shallow(self) -> bool:
        """Whether the history here is cut off."""
        return self._said("rev-parse", "--is-shallow-repository").strip() == "true"

    @property
    def _cut_off(self) -> frozenset[str]:
        """The commits at which the history here is cut off: git shows them without their parents."""
        if not self.is_shallow:
            return frozenset()
        file = self.folder / self._said("rev-parse", "--git-path", "shallow").rstrip("\n")
        return frozenset(file.read_text(encoding="ascii").split())

    def _names(self, files: Sequence[Path]) -> list[str]:
        return [os.path.relpath(file, self.folder) for file in files]

    def _older(self, name: str) -> tuple[str, ...]:
        """How a file was called before, the newest name first."""
        words = ("log", "--follow", "--diff-filter=R", "--name-status", "--relative", "-z", "--format=")
        return tuple(dict.fromkeys(RENAMED.findall(self._said(*words, "--", name))))

    def _places(self, files: Sequence[Path]) -> list[str]:
        """Where git looks: the files, and beside one that ever included others, every YAML file."""
        names = [each for name in self._names(files) for each in (name, *self._older(name))]
        including = (
            name for name in names if self._said("log", "-1", "--format=%h", "-G^include", "--", name)
        )
        return [*names, *(f":(glob){os.path.dirname(name) or '.'}/*.yaml" for name in including)]

    def _changed(self, each: Logged, changes: tuple[FileChange, ...]) -> Changed:
        """A commit with how it came to what is checked out: by the first merge on the way that has it."""
        merge = self._merges.get(each.commit.sha)
        return Changed(each.merged_by(merge), changes, merge or each)

    @cached_property
    def _merges(self) -> Mapping[str, Logged]:
        """Commit -> the merge that brought it, for each that was made on a branch."""
        merges = {each.commit.sha: each for each in log(self.folder, "--merges", "--first-parent", "HEAD")}
        lines = (line.split() for line in self._said("rev-list", "--parents", "HEAD").splitlines())
        parents = {commit: others for commit, *others in lines}
        chain = self._said("rev-list", "--first-parent", "--reverse", "HEAD").split()
        found: dict[str, Logged] = {}
        direct = set(chain)
        for sha in (each for each in chain if each in merges):
            ahead = parents[sha][1:]
            while ahead:
                commit = ahead.pop()
                if commit not in found and commit not in direct:
                    found[commit] = merges[sha]
                    ahead += parents.get(commit, [])
        return found

    def _said(self, *arguments: str) -> str:
        return text_of(git(self.folder, *arguments))
