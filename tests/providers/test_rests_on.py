"""What a change rests on, with what T4 showed to the preview, where the engine hides the secrets."""

import json

from providers.t4.records.stored import stored
from t4firm.review.steps import preview_of
from t4firm_cli.firm_files.review import proofs_of
from tests.goals.firms import firm_of
from tests.providers.stack import Stack
from tests.review.changes import stack_of

FILL = "WhenTechFillUser"
SECRET = "[secret]"


def test_t4s_newer_showing_counts_and_secrets_are_no_matter(stack: Stack) -> None:
    firm = firm_of(trader_a={"accounts": ["11111"]})
    stack.settled(firm)
    kind = "pulumi-python:dynamic/t4:"
    records = {(f"{kind}{key.split()[0]}", key.split()[1]): each.outputs for key, each in stack.state.items()}
    task = f"remove-role/{FILL}/Trading"
    steps = []
    for (resource, name), outputs in records.items():
        shown = {**outputs, **({"person": SECRET} if "person" in outputs else {})}
        if name == FILL:
            shown["tasks"] = {**shown["tasks"], task: {"status": "open", "since": "2026-11-28T10:00:00Z"}}
        urn = f"urn:pulumi:live::t4::{resource}::{name}"
        steps.append({"op": "same", "urn": urn, "oldState": {"inputs": {}, "outputs": shown}})
    head = stack_of(stack.folder, "head", firm, "onboarding", [])
    proofs = proofs_of(
        "live",
        head,
        {key: stored(each) for key, each in records.items()},
        preview_of(json.dumps({"steps": steps})),
    )
    found = {(proof.about, proof.fact): proof for proof in proofs}
    roles = found[FILL, "has the roles that it may have, and no other"]
    assert (roles.source, roles.evidence) == ("not shown", task)
    assert found["11111", f"is assigned to {FILL}"].source == "proved"


def test_what_the_api_did_at_once_is_proved_by_its_own_answer(stack: Stack) -> None:
    """No task is left of it; the answer to the onboarding said otherwise, or nothing of it."""
    stack.simulator.template("WhenTechTrader", [], ["Trading"])
    firm = firm_of(trader_a={"accounts": ["11111", "22222"]})
    firm["accounts"] = {"11111": {"enabled": True}, "22222": {"enabled": True}}
    stack.settled(firm)
    onboarded = stack.record("User trader.a")["evidence"]
    proofs = stack.proofs(firm)
    own = {
        ("11111", "is enabled"),
        ("22222", "is enabled"),
        ("22222", "is trader.a's"),
        ("trader.a", "has WhenTech"),
    }
    for fact in own:
        assert proofs[fact].source == "proved"
        assert proofs[fact].evidence not in ("", onboarded), fact
    assert proofs["11111", "is trader.a's"].evidence == onboarded
    assert len({proofs[fact].evidence for fact in own}) == len(own)
    for key, name in (
        ("Account 11111", "evidence"),
        ("Account 22222", "madeBy"),
        ("ApplicationAssignment trader.a/WhenTech", "evidence"),
    ):
        del stack.record(key)[name]  # as an older version recorded it
    older = stack.proofs(firm)
    for fact in own - {("22222", "is enabled")}:
        assert (older[fact].source, older[fact].evidence) == ("not shown", ""), fact
