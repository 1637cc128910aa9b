"""Who approved what came to the main branch, as GitHub has it.

A review approves one commit: the last one of its pull request at that time. It counts for a commit here only
if a pull request brought that commit to the main branch, if what was approved is what was merged, and if
GitHub knows everybody who wrote some of it. Numbers in messages prove nothing: anybody can write them.

Sources: docs.github.com/en/rest/commits/commits (pull requests of a commit), /rest/pulls/pulls
(`merge_commit_sha` after a merge, a squash, a rebase; at most 250 commits are listed), /rest/pulls/reviews,
and "Indirect merges" of the page about merges: GitHub calls a pull request merged as soon as the main branch
has its last commit.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from itertools import chain
from typing import Any, Final

from t4firm.history.events import Commit
from t4firm_cli.github.gh import Gh
from t4firm_cli.history.commits import Changed, Repository
from t4firm_cli.history.log import Logged

Entry = Mapping[str, Any]
"""A pull request, a review or a commit, as GitHub has it."""

OPINIONS: Final = ("APPROVED", "CHANGES_REQUESTED", "DISMISSED")
"""States of a review that are a word about the pull request; a comment changes none."""

LISTED: Final = 250
"""GitHub lists no more commits of a pull request."""

WROTE: Final = ("author", "committer")
"""Who has a hand in a commit, also in a merge: that can change the files too. The committer of what somebody
did on GitHub's pages is `web-flow`, which reviews nothing."""


@dataclass(frozen=True)
class Approval:
    """Who approved a pull request. `uncounted`: why no approval that it has counts."""

    by: tuple[str, ...] = ()
    uncounted: str = ""


Merged = Mapping[str, Approval]
"""`#12` -> the approval of that pull request."""


def approved_on_github(repository: Repository, changed: Iterable[Changed]) -> tuple[Changed, ...]:
    """The commits, each with the pull request that brought it, and with who approved that: `ann on
    2026-11-20`. A commit that was never pushed is unknown to GitHub, and stays as it is. Raises ProjectError
    with gh's own words."""
    merged, pushed = cache(partial(_merged, Gh(), repository)), repository.pushed
    return tuple(
        replace(each, commit=_told(each, merged(each.brought_by)))
        if not pushed or each.brought_by.commit.sha in pushed
        else each
        for each in changed
    )


def _told(each: Changed, merged: Merged) -> Commit:
    """The commit with what is known of its pull requests. What a merge itself changed is in the last commit
    of none: nobody has approved that."""
    is_of_merge = each.commit.sha == each.brought_by.commit.sha and len(each.brought_by.parents) > 1
    found = () if is_of_merge else merged.values()
    reviews = tuple(chain.from_iterable(pull.by for pull in found))
    uncounted = "" if reviews else ", ".join(pull.uncounted for pull in found if pull.uncounted)
    both = tuple(dict.fromkeys((*each.commit.approved, *reviews)))
    known = replace(each.commit, pull_request=", ".join(merged), uncounted=uncounted)
    return replace(known, approved=both, on_github=reviews)


def _merged(gh: Gh, repository: Repository, by: Logged) -> Merged:
    """The pull requests that a commit of the main branch merged."""
    pulls = gh.listed(f"commits/{by.commit.sha}/pulls")
    return {f"#{pull['number']}": _approval(gh, pull) for pull in pulls if _is_merged(repository, pull, by)}


def _is_merged(repository: Repository, pull: Entry, by: Logged) -> bool:
    """Whether this commit is how the pull request came to the main branch: as the merge of its last commit,
    as that commit itself, or as what GitHub made of it (a squash, the last of a rebase)."""
    base, head, sha = pull["base"], pull["head"]["sha"], by.commit.sha
    if not pull["merged_at"] or base["ref"] != base["repo"]["default_branch"]:
        return False
    if len(by.parents) > 1:
        return by.parents[1:] == (head,)
    # GitHub also calls it merged when somebody pushes another commit on top of its last one.
    return head == sha or (pull["merge_commit_sha"] == sha and not repository.is_on(sha, head))


def _approval(gh: Gh, pull: Entry) -> Approval:
    """Of those whose last word before the merge approved what was merged: who wrote none of it."""
    path = f"pulls/{pull['number']}"
    last: dict[str, Entry] = {}
    for review in gh.listed(f"{path}/reviews"):
        if review["state"] in OPINIONS and review["submitted_at"] <= pull["merged_at"]:
            last[_login(review["user"])] = review
    approving = {
        who: f"{who} on {word['submitted_at'][:10]}"
        for who, word in last.items()
        if word["state"] == "APPROVED" and word["commit_id"] == pull["head"]["sha"]
    }
    if not approving:
        return Approval()
    commits = gh.listed(f"{path}/commits")
    if unknown := _unknown(pull, commits):
        return Approval(uncounted=unknown)
    wrote = {_login(commit[hand]) for commit in commits for hand in WROTE}
    return Approval(by=tuple(words for who, words in approving.items() if who not in wrote))


def _unknown(pull: Entry, commits: Sequence[Entry]) -> str:
    """Why those who wrote a pull request are not all known; "" where they are. GitHub has nobody for an
    e-mail that no account has."""
    if len(commits) >= LISTED:
        return f"GitHub lists only {LISTED} commits of #{pull['number']}"
    nobody = [commit["sha"][:12] for commit in commits if not all(commit[hand] for hand in WROTE)]
    return f"GitHub does not know who wrote commit {nobody[0]} of #{pull['number']}" if nobody else ""


def _login(user: Entry | None) -> str:
    """GitHub has nobody where an account was deleted."""
    return str(user["login"]) if user else "somebody"
