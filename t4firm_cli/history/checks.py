"""What of a history can be verified, and what cannot: each with its reason."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from t4firm.history.events import Event, Run
from t4firm.yaml_files.mistakes import counted, some
from t4firm_cli.history.commits import Repository
from t4firm_cli.history.gathering import History

GOOD, UNKNOWN_KEY, NONE, UNCHECKED = "G", "U", "N", "E"
"""What git says of a signature (`git log --format=%G?`): good, good by a key that nobody here vouches for,
none, there but not to be checked here."""

NO_RUN: Final = "the engine's history has no run of this stack"
NO_COMMIT: Final = "no commit here changed the files"


@dataclass(frozen=True)
class Check:
    """One thing that was looked at. `outcome`: it holds, it does not, or nobody can tell from here."""

    what: str
    outcome: Literal["holds", "fails", "unknown"]
    words: str


def checks(history: History, repository: Repository) -> Iterator[Check]:
    """Everything, in the order in which one thing rests on the other."""
    yield from _complete(history)
    yield from _on_main(history, repository)
    yield from _lists(history)
    yield _clean(history)
    yield from _signatures(history)
    yield _unapplied(history)
    yield from _answers(history)
    yield from _states(history)
    yield from _approvals(history)


def _complete(history: History) -> Iterator[Check]:
    what = "history of the files"
    yield from (Check(what, "unknown", words) for words in history.incomplete_files)
    if not history.incomplete_files and not history.commits:
        yield Check(what, "unknown", "no commit here has them")
    elif not history.incomplete_files:
        yield Check(what, "holds", "git has it from the first commit")


def _on_main(history: History, repository: Repository) -> Iterator[Check]:
    what, branch = "commits of the runs", repository.main()
    if not history.runs:
        yield Check(what, "unknown", NO_RUN)
        return
    if not branch:
        yield Check(what, "unknown", "there is no branch main or master here to compare them with")
        return
    commits = {run.commit for run in history.runs if run.commit}
    here = {commit for commit in commits if repository.has(commit)}
    main = {commit for commit in here if repository.is_on(branch, commit)}
    without = [run for run in history.runs if not run.commit]
    missing = [run for run in history.runs if run.commit in commits - here]
    beside = [run for run in history.runs if run.commit in here - main]
    if beside:
        yield Check(what, "fails", f"not on {branch}: {_runs(beside)}")
    if missing:
        yield Check(what, "unknown", f"their commits are not in this repository: {_runs(missing)}")
    if without:
        yield Check(what, "unknown", f"the engine noted no commit: {_runs(without)}")
    if not (beside or missing or without):
        yield Check(what, "holds", f"each is on {branch}")


def _lists(history: History) -> Iterator[Check]:
    """A digest is used by one run that succeeded: the list itself is an artifact of the pipeline."""
    what = "reviewed lists"
    reviewed = [run for run in history.runs if run.reviewed and run.succeeded]
    twice = [run for run in reviewed if sum(_same(run, other) for other in reviewed) > 1]
    if twice:
        yield Check(what, "fails", f"the same list was applied twice: {_runs(twice)}")
    if not history.runs:
        yield Check(what, "unknown", NO_RUN)
    if reviewed:
        runs = counted(len(reviewed), "run")
        words = f"{runs} named the digest of a list; the lists are artifacts of the pipeline"
        yield Check(what, "unknown", f"{words} and not in this repository, so the digests were not compared")
    if unreviewed := [run for run in history.runs if not run.reviewed]:
        yield Check(what, "unknown", f"followed none: {_runs(unreviewed)}")


def _same(one: Run, other: Run) -> bool:
    return (one.reviewed, one.commit) == (other.reviewed, other.commit)


def _clean(history: History) -> Check:
    what = "what the runs read"
    if not history.runs:
        return Check(what, "unknown", NO_RUN)
    if dirty := [run for run in history.runs if run.clean is False]:
        return Check(what, "fails", f"ran with changes that no commit has: {_runs(dirty)}")
    if untold := [run for run in history.runs if run.clean is None]:
        words = f"the engine did not note whether there were changes that no commit has: {_runs(untold)}"
        return Check(what, "unknown", words)
    return Check(what, "holds", "no run had changes that were not committed")


def _signatures(history: History) -> Iterator[Check]:
    what = "signatures of commits"
    by_word: dict[str, list[str]] = {}
    for commit in history.commits:
        by_word.setdefault(commit.signature, []).append(commit.short)
    if not by_word:
        yield Check(what, "unknown", NO_COMMIT)
    good, unvouched = by_word.pop(GOOD, []), by_word.pop(UNKNOWN_KEY, [])
    none, unchecked = by_word.pop(NONE, []), by_word.pop(UNCHECKED, [])
    if bad := [sha for commits in by_word.values() for sha in commits]:
        yield Check(what, "fails", f"bad, expired or revoked: {some(bad)}")
    if unchecked:
        yield Check(what, "unknown", f"the key is not here: {some(unchecked)}")
    if unvouched:
        words = f"the key is here, but nothing here confirms whose it is: {some(unvouched)}"
        yield Check(what, "unknown", words)
    if none:
        yield Check(what, "unknown", f"not signed: {len(none)} of {counted(len(history.commits), 'commit')}")
    if good:
        yield Check(what, "holds", f"{len(good)} of {len(history.commits)} are good")


def _unapplied(history: History) -> Check:
    if not history.commits:
        return Check("commits of the files", "unknown", NO_COMMIT)
    if history.unapplied:
        commits = some(commit.short for commit in history.unapplied)
        return Check("commits of the files", "unknown", f"no successful run has had them: {commits}")
    return Check("commits of the files", "holds", "each was applied by a run that succeeded")


def _answers(history: History) -> Iterator[Check]:
    shown = [event for event in history.events if event.kind == "shown" and len(event.at) > 10]
    outside = [event for event in shown if event.applied is None]
    if outside:
        words = f"{len(outside)} of {len(shown)} fall into no run of the history: {_whats(outside)}"
        yield Check("T4's answers", "unknown", words)
    elif shown:
        yield Check("T4's answers", "holds", f"{len(shown)}, each within a run of the history")
    else:
        yield Check("T4's answers", "unknown", "no answer of T4 is recorded with its time")
    if without := [event for event in shown if not event.request]:
        yield Check(
            "T4's request ids", "unknown", f"{counted(len(without), 'answer')} had none: {_whats(without)}"
        )


def _states(history: History) -> Iterator[Check]:
    what = "evidence of what left"
    yield from (Check(what, "unknown", words) for words in history.lost)
    if not history.runs:
        yield Check(what, "unknown", NO_RUN)
    elif not history.kept:
        words = "this backend does not show what former runs recorded; git has the entries"
        yield Check(what, "unknown", words)
    elif not history.lost:
        yield Check(what, "holds", "the backend keeps what each run recorded")


def _approvals(history: History) -> Iterator[Check]:
    what = "approvals"
    if not history.commits:
        yield Check(what, "unknown", NO_COMMIT)
    uncounted = dict.fromkeys(commit.uncounted for commit in history.commits if commit.uncounted)
    if uncounted:
        yield Check(what, "unknown", f"approvals on GitHub do not count: {some(uncounted)}")
    without = [c.short for c in history.commits if not (c.approved or c.uncounted)]
    if without and history.github:
        yield Check(what, "unknown", f"no trailer and no review on GitHub approves {some(without)}")
    elif without:
        words = f"no trailer names an approver of {some(without)}; `--github` asks GitHub"
        yield Check(what, "unknown", words)
    typed = [c.short for c in history.commits if history.github and c.approved and not c.on_github]
    if typed:
        yield Check(what, "unknown", f"only a trailer names an approver of {some(typed)}")
    if history.commits and not (uncounted or without or typed):
        yield Check(what, "holds", "each commit names an approver")


def _runs(runs: list[Run]) -> str:
    return some(f"the run of {run.at[:16].replace('T', ' ')}" for run in runs)


def _whats(events: list[Event]) -> str:
    return some(dict.fromkeys(event.what for event in events))
