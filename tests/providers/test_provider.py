"""What the engine keeps of a provider, and how a provider finds its configuration again."""

import base64
import sys

import dill  # type: ignore[import-untyped]
import pytest
from pulumi.dynamic import Config, ConfigureRequest
from pulumi.dynamic.dynamic import serialize_provider

from providers.t4.session import session as sessions
from providers.t4.user import UserProvider
from tests.providers.stack import PROVIDERS


@pytest.fixture
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """A provider process that nothing has been configured in yet."""
    monkeypatch.setattr(sessions, "_session", None)
    monkeypatch.setattr(sys, "tracebacklimit", 1000, raising=False)


@pytest.mark.parametrize("kind", PROVIDERS)
def test_a_stored_provider_is_small_and_the_same_for_every_resource_of_a_large_firm(kind: str) -> None:
    """The SDK's pickler gets one level deeper with each provider that has a dict, until Python gives up."""
    stored = {serialize_provider(type(PROVIDERS[kind])("test")) for _ in range(1500)}
    assert len(stored) == 1
    assert len(stored.pop()) < 150


def test_a_stored_provider_comes_back_with_its_stack() -> None:
    back = dill.loads(base64.b64decode(serialize_provider(UserProvider("live"))))  # noqa: S301 (our own)
    assert (type(back), back.stack) == (UserProvider, "live")


def test_all_providers_of_a_process_share_the_session_of_the_first(fresh: None) -> None:
    first = Config({"t4:endpoint": "https://one.example.com"}, "t4")
    UserProvider("one").configure(ConfigureRequest(first))
    session = sessions.session()
    UserProvider("one").configure(ConfigureRequest(Config({}, "t4")))
    assert sessions.session() is session
    assert sys.tracebacklimit == 0, "foreseen errors reach the terminal without a traceback"


def test_a_provider_that_was_not_configured_says_so(fresh: None) -> None:
    with pytest.raises(RuntimeError, match="before the engine configured it"):
        sessions.session()
