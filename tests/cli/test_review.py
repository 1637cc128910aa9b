"""`t4firm review`: the change of a working folder against a git revision or a file, as a comment."""

import json
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from t4firm.review.parts import LEAST
from t4firm.review.reviewed import loaded
from t4firm.review.steps import preview_of
from t4firm.yaml_files.atomic_files import NotWritten
from t4firm_cli.firm_files import review
from t4firm_cli.project.layout import Project
from t4firm_cli.project.sides import digests
from tests.cli.conftest import Folder

ONBOARDING = {"T4_OPERATIONS": "onboarding"}
MARKER = "<!-- t4firm:review:demo -->"


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(
        ["git", "-c", "user.name=Tests", "-c", "user.email=tests@example.com", *arguments],
        cwd=folder,
        check=True,
        capture_output=True,
    )


@pytest.fixture
def repository(folder: Folder) -> Folder:
    """The demo under version control, in a folder below the repository's own; settings that hold a machine's
    own secrets are not in it."""
    git(folder.path.parent, "init", "--quiet", "--initial-branch=main")
    git(folder.path.parent, "add", "firm/stacks/demo.firm.yaml", "firm/stacks/demo.operations.yaml")
    git(folder.path.parent, "commit", "--quiet", "--message=The demo")
    return folder


def test_a_change_against_a_revision(repository: Folder) -> None:
    repository.replace("apptype: Professional", "apptype: NonProfessional")
    said = repository.t4firm("review", "--base", "main")
    assert (said.code, said.err) == (2, "")
    assert said.out.startswith(f"{MARKER}\n## T4 set-up `demo`\n\n**Example Trading LLC: 3 users changed")
    assert "| `trader.a` | changes | type: `Professional` → `NonProfessional` |" in said.out
    assert said.out.endswith("</details>\n")


def test_nothing_to_tell(repository: Folder) -> None:
    said = repository.t4firm("review", "--base", "HEAD", within="stacks")
    assert (said.code, said.err) == (0, "")
    assert "nothing changes" in said.out


def test_a_file_that_is_not_in_the_revision_is_a_firm_of_nobody(repository: Folder) -> None:
    repository.firm_file.rename(repository.path / "stacks" / "live.firm.yaml")
    said = repository.t4firm("review", "--base", "HEAD", "--stack", "live", **ONBOARDING)
    assert said.code == 2
    assert "**Example Trading LLC: 3 new users, 5 new accounts, 4 fill assignments; " in said.out


def test_attested_and_operations_files_of_the_revision_count(repository: Folder) -> None:
    attested = "- task: create-account/22222\n  by: A. Administrator\n  on: 2026-11-20\n"
    repository.write("stacks/demo.attested.yaml", attested)
    git(repository.path, "add", "stacks/demo.attested.yaml")
    git(repository.path, "commit", "--quiet", "--message=Signed")
    said = repository.t4firm("review", "--base", "HEAD", **ONBOARDING)
    assert "nothing changes" in said.out
    (repository.path / "stacks" / "demo.attested.yaml").unlink()
    said = repository.t4firm("review", "--base", "HEAD", **ONBOARDING)
    assert "`create-account/22222`: the sign-off is withdrawn" in said.out
    operations = repository.path / "stacks" / "demo.operations.yaml"
    text = operations.read_text()
    cut = text.index("enableAccount:")
    operations.write_text(text[:cut] + text[text.index("\n\n", cut) + 1 :])
    said = repository.t4firm("review", "--base", "HEAD~1")
    assert "from now on the administrator does these steps: enable-account" in said.out


def test_a_change_against_a_file(folder: Folder) -> None:
    before = folder.write("before.firm.yaml", folder.firm_file.read_text())
    folder.replace("accounts: whentech", 'accounts: whentech\n  exclude: {"22222": paper trading}')
    said = folder.t4firm("review", "--base", "before.firm.yaml", **ONBOARDING)
    assert said.code == 2
    assert "no longer captured: `22222` (`trader.a`): excluded: paper trading" in said.out
    before.write_text(before.read_text().replace('postCode: "43004"', "postCode: 43004"))
    said = folder.t4firm("review", "--base", "before.firm.yaml")
    assert said.code == 1
    assert "The file before this change has 1 mistake" in said.out
    assert "`before.firm.yaml:" in said.out


