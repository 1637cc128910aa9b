"""A reviewed list runs once, and in the order of the commits; a run that follows no list says so."""

from collections.abc import Sequence

from t4firm_cli.engine.command import Pulumi
from t4firm_cli.engine.past_runs import PastRun, past_runs
from t4firm_cli.project.layout import Project, ProjectError
from t4firm_cli.project.revision import commit_here, is_before


def refuse_older(project: Project, runs: Sequence[PastRun]) -> None:
    """Raises ProjectError where what was applied last comes from a later commit than the one here."""
    if words := _older(project, runs):
        raise ProjectError(
            f"{words}. Running it now could put older values back. Nothing was called. Check out the newest "
            "commit, and run its review"
        )


def run_of(digest: str, project: Project, runs: Sequence[PastRun]) -> PastRun | None:
    """The run that has done this list. The same change made twice has two commits."""
    here = commit_here(project)
    return next((run for run in runs if run.succeeded and run.digest == digest and run.commit == here), None)


def unreviewed(pulumi: Pulumi) -> list[str]:
    """What is to be said of a run that follows no list; nothing where nobody reviews runs. A history that
    cannot be read stops no run: then there is nothing to say."""
    try:
        runs = past_runs(pulumi)
    except ProjectError:
        return []
    project = pulumi.project
    older = _older(project, runs)
    if not older and not any(run.digest for run in runs):
        return []
    more = [f"{older}: this run may put older values back."] if older else []
    return [
        *more,
        "Nobody reviewed this run. `t4firm review --run-preview --save FILE` shows what it would do, and "
        "`t4firm up --reviewed FILE` does that.",
    ]


def _older(project: Project, runs: Sequence[PastRun]) -> str:
    here, last = commit_here(project), next((run for run in runs if run.commit), None)
    if last is None or not is_before(project, here, last.commit):
        return ""
    return f"The commit here, {here[:12]}, is older than {last.commit[:12]}, which was applied on {last.day}"
