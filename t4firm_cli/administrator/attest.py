"""`t4firm attest`: sign tasks off in the attested file, of which nothing else changes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from t4firm.loading.attested_file import attested_in
from t4firm.schemas import comment_for
from t4firm.yaml_files.edited_files import change
from t4firm.yaml_files.edits import edited, values_of
from t4firm_cli.administrator.tasks import attested_file, recorded, report_of
from t4firm_cli.administrator.tasks_report import PAGES, can_be_signed
from t4firm_cli.engine.command import Pulumi
from t4firm_cli.firm_files.validate import load
from t4firm_cli.project.layout import Project, ProjectError


@dataclass(frozen=True)
class SignOff:
    """Somebody's word: which tasks, by whom, on which day. `all_open`: every open task that need not
    wait, of one `page` if that is not ""."""

    tasks: Sequence[str]
    by: str
    on: date
    note: str = ""
    all_open: bool = False
    page: str = ""


def run(project: Project, stack: str, asked: SignOff) -> list[str]:
    """Write the lines; returns the tasks whose line is new. Raises ProjectError for a task that is not open,
    or whose line is there already (of all open ones: if that is so of all), and FileError, with the file as
    it was, for a line that the file cannot have."""
    tasks = _chosen(project, stack, asked)
    path = attested_file(project, stack)
    known: list[str] = []

    def signed(before: bytes | None) -> bytes:
        text = before.decode() if before is not None else f"{comment_for('attested')}\n"
        text, there = _signed(text, tasks, asked)
        known.extend(there)
        if there and (len(there) == len(tasks) or not asked.all_open):
            raise ProjectError(
                f"{path.name} has this sign-off already: {', '.join(there)}. Nothing was written. If `t4firm "
                "up` says that it does not count, sign off again when the task is done: with another --note, "
                "or a later --on"
            )
        attested_in(path, text)
        return text.encode()

    change(path, signed)
    return [task for task in tasks if task not in known]


def _chosen(project: Project, stack: str, asked: SignOff) -> list[str]:
    if bool(asked.tasks) == asked.all_open:
        raise ProjectError("name the tasks, or use --all-open")
    if asked.page and (not asked.all_open or asked.page not in PAGES):
        raise ProjectError(f"--page goes with --all-open, and is one of: {', '.join(PAGES)}")
    loaded = load(project, stack)
    report = report_of(stack, loaded, recorded(Pulumi(project, stack)))
    open_tasks = {task.said["id"]: task for task in report.tasks if can_be_signed(task)}
    first = {task.said["id"]: task.said["after"] for task in report.tasks if "after" in task.said}
    if asked.all_open:
        of_page = [name for name, task in open_tasks.items() if asked.page in ("", task.page)]
        signed = {*of_page, *loaded.attested}
        chosen = [name for name in of_page if first.get(name, name) in signed]
        if not chosen:
            raise ProjectError("no such task is open that need not wait: nothing was written")
        return chosen
    waits = {task.said["id"]: task.said["waits"] for task in report.tasks if "waits" in task.said}
    if early := [f"{task} waits {waits[task]}" for task in asked.tasks if task in waits]:
        raise ProjectError(
            f"these tasks are not to be done yet: {'; '.join(early)}. Nothing was written. Sign them off "
            "when they no longer wait"
        )
    if others := [task for task in asked.tasks if task not in open_tasks]:
        raise ProjectError(
            f"these tasks are not open: {', '.join(others)}. Nothing was written. "
            f"`t4firm tasks --stack {stack} --short` lists what is open"
        )
    signed = {*asked.tasks, *loaded.attested}
    if early := [f"{task} ({first[task]})" for task in asked.tasks if first.get(task, task) not in signed]:
        raise ProjectError(
            f"something is to be done before these tasks, or fills are missed: {'; '.join(early)}. Nothing "
            "was written. When it is done, sign both off"
        )
    return list(dict.fromkeys(asked.tasks))


def _signed(text: str, tasks: Sequence[str], asked: SignOff) -> tuple[str, list[str]]:
    """The file with a line for each task, in place of an older one for the same task; and the tasks whose
    line is the same already."""
    content = values_of(text)
    whole = content if isinstance(content, dict) else {"attested": content or []}
    lines = whole["attested"] = whole.get("attested") or []
    at = {line["task"]: index for index, line in enumerate(lines)}
    note = {"note": asked.note} if asked.note else {}
    there = []
    for task in tasks:
        line = {"task": task, "by": asked.by, "on": asked.on, **note}
        if task not in at:
            lines.append(line)
        elif _as_text(lines[at[task]]) == _as_text(line):
            there.append(task)
        else:
            lines[at[task]] = line
    return edited(text, whole if isinstance(content, dict) else lines), there


def _as_text(line: Mapping[str, object]) -> dict[str, str]:
    """A day may be quoted in the file."""
    return {name: str(value) for name, value in line.items()}