def test_mistakes_are_a_comment_of_their_own(repository: Folder) -> None:
    repository.replace('postCode: "43004"', "postCode: 43004")
    repository.replace('accounts: ["33333", "44444"]', 'accounts: ["33333", "FILL0001"]')
    said = repository.t4firm("review", "--base", "HEAD", "--output", "comment.md")
    assert (said.code, said.out, said.err) == (1, "", "")
    comment = (repository.path / "comment.md").read_text()
    assert comment.startswith(f"{MARKER}\n## T4 set-up `demo`\n\n**Correct 2 mistakes first")
    assert "- `stacks/demo.firm.yaml:" in comment
    assert "`users.trader.a.postCode`: " in comment


def test_mistakes_of_the_revision_name_it(repository: Folder) -> None:
    whole = repository.firm_file.read_text()
    repository.replace('postCode: "43004"', "postCode: 43004")
    git(repository.path, "commit", "--quiet", "--all", "--message=Broken")
    repository.firm_file.write_text(whole)
    said = repository.t4firm("review", "--base", "HEAD")
    assert said.code == 1
    assert "The file before this change has 1 mistake" in said.out
    assert "`HEAD:stacks/demo.firm.yaml:" in said.out


def test_a_run_that_would_be_refused_is_an_error(repository: Folder) -> None:
    repository.replace("  newUsers: 25", "  newUsers: 0")
    repository.replace("  departures: 3", "  departures: 0")
    repository.replace("    firstname: Bob\n", "    departed: true\n    firstname: Bob\n")
    said = repository.t4firm("review", "--base", "HEAD")
    assert said.code == 1
    assert "**Example Trading LLC: WOULD BE REFUSED: 1 departure" in said.out
    assert "### A run would stop before its first call" in said.out


def test_for_a_machine(repository: Folder) -> None:
    repository.replace('phone: "555-123-4567"', 'phone: "555-999-0000"')
    said = repository.t4firm("review", "--base", "HEAD", "--json")
    assert said.code == 2
    told = json.loads(said.out)
    assert told["headline"] == "1 user changed"
    assert told["people"][0]["fields"] == [
        {"name": "phone", "before": [], "after": [], "hidden": True, "listed": False}
    ]
    assert "555" not in said.out
    whole = repository.t4firm("review", "--base", "HEAD", "--json", "--details", "all")
    assert json.loads(whole.out)["people"][0]["fields"][0]["after"] == ["555-999-0000"]
    repository.replace('phone: "555-999-0000"', "phone: 5")
    broken = repository.t4firm("review", "--base", "HEAD", "--json")
    assert broken.code == 1
    assert json.loads(broken.out)["mistakes"][0]["field"] == "users.trader.a.phone"


def test_a_preview_made_elsewhere_shows_what_the_files_do_not_explain(repository: Folder) -> None:
    step = {
        "op": "create",
        "urn": "urn:pulumi:demo::t4::pulumi-python:dynamic/t4:User::trader.c",
        "newState": {"inputs": {}},
    }
    repository.write("preview.json", json.dumps({"steps": [step]}))
    said = repository.t4firm("review", "--base", "HEAD", "--preview", "preview.json")
    assert said.code == 2, said.err
    assert "- user trader.c: both files have it, but it is not set up yet" in said.out
    assert "t4firm up --reviewed" not in said.out, "nobody knows what that run would call"
    again = repository.t4firm("review", "--base", "HEAD", "--preview", "preview.json")
    assert again.out == said.out


