"""What may be shown of T4's words: without secrets in any spelling, personal details, control characters, at
length."""

import base64
import html
import json
import logging
import unicodedata
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.t4.api.redaction import Curtain, printable
from providers.t4.api.responses import about, words
from t4firm.model.firm import Account
from t4firm.model.users import NAMES, PERSONAL, Person
from tests.api.calls import API_KEY, LOGIN, PASSWORD, REQUEST, SEED, client, failure, request
from tests.api.scripted import Reply, ScriptedT4

TOKEN = "token.of+the/day=="
SECRETS = (API_KEY, PASSWORD, SEED, LOGIN.password, LOGIN.appLicense)


def dotnet(text: str) -> str:
    """As System.Text.Json writes it by default: everything but plain ASCII letters and digits escaped."""
    units = [text.encode("utf-16-be")[at : at + 2] for at in range(0, len(text.encode("utf-16-be")), 2)]
    return "".join(
        chr(unit[1])
        if unit[0] == 0 and chr(unit[1]).isascii() and chr(unit[1]).isalnum()
        else f"\\u{unit.hex().upper()}"
        for unit in units
    )


SPELLINGS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "JSON": lambda text: json.dumps(text)[1:-1],
    "JSON in JSON": lambda text: json.dumps(json.dumps(text))[3:-3],
    ".NET JSON": dotnet,
    "percent": lambda text: quote(text, safe=""),
    "form": quote_plus,
    "HTML": html.escape,
    "HTML numbers": lambda text: "".join(f"&#{ord(c)};" for c in text),
    "HTML hex": lambda text: "".join(f"&#x{ord(c):X};" for c in text),
    "Base64": lambda text: base64.b64encode(text.encode()).decode(),
    "Base64 of a pair": lambda text: base64.b64encode(f"u:{text}".encode()).decode(),
    "Base64 in the middle": lambda text: base64.b64encode(f"user:{text}:x".encode()).decode(),
    "Base64 for URLs": lambda text: base64.urlsafe_b64encode(f"u={text}".encode()).decode(),
}


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("secret", SECRETS)
def test_no_error_shows_a_secret_in_any_spelling(secret: str, spelling: str) -> None:
    spelt = SPELLINGS[spelling](secret)
    for body in (f"refused: {spelt} is bad".encode(), {"errors": {"User.password": [f"{spelt} is bad"]}}):
        with ScriptedT4(Reply(400, body)) as t4, client(t4.endpoint, login=LOGIN) as calls:
            error = failure(calls.onboard, request())
        assert "***" in error.said
        for text in (str(error), repr(error), error.said):
            assert secret not in text
            assert spelt not in text
            assert base64.b64encode(secret.encode()).decode()[2:-4] not in text


def test_a_secret_in_the_request_id_or_a_header_is_hidden_too() -> None:
    reply = Reply(409, {"message": "x"}, {"X-Request-Id": f"r-{PASSWORD}"})
    with ScriptedT4(reply) as t4, client(t4.endpoint) as calls:
        error = failure(calls.onboard, request())
    assert error.request_id == "r-***"


