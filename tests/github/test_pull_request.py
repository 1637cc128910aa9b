"""A pull request: checked from its files, reviewed in one comment, applied after the merge as reviewed."""

import os
import re
from pathlib import Path

import pytest

from t4firm.review.reviewed import Reviewed
from t4firm_cli.github.posts import LARGEST
from t4firm_cli.github.workflows import PullRequest
from t4firm_cli.project.layout import ProjectError
from t4firm_cli.project.sides import digests
from tests.github.conftest import Repository

REVIEW = "<!-- t4firm:review:live -->\n**1 user** is added.\n"
MERGED = {
    "number": 7,
    "merge_commit_sha": "merge1",
    "merged_at": "2026-11-20T10:00:00Z",
    "base": {"ref": "main"},
    "head": {"sha": "head1"},
}


def preview(repository: Repository, folder: Path) -> int:
    change = PullRequest(7, "origin/main")
    return repository.workflows.preview("live", change, folder / "reviewed.json")


class TestPreview:
    def test_one_comment_is_written_and_kept_up_to_date(
        self, repository: Repository, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        repository.said(review=(2, REVIEW))
        assert preview(repository, tmp_path) == 0, "that something would change fails no job"
        assert repository.ours.called[0][:7] == [
            *("review", "--stack", "live", "--base", "origin/main", "--run-preview", "--save")
        ]
        assert capsys.readouterr().out == "The review is in https://github.example/c1\n"
        assert preview(repository, tmp_path) == 0
        assert len(repository.now()["calls"]) == 1, "nothing new, nothing written"
        repository.said(review=(2, REVIEW.replace("1 user", "2 users")))
        assert preview(repository, tmp_path) == 0
        (comment,) = repository.now()["comments"]
        assert (comment["issue"], "2 users" in comment["body"]) == (7, True)

    def test_it_names_the_commit_and_still_fits(self, repository: Repository, tmp_path: Path) -> None:
        repository.said(review=(2, REVIEW))
        change = PullRequest(7, "HEAD^1", "3f2a91c")
        assert repository.workflows.preview("live", change, tmp_path / "reviewed.json") == 0
        (comment,) = repository.now()["comments"]
        assert comment["body"] == f"{REVIEW}\nReviewed: commit 3f2a91c.\n"
        limit = repository.ours.called[0][repository.ours.called[0].index("--limit") + 1]
        assert int(limit) + len(comment["body"]) - len(REVIEW) == LARGEST

    def test_comments_of_others_and_of_other_stacks_are_left_alone(
        self, repository: Repository, tmp_path: Path
    ) -> None:
        others = [
            {"id": 1, "issue": 7, "body": "Looks good", "user": {"login": "ann"}},
            {"id": 2, "issue": 7, "body": REVIEW, "user": {"login": "mallory"}},
            {"id": 3, "issue": 7, "body": REVIEW, "user": None},
            {"id": 4, "issue": 7, "body": REVIEW.replace(":live", ":simulation"), "user": {"login": "me"}},
            {"id": 5, "issue": 7, "body": f"Quoted:\n{REVIEW}", "user": {"login": "me"}},
        ]
        repository.add(comments=others, me="me")
        repository.said(review=(0, REVIEW))
        assert preview(repository, tmp_path) == 0
        *before, ours = repository.now()["comments"]
        assert (before, ours["body"], ours["id"]) == (others, REVIEW, 6)

    def test_our_comment_is_found_behind_many_others(self, repository: Repository, tmp_path: Path) -> None:
        chatter = [
            {"id": number, "issue": 7, "body": "and another thing", "user": {"login": "ann"}}
            for number in range(1, 6)
        ]
        ours = {"id": 6, "issue": 7, "body": REVIEW, "user": {"login": "github-actions[bot]"}}
        repository.add(comments=[*chatter, {**ours, "html_url": "https://github.example/c6"}])
        repository.said(review=(2, f"{REVIEW}and more\n"))
        assert preview(repository, tmp_path) == 0
        assert repository.now()["calls"] == [["PATCH", "issues/comments/6"]]

    def test_a_change_that_would_be_refused_is_commented_too_and_fails(
        self, repository: Repository, tmp_path: Path
    ) -> None:
        repository.said(review=(1, REVIEW))
        assert preview(repository, tmp_path) == 1
        assert len(repository.now()["comments"]) == 1

    def test_without_a_review_there_is_no_comment(self, repository: Repository, tmp_path: Path) -> None:
        repository.said(review=(1, ""))
        with pytest.raises(ProjectError, match="there is no review of stack live"):
            preview(repository, tmp_path)
        assert repository.now()["calls"] == []

    @pytest.mark.parametrize("me", ["github-actions[bot]", "our-app[bot]", "ann"])
    def test_whoever_the_token_is_finds_the_own_comment_again(
        self, repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, me: str
    ) -> None:
        """Also inside a workflow, which may run with the token of an App or a person."""
        monkeypatch.setenv("GITHUB_ACTIONS", "true")
        repository.add(me=me)
        for text in (REVIEW, f"{REVIEW}and more\n"):
            repository.said(review=(2, text))
            assert preview(repository, tmp_path) == 0
        (comment,) = repository.now()["comments"]
        assert "and more" in comment["body"]


@pytest.mark.parametrize("secret", ["t4:apiKey", "t4:login", "t4:passwordSeed"])
def test_secrets_that_every_branch_could_decrypt_are_refused(
    repository: Repository, tmp_path: Path, secret: str
) -> None:
    """The passphrase that a preview needs opens them, for the program of the branch."""
    settings = repository.workflows.project.folder / "stacks" / "Pulumi.live.yaml"
    settings.write_text(f"config:\n  t4:endpoint: https://t4.example.com\n  {secret}: {{secure: v1:abc}}\n")
    why = f"Pulumi.live.yaml holds {secret}: anybody who gets the stack's passphrase"
    with pytest.raises(ProjectError, match=why):
        preview(repository, tmp_path)
    with pytest.raises(ProjectError, match=why):
        repository.workflows.drift("live")
    assert repository.ours.called == []


class TestCopiesOfTheState:
    """Previews work on a copy, which the runs of main leave."""

    COPY = Path(".t4/copies/live.json")
    WORDS = ("copy-state", ".t4/copies/live.json", "--stack", "live")

    @pytest.fixture(autouse=True)
    def key(self, repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("T4_REVIEW_KEY", "only-for-reviews-7Qm2Lx9Tz4")
        for name in ("T4_API_KEY", "T4_LOGIN", "GITHUB_ACTOR"):
            monkeypatch.delenv(name, raising=False)
        repository.said(up=(0, ""), drift=(0, '{"differs": false, "lines": []}'), review=(2, REVIEW))
        repository.said(**{"copy-state": (0, "")})

    @pytest.mark.parametrize("code", [0, 1])
    def test_up_leaves_one_also_where_it_failed(self, repository: Repository, code: int) -> None:
        repository.said(up=(code, ""))
        assert repository.workflows.up("live", "merge1", by_hand=True, state_copy=self.COPY) == code
        assert [tuple(words) for words in repository.ours.called[1:]] == [self.WORDS]

    def test_drift_leaves_one_and_compares_with_what_was_applied(self, repository: Repository) -> None:
        assert repository.workflows.drift("live", self.COPY) == 0
        copied, looked = repository.ours.called
        assert tuple(copied) == self.WORDS
        assert looked == ["drift", "--stack", "live", "--applied", "--json"]

    def test_a_copy_that_cannot_be_left_fails_the_job(self, repository: Repository) -> None:
        repository.said(**{"copy-state": (1, "")})
        assert repository.workflows.up("live", "merge1", by_hand=True, state_copy=self.COPY) == 1
        assert repository.workflows.drift("live", self.COPY) == 1

    def test_without_the_key_none_is_left_and_that_is_said(
        self, repository: Repository, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setenv("T4_REVIEW_KEY", "")
        assert repository.workflows.up("live", "merge1", by_hand=True, state_copy=self.COPY) == 0
        assert len(repository.ours.called) == 1
        assert "T4_REVIEW_KEY is not set, so no copy of the state is left" in capsys.readouterr().err

    @pytest.mark.parametrize("credential", ["T4_API_KEY", "T4_LOGIN", ""])
    def test_a_preview_reads_t4_only_with_credentials(
        self, repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, credential: str
    ) -> None:
        if credential:
            monkeypatch.setenv(credential, "reads")
        words = ("live", PullRequest(7, "HEAD^1"), tmp_path / "reviewed.json", self.COPY)
        assert repository.workflows.preview(*words) == 0
        (called,) = repository.ours.called
        assert called[called.index("--state-copy") + 1] == str(self.COPY)
        assert ("--no-read" in called) == (not credential)

    def test_dependabot_is_told_what_its_runs_lack(
        self, repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("T4_REVIEW_KEY", "")
        monkeypatch.setenv("GITHUB_ACTOR", "dependabot[bot]")
        change = PullRequest(7, "HEAD^1")
        with pytest.raises(ProjectError, match="Set it for Dependabot too"):
            repository.workflows.preview("live", change, tmp_path / "reviewed.json", self.COPY)


class TestCheck:
    def test_every_stack_is_reviewed_from_its_files(
        self, repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        page = tmp_path / "summary.md"
        monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(page))
        repository.said(validate=(0, ""), review=(2, REVIEW))
        assert repository.workflows.check("origin/main") == 0
        reviewed = [words for words in repository.ours.called if words[0] == "review"]
        assert [words[2] for words in reviewed] == ["live", "simulation"]
        assert all("--run-preview" not in words for words in reviewed)
        assert page.read_text().count(REVIEW) == 2
        assert repository.now()["calls"] == []

    def test_a_mistake_in_a_file_is_all_that_is_said(self, repository: Repository) -> None:
        repository.said(validate=(1, ""))
        assert repository.workflows.check("origin/main") == 1
        assert repository.ours.called == [["validate"]]


class TestUp:
    def test_what_was_reviewed_is_what_runs(self, repository: Repository) -> None:
        repository.add(
            pulls={"merge1": [MERGED]},
            runs={"head1": [{"id": 42}, {"id": 41}]},
            artifacts={
                "42": {"reviewed-live-7": {"reviewed.json": "what was reviewed"}},
                "41": {"reviewed-live-7": {"reviewed.json": "an older one"}},
            },
        )
        repository.said(up=(0, ""))
        assert repository.workflows.up("live", "merge1") == 0
        assert repository.ours.reviewed == ["what was reviewed"]
        assert repository.ours.called[0][:4] == ["up", "--stack", "live", "--yes"]
        repository.said(up=(1, ""))
        assert repository.workflows.up("live", "merge1") == 1

    def test_a_complete_run_that_raised_an_alarm_fails_the_job_and_says_that_all_was_applied(
        self,
        repository: Repository,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        page = tmp_path / "summary.md"
        monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(page))
        repository.said(up=(2, ""))
        assert repository.workflows.up("live", "merge1", by_hand=True) == 2
        [title] = re.findall("^::error title=(.*?)::", capsys.readouterr().out, re.MULTILINE)
        shown = title.partition(",")[0]  # GitHub takes a comma for the end of it
        assert shown == "Everything was applied to live and somebody must act"
        assert page.read_text().startswith("## live: everything was applied, and somebody must act\n")
        repository.said(up=(1, ""))
        page.unlink()
        assert repository.workflows.up("live", "merge1", by_hand=True) == 1
        assert not page.exists()

    def test_a_commit_that_main_has_left_behind_is_not_applied(self, repository: Repository) -> None:
        """Neither again nor late, and not to the second environment where it moved on after the first."""
        repository.add(
            pulls={"merge1": [MERGED]},
            runs={"head1": [{"id": 42}]},
            artifacts={
                "42": {f"reviewed-{stack}-7": {"reviewed.json": stack} for stack in ("simulation", "live")}
            },
        )
        repository.said(up=(0, ""))
        assert repository.workflows.up("simulation", "merge1") == 0
        repository.add(tip="merge2")
        for by_hand in (False, True):
            with pytest.raises(ProjectError, match="commit merge1 is no longer the newest of main"):
                repository.workflows.up("live", "merge1", by_hand=by_hand)
        assert len(repository.ours.called) == 1

    def test_by_hand_the_newest_commit_is_applied_without_a_review(self, repository: Repository) -> None:
        repository.said(up=(0, ""))
        assert repository.workflows.up("live", "merge1", by_hand=True) == 0
        assert repository.ours.called == [["up", "--stack", "live", "--yes"]]

    @pytest.mark.parametrize(
        ("pulls", "runs", "why"),
        [
            ({}, {}, "merged no pull request into main, so nobody reviewed"),
            ({"merge1": [{**MERGED, "merge_commit_sha": "other"}]}, {}, "merged no pull request"),
            ({"merge1": [{**MERGED, "merged_at": None}]}, {}, "merged no pull request into main"),
            ({"merge1": [{**MERGED, "base": {"ref": "scratch"}}]}, {}, "merged no pull request into main"),
            (
                {"merge1": [MERGED]},
                {},
                "pull request #7: there was no preview of head1, its last commit. Start the workflow `up` by",
            ),
            (
                {"merge1": [MERGED]},
                {"head1": [{"id": 42}]},
                "its preview left no list of this stack. Run its workflow `preview` again",
            ),
            (
                {"merge1": [MERGED]},
                {"head1": [{"id": 42, "status": "in_progress", "conclusion": None}]},
                "its preview has not ended: https://github.example/r",
            ),
            (
                {"merge1": [MERGED]},
                {"head1": [{"id": 42, "conclusion": "failure"}]},
                "its preview did not succeed: https://github.example/r. Run its workflow `preview` again",
            ),
        ],
    )
    def test_without_a_review_nothing_runs(
        self, repository: Repository, pulls: object, runs: object, why: str
    ) -> None:
        repository.add(pulls=pulls, runs=runs)
        with pytest.raises(ProjectError, match=why):
            repository.workflows.up("live", "merge1")
        assert repository.ours.called == []

    def test_a_list_that_is_no_longer_kept_is_named_with_the_remedy(self, repository: Repository) -> None:
        repository.add(
            pulls={"merge1": [MERGED]},
            runs={"head1": [{"id": 42}]},
            artifacts={"42": {"reviewed-live-7": {"reviewed.json": "gone"}}},
            expired=["reviewed-live-7"],
        )
        why = r"the list that was reviewed expired on 2026-11-20\. Run its workflow `preview` again"
        with pytest.raises(ProjectError, match=why) as refused:
            repository.workflows.up("live", "merge1")
        assert "start the workflow `up` by hand" in str(refused.value)
        assert repository.ours.called == []

    def test_a_preview_of_the_same_commit_for_another_pull_request_is_not_taken(
        self, repository: Repository
    ) -> None:
        """A second pull request of the same branch onto another base was previewed later."""
        repository.add(
            pulls={"merge1": [{**MERGED, "number": 8, "base": {"ref": "release"}}, MERGED]},
            runs={"head1": [{"id": 43}, {"id": 42}]},
            artifacts={
                "43": {"reviewed-live-8": {"reviewed.json": "onto the other base"}},
                "42": {"reviewed-live-7": {"reviewed.json": "onto main"}},
            },
        )
        repository.said(up=(0, ""))
        assert repository.workflows.up("live", "merge1") == 0
        assert repository.ours.reviewed == ["onto main"]

    def test_of_several_pull_requests_of_one_commit_the_one_with_its_files_is_taken(
        self, repository: Repository
    ) -> None:
        """A pull request onto a branch that was merged with it: GitHub names both for the commit."""
        stacked = {**MERGED, "number": 6, "head": {"sha": "head0"}}
        files = digests(repository.workflows.project, "live")
        whole, part = (
            Reviewed("live", True, each, (), ()).dumped() for each in (files, {**files, "firm": "another"})
        )
        repository.add(
            pulls={"merge1": [stacked, MERGED]},
            runs={"head0": [{"id": 41}], "head1": [{"id": 42}]},
            artifacts={
                "41": {"reviewed-live-6": {"reviewed.json": part}},
                "42": {"reviewed-live-7": {"reviewed.json": whole}},
            },
        )
        repository.said(up=(0, ""))
        assert repository.workflows.up("live", "merge1") == 0
        assert repository.ours.reviewed == [whole]


def test_on_a_server_of_the_firms_own_gh_is_told_so(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    """GitHub Enterprise Server: without GH_HOST `gh` asks github.com; it reads another token, too."""
    gh = Path(os.environ["PATH"].partition(":")[0]) / "gh"
    gh.write_text('#!/bin/sh\necho "{\\"sha\\": \\"$GH_HOST $GH_ENTERPRISE_TOKEN\\"}"\n')
    monkeypatch.setenv("GH_TOKEN", "token")
    monkeypatch.setenv("GITHUB_SERVER_URL", "https://git.firm.example")
    assert repository.workflows.gh.read("commits/main") == {"sha": "git.firm.example token"}
    monkeypatch.setenv("GITHUB_SERVER_URL", "https://github.com")
    assert repository.workflows.gh.read("commits/main") == {"sha": " "}


def test_gh_speaks_for_itself_when_it_fails(repository: Repository) -> None:
    with pytest.raises(ProjectError, match=r"gh api --method GET .* failed: gh: Not Found \(HTTP 404\)"):
        repository.workflows.gh.read("nowhere")


def test_without_gh(repository: Repository, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ProjectError, match="there is no `gh` here"):
        repository.workflows.gh.read("issues")
