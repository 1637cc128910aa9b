"""A review as one Markdown comment, for people who know the firm and not the engine."""

import re
from collections.abc import Iterable, Iterator
from itertools import accumulate, groupby

from t4firm.reports.proofs import SOURCES, Proof
from t4firm.review.entries import LABELS
from t4firm.review.model import CaptureChange, Covered, Field, Person, Review, Step, Unreadable, Value
from t4firm.review.parts import LIMIT, Part, joined
from t4firm.review.safe import code, prose
from t4firm.review.steps import worded
from t4firm.yaml_files.mistakes import listed

MOST_VALUES = 12
"""Of one field; a firm of thousands has users with many accounts, and a reviewer one minute."""

MANY = (LABELS["marketData"], "account")
MOST_OF_A_KIND = 12
"""Fields of one person that are of one kind: subscriptions, or details of accounts."""

LARGEST_FIELD, LARGEST_ROW = 1_000, 12_000
"""Bytes, as written. A row may have many fields, and is to leave space for other people."""

LIMITS = {"newUsers": "new users", "departures": "departures", "marketData": "market data"}

FILES_ONLY = (
    "Only the firm files were compared. T4 and the recorded state were not read, so the run may find more to "
    "do."
)

NOT_READ = (
    "T4 was not read for this preview: it only knows what the last runs recorded. `t4firm drift` shows what "
    "somebody changed in T4 since then."
)


def marker(stack: str) -> str:
    """The comment's first line, by which it is found again."""
    return f"<!-- t4firm:review:{re.sub('[^A-Za-z0-9._-]', '_', stack)[:100]} -->"


def comment_of(review: Review | Unreadable, digest: str = "", limit: int = LIMIT) -> str:
    """The comment: equal for equal reviews. `digest`: that of the list which `t4firm up --reviewed` takes."""
    if isinstance(review, Unreadable):
        return joined(_top(review.stack, _unreadable(review)), [_mistakes(review)], "", limit)
    said = [f"**{prose(review.firm, largest=300)}: {prose(review.headline, largest=600)}**"]
    if not review.previewed:
        said += ["", f"*{FILES_ONLY}*"]
    elif not review.read:
        said += ["", f"*{NOT_READ}*"]
    return joined(_top(review.stack, "\n".join(said)), [*_parts(review)], _bottom(digest), limit)


def _top(stack: str, said: str) -> str:
    return "\n".join([marker(stack), f"## T4 set-up {code(stack, largest=200)}", "", said])


def _bottom(digest: str) -> str:
    if not digest:
        return ""
    return (
        "<sub>`t4firm up --reviewed` does exactly these steps and makes no other call that changes "
        f"something. If that is not possible, it stops. `{digest}`</sub>"
    )


def _unreadable(review: Unreadable) -> str:
    count = len(review.mistakes)
    mistakes = f"{count} mistake{'s' if count > 1 else ''}"
    if review.base:
        return (
            f"**The file before this change has {mistakes}, so the change cannot be shown.** The file of "
            f"this change is fine."
        )
    return f"**Correct {mistakes} first: nothing can be set up from these files.**"


def _mistakes(review: Unreadable) -> Part:
    rows = (
        f"- {code(f'{each.file}:{each.line}' if each.line else each.file)} "
        f"{code(each.field) + ': ' if each.field else ''}{prose(each.wrong)}"
        f"{'; ' + prose(each.right) if each.right else ''}"
        for each in review.mistakes
    )
    return Part("Mistakes", tuple(rows), "mistakes")


def _parts(review: Review) -> Iterator[Part]:
    """In the order of their importance: what must be cut is cut from the last ones first."""
    yield Part("A run would stop before its first call", tuple(_lines(review.refusals)), "reasons")
    yield Part("Warnings", tuple(_lines(review.warnings)), "warnings")
    yield Part(
        "Unexpected differences",
        tuple(_found(review)),
        "differences",
        before=("The change of the files does not explain these. A run would change them too.", ""),
    )
    table = ("| who | what happens | in detail |", "|---|---|---|")
    yield Part("People", tuple(map(_person, review.people)), "people", before=table)
    if review.coverage:
        yield _coverage(review.coverage)
    yield Part("For the administrator, after the run", tuple(_tasks(review)), "tasks")
    yield Part("What this rests on", tuple(_rests_on(review.facts)), "facts", folded=True)
    yield Part("Signed off", tuple(_signatures(review)), "signatures")
    yield Part("Also changed in the file", tuple(_others(review.others)), "fields")
    yield Part("Limits of one run", tuple(_limits(review)), "limits", folded=True)
    waiting = tuple(f"- {code(task)}" for task in review.open_before)
    yield Part("Tasks still open from before", waiting, "tasks", folded=True)
    yield Part("Every step of the run", tuple(map(_step, review.steps)), "steps", folded=True)
    calls = tuple(f"- {code(call.operation)} for {code(call.about)}" for call in review.calls)
    yield Part("Every call that the run may make to change something in T4", calls, "calls", folded=True)


def _lines(sentences: Iterable[str]) -> list[str]:
    return [f"- {prose(words)}" for words in sentences]


def _found(review: Review) -> Iterator[str]:
    for found in review.found:
        names = f" ({', '.join(map(code, found.properties))})" if found.properties else ""
        yield f"- {prose(found.what)}: {prose(found.how)}{names}"


def _person(person: Person) -> str:
    who = f"{code(person.username)}{' (the fill service)' if person.is_fill_user else ''}"
    return f"| {who} | {person.happens} | {'<br>'.join(_fields(person.fields))} |"


