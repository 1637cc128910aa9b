"""Two sides of a change, and what a preview says of it, become one `Review`."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from t4firm.model.firm import Firm
from t4firm.plan.capture import captured_by_role, to_capture
from t4firm.plan.changes import Changes
from t4firm.plan.goals import OURS
from t4firm.reports.coverage import missing
from t4firm.reports.proofs import Proof
from t4firm.review.discreet import discreet, unnamed
from t4firm.review.entries import other_fields, people
from t4firm.review.headline import headline_of
from t4firm.review.model import CaptureChange, Covered, Details, Field, MarketData, Review, Side, Signature
from t4firm.review.steps import Preview
from t4firm.review.warnings import warnings
from t4firm.tasks.ids import Task, describe, parts_of, task_id

TOLD_ELSEWHERE = ("users", "accounts", "templates", "limits")
"""Parts of a firm file that a review tells in words of their own; the fill service in part. Somebody new has
no defaults that changed."""


def review_of(
    stack: str,
    base: Side,
    head: Side,
    brings: Changes,
    details: Details = "changed",
    preview: Preview | None = None,
    proofs: Iterable[Proof] = (),
) -> Review:
    """What the change from `base` to `head` means. `brings`: what that does by the files alone. Without a
    preview only the files are compared. `proofs`: what the set-up rests on, as it is recorded."""
    tasks = {*brings.tasks, *(preview.tasks if preview else ())} - _signed(base, head)
    open_before = {*(preview.open_before if preview else ())} - _signed(base, head)
    coverage = _coverage(base, head, tasks | open_before)
    told = {unnamed(task) for task in tasks} if details == "none" else tasks
    changed = ((kind.removeprefix(OURS), name) for kind, name in brings.changed)
    errors = preview.errors if preview else ()
    known = (f"VIOLATION: {words}" for words in (preview.violations if preview else ()))
    unexplained = preview.found(changed) if preview else ()
    review = Review(
        stack=stack,
        firm=head.firm.firm,
        headline="",
        previewed=preview is not None,
        read=preview is None or preview.refreshed,
        differs=bool(brings.changed) or _written(base) != _written(head),
        refusals=tuple(dict.fromkeys((*brings.refusals, *_new(errors, brings.refusals)))),
        warnings=(*known, *warnings(base, head, coverage)),
        people=people(base.firm, head.firm, details),
        coverage=coverage,
        tasks=tuple(_described(task, base.firm, head.firm) for task in sorted(told)),
        open_before=tuple(task for task in (preview.open_before if preview else ()) if task not in tasks),
        signatures=_signatures(base, head),
        withdrawn=tuple(sorted(base.attested.keys() - head.attested.keys())),
        found=unexplained,
        others=_others(base, head, coverage, details),
        limits=brings.limits,
        market_data=_market_data(base.firm, head.firm),
        steps=preview.steps if preview else (),
        calls=(preview.calls or ()) if preview else (),
        facts=_facts(brings, head, coverage, proofs),
    )
    review = discreet(review) if details == "none" else review
    return replace(review, headline=headline_of(review, base.firm, head.firm))


def _facts(
    brings: Changes, head: Side, coverage: CaptureChange | None, proofs: Iterable[Proof]
) -> tuple[Proof, ...]:
    """What the change rests on: the facts about the fill user, and about whom and what it touches."""
    touched = {part for _, name in brings.changed for part in name.split("/")}
    touched |= {number for name in touched for number in _accounts_of(head.firm, name)}
    touched |= {coverage.fill_user} if coverage and touched else set()
    return tuple(proof for proof in proofs if proof.about in touched)


def _accounts_of(firm: Firm, username: str) -> Iterable[str]:
    return firm.users[username].accounts if username in firm.users else ()


def _written(side: Side) -> tuple[object, ...]:
    return side.firm, side.attested, side.operations, side.settings


def _others(base: Side, head: Side, coverage: CaptureChange | None, details: Details) -> tuple[Field, ...]:
    """What else changes in the file. Of exclusions those that end or begin a capture are told with it."""
    capture = (*coverage.gained, *coverage.lost) if coverage else ()
    told = {f"fillService.exclude.{each.account}" for each in capture}
    parts = TOLD_ELSEWHERE if base.exists else (*TOLD_ELSEWHERE, "defaults")
    return tuple(
        field
        for field in other_fields(base.firm, head.firm, parts, details)
        if field.name not in told and not field.name.startswith("fillService.user.")
    )


def _described(task: str, base: Firm, head: Firm) -> Task:
    """A task in words; one about market data with what the file said before."""
    parts = parts_of(task)
    before = base.person(parts.get("username", ""))
    was = {"was": before.marketData.get(parts["exchange"], "")} if before and "exchange" in parts else {}
    return describe(task, head, was)


def _new(errors: Iterable[str], refusals: Iterable[str]) -> Iterable[str]:
    """What the engine says beyond what the files alone told."""
    said = [" ".join(words.split()) for words in refusals]
    return (error for error in errors if not any(words in error for words in said))


def _signed(base: Side, head: Side) -> set[str]:
    return head.attested.keys() - base.attested.keys()


def _signatures(base: Side, head: Side) -> tuple[Signature, ...]:
    new = (entry for task, entry in sorted(head.attested.items()) if base.attested.get(task) != entry)
    return tuple(Signature(entry.task, entry.by, entry.on.isoformat(), entry.note) for entry in new)


def _coverage(base: Side, head: Side, still_open: set[str]) -> CaptureChange | None:
    fill = head.firm.fillService or base.firm.fillService
    if fill is None:
        return None
    before, after = _captured(base), _captured(head)
    excluded = head.firm.fillService.exclude if head.firm.fillService else {}
    by_role = before is None or after is None
    gained = set() if by_role else (after or set()) - (before or set())
    lost = set() if by_role else (before or set()) - (after or set())
    return CaptureChange(
        fill_user=fill.user.username,
        before=None if before is None else len(before),
        after=None if after is None else len(after),
        gained=tuple(
            replace(_covered(head, number), once=_once(fill.user.username, number, still_open))
            for number in sorted(gained)
        ),
        lost=tuple(_covered(base, number, _why(number, head.firm)) for number in sorted(lost)),
        excluded=tuple(_covered(head, number, reason) for number, reason in sorted(excluded.items())),
        missing=missing(head.firm, still_open) if after is None or after else (),
    )


def _once(fill: str, number: str, still_open: set[str]) -> str:
    task = task_id("assign-account", fill, number)
    return task if task in still_open else ""


def _captured(side: Side) -> set[str] | None:
    if captured_by_role(side.firm):
        return None
    return set(to_capture(side.goals, side.firm))


def _covered(side: Side, number: str, reason: str = "") -> Covered:
    users = [name for name, user in sorted(side.firm.users.items()) if number in user.accounts]
    elsewhere = [goal.stack for goal in side.goals.access if goal.account == number and goal.stack]
    return Covered(number, tuple([*users, *(f"stack {stack}" for stack in elsewhere)]), reason)


def _why(number: str, firm: Firm) -> str:
    """Why an account that was captured no longer is."""
    users = [user for user in firm.users.values() if number in user.accounts]
    if firm.fillService is None:
        return "the firm has no fill service any more"
    if firm.fillService.capture == "none":
        return "the service ends (capture: none)"
    if number in firm.fillService.exclude:
        return f"excluded: {firm.fillService.exclude[number]}"
    if users and all(user.departed for user in users):
        return "its user departs"
    return "no WhenTech user has it any more" if users else "it was removed from the file"


def _market_data(before: Firm, after: Firm) -> MarketData:
    olds, news = _subscriptions(before), _subscriptions(after)
    return MarketData(
        added=len(news.keys() - olds.keys()),
        ended=len(olds.keys() - news.keys()),
        changed=sum(olds[key] != news[key] for key in olds.keys() & news.keys()),
    )


def _subscriptions(firm: Firm) -> Mapping[tuple[str, str], str]:
    people = [user for user in firm.people if not user.departed]
    return {(user.username, name): kind for user in people for name, kind in user.marketData.items()}
