"""`t4firm attest`: sign tasks off in the attested file, which keeps its comments and its form."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from t4firm.schemas import comment_for
from t4firm_cli.engine.command import Pulumi
from t4firm_cli.project.layout import Project, ProjectError
from t4firm_cli.tasks import attested_file, recorded, report_of
from t4firm_cli.tasks_report import PAGES, can_be_signed
from t4firm_cli.validate import load


@dataclass(frozen=True)
class SignOff:
    """Somebody's word: which tasks, by whom, on which day. `all_open`: every open task, of one `page` if
    that is not ""."""

    tasks: Sequence[str]
    by: str
    on: date
    note: str = ""
    all_open: bool = False
    page: str = ""


def run(project: Project, stack: str, asked: SignOff) -> list[str]:
    """Write the lines; returns the tasks. Raises ProjectError for a task that is not open, and FileError,
    with the file as it was, for a line that the file cannot have."""
    tasks = _chosen(project, stack, asked)
    path = attested_file(project, stack)
    before = path.read_bytes() if path.exists() else None
    try:
        _write(path, tasks, asked)
        load(project, stack)
    except BaseException:
        if before is None:
            path.unlink(missing_ok=True)
        else:
            path.write_bytes(before)
        raise
    return tasks


def _chosen(project: Project, stack: str, asked: SignOff) -> list[str]:
    if bool(asked.tasks) == asked.all_open:
        raise ProjectError("name the tasks, or say --all-open")
    if asked.page and (not asked.all_open or asked.page not in PAGES):
        raise ProjectError(f"--page goes with --all-open, and is one of: {', '.join(PAGES)}")
    report = report_of(stack, load(project, stack), recorded(Pulumi(project, stack)))
    open_tasks = {task.said["id"]: task for task in report.tasks if can_be_signed(task)}
    if asked.all_open:
        chosen = [name for name, task in open_tasks.items() if asked.page in ("", task.page)]
        if not chosen:
            raise ProjectError("no such task is open: nothing was written")
        return chosen
    if others := [task for task in asked.tasks if task not in open_tasks]:
        raise ProjectError(
            f"not open, so there is nothing to sign off: {', '.join(others)}. Nothing was written. "
            f"`t4firm tasks --stack {stack} --short` lists what is open"
        )
    return list(dict.fromkeys(asked.tasks))


def _write(path: Path, tasks: Sequence[str], asked: SignOff) -> None:
    """Add a line for each task, in place of an older one for the same task."""
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 4096
    content = (yaml.load(path) if path.exists() else None) or CommentedSeq()
    if not path.exists():
        content.yaml_set_start_comment(comment_for("attested").removeprefix("# "))
    lines = content["attested"] if isinstance(content, dict) else content
    at = {line["task"]: index for index, line in enumerate(lines)}
    note = {"note": asked.note} if asked.note else {}
    for task in tasks:
        line = CommentedMap(task=task, by=asked.by, on=asked.on, **note)
        line.fa.set_flow_style()
        if task in at:
            lines[at[task]] = line
        else:
            lines.append(line)
    with path.open("w", encoding="utf-8") as file:
        yaml.dump(content, file)
