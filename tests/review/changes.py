"""Changes of small firms, reviewed: two firms in, a review or its comment out."""

from pathlib import Path
from typing import Any

import yaml

from firm.attested import load_attested
from firm.desired import desired
from firm.load import load_firm
from firm.model import Firm
from firm.operations import load_operations
from review.comment import comment_of
from review.compare import review_of
from review.model import Details, Review, Side
from review.steps import Preview

ROOT = Path(__file__).parents[2]


def side(folder: Path, name: str, firm: dict[str, Any] | None, operations: str, signed: list[str]) -> Side:
    """One side, from files as people write them; None: there is no file."""
    known = load_operations(operations, ROOT)
    if firm is None:
        nobody = Firm(firm="Example Trading LLC", users={})
        return Side(nobody, desired(nobody, known, {}), {}, exists=False)
    file = folder / f"{name}.firm.yaml"
    file.write_text(yaml.safe_dump(firm, sort_keys=False))
    lines = [{"task": task, "by": "A. Administrator", "on": "2026-11-20"} for task in signed]
    (folder / f"{name}.attested.yaml").write_text(yaml.safe_dump(lines))
    loaded = load_firm(file)
    attested = load_attested(file, loaded)
    return Side(loaded, desired(loaded, known, attested), attested)


def reviewed(
    folder: Path,
    before: dict[str, Any] | None,
    after: dict[str, Any],
    *,
    operations: str = "onboarding",
    details: Details = "changed",
    preview: Preview | None = None,
    signed: tuple[list[str], list[str]] = ([], []),
) -> Review:
    """The review of a change; `signed`: the tasks that are attested before and after."""
    base = side(folder, "before", before, operations, signed[0])
    head = side(folder, "after", after, operations, signed[1])
    return review_of("live", base, head, details, preview)


def told(review: Review) -> str:
    """The comment in one line, as a reader takes it in."""
    return " ".join(comment_of(review).split())


def detail(review: Review, username: str) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """What the table says of one person: field -> before, after."""
    [person] = [person for person in review.people if person.username == username]
    return {field.name: (field.before, field.after) for field in person.fields}