def _fields(fields: Iterable[Field]) -> list[str]:
    """A person's fields, but not more of a kind than anybody reads; of too large ones the largest are left
    out."""
    told: list[str] = []
    for kind, group in groupby(fields, _kind):
        of_a_kind, cut = list(group), 0
        if len(of_a_kind) > MOST_OF_A_KIND:
            cut = len(of_a_kind) - MOST_OF_A_KIND + 1
            of_a_kind = sorted(of_a_kind, key=lambda field: not field.before)[:-cut]  # what was there first
        told += map(_field, of_a_kind)
        if cut:
            told.append(f"{kind}: {cut} more")
    smallest = sorted(range(len(told)), key=lambda at: len(told[at].encode()))
    sizes = accumulate(len(told[at].encode()) for at in smallest)
    kept = sorted(at for at, size in zip(smallest, sizes, strict=True) if size <= LARGEST_ROW)
    left_out = len(told) - len(kept)
    more = [f"and {left_out} more, too long for this table"] if left_out else []
    return [*(told[at] for at in kept), *more]


def _kind(field: Field) -> str:
    """What a field is one of many of; its own name for the others."""
    return next((kind for kind in MANY if field.name.startswith(f"{kind} ")), field.name)


def _field(field: Field) -> str:
    name = prose(field.name)
    if field.hidden:
        return f"{name}: changed"
    if field.listed:
        more = [each for each in field.after if each not in field.before]
        less = [each for each in field.before if each not in field.after]
        signs = [*(f"- {code(each)}" for each in less), *(f"+ {code(each)}" for each in more)]
        if not field.before:
            signs = [code(each) for each in field.after]
        return f"{name}: {_some(signs) or 'in another order: ' + _values(field.after)}"
    if field.before and field.after:
        return f"{name}: {_values(field.before)} → {_values(field.after)}"
    if field.after:
        return f"{name}: {_values(field.after)}"
    return f"{name}: {_values(field.before)} → none"


def _values(value: Value) -> str:
    return _some([code(each) for each in value])


def _some(texts: list[str]) -> str:
    most = MOST_VALUES if len(texts) <= MOST_VALUES else MOST_VALUES - 1
    fitting = sum(size <= LARGEST_FIELD for size in accumulate(len(text.encode()) for text in texts))
    kept = texts[: max(1, min(most, fitting))]
    return ", ".join(kept) + (f" and {len(texts) - len(kept)} more" if len(kept) < len(texts) else "")


def _coverage(coverage: CaptureChange) -> Part:
    before, after = (
        "all accounts of the firm, by the Risk Manager role"
        if count is None
        else f"{count} account{'' if count == 1 else 's'}"
        for count in (coverage.before, coverage.after)
    )
    others = coverage.gained or coverage.lost
    compared = (
        f"; before this change {before}" if before != after else ", as many as before" if others else ""
    )
    captures = f"captures the fills of {after}{compared}"
    lost = {each.account for each in coverage.lost}
    waiting = ", ".join(map(code, coverage.missing))
    rows = [
        f"- {code(coverage.fill_user)} {captures}",
        *(f"- {_account(each)} will be captured {_once(each)}" for each in coverage.gained),
        *(f"- no longer captured: {_account(each)}: {prose(each.reason)}" for each in coverage.lost),
        *(
            f"- excluded: {_account(each)}: {prose(each.reason)}"
            for each in coverage.excluded
            if each.account not in lost
        ),
        *([f"- nothing is captured until these are closed: {waiting}"] if waiting else []),
    ]
    return Part("Fill service", tuple(rows), "accounts")


def _once(covered: Covered) -> str:
    return f"once {code(covered.once)} is closed" if covered.once else "once the run has assigned it"


def _account(covered: Covered) -> str:
    users = f" ({listed(map(code, covered.users))})" if covered.users else ""
    return f"{code(covered.account)}{users}"


def _tasks(review: Review) -> Iterator[str]:
    for task in sorted(review.tasks, key=lambda task: (task.page, task.id)):
        more = [f"Takes effect {prose(task.effective)}."] if task.effective else []
        more += [f"Waits: {prose(task.waits)}."] if task.waits else []
        # The break comes first: "- 2. Takes effect" would be a list in a list.
        said = " ".join([*more, f"Why: {prose(task.why)}."])
        yield f"- {prose(task.what)}.<br>{said} {code(task.id)}"


def _rests_on(facts: Iterable[Proof]) -> Iterator[str]:
    """What nobody has shown first, then what a person signed, then what T4 has shown."""
    for each in sorted(facts, key=lambda fact: (-SOURCES.index(fact.source), fact)):
        said = f"{code(each.about)} {prose(each.fact)}: {each.source} ({prose(each.why or each.shortly)})"
        yield f"- {said}" + (f". To see it: {prose(each.remedy)}." if each.remedy else "")


def _signatures(review: Review) -> Iterator[str]:
    for each in review.signatures:
        note = f": {prose(each.note)}" if each.note else ""
        yield f"- {code(each.task)} by {code(each.by)} on {each.on}{note}"
    for task in review.withdrawn:
        yield f"- {code(task)}: the sign-off is withdrawn"


def _others(fields: Iterable[Field]) -> Iterator[str]:
    yield from (f"- {_field(field)}" for field in fields)


def _limits(review: Review) -> Iterator[str]:
    for use in review.limits:
        over = " — **over the limit**" if use.count > use.allowed else ""
        yield f"- {LIMITS.get(use.name) or prose(use.name)}: {use.count} of {use.allowed}{over}"


def _step(step: Step) -> str:
    names = f" ({', '.join(map(code, step.properties))})" if step.properties else ""
    return f"- {prose(worded(step))}{names}"