def test_nothing_is_logged_with_a_secret_in_it(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with ScriptedT4(Reply(409, b"no")) as t4, client(t4.endpoint, login=LOGIN) as calls:
        failure(calls.onboard, request())
        calls.can_log_in("trader.a", PASSWORD)
        shown = repr(calls)
    logged = " ".join(record.getMessage() + repr(record.args) for record in caplog.records)
    assert "httpcore" in {record.name.split(".")[0] for record in caplog.records}
    for secret in (*SECRETS, REQUEST["User"]["phone"]):
        assert secret not in logged + shown


def test_personal_details_are_named_instead_of_shown() -> None:
    said = (
        "john.smith@example.com: phone 555-123-4567 of JOHN Smith (123 Main Street, Anytown) "
        "is taken by jsmith01; Smithers"
    )
    with ScriptedT4(Reply(400, {"detail": said})) as t4, client(t4.endpoint) as calls:
        error = failure(calls.onboard, request())
    assert error.said == (
        "john.smith@example.com: phone [phone] of [firstname] [lastname] ([street], [city]) is taken by "
        "jsmith01; Smithers"
    )


def test_an_e_mail_that_is_not_the_username_is_personal() -> None:
    with ScriptedT4(Reply(400, b"john@home.example is no address")) as t4, client(t4.endpoint) as calls:
        error = failure(calls.onboard, request(email="john@home.example"))
    assert error.said == "[email] is no address"


def test_values_too_short_to_be_told_from_words_stay() -> None:
    curtain = Curtain([], {"A": "[firstname]", "Ed": "[lastname]", "": "[city]"})
    assert curtain.hide("A user Ed exists") == "A user Ed exists"


@given(st.text(), st.text(min_size=1))
def test_printable_text_has_nothing_that_a_terminal_obeys(before: str, after: str) -> None:
    shown = printable(before + "\x1b[2J\u202e\u2028\ud800" + after)
    assert not [character for character in shown if unicodedata.category(character)[0] == "C"]
    shown.encode()


VISIBLE = st.characters(exclude_categories=("C", "Z"), exclude_characters="*xyz")


@given(
    st.text(VISIBLE, min_size=1),
    st.text("xyz \n\x00\x1b"),
    st.text("xyz \n\x00\x1b"),
    st.sampled_from(sorted(SPELLINGS)),
)
def test_any_secret_is_hidden_in_any_text(secret: str, before: str, after: str, spelling: str) -> None:
    spelt = SPELLINGS[spelling](secret)
    if "Base64" in spelling and len(secret.encode()) < 6:
        spelt = secret
    hidden = Curtain([secret]).hide(before + spelt + after, 10**6)
    assert "***" in hidden
    assert secret not in hidden


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", ""),
        (b"  plain\r\n words\t", "plain words"),
        (b'"just a text"', "just a text"),
        (b'{"message": "no", "statusCode": 409, "ok": false}', "no"),
        (b'{"error": {"code": "E1", "message": "no"}}', "E1; no"),
        (
            b'{"title": "Bad", "errors": {"User.phone": ["too short", "odd"]}}',
            "Bad; User.phone: too short; User.phone: odd",
        ),
        (b'{"type": "https://x", "title": "Conflict", "traceId": "00-1", "status": 409}', "Conflict"),
        (
            b'{"result": {"value": {"error": "taken", "metadata": {"requestId": "1"}}, "statusCode": 409}}',
            "taken",
        ),
        (b'["one", "two", "one"]', "one; two"),
        (
            b'{"message": "User.username is taken: x", "wrongs": [{"m": "is taken: x"}]}',
            "User.username is taken: x",
        ),
        (
            b"<html><head><title>502</title><style>a{}</style></head><body><h1>Bad &amp; gone</h1></body>",
            "502 Bad & gone",
        ),
        (b"<p>cut <script>alert(1)", "cut"),
        (b"\xff\xfe\x00", "(3 bytes of no text)"),
        (b'{"a": ', '{"a":'),
    ],
)
def test_the_words_in_a_body_of_any_shape(body: bytes, said: str) -> None:
    assert Curtain([]).hide(words(body)) == said


def test_long_words_are_cut() -> None:
    with ScriptedT4(Reply(400, b"x y " * 100_000)) as t4, client(t4.endpoint) as calls:
        error = failure(calls.onboard, request())
    assert len(error.said) <= 300
    assert error.said.endswith("…")


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("username exists", "user"),
        ("User already exists.", "user"),
        ("The user name is taken", "user"),
        ("userName: taken", "user"),
        ("login name in use", "user"),
        ("trader.a exists", "user"),
        ("TRADER.A exists", "user"),
        ("Account.account 11111 is taken", "account"),
        ("accountID exists", "account"),
        ("11111 exists", "account"),
        ("account already exists", "account"),
        ("User account already exists", None),
        ("account 11111 of user trader.a exists", None),
        ("11111 and trader.a exist", None),
        ("conflict", None),
        ("", None),
        ("trader.ab exists", None),
        ("no. 211111 exists", None),
        ("usernames and accountants", None),
    ],
)
def test_what_a_conflict_is_about_is_said_only_on_clear_evidence(said: str, meant: str | None) -> None:
    assert about(said, "trader.a", "11111") == meant


def test_a_name_that_holds_the_other_word_points_to_its_owner_only() -> None:
    assert about("account.holder@x.example exists", "account.holder@x.example", "11111") == "user"
    assert about("user1 exists", "trader.a", "user1") == "account"


def test_the_conflict_says_what_it_is_about() -> None:
    for body, meant in (
        ({"message": "username exists"}, "user"),
        (b"account jsmith01 exists", "account"),
        (b"", None),
    ):
        with ScriptedT4(Reply(409, body)) as t4, client(t4.endpoint) as calls:
            assert failure(calls.onboard, request()).about == meant  # type: ignore[attr-defined]


