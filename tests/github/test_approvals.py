"""Whose approval a commit has: commits of a real git, pull requests of the stand-in for GitHub."""

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from t4firm.history.events import Commit
from t4firm_cli.history.approvals import approved_on_github
from t4firm_cli.history.commits import Repository as History
from t4firm_cli.project.layout import Project
from tests.github.conftest import EMPTY, install_gh

FILE = "stacks/demo.firm.yaml"
FIRM = "firm: Example\nusers:\n  trader.a: {}\n"
APPROVED = ("bob on 2026-11-20",)
MERGED = "2026-11-21T10:00:00Z"


def review(of: str, who: str = "bob", state: str = "APPROVED", at: str = "2026-11-20") -> dict[str, Any]:
    return {"user": {"login": who}, "state": state, "commit_id": of, "submitted_at": f"{at}T10:00:00Z"}


def commit(sha: str, author: str = "ann", parents: int = 1, committer: str = "web-flow") -> dict[str, Any]:
    """As GitHub lists it; it has nobody ("") for an e-mail that no account has."""
    people = {"author": author, "committer": committer}
    hands = {hand: {"login": login} if login else None for hand, login in people.items()}
    return {"sha": sha, **hands, "parents": [{"sha": "p"}] * parents}


@dataclass
class Firm:
    """A repository of a firm, and what GitHub has of it."""

    folder: Path
    github: Path

    def git(self, *arguments: str) -> str:
        names = ("-c", "user.name=Ann", "-c", "user.email=ann@example.com")
        done = subprocess.run(["git", *names, *arguments], cwd=self.folder, capture_output=True, check=True)
        return done.stdout.decode().strip()

    def commit(self, text: str, message: str = "A change") -> str:
        (self.folder / FILE).write_text(text)
        self.git("add", "--all")
        self.git("commit", "--quiet", f"--message={message}")
        return self.git("rev-parse", "HEAD")

    def on_branch(self, *users: str) -> list[str]:
        """A branch from main, a commit for each user; main is checked out again."""
        self.git("switch", "--quiet", "--create", "side")
        made = [self.commit(FIRM + "".join(f"  {each}: {{}}\n" for each in users[: at + 1]), f"{user} comes")
                for at, user in enumerate(users)]  # fmt: skip
        self.git("switch", "--quiet", "main")
        return made

    def merge(self, *options: str, message: str = "Merge pull request #7 from firm/side") -> str:
        self.git(
            "merge", "--quiet", *options, *([f"--message={message}"] if "--no-ff" in options else []), "side"
        )
        return self.git("rev-parse", "HEAD")

    def pulled(
        self,
        head: str,
        merge: str,
        reviews: Sequence[dict[str, Any]] = (),
        written: Sequence[dict[str, Any]] = (),
        **parts: Any,
    ) -> None:
        """Pull request 7, as GitHub lists it for whatever commit is asked for."""
        base = {"ref": "main", "repo": {"default_branch": "main"}}
        pull = {
            **{
                "number": 7,
                "head": {"sha": head},
                "base": base,
                "merged_at": MERGED,
                "merge_commit_sha": merge,
            },
            **parts,
        }
        every = self.git("rev-list", "--all").split()
        found = {
            "reviews": {"7": [*reviews]},
            "written": {"7": [*written]},
            "pulls": {sha: [pull] for sha in every},
        }
        self.github.write_text(json.dumps({"me": "ann", **EMPTY, **found}))

    def commits(self) -> list[Commit]:
        """The commits with what GitHub says of them, without the first."""
        repository = History(Project(self.folder))
        changed = approved_on_github(repository, repository.changed([self.folder / FILE]))
        return [each.commit for each in changed[1:]]

    def told(self) -> dict[str, tuple[str, tuple[str, ...]]]:
        """Commit -> its pull request and its approvals."""
        return {each.sha: (each.pull_request, each.approved) for each in self.commits()}


@pytest.fixture
def firm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Firm:
    github = tmp_path / "github.json"
    monkeypatch.setenv("PATH", str(install_gh(tmp_path)), prepend=":")
    monkeypatch.setenv("GH_REPOSITORY", str(github))
    found = Firm(tmp_path / "firm", github)
    (found.folder / "stacks").mkdir(parents=True)
    found.git("init", "--quiet", "--initial-branch=main")
    found.commit(FIRM, "The firm begins")
    return found


