"""What each workflow does: check and preview a pull request, apply what was merged, look for drift.

The other commands are called as a person would call them. Of their exit codes, 2 (there is something to do)
is what a pull request is for, so it fails no job.
"""

import json
import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from t4firm_cli.drift import UNREAD
from t4firm_cli.engine import child
from t4firm_cli.github import posts
from t4firm_cli.github.gh import Gh
from t4firm_cli.project.exposed_secrets import refuse_exposed
from t4firm_cli.project.layout import Project, ProjectError
from t4firm_cli.terminal import complain, say

PREVIEW: Final = "preview.yml"
"""The workflow whose runs hold what was reviewed."""


BLIND: Final = 3
"""The exit code of `t4firm drift` that found nothing, and could not read the fill user."""

MAIN: Final = "main"
"""The branch that up.yml applies."""


class T4Firm(Protocol):
    """Calls a command of ours. Returns its exit code and what it printed, nothing of it where it is `live`:
    then it goes where our own output goes, as errors always do."""

    def __call__(self, *arguments: str, live: bool = False) -> tuple[int, str]: ...


def t4firm(*arguments: str, live: bool = False) -> tuple[int, str]:
    """The `t4firm` beside this Python."""
    command = [str(Path(sys.executable).parent / "t4firm"), *arguments]
    if live:
        return child.run(command), ""
    with tempfile.TemporaryFile("w+", encoding="utf-8") as printed:
        code = child.run(command, stdout=printed)
        printed.seek(0)
        return code, printed.read()


@dataclass(frozen=True)
class Workflows:
    """The workflows of one project. Each method returns the job's exit code."""

    project: Project
    gh: Gh
    t4firm: T4Firm = t4firm

    def check(self, base: str) -> int:
        """Every stack's files and what a change of them means, without a secret; on the job's page."""
        code, _ = self.t4firm("validate", live=True)
        for stack in self.project.stacks() if code == 0 else ():
            reviewed, comment = self._reviewed(stack, "--base", base)
            _summarize(comment)
            code = max(code, reviewed)
        return code

    def preview(self, stack: str, base: str, pull_request: int, save: Path, commit: str = "") -> int:
        """The comment on a pull request: what would happen in T4. It is written for a refused change too.
        `save` gets what was reviewed, for `up` after the merge; `commit` is named, so that a comment that
        could not be brought up to date shows it."""
        refuse_exposed(self.project, stack)
        named = f"\nReviewed: commit {commit}.\n" if commit else ""
        words = ("--base", base, "--run-preview", "--save", str(save), "--limit")
        code, comment = self._reviewed(stack, *words, str(posts.LARGEST - len(named)))
        say(f"The review stands in {posts.comment(self.gh, pull_request, comment + named)}")
        return code

    def up(self, stack: str, commit: str, *, by_hand: bool = False) -> int:
        """Apply what was reviewed in the pull request that this commit merged, and nothing else; `by_hand`:
        what nobody reviewed.

        Raises ProjectError, before anything is called, where there is no such review, and where the branch
        has moved on: a run that comes late, or again, would put older values back.
        """
        tip = self.gh.read(f"commits/{MAIN}")["sha"]
        if commit != tip:
            raise ProjectError(
                f"commit {commit[:12]} is no longer the newest of {MAIN}, which is {tip[:12]}: nothing was "
                f"applied to {stack}. The run of the newest commit applies everything before it too"
            )
        if by_hand:
            return self.t4firm("up", "--stack", stack, "--yes", live=True)[0]
        with tempfile.TemporaryDirectory() as folder:
            reviewed = self._review_of(stack, commit, Path(folder))
            words = ("up", "--stack", stack, "--yes", "--reviewed", str(reviewed))
            return self.t4firm(*words, live=True)[0]

    def drift(self, stack: str) -> int:
        """One issue while T4 differs from what was applied; closed when it does not any more. What could not
        be read hides nothing that was found, and closes nothing; the job's page shows it."""
        refuse_exposed(self.project, stack)
        marker = f"<!-- t4firm:drift:{stack} -->"
        code, text = self.t4firm("drift", "--stack", stack, "--json")
        try:
            found = json.loads(text)
        except ValueError:
            complain("Drift could not be looked for: the issue is left as it is.", "bad")
            return 1
        if found["differs"]:
            head = (
                f"{marker}\nSomebody changed T4 outside of the firm file, or a run left something undone. "
                "Either put T4 back, or write the change into the firm file. "
                f"`t4firm drift --stack {stack}` says:\n\n"
            )
            body = head + posts.fenced("\n".join(found["lines"]), posts.LARGEST - len(head))
            say(f"Drift: {posts.issue(self.gh, f'T4 differs from the firm file: {stack}', body)}")
        elif code == 0:
            closed = posts.close(self.gh, marker, "T4 is again what was applied.")
            say(f"No drift{f'; closed {closed}' if closed else ''}.")
        elif code == BLIND:
            say(f"::warning title=The fill user was not read::{UNREAD}")
            lines = posts.fenced("\n".join(found["lines"]))
            _summarize(f"## {stack}: the fill user was not read\n\n{lines}")
        else:
            complain("Not all could be read: the issue is left as it is.", "bad")
        return 0 if code in (2, BLIND) else code

    def _reviewed(self, stack: str, *arguments: str) -> tuple[int, str]:
        """The comment that `t4firm review` writes, also where the change would be refused (1)."""
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "review.md"
            code, _ = self.t4firm("review", "--stack", stack, *arguments, "--output", str(file))
            if not file.exists():
                raise ProjectError(f"there is no review of stack {stack}: `t4firm review` says why, above")
            return (0 if code == 2 else code), file.read_text()

    def _review_of(self, stack: str, commit: str, folder: Path) -> Path:
        pulls = self.gh.listed(f"commits/{commit}/pulls")
        heads = [
            each["head"]["sha"]
            for each in pulls
            if each["merged_at"] and each["base"]["ref"] == MAIN and each["merge_commit_sha"] == commit
        ]
        if not heads:
            raise ProjectError(
                f"commit {commit[:12]} merged no pull request into {MAIN}, so nobody reviewed what it does "
                "in T4: nothing was applied. Make the change by a pull request, or run the "
                "workflow `up` by hand"
            )
        path = f"actions/workflows/{PREVIEW}/runs?event=pull_request&status=success&head_sha={heads[0]}"
        runs = self.gh.read(path)["workflow_runs"]
        if not runs:
            raise ProjectError(
                f"there is no finished preview of {heads[0][:12]}, the last commit of the pull request: "
                "nothing was applied. Run its workflow `preview` again, then this one"
            )
        self.gh.download(runs[0]["id"], f"reviewed-{stack}", folder)
        return folder / "reviewed.json"


def _summarize(text: str) -> None:
    """On the page of the job; without GitHub, on standard output."""
    if page := os.environ.get("GITHUB_STEP_SUMMARY"):
        with open(page, "a") as file:
            file.write(f"{text}\n")
    else:
        say(text)
