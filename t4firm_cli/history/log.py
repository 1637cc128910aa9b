"""The commits of a repository as `git log` has them: who, when, which pull request, who approved it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from t4firm.history.events import Commit
from t4firm_cli.project.git import git, text_of, words_of
from t4firm_cli.project.layout import ProjectError

REVIEWS: Final = ("Reviewed-by", "Approved-by", "Acked-by")
"""Trailers of a commit's message that name who approved it."""

FIELDS: Final = (
    *("%H", "%P", "%an", "%ae", "%cd", "%G?", "%s"),
    f"%(trailers:{','.join(f'key={each}' for each in REVIEWS)},valueonly=true,unfold=true)",
)

PULL_REQUEST = re.compile(r"^Merge pull request #(\d+)\b|\(#(\d+)\)$|\bmerge request !(\d+)\b")
"""As a host writes it: a merge's subject, or the end of a squashed one's. An account's number is none."""

_MAIL = re.compile(r"\s*<([^>]*)>$")


@dataclass(frozen=True)
class Logged:
    """A commit and its parents; the first of all has none. `mail`: its author's."""

    commit: Commit
    parents: tuple[str, ...]
    mail: str
    reviews: tuple[str, ...] = ()

    def merged_by(self, merge: "Logged | None") -> Commit:
        """The commit, with how it came to the main branch. Nobody approves what is their own."""
        both = (*self.reviews, *(merge.reviews if merge else ()))
        found = replace(self.commit, approved=tuple(dict.fromkeys(filter(None, map(self._approver, both)))))
        if merge is None:
            return found
        number = found.pull_request or merge.commit.pull_request
        return replace(found, pull_request=number, merged_by=merge.commit.author)

    def _approver(self, review: str) -> str:
        """The name in a trailer; "" where it is the author's own."""
        name, mail = _MAIL.sub("", review).strip(), _MAIL.search(review)
        own = name.casefold() == self.commit.author.casefold()
        return "" if own or (mail and mail[1].casefold() == self.mail.casefold()) else name


def log(folder: Path, *arguments: str) -> Iterator[Logged]:
    """What `git log` finds. Raises ProjectError where there is no history."""
    form = f"--format={'%x00'.join(FIELDS)}"
    done = git(folder, "log", "-z", form, "--date=format-local:%Y-%m-%dT%H:%M:%SZ", *arguments)
    if done.returncode:
        raise ProjectError(f"git has no history here: {words_of(done)}")
    parts = text_of(done).split("\0")[:-1]  # no part of a commit can have this character
    in_turn = zip(*[iter(parts)] * len(FIELDS), strict=True)
    for sha, parents, author, mail, at, signature, subject, reviews in in_turn:
        number = PULL_REQUEST.search(subject)
        pull_request = f"#{next(filter(None, number.groups()))}" if number else ""
        commit = Commit(sha, at, author, subject, pull_request, signature=signature)
        yield Logged(commit, (*parents.split(),), mail, (*filter(None, reviews.split("\n")),))
