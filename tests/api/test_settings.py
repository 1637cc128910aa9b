"""Settings: configuration, environment variables that win, and everything that is wrong with them, at
once."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.t4.configuration.settings import (
    FileSettings,
    Login,
    Settings,
    SettingsError,
    check_seed,
    file_settings,
    is_loopback,
    settings_from,
)

LOGIN = {"firm": "F", "userName": "u", "password": "pass-word", "appName": "a", "appLicense": "lic-ense"}
GOOD = {
    "t4:endpoint": "https://api-sim.t4login.com",
    "t4:apiKey": "key-key-key",
    "t4:passwordSeed": "Kp7vT2xqW9mZ4rLcN8sYbJ5dHgF3",
}
SEED_MISSING = (
    "t4:passwordSeed is not set. Every user's password is derived from it. Make one with `t4firm password "
    "--new-seed`, keep a copy in a safe place, and set it with `pulumi config set --secret t4:passwordSeed` "
    "or in T4_PASSWORD_SEED."
)
NO_CREDENTIALS = (
    "Neither t4:apiKey nor t4:login is set: set the one that T4.APISupport gave you, for example with "
    "`pulumi config set "
    "--secret t4:apiKey` or in T4_API_KEY."
)
NO_ENDPOINT = (
    "t4:endpoint is not set: set it to the address of T4's API, https://api.t4login.com for live or "
    "https://api-sim.t4login.com for simulation (or T4_ENDPOINT)."
)
SIMULATOR = (
    "t4:endpoint is `simulator`, but its address is not known: run `t4firm up`, which "
    "starts the simulator, or set T4_ENDPOINT to the address that `t4firm simulator status` shows."
)
PLAIN_HTTP = (
    "t4:endpoint is plain http: passwords and personal details would cross the network for everybody to "
    "read. Write https "
    "(plain http is for a simulator on this machine only)."
)
LIKE = "it must be like https://api.t4login.com"
LOGIN_WANTED = "it must be a JSON object with firm, userName, password, appName, appLicense."


def read(environ: dict[str, str] | None = None, **changes: object) -> Settings:
    given = {**GOOD, **{f"t4:{key}": value for key, value in changes.items()}}
    return settings_from(given.get, environ or {})


def test_the_least_that_is_needed_and_the_defaults() -> None:
    assert read() == Settings(
        endpoint="https://api-sim.t4login.com",
        password_seed="Kp7vT2xqW9mZ4rLcN8sYbJ5dHgF3",
        api_key="key-key-key",
        login=None,
        onboard_path="/admin/v1/onboarding",
        operations="onboarding",
        firm_file=None,
        journal=None,
        max_in_flight=4,
    )


def test_pulumis_own_config_leaves_the_project_out_of_the_names() -> None:
    given = {key.removeprefix("t4:"): value for key, value in GOOD.items()}
    assert settings_from(given.get, {}) == read()


@pytest.mark.parametrize(
    ("variable", "field", "text", "value"),
    [
        ("T4_ENDPOINT", "endpoint", "http://127.0.0.1:8080/", "http://127.0.0.1:8080"),
        ("T4_ONBOARD_PATH", "onboard_path", "/admin/v1/onboard", "/admin/v1/onboard"),
        ("T4_API_KEY", "api_key", " other-key\n", "other-key"),
        ("T4_LOGIN", "login", json.dumps(LOGIN), Login(**LOGIN)),
        (
            "T4_PASSWORD_SEED",
            "password_seed",
            "Qh3bXw8ZkT6nVy2PrJ9sLdM4cGf7\n",
            "Qh3bXw8ZkT6nVy2PrJ9sLdM4cGf7",
        ),
        ("T4_OPERATIONS", "operations", "walkthrough", "walkthrough"),
        ("T4_FIRM_FILE", "firm_file", "x.firm.yaml", "x.firm.yaml"),
        ("T4_JOURNAL", "journal", "/var/t4", "/var/t4"),
        ("T4_MAX_IN_FLIGHT", "max_in_flight", "8", 8),
    ],
)
def test_a_variable_wins_and_an_empty_one_is_not_set(
    variable: str, field: str, text: str, value: object
) -> None:
    assert getattr(read({variable: text}), field) == value
    assert getattr(read({variable: " "}), field) == getattr(read(), field)


def test_numbers_and_objects_of_the_configuration() -> None:
    settings = read(maxInFlight=12, login=LOGIN, operations=" stacks/x.yaml ", journal="j")
    assert (settings.max_in_flight, settings.login, settings.operations, settings.journal) == (
        12,
        Login(**LOGIN),
        "stacks/x.yaml",
        "j",
    )


def test_a_login_stands_for_the_key() -> None:
    settings = read(apiKey=None, login=json.dumps(LOGIN))
    assert (settings.api_key, settings.login) == (None, Login(**LOGIN))


PROBLEMS: list[tuple[dict[str, Any], list[str]]] = [
    ({"endpoint": None}, [NO_ENDPOINT]),
    ({"endpoint": "  "}, [NO_ENDPOINT]),
    ({"endpoint": "simulator"}, [SIMULATOR]),
    ({"endpoint": ["x"]}, ["t4:endpoint is not a text."]),
    ({"endpoint": "api.t4login.com"}, [f"t4:endpoint is no address of a web server: {LIKE}."]),
    ({"endpoint": "ftp://api.t4login.com"}, [f"t4:endpoint is no address of a web server: {LIKE}."]),
    ({"endpoint": "https://"}, [f"t4:endpoint is no address of a web server: {LIKE}."]),
    ({"endpoint": "https://[::1"}, [f"t4:endpoint is no address: {LIKE}."]),
    ({"endpoint": "https://x:99999"}, [f"t4:endpoint is no address: {LIKE}."]),
    ({"endpoint": "https://a b"}, [f"t4:endpoint has a space or a character that no address has: {LIKE}."]),
    ({"endpoint": "https://é"}, [f"t4:endpoint has a space or a character that no address has: {LIKE}."]),
    (
        {"endpoint": "https://a\x1b[31m"},
        [f"t4:endpoint has a space or a character that no address has: {LIKE}."],
    ),
    (
        {"endpoint": "https://me:hunter22@x"},
        [
            f"t4:endpoint holds a user name or a password: {LIKE}, and credentials go into t4:apiKey or "
            "t4:login.",
        ],
    ),
    ({"endpoint": "https://x/?a=1"}, [f"t4:endpoint has a ? or a #: {LIKE}."]),
    ({"endpoint": "https://x#y"}, [f"t4:endpoint has a ? or a #: {LIKE}."]),
    ({"endpoint": "https://x/a/../b"}, [f"t4:endpoint has a path that cannot be used: {LIKE}."]),
    ({"endpoint": "https://x/a%2fb"}, [f"t4:endpoint has a path that cannot be used: {LIKE}."]),
    ({"endpoint": "http://api.t4login.com"}, [PLAIN_HTTP]),
    ({"endpoint": "http://127.0.0.1.evil.example"}, [PLAIN_HTTP]),
    ({"endpoint": "http://localhost.evil.example"}, [PLAIN_HTTP]),
    ({"endpoint": "http://10.0.0.1"}, [PLAIN_HTTP]),
    ({"apiKey": None}, [NO_CREDENTIALS]),
    (
        {"apiKey": "a key"},
        ["t4:apiKey has a space, a line break or a character that no key has: set it again, without quotes."],
    ),
    (
        {"apiKey": "a\r\nX-Evil: 1"},
        ["t4:apiKey has a space, a line break or a character that no key has: set it again, without quotes."],
    ),
    ({"apiKey": {"a": 1}}, ["t4:apiKey is not a text."]),
    ({"apiKey": True}, ["t4:apiKey is not a text."]),
    ({"login": "{not json"}, [f"t4:login is not JSON: {LOGIN_WANTED}"]),
    ({"login": "[" * 100_000}, [f"t4:login is not JSON: {LOGIN_WANTED}"]),
    ({"login": '["a"]'}, [f"t4:login is not an object: {LOGIN_WANTED}"]),
    ({"login": 5}, [f"t4:login is not an object: {LOGIN_WANTED}"]),
    (
        {"login": json.dumps({**LOGIN, "firm": " ", "appName": 5})},
        [f"t4:login lacks firm, appName (each a text that is not empty): {LOGIN_WANTED}"],
    ),
    (
        {"login": json.dumps({**LOGIN, "hunter22": "x"})},
        [f"t4:login has 1 unknown key(s): {LOGIN_WANTED}"],
    ),
    ({"passwordSeed": None}, [SEED_MISSING]),
    ({"passwordSeed": ["x"]}, ["t4:passwordSeed is not a text."]),
    (
        {"passwordSeed": "0123456789abcde"},
        [
            "t4:passwordSeed is too short: it has 15 characters and needs 22 or more. Anybody who guesses it "
            "knows every password. " + SEED_MISSING[SEED_MISSING.index("Make one") :],
        ],
    ),
    (
        {"onboardPath": "admin"},
        [
            "t4:onboardPath must be a path like /admin/v1/onboarding: letters, digits, -, _, . and ~ "
            "between slashes.",
        ],
    ),
    (
        {"onboardPath": "/admin/../x"},
        [
            "t4:onboardPath must be a path like /admin/v1/onboarding: letters, digits, -, _, . and ~ "
            "between slashes.",
        ],
    ),
    (
        {"maxInFlight": 0},
        ["t4:maxInFlight must be a whole number from 1 to 64: calls at T4 at the same time."],
    ),
    (
        {"maxInFlight": "many"},
        ["t4:maxInFlight must be a whole number from 1 to 64: calls at T4 at the same time."],
    ),
    (
        {"maxInFlight": 2.5},
        ["t4:maxInFlight must be a whole number from 1 to 64: calls at T4 at the same time."],
    ),
    ({"journal": ["x"]}, ["t4:journal is not a text."]),
    (
        {"endpoint": None, "apiKey": None, "passwordSeed": None, "operations": []},
        [NO_ENDPOINT, NO_CREDENTIALS, SEED_MISSING, "t4:operations is not a text."],
    ),
]


@pytest.mark.parametrize(
    ("changes", "problems"), PROBLEMS, ids=lambda value: str(value)[:40].encode("ascii", "replace").decode()
)
def test_every_problem_is_said_at_once_and_shows_no_secret(
    changes: dict[str, Any], problems: list[str]
) -> None:
    with pytest.raises(SettingsError) as caught:
        read(**changes)
    assert list(caught.value.problems) == problems
    assert str(caught.value) == "\n".join(problems)
    for secret in ("key-key-key", "0123456789abcde", "pass-word", "lic-ense", "hunter22"):
        assert secret not in str(caught.value)


@pytest.mark.parametrize(
    ("endpoint", "here"),
    [
        ("http://localhost:1", True),
        ("http://127.0.0.1", True),
        ("http://127.9.9.9", True),
        ("http://[::1]:80", True),
        ("http://0.0.0.0", False),
        ("http://127.1.evil.example", False),
        ("http://[::1", False),
    ],
)
def test_what_is_on_this_machine(endpoint: str, here: bool) -> None:
    assert is_loopback(endpoint) is here


def test_settings_cannot_be_made_for_an_endpoint_that_must_not_be_used() -> None:
    with pytest.raises(SettingsError):
        Settings(endpoint="http://api.t4login.com", password_seed="x", api_key="k")


def test_no_secret_shows_in_a_repr() -> None:
    settings = read(login=LOGIN)
    for secret in ("key-key-key", "Kp7vT2xqW9mZ4rLcN8sYbJ5dHgF3", "pass-word", "lic-ense"):
        assert secret not in repr(settings) + str(settings)


def test_an_error_carries_no_module_to_the_terminal() -> None:
    assert SettingsError.__module__ == "builtins"


def test_a_seed_is_checked_alone() -> None:
    check_seed("Kp7vT2xqW9mZ4rLcN8sYbJ5dHgF3")
    for seed, words in (("", "is not set"), ("short", "is too short: it has 5 characters")):
        with pytest.raises(SettingsError, match=words):
            check_seed(seed)


def test_files_need_no_secret_and_have_defaults_by_stack() -> None:
    nothing: dict[str, object] = {}
    assert file_settings(nothing.get, {}, "demo") == FileSettings(
        Path("stacks/demo.firm.yaml"),
        "onboarding",
        Path(".t4/demo"),
        Path("stacks/demo.stack.yaml"),
        stack="demo",
    )
    given = {"firmFile": "f.yaml", "t4:operations": "walkthrough"}
    assert file_settings(given.get, {"T4_JOURNAL": "/j"}, "demo") == FileSettings(
        Path("f.yaml"), "walkthrough", Path("/j/demo"), Path("stacks/demo.stack.yaml"), stack="demo"
    ), "a folder that several stacks name has one folder for each"
    began = file_settings({"t4:identity": "live/Example"}.get, {}, "renamed")
    assert (began.journal, began.identity_of("New Name")) == (Path(".t4/live"), "live/Example")
    assert file_settings(nothing.get, {}, "demo").identity_of("Example") == "demo/Example"
    with pytest.raises(SettingsError) as caught:
        file_settings({"t4:firmFile": [], "t4:journal": {}}.get, {}, "demo")
    assert caught.value.problems == ("t4:journal is not a text.", "t4:firmFile is not a text.")


VALUES = st.none() | st.text() | st.integers() | st.booleans() | st.lists(st.text(), max_size=2)
NAMES = (
    "endpoint",
    "apiKey",
    "login",
    "passwordSeed",
    "operations",
    "onboardPath",
    "maxInFlight",
    "journal",
    "firmFile",
)


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(NAMES, VALUES)))
def test_any_configuration_is_settings_or_sentences(given: dict[str, Any]) -> None:
    problems: tuple[str, ...] = ()
    endpoint = "http"
    try:
        endpoint = settings_from({f"t4:{key}": value for key, value in given.items()}.get, {}).endpoint
    except SettingsError as error:
        problems = error.problems
    assert all(problem.endswith(".") and problem.isascii() for problem in problems)
    assert endpoint.startswith("http")


SOCKET = "wss://wss-sim.t4login.com/v1"
FILL = {"firm": "F", "appName": "Ours", "appLicense": "lic-2"}


def test_reading_is_off_until_there_is_an_address() -> None:
    assert read().socket is None
    assert read(reader=json.dumps({"apiKey": "k"})).socket is None


def test_who_reads_where() -> None:
    socket = read({"T4_READER": json.dumps(LOGIN), "T4_FILL_READER": json.dumps(FILL)}, socket=SOCKET).socket
    assert socket
    assert (socket.url, socket.quiet, socket.deadline, socket.largest_message) == (SOCKET, 3, 60, 2**24)
    assert socket.ignore == ("*-IMP",)
    assert socket.reader
    assert socket.reader.userName == "u"
    assert socket.fill
    assert socket.fill.appName == "Ours"
    shown = repr(socket)
    assert not [secret for secret in socket.secrets if secret in shown]
    assert sorted(socket.secrets) == ["lic-2", "lic-ense", "pass-word"]


def test_the_reading_can_be_tuned() -> None:
    given = {
        "T4_SOCKET_QUIET": "5",
        "T4_SOCKET_DEADLINE": "300",
        "T4_SOCKET_MESSAGE": "64",
        "T4_IGNORE_ACCOUNTS": "*-IMP, TEMPLATE*",
    }
    socket = read(given, socket=SOCKET, reader={"apiKey": "k"}).socket
    assert socket
    assert (socket.quiet, socket.deadline, socket.largest_message) == (5, 300, 2**26)
    assert socket.ignore == ("*-IMP", "TEMPLATE*")
    assert socket.reader
    assert socket.reader.apiKey == "k"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"socket": "ws://wss-sim.t4login.com/v1"}, "t4:socket is plain ws"),
        ({"socket": "https://wss-sim.t4login.com/v1"}, "t4:socket is no address of a WebSocket"),
        ({"socket": "wss://u:secret-1@wss-sim.t4login.com/v1"}, "t4:socket holds a user name or a password"),
        ({"socket": "wss://wss-sim.t4login.com/v1?x"}, "t4:socket has a ? or a #"),
        ({"socket": "wss://[::1/v1"}, "t4:socket is no address"),
        (
            {"socket": "wss://wss.t4login.com/v1"},
            "t4:socket is T4's live, and t4:endpoint is",
        ),
        (
            {"fillReader": {**FILL, "appName": " whentechfills"}},
            "t4:fillReader names WhenTechFills as",
        ),
        ({"reader": {**LOGIN, "appName": "WhenTechFills"}}, "t4:reader names WhenTechFills as appName"),
        ({"login": {**LOGIN, "appName": " whentechfills"}}, "t4:login names WhenTechFills as appName"),
        ({"fillReader": {"firm": "F"}}, "t4:fillReader lacks appName, appLicense"),
        ({"fillReader": {**FILL, "secret-1": "x"}}, "t4:fillReader has 1 unknown key(s)"),
        ({"reader": {"apiKey": ""}}, "t4:reader lacks apiKey"),
        ({"reader": {"apiKey": "k", "firm": "F"}}, "t4:reader has 1 unknown key(s)"),
        ({"reader": {"firm": "F", "userName": "u"}}, "t4:reader lacks password, appName, appLicense"),
        ({"reader": "secret-1"}, "t4:reader is not JSON"),
        ({"socketQuiet": "0"}, "t4:socketQuiet must be a whole number of seconds from 1 to 60"),
        ({"socketMessage": "none"}, "t4:socketMessage must be a whole number of MiB from 1 to 1024"),
    ],
)
def test_what_cannot_read_is_refused_before_any_connection(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read(**{"socket": SOCKET, **changes})
    assert words in str(caught.value)
    assert "secret-1" not in str(caught.value)


def test_plain_ws_reaches_this_machine_only() -> None:
    assert read(socket="ws://127.0.0.1:1234/v1").socket
