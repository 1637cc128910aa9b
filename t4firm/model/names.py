"""When two names are the same name.

T4's usernames and account numbers are unique without case (t4.md section 3), and an accented letter can be
written in two ways that nobody can tell apart. So names of users, accounts, templates, roles and
applications are compared here, and nowhere else.
"""

from collections import Counter
from collections.abc import Iterable
from unicodedata import normalize


def folded(name: str) -> str:
    """A name as it is compared: without case, in Unicode's form C. Not for people to read.

    Unicode's canonical caseless matching (The Unicode Standard, section 3.13, D145).
    """
    if name.isascii():
        return name.lower()
    return normalize("NFC", normalize("NFD", name).casefold())


def same(one: str, other: str) -> bool:
    """Whether two names are the same to T4 and to people."""
    return folded(one) == folded(other)


def among(name: str, names: Iterable[str]) -> bool:
    """Whether a name is one of these."""
    wanted = folded(name)
    return any(folded(each) == wanted for each in names)


def spelled_as(names: Iterable[str], known: Iterable[str]) -> list[str]:
    """The names, each as `known` spells it where it is one of these."""
    spelling = {folded(each): each for each in known}
    return [spelling.get(folded(name), name) for name in names]


def repeated(names: Iterable[str]) -> list[str]:
    """Those of the names that are there more than once, as each is written, sorted."""
    times = Counter(map(folded, (names := tuple(names))))
    return sorted({name for name in names if times[folded(name)] > 1})


def without(names: Iterable[str], *others: Iterable[str]) -> list[str]:
    """Those of the names that are none of the others, sorted."""
    known = {folded(each) for group in others for each in group}
    return sorted({name for name in names if folded(name) not in known})