def test_a_merge_brings_the_approval_of_what_it_merged_to_each_commit(firm: Firm) -> None:
    first, head = firm.on_branch("b", "c")
    firm.pulled(head, firm.merge("--no-ff"), [review(head)])
    assert firm.told() == {first: ("#7", APPROVED), head: ("#7", APPROVED)}


def test_a_squash_has_the_approval_of_the_head_that_it_squashed(firm: Firm) -> None:
    *_, head = firm.on_branch("b", "c")
    firm.merge("--squash")
    squash = firm.commit(FIRM + "  b: {}\n  c: {}\n", "B and C (#7)")
    firm.pulled(head, squash, [review(head)])
    assert firm.told() == {squash: ("#7", APPROVED)}


def test_of_a_rebase_github_tells_the_last_commit_alone(firm: Firm) -> None:
    *_, head = firm.on_branch("b", "c")
    firm.commit(FIRM + "limits: {newUsers: 30}\n")
    firm.git("cherry-pick", "main..side", "-Xtheirs")
    *others, last = firm.git("rev-list", "--reverse", "HEAD").split()[1:]
    firm.pulled(head, last, [review(head)])
    assert firm.told() == {**dict.fromkeys(others, ("", ())), last: ("#7", APPROVED)}


def test_a_head_that_was_pushed_to_main_as_it_is_keeps_its_approval(firm: Firm) -> None:
    first, head = firm.on_branch("b", "c")
    firm.pulled(head, firm.merge("--ff-only"), [review(head)])
    assert firm.told() == {first: ("", ()), head: ("#7", APPROVED)}


def test_a_commit_on_top_of_what_was_approved_has_no_approval(firm: Firm) -> None:
    """GitHub calls the pull request merged, whatever else was pushed with it."""
    (head,) = firm.on_branch("b")
    firm.merge("--ff-only")
    top = firm.commit(FIRM + "  mallory: {}\n", "Nobody saw this (#7)")
    firm.pulled(head, top, [review(head)])
    assert firm.told() == {head: ("#7", APPROVED), top: ("", ())}


def test_a_merge_of_more_than_what_was_approved_has_no_approval(firm: Firm) -> None:
    head, more = firm.on_branch("b", "mallory")
    firm.pulled(head, firm.merge("--no-ff"), [review(head)])
    assert firm.told() == {head: ("", ()), more: ("", ())}


def test_what_a_merge_itself_changes_nobody_has_approved(firm: Firm) -> None:
    (head,) = firm.on_branch("b")
    firm.merge("--no-ff", "--no-commit")
    merge = firm.commit(FIRM + "  b: {}\n  mallory: {}\n", "Merge pull request #7 from firm/side")
    firm.pulled(head, merge, [review(head)])
    assert firm.told() == {head: ("#7", APPROVED), merge: ("#7", ())}


def test_a_number_in_a_message_proves_nothing(firm: Firm) -> None:
    """The commit was pushed to main, and calls itself a squash of a pull request that was approved."""
    (head,) = firm.on_branch("b")
    other = firm.commit(FIRM + "  mallory: {}\n", "Mallory comes (#7)")
    firm.pulled(head, "0" * 40, [review(head)])
    assert firm.told() == {other: ("", ())}


@pytest.mark.parametrize(
    "parts",
    [
        {"merged_at": None},
        {"base": {"ref": "simulation", "repo": {"default_branch": "main"}}},
    ],
    ids=["open", "into another branch"],
)
def test_a_pull_request_that_was_not_merged_into_main_approves_nothing(
    firm: Firm, parts: dict[str, Any]
) -> None:
    (head,) = firm.on_branch("b")
    firm.pulled(head, firm.merge("--no-ff"), [review(head)], **parts)
    assert firm.told() == {head: ("", ())}


HEAD, OLD = "head", "old"
"""What a review is of: the commit that was merged, or one before it."""


