"""Proxies and certificates that the environment names: used, or refused in a sentence before any call."""

import ssl
from pathlib import Path

import pytest

from providers.t4.api.network import way_to
from providers.t4.configuration.settings import SettingsError

T4 = "https://api.t4.example"


@pytest.fixture(autouse=True)
def environ(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Nothing but what a test sets."""
    for name in ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


def problem(endpoint: str = T4) -> str:
    with pytest.raises(SettingsError) as refused:
        way_to(endpoint)
    [only] = refused.value.problems
    return only


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"])
@pytest.mark.parametrize(
    "address", ["socks5://user:hidden@proxy:1080", "ftp://proxy", "http://[proxy", "http://"]
)
def test_a_proxy_that_cannot_be_used(environ: pytest.MonkeyPatch, variable: str, address: str) -> None:
    environ.setenv(variable, address)
    assert problem().startswith(f"{variable} ")
    assert "hidden" not in problem()


@pytest.mark.parametrize(
    ("variable", "value", "says"),
    [
        ("SSL_CERT_FILE", "/nonexistent.pem", "cannot be read (No such file or directory)"),
        ("SSL_CERT_FILE", __file__, "holds no certificate"),
        ("SSL_CERT_DIR", "/nonexistent", "is not a folder"),
    ],
)
def test_certificates_that_cannot_be_used(
    environ: pytest.MonkeyPatch, variable: str, value: str, says: str
) -> None:
    environ.setenv(variable, value)
    assert problem().startswith(f"{variable} names {value}, which {says}")


def test_every_trouble_is_said_at_once(environ: pytest.MonkeyPatch) -> None:
    environ.setenv("SSL_CERT_FILE", "/nonexistent.pem")
    environ.setenv("ALL_PROXY", "socks5://proxy:1080")
    with pytest.raises(SettingsError) as refused:
        way_to(T4)
    assert [words.partition(" ")[0] for words in refused.value.problems] == ["SSL_CERT_FILE", "ALL_PROXY"]


@pytest.mark.parametrize(
    ("endpoint", "exempt", "variable"),
    [
        (T4, "localhost,::1,[::1],fe80::/10", "HTTPS_PROXY"),
        (T4, "t4.example", "NO_PROXY"),
        (T4, "*", "NO_PROXY"),
        ("https://10.1.2.3", "10.0.0.0/8", "NO_PROXY"),
        ("https://10.1.2.3", "11.0.0.0/8,fe80::/10", "HTTPS_PROXY"),
        ("https://[fe80::1]", "localhost,fe80::/10", "NO_PROXY"),
        ("https://[2001:db8::1]", "[2001:db8::1]", "NO_PROXY"),
    ],
)
def test_who_is_exempt_from_the_proxy(
    environ: pytest.MonkeyPatch, endpoint: str, exempt: str, variable: str
) -> None:
    environ.setenv("HTTPS_PROXY", "proxy.example.com:3128")
    environ.setenv("NO_PROXY", exempt)
    way = way_to(endpoint)
    assert way.variable == variable
    assert way.proxy == ("http://proxy.example.com:3128" if variable == "HTTPS_PROXY" else None)


def test_a_t4_on_this_machine_needs_neither(environ: pytest.MonkeyPatch) -> None:
    environ.setenv("ALL_PROXY", "socks5://proxy:1080")
    environ.setenv("SSL_CERT_FILE", "/nonexistent.pem")
    assert way_to("http://127.0.0.1:8080").proxy is None


def test_certificates_of_the_environment_are_trusted(environ: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import certifi

    all_of_them = len(way_to(T4).certificates().get_ca_certs())
    first = Path(certifi.where()).read_text().split("-----END CERTIFICATE-----")[0]
    (tmp_path / "one.pem").write_text(f"{first}-----END CERTIFICATE-----\n")
    environ.setenv("SSL_CERT_FILE", str(tmp_path / "one.pem"))
    trusted = way_to(T4).certificates()
    assert isinstance(trusted, ssl.SSLContext)
    assert (len(trusted.get_ca_certs()), all_of_them > 1) == (1, True)