OPEN = {"username", "country", "apptype", "templateUser", "marketData", "eula", "adopt", "passwordVersion"}
OPEN_OF_ACCOUNTS = {"account", "templateAccount", "enabled", "adopt", "owner"}
"""Fields of a person and of an account that tell nobody who somebody is."""

OTHERWISE: dict[str, Callable[[str], str]] = {
    "as it was sent": str,
    "capitals": str.upper,
    "decomposed": lambda text: unicodedata.normalize("NFD", text),
    "composed": lambda text: unicodedata.normalize("NFC", text),
    "without accents": lambda text: "".join(
        each for each in unicodedata.normalize("NFD", text) if not unicodedata.combining(each)
    ),
    "JSON of .NET": dotnet,
}


def test_every_field_of_the_model_is_personal_or_known_to_be_open() -> None:
    """There is one list of what is personal; a new field of the model is put into it or is open."""
    assert {*Person.model_fields} == {*PERSONAL} | OPEN
    assert {*Account.model_fields} == {*NAMES} | OPEN_OF_ACCOUNTS


@pytest.mark.parametrize("spelling", OTHERWISE)
@pytest.mark.parametrize("field", [*PERSONAL, *NAMES])
def test_no_personal_detail_is_shown_in_any_spelling(field: str, spelling: str) -> None:
    value = "Zoë José, Straße 1"
    account = {field: value} if field in NAMES else {}
    sent = request(**({} if account else {field: value}))
    sent = sent.model_copy(update={"Account": sent.Account.model_copy(update=account)})
    said = f"refused: {OTHERWISE[spelling](value)} is wrong"
    with ScriptedT4(Reply(400, {"detail": said})) as t4, client(t4.endpoint) as calls:
        error = failure(calls.onboard, sent)
    assert error.said == f"refused: [{field}] is wrong"


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("555-123-4567", "5551234567"),
        ("555-123-4567", "(555) 123-4567"),
        ("555-123-4567", "+1 555 123 4567"),
        ("+47 22 33 44 55", "22334455"),
        ("+4722334455", "0047 22 33 44 55"),
        ("43004-1234", "430041234"),
        ("43004", "4 3 0 0 4"),
    ],
)
def test_a_number_is_found_by_its_digits(number: str, said: str) -> None:
    curtain = Curtain([], {number: "[number]"})
    assert "[number]" in curtain.hide(f"{said} is taken")
    assert sum(each.isdigit() for each in curtain.hide(f"{said} is taken")) == 0
    assert curtain.hide("account 777123456789 is taken") == "account 777123456789 is taken"


def test_an_account_number_that_is_part_of_a_telephone_number_stays() -> None:
    curtain = Curtain([], {"555-123-4567": "[phone]"}, ("1234567",))
    assert curtain.hide("1234567 exists") == "1234567 exists"


PEOPLE = (
    *("Zo\u00eb", "Wei\u00df", "I\u015f\u0131k", "O'Neil", "de la Cruz", "\ufb01ona", "\u0141ukasz"),
    *("+1 (555) 123-4567", "43004", "07 310"),
)
"""With marks, letters that are two in capitals, one that looks like an i, and numbers."""
PASSPHRASE = "Pa+ss wo/rd"
PARTS = (
    *PEOPLE,
    *("zoe", "WEISS", "isik", "oneil", "DE LA-CRUZ", "fiona", "555.123.4567", "5551234567", "430-04"),
    *(PASSPHRASE, "Pa ss+wo/rd", base64.b64encode(f"x{PASSPHRASE}".encode()).decode()),
    *(" ", "-", "x", "7", "0HN85B5"),
)
ASCII = st.text(st.characters(max_codepoint=127))


@given(
    st.lists(st.sampled_from(PARTS), max_size=6).map("".join) | ASCII,
    st.sampled_from(PEOPLE) | st.text(min_size=3, max_size=6),
)
def test_what_is_shown_without_a_closer_look_has_nothing_to_hide(text: str, value: str) -> None:
    curtain = Curtain([PASSPHRASE], {value: "[it]"}, ["x"])
    if curtain._is_clear(text):
        assert curtain._replaced(text) == text


def test_the_id_of_a_request_needs_no_closer_look() -> None:
    curtain = Curtain([PASSPHRASE], dict.fromkeys(PEOPLE, "[it]"), ["trader.a"])
    assert curtain._is_clear("0HN85B5887180:00000015")
    assert not curtain._is_clear("0HN-zoe-887180")
