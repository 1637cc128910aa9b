"""Frames as t4-websocket.md has them, in both directions."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.t4.api.socket import schema
from providers.t4.api.socket.messages import (
    AccountDetails,
    AccountGone,
    Garbled,
    ListedAccount,
    LoginAnswer,
    LoginFields,
    SubscribeAnswer,
    events,
    heartbeat,
    login_request,
    subscribe_all_accounts,
)
from tests.socket import wire

LOGIN_FRAME = "12111201461a01752201702a014132014c5002"
ANSWER_FRAME = "122a1201731a01552201462a0754726164696e67420f0a0169120531313131311a016e28015202464e5a0175"
ANSWER = LoginAnswer(
    result=0,
    session_id="s",
    user_id="U",
    firm_id="F",
    roles=("Trading",),
    words="",
    accounts=(ListedAccount("i", "11111"),),
    firm="FN",
    username="u",
    server="",
)
DETAILS = AccountDetails(
    "i", "11111", "n", "D", "Enabled", pre_trade_disabled=True, deleted=False, firm_id="F"
)


def test_what_the_client_sends() -> None:
    assert heartbeat(1_700_000_000_000).hex() == "0a070880d095ffbc31"
    assert login_request(LoginFields(api_key="k")).hex() == "12030a016b"
    assert subscribe_all_accounts().hex() == "c20c0408021001"
    fields = LoginFields(firm="F", username="u", password="p", app_name="A", app_license="L")
    assert login_request(fields).hex() == "120f" + LOGIN_FRAME[4:-4], "without the format of prices"


@pytest.mark.parametrize(
    ("frame", "expected"),
    [
        ("1200", [LoginAnswer(0, "", "", "", (), "", (), "", "", "")]),
        (ANSWER_FRAME, [ANSWER]),
        ("12050806320178", [LoginAnswer(6, "", "", "", (), "x", (), "", "", "")]),
        ("120b08ffffffffffffffffff01", [LoginAnswer(-1, "", "", "", (), "", (), "", "", "")]),
        ("c20c020801", [SubscribeAnswer(success=True, errors=())]),
        ("ea0c210a01692002321a2a180a016912016e1a05313131313120013801520146d2010144", [DETAILS]),
        ("0a070880d095ffbc31", []),
        ("", []),
    ],
)
def test_what_the_client_understands(frame: str, expected: list[object]) -> None:
    assert events(bytes.fromhex(frame)) == expected


@pytest.mark.parametrize(
    ("frame", "kind"),
    [
        (LOGIN_FRAME, schema.ClientMessage),
        ("0a070880d095ffbc31", schema.ClientMessage),
        ("c20c0408021001", schema.ClientMessage),
        (ANSWER_FRAME, schema.ServerMessage),
        ("12050806320178", schema.ServerMessage),
        ("120b08ffffffffffffffffff01", schema.ServerMessage),
        ("ea0c210a01692002321a2a180a016912016e1a05313131313120013801520146d2010144", schema.ServerMessage),
    ],
)
def test_the_schema_loses_nothing(frame: str, kind: type) -> None:
    message = kind.FromString(bytes.fromhex(frame))  # type: ignore[attr-defined]
    message.DiscardUnknownFields()
    assert message.SerializeToString().hex() == frame


def test_the_client_cannot_trade_and_decodes_no_money() -> None:
    names = {name for lines in schema._FIELDS.values() for name in (line.split()[1] for line in lines)}
    assert not {name for name in names if "order" in name or "position" in name or "balance" in name}
    sent = schema.ClientMessage.DESCRIPTOR.fields_by_name
    assert set(sent) == {"heartbeat", "login_request", "account_subscribe"}


def test_a_number_that_no_enum_holds_is_no_success() -> None:
    (answer,) = events(wire.field(2, wire.field(1, 2**32)))
    assert isinstance(answer, LoginAnswer)
    assert answer.result == 2**32


def test_unknown_states_stay_numbers_and_bare_details_say_nothing() -> None:
    (shown,) = events(wire.details("i", "1", enabled=17))
    assert isinstance(shown, AccountDetails)
    assert shown.enabled == "17"
    assert events(wire.field(204, b"")) == []
    assert events(wire.details("", "1")) == events(wire.details("i", " ")) == []


def test_a_status_can_say_that_an_account_is_gone() -> None:
    assert events(wire.snapshot("i", "1", status=4))[-1] == AccountGone("i")
    assert events(wire.field(203, wire.field(1, "i") + wire.field(2, 4))) == [AccountGone("i")]
    assert events(wire.field(203, wire.field(1, "i") + wire.field(2, 2))) == []


def test_a_text_without_end_is_no_name() -> None:
    with pytest.raises(Garbled, match="1000 characters"):
        events(wire.login_response(roles=["x" * 1001]))


@given(st.binary(max_size=400))
def test_no_frame_breaks_the_client(frame: bytes) -> None:
    with suppress(Garbled):
        events(frame)


@given(st.data())
def test_no_change_of_a_true_frame_breaks_the_client(data: st.DataObject) -> None:
    frame = bytearray(data.draw(st.sampled_from([bytes.fromhex(ANSWER_FRAME), wire.snapshot("i", "1")])))
    for at in data.draw(st.lists(st.integers(0, len(frame) - 1), max_size=5)):
        frame[at] = data.draw(st.integers(0, 255))
    with suppress(Garbled):
        events(bytes(frame))
