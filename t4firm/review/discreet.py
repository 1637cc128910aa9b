"""A review that does not even tell which personal details change (`--details none`).

The table of people has one line for all of somebody's (t4firm/review/entries.py). Elsewhere a field shows in
the ids of its tasks, in what a read found, and among the properties of a step.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar

from t4firm.model.users import NAMES
from t4firm.model.users import PERSONAL as OF_PEOPLE
from t4firm.reports.drift import SENTENCES
from t4firm.review.entries import PERSONAL
from t4firm.review.model import Review
from t4firm.tasks.kinds import CHANGEABLE

T = TypeVar("T")

FIELDS = (*OF_PEOPLE, *NAMES)
PROPERTIES = frozenset({"person", "names", *FIELDS})
"""What the resources of users and accounts call them."""

_ANY = f"(?:{'|'.join(FIELDS)})"
_TASK = re.compile(rf"\b((?:{'|'.join(CHANGEABLE)})/[^/\s]+)/{_ANY}(?![\w/])")
_FOUND = re.compile(
    "|".join(SENTENCES[kind].format(field=_ANY, username=r"\S+", account=r"\S+") for kind in CHANGEABLE)
)


def discreet(review: Review) -> Review:
    """The review, without the names of personal details."""
    return replace(
        review,
        warnings=_once(map(unnamed, review.warnings)),
        open_before=_once(map(unnamed, review.open_before)),
        signatures=_once(replace(each, task=unnamed(each.task)) for each in review.signatures),
        withdrawn=_once(map(unnamed, review.withdrawn)),
        found=tuple(
            replace(each, how=_found(each.how), properties=_names(each.properties)) for each in review.found
        ),
        others=tuple(replace(each, name=unnamed(each.name)) for each in review.others),
        steps=tuple(replace(each, properties=_names(each.properties)) for each in review.steps),
    )


def unnamed(text: str) -> str:
    """`text`, where each task about a personal detail has become the one about all of a person's or an
    account's: `update-user/trader.a/personal details`."""
    return _TASK.sub(rf"\1/{PERSONAL}", text)


def _found(how: str) -> str:
    """The sentences of a read."""
    return "; ".join(_once(_FOUND.sub(f"{PERSONAL} differ", words) for words in how.split("; ")))


def _names(properties: Iterable[str]) -> tuple[str, ...]:
    return _once(PERSONAL if name in PROPERTIES else name for name in properties)


def _once(values: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(values))
