"""`t4firm up --reviewed`: what runs is what was reviewed, or nothing runs.

The preview is computed once more and held against the reviewed list. Then the engine runs with its own plan
of that moment, so that nothing slips in between: the engine refuses a step that the plan does not have, and
the providers refuse a changing call that the list does not have.

A list runs once. The engine's history tells on every machine which lists have run, and from which commit.

A run that had begun and failed half way leaves less to do than was reviewed. So that the same list can finish
it, the journal's folder notes which list has begun; without that note, less to do is a difference too.
"""

import re
from collections.abc import Callable
from pathlib import Path

from t4firm.review.reviewed import NotReviewed, Reviewed, loaded
from t4firm.review.steps import Preview
from t4firm.yaml_files.output_files import keep
from t4firm_cli.engine import ending
from t4firm_cli.engine.command import Pulumi
from t4firm_cli.engine.past_runs import message_of, past_runs
from t4firm_cli.engine.reviewed_calls import no_others
from t4firm_cli.engine.update_plan import update_plan
from t4firm_cli.firm_files.review import previewed
from t4firm_cli.project.layout import ProjectError
from t4firm_cli.project.sides import digests, settings_of
from t4firm_cli.runs.order_of_runs import refuse_older, run_of
from t4firm_cli.terminal import complain, say

MOST_DIFFERENCES = 20
BEGUN = "reviewed-run"
"""The note in the journal's folder: the digest of the list whose run has begun and not ended well."""


def run(pulumi: Pulumi, reviewed: str, up: Callable[..., int]) -> int:
    """Call `up`, with further options for it, if it does what was reviewed: `reviewed` is the file of `t4firm
    review --save`, or its digest. Raises ProjectError, before anything is called, if it does not."""
    then = _list(reviewed)
    digest = then.digest if then else reviewed
    refresh = then.refreshed if then else True
    runs = past_runs(pulumi)
    refuse_older(pulumi.project, runs)
    before = run_of(digest, pulumi.project, runs)
    with update_plan(pulumi) as plan:
        preview = previewed(pulumi, *plan.saving, refresh=refresh)
        if preview.errors:
            raise ProjectError("\n".join(("the preview stopped, so no call was made:", *preview.errors)))
        now = Reviewed(
            pulumi.stack,
            preview.refreshed,
            digests(pulumi.project, pulumi.stack),
            preview.steps,
            preview.calls or (),
            preview.key,
        )
        if now.is_empty and (before or (then and then.files == now.files and not then.is_empty)):
            return nothing_left(preview, has_run=bool(before))
        if before:
            raise ProjectError(
                f"this list has run, on {before.day}, and a list runs once. Nothing was called. What would "
                "be done now is another change: `t4firm review` shows it"
            )
        begun = pulumi.project.folder / settings_of(pulumi.project, pulumi.stack).journal / BEGUN
        _refuse_another(reviewed, then, now, begun)
        begun.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        keep(begun, digest)
        with no_others(pulumi, (then or now).calls):
            ended = up(*plan.taking(), *(["--refresh"] if refresh else []), "--message", message_of(digest))
        if ended != ending.FAILED:
            begun.unlink(missing_ok=True)
        return ended


def nothing_left(preview: Preview, *, has_run: bool) -> int:
    """Say so, and return the exit code: what the run of the list raised is not hidden by a second one."""
    say("Nothing is left to do: this list has run." if has_run else "Nothing is left to do.")
    for alarm in preview.alarms:
        say(alarm, "bad")
    return ending.SOMETHING_TO_DO if preview.alarms else 0


def _list(reviewed: str) -> Reviewed | None:
    """The list in the file; None for a digest alone."""
    if re.fullmatch("sha256:[0-9a-f]{64}", reviewed):
        return None
    try:
        return loaded(Path(reviewed).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ProjectError(f"the reviewed list {reviewed} cannot be read: {error}") from None
    except NotReviewed as error:
        raise ProjectError(f"{reviewed}: {error}") from None


def _refuse_another(reviewed: str, then: Reviewed | None, now: Reviewed, begun: Path) -> None:
    if then is None:
        differences = [] if reviewed == now.digest else [f"the digest of what would be done is {now.digest}"]
    else:
        differences = list(then.differences(now))
    if not differences:
        return
    if then and then.is_continued_by(now) and begun.exists() and begun.read_text() == then.digest:
        left = f"{len(now.steps)} of {len(then.steps)} reviewed steps are left"
        complain(f"An earlier run of this list did not end well: {left}.", "warning")
        return
    shown = [f"  {words}" for words in differences[:MOST_DIFFERENCES]]
    if len(differences) > MOST_DIFFERENCES:
        shown.append(f"  and {len(differences) - MOST_DIFFERENCES} more")
    raise ProjectError(
        "\n".join(
            (
                "what would be done now is not what was reviewed. No call was made:",
                *shown,
                "Have it reviewed again: `t4firm review` shows the change as it is now.",
            )
        )
    )
