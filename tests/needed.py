"""What a test needs and this machine does not have."""

import os
from typing import Final, NoReturn

import pytest

NAMESPACES: Final = "T4_TESTS_NEED_NAMESPACES"
"""Set where tests that need namespaces of an ordinary user (`unshare --user`) must run: `.ci/run` does."""


def missing(why: str, *needed: str) -> NoReturn:
    """Skips the test; fails it where one of these variables is set: there it must run."""
    if any(os.environ.get(name) for name in needed):
        pytest.fail(why)
    pytest.skip(why)
