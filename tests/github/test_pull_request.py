"""A pull request: checked from its files, reviewed in one comment, applied after the merge as reviewed."""

from pathlib import Path

import pytest

from t4firm_cli.github.posts import LARGEST
from t4firm_cli.project.layout import ProjectError
from tests.github.conftest import Repository

REVIEW = "<!-- t4firm:review:live -->\n**1 user** is added.\n"
MERGED = {
    "merge_commit_sha": "merge1",
    "merged_at": "2026-11-20T10:00:00Z",
    "base": {"ref": "main"},
    "head": {"sha": "head1"},
}


def preview(repository: Repository, folder: Path) -> int:
    return repository.workflows.preview("live", "origin/main", 7, folder / "reviewed.json")


class TestPreview:
    def test_one_comment_is_written_and_kept_up_to_date(
        self, repository: Repository, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        repository.said(review=(2, REVIEW))
        assert preview(repository, tmp_path) == 0, "that something would change fails no job"
        assert repository.ours.called[0][:7] == [
            *("review", "--stack", "live", "--base", "origin/main", "--run-preview", "--save")
        ]
        assert capsys.readouterr().out == "The review stands in https://github.example/c1\n"
        assert preview(repository, tmp_path) == 0
        assert len(repository.now()["calls"]) == 1, "nothing new, nothing written"
        repository.said(review=(2, REVIEW.replace("1 user", "2 users")))
        assert preview(repository, tmp_path) == 0
        (comment,) = repository.now()["comments"]
        assert (comment["issue"], "2 users" in comment["body"]) == (7, True)

    def test_it_names_the_commit_and_still_fits(self, repository: Repository, tmp_path: Path) -> None:
        repository.said(review=(2, REVIEW))
        words = ("live", "HEAD^1", 7, tmp_path / "reviewed.json")
        assert repository.workflows.preview(*words, "3f2a91c") == 0
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

    def test_inside_a_workflow_nobody_asks_who_we_are(
        self, repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A workflow's own token may not ask."""
        monkeypatch.setenv("GITHUB_ACTIONS", "true")
        repository.add(me="somebody else")
        assert repository.workflows.gh.login == "github-actions[bot]"


@pytest.mark.parametrize("secret", ["t4:apiKey", "t4:login", "t4:passwordSeed"])
def test_secrets_that_every_branch_could_decrypt_are_refused(
    repository: Repository, tmp_path: Path, secret: str
) -> None:
    """The passphrase that a preview needs opens them, for the program of the branch."""
    settings = repository.workflows.project.folder / "stacks" / "Pulumi.live.yaml"
    settings.write_text(f"config:\n  t4:endpoint: https://t4.example.com\n  {secret}: {{secure: v1:abc}}\n")
    why = f"Pulumi.live.yaml holds {secret}: every branch's preview"
    with pytest.raises(ProjectError, match=why):
        preview(repository, tmp_path)
    with pytest.raises(ProjectError, match=why):
        repository.workflows.drift("live")
    assert repository.ours.called == []


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
                "42": {"reviewed-live": {"reviewed.json": "what was reviewed"}},
                "41": {"reviewed-live": {"reviewed.json": "an older one"}},
            },
        )
        repository.said(up=(0, ""))
        assert repository.workflows.up("live", "merge1") == 0
        assert repository.ours.reviewed == ["what was reviewed"]
        assert repository.ours.called[0][:4] == ["up", "--stack", "live", "--yes"]
        repository.said(up=(1, ""))
        assert repository.workflows.up("live", "merge1") == 1

    def test_a_commit_that_main_has_left_behind_is_not_applied(self, repository: Repository) -> None:
        """Neither again nor late, and not to the second environment where it moved on after the first."""
        repository.add(
            pulls={"merge1": [MERGED]},
            runs={"head1": [{"id": 42}]},
            artifacts={
                "42": {f"reviewed-{stack}": {"reviewed.json": stack} for stack in ("simulation", "live")}
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
            ({"merge1": [MERGED]}, {}, "no finished preview of head1"),
            ({"merge1": [MERGED]}, {"head1": [{"id": 42}]}, "no artifact matches reviewed-live"),
        ],
    )
    def test_without_a_review_nothing_runs(
        self, repository: Repository, pulls: object, runs: object, why: str
    ) -> None:
        repository.add(pulls=pulls, runs=runs)
        with pytest.raises(ProjectError, match=why):
            repository.workflows.up("live", "merge1")
        assert repository.ours.called == []


def test_gh_speaks_for_itself_when_it_fails(repository: Repository) -> None:
    with pytest.raises(ProjectError, match=r"gh api --method GET .* failed: gh: Not Found \(HTTP 404\)"):
        repository.workflows.gh.read("nowhere")


def test_without_gh(repository: Repository, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ProjectError, match="there is no `gh` here"):
        repository.workflows.gh.read("issues")
