"""The files in .github/workflows: least rights, pinned actions, nobody's words in a script."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from t4firm_cli.app import app

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def jobs(file: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(file.read_text())["jobs"]
    return found


def steps() -> Iterator[tuple[str, dict[str, Any]]]:
    for file in FILES:
        for name, job in jobs(file).items():
            for step in job.get("steps", ()):
                yield f"{file.name} {name}", step


def test_they_are_there() -> None:
    assert {file.stem for file in FILES} == {"check", "ci", "drift", "preview", "up", "up-stack"}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_no_part_is_written_as_an_alias(file: Path) -> None:
    """GitHub resolves them since 2025; its enterprise servers and local runners may not."""
    tokens = yaml.scan(file.read_text())
    assert not [token for token in tokens if isinstance(token, yaml.AliasToken | yaml.AnchorToken)]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_rights_are_given_job_by_job(file: Path) -> None:
    text, workflow = file.read_text(), yaml.safe_load(file.read_text())
    assert workflow["permissions"] in ({}, {"contents": "read"})
    assert "pull_request_target" not in text, "it would run foreign code with our secrets"
    assert "persist-credentials: true" not in text
    for name, job in jobs(file).items():
        assert "write-all" not in str(job), name
        if "steps" in job:
            assert job["timeout-minutes"] <= 120, name


def test_actions_are_pinned_by_commit_with_the_version_beside_it() -> None:
    for file in FILES:
        for line in file.read_text().splitlines():
            if "uses:" in line and "./" not in line:
                assert re.search(r"uses: actions/[a-z/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line), line


def test_checkouts_leave_no_token_behind() -> None:
    for where, step in steps():
        if "checkout" in step.get("uses", ""):
            assert step["with"]["persist-credentials"] is False, where


def test_no_expression_stands_in_a_script() -> None:
    """A branch's or a title's words would become commands; they reach a script by its environment alone."""
    for where, step in steps():
        assert "${{" not in step.get("run", ""), where


def test_secrets_reach_only_the_steps_that_need_them() -> None:
    for file in FILES:
        for name, job in jobs(file).items():
            assert "secrets." not in str(job.get("env", "")), (
                f"{file.name} {name}: every step would have them"
            )
    for where, step in steps():
        if "make" in step.get("run", ""):
            assert "env" not in step, f"{where}: the set-up of foreign packages sees no secret"


def with_the_state() -> Iterator[tuple[str, dict[str, Any]]]:
    """The steps that have the state and its secrets."""
    for file in FILES:
        for job in jobs(file).values():
            for step in job.get("steps", ()):
                if "PULUMI_BACKEND_URL" in step.get("env", {}):
                    assert job["permissions"]["id-token"] == "write", file.stem
                    yield file.stem, step


def test_a_preview_has_neither_the_state_nor_its_passphrase() -> None:
    """Any branch's code runs there. It has the key of copies, and what can only read T4."""
    names = {name for file, step in steps() if file.startswith("preview") for name in step.get("env", {})}
    assert names == {"GH_TOKEN", "T4_REVIEW_KEY", "T4_API_KEY", "T4_SOCKET", "T4_READER"}
    assert {stem for stem, _ in with_the_state()} == {"drift", "up-stack"}


def test_the_place_of_the_state_may_be_a_secret() -> None:
    """`postgres://user:password@…`: a variable is shown in logs."""
    for where, step in with_the_state():
        place = "${{ secrets.PULUMI_BACKEND_URL || vars.PULUMI_BACKEND_URL }}"
        assert step["env"]["PULUMI_BACKEND_URL"] == place, where


def test_who_calls_a_workflow_gives_it_the_rights_that_it_needs() -> None:
    (called,) = jobs(ROOT / ".github" / "workflows" / "up-stack.yml").values()
    for name, caller in jobs(ROOT / ".github" / "workflows" / "up.yml").items():
        assert caller["permissions"] == called["permissions"], name


def test_a_cancelled_job_is_heard_by_what_changes_something() -> None:
    """The runner tells the step's shell alone, and a shell passes nothing on."""
    for where, step in steps():
        if "t4firm github up" in step.get("run", ""):
            assert step["run"].startswith("exec .venv/bin/t4firm "), where


def test_the_set_up_is_kept_by_version_and_takes_no_engine_of_the_runners() -> None:
    for file in FILES:
        text = file.read_text()
        if "make setup" in text or ".ci/run" in text:
            assert yaml.safe_load(text)["env"]["T4_ENGINE"] == "download", file.stem
            (kept,) = re.findall(r"key: (setup-.*)", text)
            assert (
                "hashFiles('constraints*.txt', 't4firm_setup/go/engine/*', 't4firm_setup/go/host/*')" in kept
            ), file.stem


def test_every_look_at_t4_can_read_its_websocket() -> None:
    for name in ("drift", "up-stack"):
        (job,) = jobs(ROOT / ".github" / "workflows" / f"{name}.yml").values()
        reading = [step for step in job["steps"] if "T4_PASSWORD_SEED" in step.get("env", {})]
        assert reading, name
        for step in reading:
            assert step["env"]["T4_SOCKET"] == "${{ vars.T4_SOCKET }}", name
            for secret in ("T4_READER", "T4_FILL_READER"):
                assert step["env"][secret] == f"${{{{ secrets.{secret} }}}}", name


