"""Changes of small firms, reviewed: two firms in, a review or its comment out."""

from pathlib import Path
from typing import Any

import yaml

from providers.t4.configuration.stack_files import FirmStack, load_stack
from t4firm.reports.proofs import Proof
from t4firm.review.comment import comment_of
from t4firm.review.compare import review_of
from t4firm.review.model import Details, Review, Setting
from t4firm.review.steps import Preview
from t4firm_cli.project.sides import sides_of

ROOT = Path(__file__).parents[2]


def stack_of(folder: Path, name: str, firm: dict[str, Any], operations: str, signed: list[str]) -> FirmStack:
    """One side's files, as people write them, loaded."""
    file = folder / f"{name}.firm.yaml"
    file.write_text(yaml.safe_dump(firm, sort_keys=False))
    lines = [{"task": task, "by": "A. Administrator", "on": "2026-11-20"} for task in signed]
    (folder / f"{name}.attested.yaml").write_text(yaml.safe_dump(lines))
    return load_stack(file, operations, ROOT)


def reviewed(
    folder: Path,
    before: dict[str, Any] | None,
    after: dict[str, Any],
    *,
    operations: str = "onboarding",
    details: Details = "changed",
    preview: Preview | None = None,
    signed: tuple[list[str], list[str]] = ([], []),
    settings: tuple[dict[str, Setting], dict[str, Setting]] = ({}, {}),
    proofs: tuple[Proof, ...] = (),
) -> Review:
    """The review of a change; `signed`: the tasks that are attested before and after; so `settings`."""
    base = stack_of(folder, "before", before, operations, signed[0]) if before else None
    head = stack_of(folder, "after", after, operations, signed[1])
    return review_of("live", *sides_of(base, head, settings), details, preview, proofs)


def told(review: Review) -> str:
    """The comment in one line, as a reader takes it in."""
    return " ".join(comment_of(review).split())


def detail(review: Review, username: str) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """What the table says of one person: field -> before, after."""
    [person] = [person for person in review.people if person.username == username]
    return {field.name: (field.before, field.after) for field in person.fields}
