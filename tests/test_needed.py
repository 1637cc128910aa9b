"""What a machine lacks: a reason to skip a test, and a failure where the test must run."""

import pytest
from _pytest.outcomes import Failed, Skipped

from tests.needed import missing


def test_a_test_is_skipped_and_fails_where_it_must_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("T4_TESTS_NEED_IT", raising=False)
    with pytest.raises(Skipped, match="there is no go"):
        missing("there is no go", "T4_TESTS_NEED_IT")
    monkeypatch.setenv("T4_TESTS_NEED_IT", "1")
    with pytest.raises(Failed, match="there is no go"):
        missing("there is no go", "NOT_SET", "T4_TESTS_NEED_IT")
