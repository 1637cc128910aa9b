"""`t4firm up --reviewed`, without the engine (tests/engine/test_pull_request.py has the whole run)."""

import json

import pytest

from t4firm.review.steps import preview_of
from t4firm_cli.runs.reviewed_run import nothing_left

STACK = "urn:pulumi:demo::t4::pulumi:pulumi:Stack::t4-demo"


@pytest.mark.parametrize(
    ("summary", "code", "said"),
    [
        ({}, 0, []),
        ({"violations": ["the fill user has Trading"]}, 2, ["VIOLATION: the fill user has Trading"]),
        ({"contradicted": ["enable-account/1"]}, 2, ["CONTRADICTED: enable-account/1"]),
    ],
)
def test_a_list_that_has_run_does_not_hide_the_alarm_of_its_run(
    summary: dict[str, list[str]], code: int, said: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever starts the job of a merge again does not make it green."""
    last = {"outputs": {"summary": summary}}
    preview = preview_of(json.dumps({"steps": [{"op": "same", "urn": STACK, "oldState": last}]}))
    assert nothing_left(preview, has_run=True) == code
    assert capsys.readouterr().out.splitlines() == ["Nothing is left to do: this list has run.", *said]