def test_settings_of_the_revision_count(repository: Folder) -> None:
    settings = repository.path / "stacks" / "Pulumi.demo.yaml"
    git(repository.path, "add", "--force", "stacks/Pulumi.demo.yaml", "Pulumi.yaml")
    git(repository.path, "commit", "--quiet", "--message=Settings")
    settings.write_text(settings.read_text() + "  t4:onboardPath: /collect/people\n")
    said = repository.t4firm("review", "--base", "HEAD")
    assert said.code == 2
    assert (
        "- setting t4:onboardPath: /admin/v1/onboarding → /collect/people (everybody's personal" in said.out
    )
    by_the_pipeline = repository.t4firm("review", "--base", "HEAD", T4_ONBOARD_PATH="/elsewhere")
    assert by_the_pipeline.out == said.out


def test_settings_that_a_change_puts_under_version_control_are_told(repository: Folder) -> None:
    """Settings that nobody commits are each machine's own, and no part of any change."""
    assert repository.t4firm("review", "--base", "HEAD").code == 0
    git(repository.path, "add", "--force", "stacks/Pulumi.demo.yaml")
    said = repository.t4firm("review", "--base", "HEAD", T4_OPERATIONS="stacks/demo.operations.yaml")
    assert said.code == 2
    assert (
        "- setting t4:endpoint: not set → simulator (every call goes there, with the credentials)" in said.out
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--base", "nowhere"), "git does not find the revision 'nowhere' here: fatal: Needed a single"),
        (("--base", "--upload-pack=x"), "git does not find the revision"),
        (("--base", "nowhere.firm.yaml"), "there is no file nowhere.firm.yaml"),
        (("--base", "HEAD", "--save", "x.json"), "only --run-preview knows them"),
        (("--base", "HEAD", "--save", "x.json", "--preview", "x"), "only --run-preview knows them"),
        (
            ("--base", "HEAD", "--preview", "x", "--run-preview"),
            "use either --preview FILE or --run-preview, not both",
        ),
        (("--base", "HEAD", "--preview", "nowhere.json"), "nowhere.json cannot be read"),
        (("--base", "HEAD", "--preview", "Pulumi.yaml"), "not an output of `pulumi preview --json`"),
        (("--base", "HEAD", "--limit", "100"), "--limit must be 4000 or more"),
        (("--base", "HEAD", "--details", "some"), "some"),
    ],
)
def test_a_wrong_call_is_a_sentence(repository: Folder, arguments: tuple[str, ...], words: str) -> None:
    said = repository.t4firm("review", *arguments)
    assert (said.code, said.out) == (1, "")
    assert words in " ".join(said.err.split())


def test_without_a_repository(folder: Folder) -> None:
    said = folder.t4firm("review", "--base", "main", GIT_DIR="/nowhere")
    assert said.code == 1
    assert "git does not find the revision 'main' here: fatal: not a git repository" in said.err
    assert "fetch the base branch" not in said.err


def test_a_comment_within_another_hosts_limit(repository: Folder) -> None:
    text = repository.firm_file.read_text()
    entry = text[text.index("  trader.b:") : text.index("# Only what differs")]
    many = "".join(
        entry.replace("trader.b", f"trader.{number}")
        .replace("33333", f"A{number}")
        .replace("44444", f"B{number}")
        for number in range(1000, 1400)
    )
    repository.firm_file.write_text(text.replace("# Only what differs", many + "# Only what differs"))
    said = repository.t4firm("review", "--base", "HEAD", "--limit", "9000", **ONBOARDING)
    assert said.code == 1  # 400 users are over the limit of one run
    assert len(said.out.encode()) <= 9_000
    assert "WOULD BE REFUSED: 400 new users" in said.out
    assert "more people: the comment would be too long for its host" in said.out


def test_hostile_names_reach_neither_terminal_nor_host(repository: Folder) -> None:
    hostile = '"\\u202e@everyone\\e[2J <img src=x> | x"'
    repository.replace("accounts: whentech", f'accounts: whentech\n  exclude: {{"22222": {hostile}}}')
    said = repository.t4firm("review", "--base", "HEAD")
    assert said.code == 1
    assert "the value has an invisible character" in said.out
    repository.replace(hostile, "'@everyone <img src=x> | x'")
    said = repository.t4firm("review", "--base", "HEAD")
    assert said.code == 2
    assert "<img" not in said.out
    assert "@everyone" not in said.out
    assert "\x1b" not in repository.on_a_terminal("review", "--base", "HEAD")