@pytest.mark.parametrize(
    ("reviews", "approved"),
    [
        ([(HEAD, "bob", "APPROVED")], APPROVED),
        ([(OLD, "bob", "APPROVED")], ()),
        ([(OLD, "bob", "CHANGES_REQUESTED"), (HEAD, "bob", "APPROVED")], APPROVED),
        ([(HEAD, "bob", "APPROVED"), (HEAD, "bob", "COMMENTED")], APPROVED),
        ([(HEAD, "bob", "APPROVED"), (HEAD, "bob", "CHANGES_REQUESTED")], ()),
        ([(HEAD, "bob", "APPROVED"), (HEAD, "bob", "DISMISSED")], ()),
        ([(HEAD, "cy", "CHANGES_REQUESTED"), (HEAD, "bob", "APPROVED")], APPROVED),
        ([(HEAD, "ann", "APPROVED")], ()),
    ],
    ids=[
        "head",
        "before a push",
        "convinced",
        "comment",
        "objection",
        "dismissed",
        "two",
        "author",
    ],
)
def test_the_last_word_of_each_person_about_what_was_merged_counts(
    firm: Firm, reviews: list[tuple[str, str, str]], approved: tuple[str, ...]
) -> None:
    (head,) = firm.on_branch("b")
    written = [commit("1")]
    given = [review({HEAD: head, OLD: "0" * 40}[of], who, state) for of, who, state in reviews]
    firm.pulled(head, firm.merge("--no-ff"), given, written)
    assert firm.told() == {head: ("#7", approved)}


@pytest.mark.parametrize(
    "others",
    [commit("2", "bob", parents=2), commit("2", committer="bob")],
    ids=["merge", "committer"],
)
def test_nobody_approves_a_pull_request_with_a_commit_of_their_own(
    firm: Firm, others: dict[str, Any]
) -> None:
    """A merge of main into the branch can change the firm file as well; a squash shows nothing of it."""
    *_, head = firm.on_branch("b", "c")
    firm.merge("--squash")
    squash = firm.commit(FIRM + "  b: {}\n  c: {}\n", "B and C (#7)")
    firm.pulled(head, squash, [review(head), review(head, "cy")], [commit("1"), others])
    assert firm.told() == {squash: ("#7", ("cy on 2026-11-20",))}


@pytest.mark.parametrize(
    ("written", "uncounted"),
    [
        ([commit("1"), commit("2", author="")], "GitHub does not know who wrote commit 2 of #7"),
        ([commit("1"), commit("2", committer="")], "GitHub does not know who wrote commit 2 of #7"),
        ([commit(str(at)) for at in range(250)], "GitHub lists only 250 commits of #7"),
    ],
    ids=["author unknown", "committer unknown", "list cut off"],
)
def test_no_approval_counts_where_github_does_not_name_everybody_who_wrote(
    firm: Firm, written: list[dict[str, Any]], uncounted: str
) -> None:
    """Bob may have written what Bob approves."""
    (head,) = firm.on_branch("b")
    firm.pulled(head, firm.merge("--no-ff"), [review(head)], written)
    (found,) = firm.commits()
    assert found.approved == ()
    assert found.uncounted == uncounted


@pytest.mark.parametrize(
    ("of_head", "on_github"), [(True, APPROVED), (False, ())], ids=["review", "trailer alone"]
)
def test_a_review_is_known_from_a_trailer_that_anybody_can_type(
    firm: Firm, of_head: bool, on_github: tuple[str, ...]
) -> None:
    firm.git("switch", "--quiet", "--create", "side")
    typed = f"B comes\n\nReviewed-by: {APPROVED[0]}"
    head = firm.commit(FIRM + "  b: {}\n", typed)
    firm.git("switch", "--quiet", "main")
    firm.pulled(head, firm.merge("--no-ff"), [review(head if of_head else "0" * 40)])
    (found,) = firm.commits()
    assert (found.approved, found.on_github) == (APPROVED, on_github)


def test_an_approval_after_the_merge_comes_too_late(firm: Firm) -> None:
    (head,) = firm.on_branch("b")
    firm.pulled(head, firm.merge("--no-ff"), [review(head, at="2026-11-22")])
    assert firm.told() == {head: ("#7", ())}


def test_a_commit_that_was_never_pushed_is_not_asked_for(firm: Firm) -> None:
    """GitHub would refuse the question, and with it the whole history."""
    firm.git("update-ref", "refs/remotes/origin/main", "HEAD")
    firm.pulled("0" * 40, "0" * 40)
    here = firm.commit(FIRM + "  b: {}\n", "Not pushed (#7)")
    assert firm.told() == {here: ("#7", ())}
