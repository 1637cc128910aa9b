"""`--details none`: that personal details change is told, and nothing by which one could tell which."""

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from t4firm.model.users import PERSONAL
from t4firm.review.comment import comment_of
from t4firm.review.discreet import FIELDS
from t4firm.review.entries import LABELS, SHOWN
from tests.goals.firms import FULL, firm_of
from tests.review.changes import reviewed, told
from tests.review.test_steps import preview, step

ONE = firm_of(trader_a={"accounts": ["11111", "22222"]})
ACCEPTED = {"update-user/trader.a/city": {"reason": "being moved", "until": "2999-12-31"}}


def changed() -> dict[str, object]:
    """Two details of a person and a name of an account, a default, and an accepted difference."""
    after = firm_of(trader_a={"accounts": ["11111", "22222"], "phone": "555-999-0000", "lastname": "Iowa"})
    after["accounts"] = {"22222": {"displayName": "second", "accountName": "Iowa 2"}}
    after["defaults"]["user"]["street"] = "2 Main Street"
    return after | {"accepted": ACCEPTED}


def test_fields_are_those_whose_values_are_not_shown() -> None:
    assert {*FIELDS} == {*PERSONAL, "accountName", "displayName"}
    assert not {*FIELDS} & SHOWN


@pytest.mark.parametrize("operations", ["onboarding", FULL])
def test_no_field_is_named(tmp_path: Path, operations: str) -> None:
    open_before = [{"id": "update-user/trader.a/county", "status": "open"}]
    drift = {
        "update-user/trader.a/state": "state of trader.a differs",
        "update-user/trader.a/email": "email of trader.a differs, although it was signed off",
        "enable-user/trader.a": "trader.a is disabled in T4",
        "update-account/11111/accountName": "accountName of account 11111 differs",
    }
    seen = preview(
        step("update", "User::trader.a", before={"person": 1}, after={"person": 2}),
        step("update", "User::trader.z", outputs={"drift": drift}),
        step("update", "Account::22222", before={"names": 1}, after={"names": 2}),
        last={"administratorTasks": open_before},
    )
    signed = (["update-user/trader.a/firstname"], ["update-user/trader.a/postCode"])
    review = reviewed(
        tmp_path, ONE, changed(), operations=operations, details="none", preview=seen, signed=signed
    )
    said = comment_of(review) + json.dumps(asdict(review))
    for field in FIELDS:
        assert f"/{field}" not in said
        assert f"{field} of " not in said
        for word in (field, LABELS.get(field, field)):
            assert f"{word}: changed" not in said
            assert f"set {word}" not in said
            assert f".{word}" not in said
    assert "personal details differ; personal details differ, although it was signed off; trader.a is" in said
    assert {step.properties for step in review.steps} == {(), ("personal details",)}
    assert review.open_before == ("update-user/trader.a/personal details",)
    assert review.withdrawn == ("update-user/trader.a/personal details",)


def test_a_persons_tasks_are_one(tmp_path: Path) -> None:
    review = reviewed(tmp_path, ONE, changed(), details="none")
    assert [task.id for task in review.tasks] == [
        "update-account/22222/personal details",
        "update-user/trader.a/personal details",
    ]
    assert "Users > trader.a > setup: set personal details to what the firm file says." in told(review)
    assert review.headline.startswith("1 user changed; 2 tasks for the administrator")


def test_what_is_no_personal_detail_keeps_its_name(tmp_path: Path) -> None:
    after = firm_of(trader_a={"accounts": ["11111", "22222"], "apptype": "NonProfessional"})
    [task] = reviewed(tmp_path, ONE, after, details="none").tasks
    assert task.id == "update-user/trader.a/apptype"
