"""`t4firm init`: a firm's own repository, whole, and never over something that is there."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from t4firm.schemas import SCHEMAS, file_of
from t4firm_cli.firm_files.validate import load
from t4firm_cli.own_repository import hand_over, init
from t4firm_cli.own_repository.init import Asked
from t4firm_cli.project.layout import Project, ProjectError
from tests.cli.conftest import ROOT, Folder
from tests.needed import missing

WHEEL = "t4_firm-9.8.7-py3-none-any.whl"


@pytest.fixture
def made(tmp_path: Path) -> Path:
    wheel = tmp_path / WHEEL
    wheel.write_bytes(b"a wheel")
    asked = Asked(tmp_path / "acme", "acme", "O'Hara & Söhne: Trading", wheel)
    assert init.run(asked) == 0
    return tmp_path / "acme"


def test_the_repository_is_whole_and_its_firm_file_valid(made: Path) -> None:
    firm = load(Project(made), "acme").firm
    assert firm.firm == "O'Hara & Söhne: Trading"
    assert (made / "__main__.py").read_text().count("\n") == 3
    workflows = {path.name: path.read_text() for path in (made / ".github" / "workflows").iterdir()}
    assert yaml.safe_load(workflows["up.yml"])["jobs"]["apply"]["with"] == {"stack": "acme"}
    for name in ("preview.yml", "drift.yml"):
        [job] = yaml.safe_load(workflows[name])["jobs"].values()
        assert job["strategy"]["matrix"] == {"stack": ["acme"]}
    for name in init.WORKFLOWS:
        assert "requirements.txt && .venv/bin/t4firm setup" in workflows[name]
        assert not {"make setup", "constraints", "simulation"} & set(workflows[name].split())
    assert {path.name for path in made.glob("stacks/*.schema.json")} == {*map(file_of, SCHEMAS)}
    assert {path.name for path in made.iterdir()} == {
        *(".github", ".gitignore", "Pulumi.yaml", "README.md", "__main__.py"),
        *("requirements.txt", "stacks", "wheels"),
    }


def test_the_workflows_are_the_products_own() -> None:
    kept = Path(init.__file__).parent / "templates" / "workflows"
    for name in init.WORKFLOWS:
        assert (kept / name).read_text() == (ROOT / ".github" / "workflows" / name).read_text(), (
            f"copy .github/workflows/{name} there"
        )
        for of_the_product in init.OF_A_FIRM:
            known = of_the_product in (kept / name).read_text()
            assert known or of_the_product.startswith("stack: ["), (name, of_the_product)


def test_the_checker_of_workflows_finds_nothing(made: Path) -> None:
    if not shutil.which("go"):
        missing("actionlint is built with Go, and there is no go on PATH", "CI")
    checker = ("go", "-C", str(ROOT / "tools" / "actionlint"), "tool", "actionlint")
    files = [str(path) for path in made.glob(".github/workflows/*.yml")]
    done = subprocess.run(
        [*checker, "-shellcheck=", "-pyflakes=", *files],
        env={**os.environ, "GOFLAGS": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_git_has_what_is_reviewed_and_nothing_of_one_machine(made: Path) -> None:
    subprocess.run(["git", "init", "--quiet", made], check=True)
    of_one_machine = ("stacks/Pulumi.acme.yaml", ".t4/acme/x", ".venv/bin/python", "people.csv", "firm.html")
    reviewed = ("stacks/Pulumi.live.yaml", "stacks/acme.attested.yaml", "people.columns.yaml", "wheels/x.whl")
    asked = ["git", "-C", str(made), "check-ignore", *of_one_machine, *reviewed]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    assert done.stdout.split() == [*of_one_machine]


def test_the_pages_that_its_files_name_come_with_the_product(made: Path) -> None:
    texts = [path.read_text() for path in made.rglob("*") if path.suffix in (".md", ".yml", ".yaml")]
    named = {name for text in texts for name in re.findall(r"\b(?:docs/)?[\w-]+\.md\b", text)}
    assert named >= {"docs/pipeline.md", "docs/upgrading.md", "docs/firm-file.md"}
    assert [name for name in named if not (ROOT / name).is_file()] == []
    assert ".venv/share/doc/t4-firm/" in (made / "README.md").read_text()


def test_everything_that_is_installed_is_pinned_by_its_hash(made: Path) -> None:
    digest = hashlib.sha256(b"a wheel").hexdigest()
    lines = (made / "requirements.txt").read_text().splitlines()
    assert f"./wheels/{WHEEL} --hash=sha256:{digest}" in lines
    assert (made / "wheels" / WHEEL).read_bytes() == b"a wheel"
    assert sum(line.startswith("pulumi==") for line in lines) == 1
    rest = [line for line in lines if not line.startswith(("#", "./", "    --hash=sha256:"))]
    assert all("==" in line for line in rest)


def test_nothing_is_overwritten(made: Path, tmp_path: Path) -> None:
    (made / "README.md").write_text("ours")
    with pytest.raises(ProjectError, match="nothing was written"):
        init.run(Asked(made, "acme", "Acme", tmp_path / WHEEL))
    assert (made / "README.md").read_text() == "ours"


def test_what_was_installed_from_a_folder_cannot_be_pinned(folder: Folder) -> None:
    said = folder.t4firm("init", "acme")
    assert said.code == 1
    assert "no version of it can be pinned" in said.err
    assert not (folder.path / "acme").exists()


def test_the_repositorys_own_version_does_the_work(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(made / "stacks")
    assert hand_over.pinned_command() is None  # before `t4firm setup`
    command = made / ".venv" / "bin" / "t4firm"
    command.parent.mkdir(parents=True)
    command.write_text("#!/bin/sh\necho pinned $*\n")
    command.chmod(0o755)
    assert hand_over.pinned_command() == command
    ours = Path(sys.executable).parent / "t4firm"
    done = subprocess.run([ours, "tasks", "--short"], capture_output=True, text=True, check=True)
    assert done.stdout == "pinned tasks --short\n"


@pytest.mark.parametrize(
    ("script", "words"),
    [
        (
            f'#!/bin/sh\nexec {Path(sys.executable).parent}/t4firm "$@"\n',
            "does not run in the environment that it belongs to",
        ),
        ("#!/not/there/python\n", "cannot be started: No such file or directory"),
    ],
)
def test_the_environment_of_a_copied_folder_is_told(made: Path, script: str, words: str) -> None:
    """Its commands start the Python of the folder from which it was copied."""
    command = made / ".venv" / "bin" / "t4firm"
    command.parent.mkdir(parents=True)
    command.write_text(script)
    command.chmod(0o755)
    said = Folder(made).t4firm("tasks")
    assert (said.code, said.out) == (1, "")
    assert words in said.err
    assert "Remove .venv, then run `t4firm setup`" in said.err


@pytest.mark.parametrize("name", ["3acme", "on", "1e3", "a" * 100])
def test_any_name_of_a_stack_makes_workflows_that_a_host_takes(tmp_path: Path, name: str) -> None:
    wheel = tmp_path / WHEEL
    wheel.write_bytes(b"a wheel")
    folder = tmp_path / name
    assert init.run(Asked(folder, name, name, wheel)) == 0
    found = {path.name: yaml.safe_load(path.read_text()) for path in folder.glob(".github/workflows/*.yml")}
    jobs = [(key, job) for workflow in found.values() for key, job in workflow["jobs"].items()]
    assert all(re.fullmatch(r"[A-Za-z_][A-Za-z0-9_-]*", key) for key, _ in jobs)
    stacks = [job["with"]["stack"] for _, job in jobs if "with" in job]
    stacks += [
        stack for _, job in jobs for stack in job.get("strategy", {}).get("matrix", {}).get("stack", ())
    ]
    assert set(stacks) == {name}
    assert load(Project(folder), name).firm.firm == name


@pytest.mark.parametrize(
    "firm", ["</a><img src=x> `x` | *y* @everyone", "{{ 7 * 7 }}", "# x", "it: [is, {so"]
)
def test_the_name_of_a_firm_is_a_name_wherever_it_stands(tmp_path: Path, firm: str) -> None:
    wheel = tmp_path / WHEEL
    wheel.write_bytes(b"a wheel")
    assert init.run(Asked(tmp_path / "acme", "acme", firm, wheel)) == 0
    assert load(Project(tmp_path / "acme"), "acme").firm.firm == firm
    assert yaml.safe_load((tmp_path / "acme" / "Pulumi.yaml").read_text())["description"].endswith(firm)
    readme = (tmp_path / "acme" / "README.md").read_text()
    assert not {"<img", "*y*", "`x`", "@everyone"} & set(readme.replace(">", " ").split())


@pytest.mark.parametrize(
    "words", [("init", "acme", "--firm"), ("request", "--name"), ("attest", "x", "--by")]
)
def test_a_text_for_one_line_is_one(folder: Folder, words: tuple[str, ...]) -> None:
    said = folder.t4firm(*words, "Acme\nusers: {}")
    assert said.code == 1
    assert "has more than one line; write it on one line" in said.err
    assert not (folder.path / "acme").exists()


@pytest.mark.parametrize("stack", ["../../etc/x", "a\nb", "x" * 101])
def test_a_stack_cannot_be_called_anything(folder: Folder, stack: str) -> None:
    said = folder.t4firm("tasks", f"--stack={stack}")
    assert said.code == 1
    assert "no stack can be called" in said.err


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    wheel = tmp_path / WHEEL
    wheel.write_bytes(b"a wheel")
    (tmp_path / "file").write_text("")
    with pytest.raises(
        ProjectError, match=r"cannot be written: Not a directory\. What .* has now is not complete"
    ):
        init.run(Asked(tmp_path / "file" / "acme", "acme", "Acme", wheel))


def test_a_program_is_told_what_was_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wheel = tmp_path / WHEEL
    wheel.write_bytes(b"a wheel")
    folder = tmp_path / "acme"
    assert init.run(Asked(folder, "acme", "Acme", wheel), as_json=True) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["folder"], told["stack"], told["product"]) == (str(folder), "acme", "9.8.7")
    assert all((folder / name).is_file() for name in told["files"])