def test_a_comment_that_cannot_be_written(repository: Folder) -> None:
    said = repository.t4firm("review", "--base", "HEAD", "--output", "/nowhere/kept", **ONBOARDING)
    assert (said.code, said.err) == (1, "/nowhere/kept cannot be written: No such file or directory\n")


def test_a_list_that_cannot_be_written(repository: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the engine's preview makes a list (tests/engine); here it has nothing to do."""
    nothing = replace(preview_of('{"steps": []}'), calls=())
    monkeypatch.setattr(review, "_preview", lambda *_: (nothing, None))
    monkeypatch.setenv("T4_OPERATIONS", "onboarding")
    asked = review.Asked("HEAD", run_preview=True, limit=LEAST, save=Path("/nowhere/kept"))
    with pytest.raises(NotWritten, match=r"^/nowhere/kept cannot be written: No such file or directory$"):
        review.run(Project(repository.path), "demo", asked)
    kept = repository.path / "reviewed.json"
    assert review.run(Project(repository.path), "demo", replace(asked, save=kept)) == 0
    assert loaded(kept.read_text()).is_empty


def test_what_the_base_gained_since_the_branch_began_is_no_change_of_the_branch(repository: Folder) -> None:
    """As GitHub checks out a pull request: a merge commit, whose first parent is the base."""
    git(repository.path, "switch", "--quiet", "--create", "branch")
    repository.replace("firstname: Ann", "firstname: Anna")
    git(repository.path, "commit", "--quiet", "--all", "--message=The branch")
    git(repository.path, "switch", "--quiet", "main")
    repository.replace("firm: Example Trading LLC", "firm: Example Trading Inc")
    git(repository.path, "commit", "--quiet", "--all", "--message=Meanwhile")
    git(repository.path, "merge", "--quiet", "--no-ff", "--message=Merge", "branch")
    said = repository.t4firm("review", "--base", "HEAD^1", **ONBOARDING)
    assert (said.code, said.err) == (2, "")
    assert "**Example Trading Inc: 1 user changed" in said.out
    assert "LLC" not in said.out


def test_a_branch_is_compared_with_what_it_began_from(repository: Folder) -> None:
    """Main got a user after the branch began: nobody removed him (the case stale-branch-review)."""
    git(repository.path, "switch", "--quiet", "--create", "branch")
    repository.replace("firstname: Ann", "firstname: Anna")
    git(repository.path, "commit", "--quiet", "--all", "--message=The branch")
    git(repository.path, "switch", "--quiet", "main")
    before = repository.firm_file.read_text()
    start = before.index("  trader.a:")
    gil = before[start : before.index("  trader.b:")].replace("trader.a", "gil.acme")
    for number in ("11111", "22222"):
        gil = gil.replace(number, f"9{number}")
    repository.replace("  trader.a:", f"{gil}  trader.a:")
    git(repository.path, "commit", "--quiet", "--all", "--message=Gil joins")
    git(repository.path, "switch", "--quiet", "branch")
    said = repository.t4firm("review", "--base", "main", **ONBOARDING)
    assert said.code == 2
    assert "**Example Trading LLC: 1 user changed" in said.out
    assert "gil.acme" not in said.out
    assert said.err.startswith("main has moved on by 1 commit since this branch began. The review is of this")


def test_a_base_without_a_common_commit_is_a_sentence(repository: Folder) -> None:
    git(repository.path, "switch", "--quiet", "--orphan", "other")
    git(repository.path, "commit", "--quiet", "--allow-empty", "--message=Other")
    git(repository.path, "restore", "--source=main", "--", ":/")
    said = repository.t4firm("review", "--base", "main")
    assert (said.code, said.out) == (1, "")
    assert "it finds no commit that both main and HEAD come from" in said.err
    assert "`git fetch --unshallow`" in said.err


class TestBothSidesAreReadAlike:
    """What git stores and what a checkout makes of it differ: a review compares checkouts."""

    def test_a_firm_file_that_is_a_link(self, repository: Folder) -> None:
        file = repository.firm_file
        file.rename(file.with_name("acme.firm.yaml"))
        file.symlink_to("acme.firm.yaml")
        git(repository.path, "add", "--all", "stacks")
        git(repository.path, "commit", "--quiet", "--message=A link")
        said = repository.t4firm("review", "--base", "HEAD", "--stack", "demo")
        assert (said.code, said.err) == (0, "")
        assert "nothing changes" in said.out

    def test_line_ends_and_encodings(self, repository: Folder) -> None:
        attributes = "*.firm.yaml text eol=crlf working-tree-encoding=UTF-8\n"
        repository.write(".gitattributes", attributes)
        git(repository.path, "add", ".gitattributes")
        git(repository.path, "commit", "--quiet", "--message=Attributes")
        repository.firm_file.unlink()
        git(repository.path, "restore", "--", "stacks/demo.firm.yaml")
        assert b"\r\n" in repository.firm_file.read_bytes()
        said = repository.t4firm("review", "--base", "HEAD")
        assert (said.code, said.err) == (0, "")

    def test_operations_under_any_name(self, repository: Folder) -> None:
        operations = repository.path / "stacks" / "demo.operations.yaml"
        (repository.path / "stacks" / "vendor.yml").write_text(operations.read_text())
        git(repository.path, "add", "stacks/vendor.yml")
        git(repository.path, "commit", "--quiet", "--message=The vendor's")
        (repository.path / "stacks" / "vendor.yml").write_text("{}\n")
        said = repository.t4firm("review", "--base", "HEAD", T4_OPERATIONS="stacks/vendor.yml")
        assert said.code == 2
        assert "from now on the administrator does these steps" in said.out

    def test_a_link_out_of_the_project_is_refused(self, repository: Folder) -> None:
        outside = repository.path.parent / "elsewhere.yaml"
        outside.write_text(repository.firm_file.read_text())
        repository.firm_file.unlink()
        repository.firm_file.symlink_to(outside)
        refused = repository.t4firm("review", "--base", "HEAD")
        assert (refused.code, refused.out) == (1, "")
        assert "stacks/demo.firm.yaml is a link that leads out of the project" in refused.err
        git(repository.path, "commit", "--quiet", "--all", "--message=A link")
        repository.firm_file.unlink()
        repository.firm_file.write_text(outside.read_text())
        refused = repository.t4firm("review", "--base", "HEAD")
        assert "stacks/demo.firm.yaml at HEAD is a link" in refused.err


def test_what_the_project_file_sets_reaches_the_commands(repository: Folder) -> None:
    """`t4:operations` with a file as its default, as the engine hands it to a run of every stack."""
    stack_file = repository.path / "stacks" / "Pulumi.demo.yaml"
    settings = stack_file.read_text()
    assert "t4:operations: stacks/demo.operations.yaml" in settings
    stack_file.write_text("config:\n  t4:endpoint: simulator\n")
    project_file = repository.path / "Pulumi.yaml"
    assert project_file.read_text().count("default: onboarding\n") == 1
    git(repository.path, "add", "Pulumi.yaml")
    git(repository.path, "commit", "--quiet", "--message=The project")
    before = digests(Project(repository.path), "demo")
    assert "operations" not in before
    default = "default: stacks/demo.operations.yaml\n"
    project_file.write_text(project_file.read_text().replace("default: onboarding\n", default))
    after = digests(Project(repository.path), "demo")
    assert "operations" in after
    assert after["settings"] != before["settings"]
    said = repository.t4firm("review", "--base", "HEAD")
    assert said.code == 2
    assert "setting t4:operations: onboarding → stacks/demo.operations.yaml" in said.out
    (repository.path / "stacks" / "demo.operations.yaml").write_text("nonsense: {}\n")
    checked = repository.t4firm("validate", "--stack", "demo")
    assert checked.code == 1
    assert "nonsense" in checked.err + checked.out