def test_one_stack_does_not_stop_the_look_at_another() -> None:
    for name in ("preview", "drift"):
        (job,) = jobs(ROOT / ".github" / "workflows" / f"{name}.yml").values()
        assert job["strategy"]["fail-fast"] is False, name


def test_a_review_made_again_takes_the_place_of_the_first() -> None:
    """A job that is run again belongs to the same run, and its artifact has the same name."""
    (kept,) = [step["with"] for where, step in steps() if "upload-artifact" in step.get("uses", "")]
    assert kept["overwrite"] is True


def test_the_checks_to_require_are_named_as_github_names_them() -> None:
    """By job, with the matrix in brackets; the name of a workflow is no check, and would be waited for."""
    names = []
    for workflow in ("check", "preview"):
        for name, job in jobs(ROOT / ".github" / "workflows" / f"{workflow}.yml").items():
            has_stacks = "stack" in job.get("strategy", {}).get("matrix", {})
            names.append(f"`{name} (STACK)`" if has_stacks else f"`{name}`")
    (step,) = re.findall(r"^5\. .*?(?=^6\. )", (ROOT / "docs" / "pipeline.md").read_text(), re.M | re.S)
    assert names == ["`files`", "`comment (STACK)`"]
    assert [name for name in names if name not in step] == []


def test_what_is_reviewed_is_what_the_merge_would_make() -> None:
    """Without `ref` that is what is checked out, and its first parent is the base that it was made with."""
    for name in ("check", "preview"):
        (job,) = jobs(ROOT / ".github" / "workflows" / f"{name}.yml").values()
        checkout, *others = job["steps"]
        assert "ref" not in checkout["with"]
        assert checkout["with"]["fetch-depth"] == 2
        assert sum("--base HEAD^1" in step.get("run", "") for step in others) == 1


def test_what_forks_may_start_has_no_secret_and_no_right() -> None:
    check = (ROOT / ".github" / "workflows" / "check.yml").read_text()
    assert "secrets" not in check
    assert "write" not in check
    (preview,) = jobs(ROOT / ".github" / "workflows" / "preview.yml").values()
    assert "head.repo.full_name == github.repository" in preview["if"]


def test_a_run_is_never_stopped_half_way() -> None:
    (up,) = jobs(ROOT / ".github" / "workflows" / "up-stack.yml").values()
    assert up["concurrency"] == {"group": "up-${{ inputs.stack }}", "cancel-in-progress": False}
    assert jobs(ROOT / ".github" / "workflows" / "up.yml")["live"]["needs"] == "simulation"


def test_the_product_is_tested_by_its_own_workflows() -> None:
    """A pull request by the quick tests; it and main by all of `.ci/run`, except in a firm's repository."""
    runs = {
        name: {step.get("run") for where, step in steps() if where.startswith(f"{name}.")}
        for name in ("ci", "check")
    }
    assert ".ci/run" in runs["ci"]
    assert {"make lint", "make quick"} <= runs["check"]
    for name, events in {"check": {"pull_request"}, "ci": {"pull_request", "push"}}.items():
        workflow = yaml.safe_load((ROOT / ".github" / "workflows" / f"{name}.yml").read_text())
        assert workflow[True].keys() == events, "YAML reads `on` as true"
    (everything,) = jobs(ROOT / ".github" / "workflows" / "ci.yml").values()
    assert everything["if"] == "vars.T4_PIPELINE != 'on'"


NAMESPACES = "sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0"


def test_the_tests_may_make_namespaces() -> None:
    """They fail without, and the runner is an ordinary user of an Ubuntu that forbids them."""
    assert "export T4_TESTS_NEED_NAMESPACES=" in (ROOT / ".ci" / "run").read_text()
    calls = [(where, step["run"]) for where, step in steps() if "run" in step]
    after = {where for where, call in calls if call == ".ci/run"}
    assert after
    for where in after:
        assert [call for at, call in calls if at == where] == [NAMESPACES, ".ci/run"], where


def test_scripts_only_call_commands_that_there_are() -> None:
    for where, step in steps():
        if step.get("run", NAMESPACES) == NAMESPACES:
            continue
        words = shlex.split(step["run"].replace("\\\n", " ").partition("||")[0])
        words = words[1:] if words[0] == "exec" else words
        if words == [".ci/run"]:
            assert (ROOT / ".ci" / "run").exists()
            continue
        if words[0] == "make":
            assert f"\n{words[1]}:" in (ROOT / "Makefile").read_text(), where
            continue
        assert words[0] == ".venv/bin/t4firm", where
        commands = [word for word in words[1:] if word.isalpha()]
        options = [word for word in words if word.startswith("--")]
        shown = CliRunner().invoke(app, [*commands, "--help"]).output
        assert all(option in shown or option == "--yes" for option in options), (where, shown)
