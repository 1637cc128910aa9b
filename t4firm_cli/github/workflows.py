"""What each workflow does: check and preview a pull request, apply what was merged, look for drift.

The other commands are called as a person would call them. Of their exit codes, 2 (there is something to do)
is what a pull request is for, so it fails no job; but that of `up`, which is an alarm.
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
from t4firm_cli.engine.ending import SOMETHING_TO_DO
from t4firm_cli.engine.state_copy import REVIEW_KEY
from t4firm_cli.github import posts
from t4firm_cli.github.gh import Gh
from t4firm_cli.github.reviewed_list import MAIN, list_of
from t4firm_cli.project.exposed_secrets import refuse_exposed
from t4firm_cli.project.layout import Project, ProjectError
from t4firm_cli.project.sides import digests
from t4firm_cli.terminal import complain, say

CREDENTIALS: Final = ("T4_API_KEY", "T4_LOGIN")
"""Without one of them, T4 cannot be read."""

DEPENDABOT: Final = "dependabot[bot]"
FOR_DEPENDABOT: Final = (
    f"{REVIEW_KEY} is not set: Dependabot's runs get no secret of Actions. Set it for Dependabot too "
    "(Settings > Secrets and variables > Dependabot), or push its change to a branch of your own"
)

BLIND: Final = 3
"""The exit code of `t4firm drift` that found nothing, and could not read the fill user."""


ALARM: Final = (
    "The run is complete: nothing failed, and everything is recorded. But T4 shows a violation, or denies a "
    "sign-off: the log of this job has it, after VIOLATION or CONTRADICTED. Each run fails until that is "
    "corrected, so do not start this one again before."
)
"""What the job of a complete run says that raised an alarm."""


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
class PullRequest:
    """A pull request and the revision that it is compared with. `commit`: its last one, which the comment
    names, so that one that could not be brought up to date shows it; "" for none."""

    number: int
    base: str
    commit: str = ""


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

    def preview(self, stack: str, change: PullRequest, save: Path, state_copy: Path | None = None) -> int:
        """The comment on a pull request: what would happen in T4. It is written for a refused change too.
        `save` gets what was reviewed, for `up` after the merge. `state_copy`: preview on this copy, not on
        the state. T4 is read where there are credentials for it."""
        refuse_exposed(self.project, stack)
        if state_copy and not os.environ.get(REVIEW_KEY) and os.environ.get("GITHUB_ACTOR") == DEPENDABOT:
            raise ProjectError(FOR_DEPENDABOT)
        named = f"\nReviewed: commit {change.commit}.\n" if change.commit else ""
        words = ["--base", change.base, "--run-preview", "--save", str(save)]
        words += ["--state-copy", str(state_copy)] if state_copy else []
        words += [] if any(map(os.environ.get, CREDENTIALS)) else ["--no-read"]
        code, comment = self._reviewed(stack, *words, "--limit", str(posts.LARGEST - len(named)))
        say(f"The review is in {posts.comment(self.gh, change.number, comment + named)}")
        return code

    def up(self, stack: str, commit: str, *, by_hand: bool = False, state_copy: Path | None = None) -> int:
        """Apply what was reviewed in the pull request that this commit merged, and nothing else; `by_hand`:
        what nobody reviewed. `state_copy` gets a copy of the state after it, for previews.

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
            return self._applied(stack, state_copy)
        with tempfile.TemporaryDirectory() as folder:
            reviewed = list_of(self.gh, commit, stack, digests(self.project, stack), Path(folder))
            return self._applied(stack, state_copy, "--reviewed", str(reviewed))

    def drift(self, stack: str, state_copy: Path | None = None) -> int:
        """One issue while T4 differs from what was applied; closed when it does not any more. What could not
        be read hides nothing that was found, and closes nothing; the job's page shows it. `state_copy` gets a
        copy of the state, for previews."""
        refuse_exposed(self.project, stack)
        copied = self._copied(stack, state_copy)
        return self._looked(stack) or copied

    def _applied(self, stack: str, state_copy: Path | None, *words: str) -> int:
        """A run that failed has changed the state too, so it leaves a copy as well. The job fails also where
        the run is complete and raised an alarm: that is said, so that nobody looks for what failed."""
        code, _ = self.t4firm("up", "--stack", stack, "--yes", *words, live=True)
        copied = self._copied(stack, state_copy)
        if code == SOMETHING_TO_DO:
            # GitHub ends a title at its first comma.
            say(f"::error title=Everything was applied to {stack} and somebody must act::{ALARM}")
            _summarize(f"## {stack}: everything was applied, and somebody must act\n\n{ALARM}")
        return code or copied

    def _copied(self, stack: str, file: Path | None) -> int:
        if file is None:
            return 0
        if not os.environ.get(REVIEW_KEY):
            complain(f"{REVIEW_KEY} is not set, so no copy of the state is left for previews.", "warning")
            return 0
        return self.t4firm("copy-state", str(file), "--stack", stack, live=True)[0]

    def _looked(self, stack: str) -> int:
        marker = f"<!-- t4firm:drift:{stack} -->"
        code, text = self.t4firm("drift", "--stack", stack, "--applied", "--json")
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
        return 0 if code in (SOMETHING_TO_DO, BLIND) else code

    def _reviewed(self, stack: str, *arguments: str) -> tuple[int, str]:
        """The comment that `t4firm review` writes, also where the change would be refused (1)."""
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "review.md"
            code, _ = self.t4firm("review", "--stack", stack, *arguments, "--output", str(file))
            if not file.exists():
                raise ProjectError(f"there is no review of stack {stack}: `t4firm review` says why, above")
            return (0 if code == SOMETHING_TO_DO else code), file.read_text()


def _summarize(text: str) -> None:
    """On the page of the job; without GitHub, on standard output."""
    if page := os.environ.get("GITHUB_STEP_SUMMARY"):
        with open(page, "a") as file:
            file.write(f"{text}\n")
    else:
        say(text)
