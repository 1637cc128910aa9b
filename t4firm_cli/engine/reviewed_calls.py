"""The changing calls of a run: named while the engine previews, and then the only ones that it may make.

Providers run in a process of the engine's. They are told by a file, in a folder of this user's alone, that is
gone afterwards (providers.t4.session.review).
"""

import hashlib
import hmac
import tempfile
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from providers.t4.configuration import passphrase
from providers.t4.session.review import VARIABLE, Review, planned_in
from t4firm.review.model import ChangingCall
from t4firm_cli.engine.command import Pulumi
from t4firm_cli.engine.state_copy import REVIEW_KEY


@contextmanager
def named(pulumi: Pulumi, *, reads: bool = True) -> Iterator[Callable[[], tuple[ChangingCall, ...]]]:
    """What the engine previews in here names its calls; they are asked for after it. Without `reads` nothing
    is asked of T4 for that."""
    with tempfile.TemporaryDirectory(prefix="t4firm-") as folder:
        planned = Path(folder) / "planned"
        with _told(pulumi, Review(_key(pulumi), planned=planned, reads=reads), Path(folder)):
            yield lambda: planned_in(planned)


@contextmanager
def no_others(pulumi: Pulumi, calls: Collection[ChangingCall]) -> Iterator[None]:
    """What the engine runs in here makes no changing call but these."""
    with (
        tempfile.TemporaryDirectory(prefix="t4firm-") as folder,
        _told(pulumi, Review(_key(pulumi), calls), Path(folder)),
    ):
        yield


@contextmanager
def _told(pulumi: Pulumi, review: Review, folder: Path) -> Iterator[None]:
    file = folder / "review"
    review.write(file)
    pulumi.environ[VARIABLE] = str(file)
    try:
        yield
    finally:
        del pulumi.environ[VARIABLE]


def key_mark(pulumi: Pulumi) -> str:
    """Tells the key of the marks from another one, and little more: 16 bits."""
    return hmac.new(_key(pulumi), b"t4-firm which key", "sha256").hexdigest()[:4]


def _key(pulumi: Pulumi) -> bytes:
    """The key of the marks: from what review and run both have, T4_REVIEW_KEY or else the passphrase. It is
    stretched, as the engine stretches it: nobody should find it out by trying passphrases on a list.

    Without one (the state's secrets have a key in a cloud) the name of the stack is all there is. Then
    whoever has the list can try whether a call sends what they guess; all that it sends stands in the firm
    file of the same commit, which lies where the list lies.
    """
    salt = f"t4-firm marks of calls 1\0{pulumi.stack}".encode()
    both_have = pulumi.environ.get(REVIEW_KEY, "").encode() or passphrase.of(pulumi.environ)
    return hashlib.scrypt(both_have, salt=salt, n=2**15, r=8, p=1, maxmem=2**26)
