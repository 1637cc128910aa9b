"""`t4firm review`: what a change of the firm files means, as one comment of a pull request."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from providers.t4.configuration.password_seed import new_seed
from providers.t4.configuration.stack_files import FirmStack
from providers.t4.records.stored import Stored, stored
from t4firm.plan.goals import Key
from t4firm.reports.proofs import Proof
from t4firm.review.comment import comment_of
from t4firm.review.compare import review_of
from t4firm.review.model import Details, Review, Unreadable
from t4firm.review.parts import LEAST
from t4firm.review.reviewed import Reviewed
from t4firm.review.steps import NoPreview, Preview, preview_of
from t4firm.yaml_files.document import FileError
from t4firm.yaml_files.output_files import keep
from t4firm_cli.administrator.tasks import recorded, report_of
from t4firm_cli.destination import say_destination
from t4firm_cli.engine import reviewed_calls, watched_run
from t4firm_cli.engine import state_copy as state_copies
from t4firm_cli.engine.command import Pulumi
from t4firm_cli.json_form import json_form, versioned
from t4firm_cli.project.layout import Project, ProjectError
from t4firm_cli.project.sides import BaseUnreadable, base_of, digests, head_of, sides_of, written_settings
from t4firm_cli.terminal import say

NO_KEY: Final = {"T4_API_KEY": "none"}
"""Providers are not complete without a key. A preview that does not read T4 sends no call."""

SEED: Final = "T4_PASSWORD_SEED"

READ: Final = ("tasks", "userID", "roles", "violations", "made", "accountID", "state", "assigned")
"""Outputs that a read of T4 replaces, and on which facts rest."""


@dataclass(frozen=True)
class Asked:
    """What was asked for. `base`: a firm file or a git revision. `preview`: a file of the engine's preview.
    `run_preview`: let the engine preview now, on the state, or on a copy of it (`state_copy`);
    `read`: reading T4 first. `output`, `save`: where the comment and the list go."""

    base: str
    preview: Path | None = None
    run_preview: bool = False
    state_copy: Path | None = None
    read: bool = True
    details: Details = "changed"
    limit: int = 0
    as_json: bool = False
    output: Path | None = None
    save: Path | None = None


def run(project: Project, stack: str, asked: Asked) -> int:
    """Write the comment. 0: nothing would change; 2: something would; 1: mistakes, or a run would be
    refused."""
    _check(asked)
    try:
        head = head_of(project, stack)
        base, settings = base_of(project, stack, asked.base)
    except FileError as error:
        unreadable = Unreadable(stack, error.mistakes, base=isinstance(error, BaseUnreadable))
        _write(asked, unreadable, None)
        return 1
    preview, records = _preview(project, stack, asked)
    sides = sides_of(base, head, (settings, written_settings(project, stack)))
    proofs = proofs_of(stack, head, records, preview) if preview and records is not None else ()
    review = review_of(stack, *sides, asked.details, preview, proofs)
    _write(asked, review, None if review.refusals else _reviewed(project, stack, preview))
    if review.refusals:
        return 1
    return 2 if review.changes_something else 0


def previewed(pulumi: Pulumi, *more: str, refresh: bool = True) -> Preview:
    """The engine's preview, made now; `more`: further options. With `refresh` T4 is read first, as far as
    the operations can. What stops it is in its `errors`."""
    words = ["--refresh"] if refresh else []
    with reviewed_calls.named(pulumi, reads=refresh) as calls:
        done = watched_run.previewed(pulumi, "--stack", pulumi.stack, *words, *more)
        named = calls()
    try:
        preview = replace(
            preview_of(done.stdout), refreshed=refresh, calls=named, key=reviewed_calls.key_mark(pulumi)
        )
    except NoPreview:
        raise ProjectError(f"pulumi preview failed: {done.stderr.strip() or done.stdout.strip()}") from None
    if done.returncode and not preview.errors:
        raise ProjectError(f"pulumi preview failed: {done.stderr.strip()}")
    return preview


def proofs_of(
    stack: str, head: FirmStack, records: Mapping[Key, Stored], preview: Preview
) -> Sequence[Proof]:
    """What the set-up rests on, as it is recorded, and with what T4 showed to this preview: of that only what
    a read replaces, because the engine prints secrets as a word."""
    seen = {
        key: {name: shown[name] for name in READ if name in shown} for key, shown in preview.records.items()
    }
    now = {key: stored({**record, **seen.get(key, {})}) for key, record in records.items()}
    return report_of(stack, head, now).proofs


def _check(asked: Asked) -> None:
    if asked.preview and asked.run_preview:
        raise ProjectError("use either --preview FILE or --run-preview, not both")
    if asked.save and not asked.run_preview:
        raise ProjectError("--save keeps every call that a run may make, and only --run-preview knows them")
    if (asked.state_copy or not asked.read) and not asked.run_preview:
        raise ProjectError("--state-copy and --no-read say how --run-preview previews: add it")
    if asked.limit < LEAST:
        raise ProjectError(f"--limit must be {LEAST} or more: the warnings alone need that much")


def _preview(
    project: Project, stack: str, asked: Asked
) -> tuple[Preview | None, Mapping[Key, Stored] | None]:
    """The preview, if one was asked for; and what the state that it was made on has recorded."""
    if asked.run_preview:
        with _engine(project, stack, asked.state_copy) as pulumi:
            say_destination(pulumi)
            if not asked.read:
                pulumi.environ |= NO_KEY
            if (asked.state_copy or not asked.read) and not pulumi.environ.get(SEED):
                pulumi.environ[SEED] = new_seed()  # no preview derives a password
            return previewed(pulumi, refresh=asked.read), recorded(pulumi)
    if asked.preview is None:
        return None, None
    try:
        return preview_of(asked.preview.read_text()), None
    except (OSError, UnicodeDecodeError) as error:
        raise ProjectError(f"{asked.preview} cannot be read: {error}") from None
    except NoPreview as error:
        raise ProjectError(f"{asked.preview}: {error}") from None


@contextmanager
def _engine(project: Project, stack: str, state_copy: Path | None) -> Iterator[Pulumi]:
    if state_copy:
        with state_copies.opened(project, stack, state_copy) as pulumi:
            yield pulumi
    else:
        pulumi = Pulumi(project, stack)
        pulumi.make()
        yield pulumi


def _reviewed(project: Project, stack: str, preview: Preview | None) -> Reviewed | None:
    if preview is None or preview.calls is None:
        return None
    return Reviewed(
        stack, preview.refreshed, digests(project, stack), preview.steps, preview.calls, preview.key
    )


def _write(asked: Asked, review: Review | Unreadable, reviewed: Reviewed | None) -> None:
    digest = reviewed.digest if reviewed else ""
    if asked.as_json:
        text = json.dumps(versioned({**json_form(review), "digest": digest}), indent=2) + "\n"
    else:
        text = comment_of(review, digest, asked.limit)
    if asked.output:
        keep(asked.output, text)
    else:
        say(text.rstrip("\n"))
    if asked.save and reviewed:
        keep(asked.save, reviewed.dumped())
