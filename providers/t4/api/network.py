"""The way to T4: the proxy and the certificates that the environment names, looked at before the first call.

    way = way_to("https://api.t4login.com")
    way.proxy          "http://proxy.example.com:3128", or None for a direct connection
    way.variable       "HTTPS_PROXY": who says so, for messages
    way.certificates() an ssl.SSLContext that trusts what SSL_CERT_FILE, SSL_CERT_DIR or certifi has

`way_to` raises SettingsError, one sentence for each variable that cannot be used. The HTTP library would
raise
ImportError, InvalidURL or FileNotFoundError in the middle of a run. No value is shown: a proxy's address may
hold a password.
"""

from __future__ import annotations

import ipaddress
import os
import ssl
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from providers.t4.configuration.settings import SettingsError, is_loopback

LIKE: Final = "it must be like http://proxy.example.com:3128"


@dataclass(frozen=True)
class Way:
    """How T4 is reached. `proxy`: its address, None for a direct connection; `variable`: which variable of
    the environment says so, "" where none does."""

    proxy: str | None = None
    variable: str = ""

    def certificates(self) -> ssl.SSLContext:
        """Whom a TLS connection trusts. Reads the authorities' certificates, which takes 40 ms."""
        if file := os.environ.get("SSL_CERT_FILE"):
            return ssl.create_default_context(cafile=file)
        if folder := os.environ.get("SSL_CERT_DIR"):
            return ssl.create_default_context(capath=folder)
        import certifi

        return ssl.create_default_context(cafile=certifi.where())


def way_to(endpoint: str) -> Way:
    """The way to an endpoint. Raises SettingsError for a variable that cannot be used.

    A T4 on this machine is never reached through a proxy. Plain http is for it alone (settings), and needs no
    certificates.
    """
    problems = [] if endpoint.startswith("http:") else [*_certificate_problems(os.environ)]
    way, problem = _proxied(urlsplit(endpoint).hostname or "", is_here=is_loopback(endpoint))
    problems += [problem] if problem else []
    if problems:
        raise SettingsError(problems)
    return way


def _certificate_problems(environ: Mapping[str, str]) -> list[str]:
    """As OpenSSL and the HTTP library have it: SSL_CERT_FILE first, then SSL_CERT_DIR."""
    if file := environ.get("SSL_CERT_FILE"):
        try:
            ssl.create_default_context(cafile=file)
        except ssl.SSLError:
            return [
                f"SSL_CERT_FILE names {file}, which holds no certificate: name a file of PEM certificates."
            ]
        except OSError as error:
            why = error.strerror or error
            return [
                f"SSL_CERT_FILE names {file}, which cannot be read ({why}): name a file of PEM "
                f"certificates, or "
                "unset it."
            ]
    elif (folder := environ.get("SSL_CERT_DIR")) and not Path(folder).is_dir():
        return [f"SSL_CERT_DIR names {folder}, which is not a folder: name one of certificates, or unset it."]
    return []


def _proxied(host: str, *, is_here: bool) -> tuple[Way, str | None]:
    """The way to a host, and what is wrong with the variable that says so."""
    proxies = urllib.request.getproxies()
    proxy = proxies.get("https") or proxies.get("all")
    if is_here or not proxy:
        return Way(), None
    if urllib.request.proxy_bypass(host) or _is_in_network(host, proxies.get("no", "")):
        return Way(variable="NO_PROXY"), None
    variable = _variable("https" if proxies.get("https") else "all")
    address = proxy if "://" in proxy else f"http://{proxy}"
    return Way(address, variable), _address_problem(variable, address)


def _variable(scheme: str) -> str:
    """The variable that names the proxy: the lower-case one wins, as in curl. None has it where the system's
    own settings name it (macOS)."""
    lower, upper = f"{scheme}_proxy", f"{scheme.upper()}_PROXY"
    return (
        lower if os.environ.get(lower) else upper if os.environ.get(upper) else "the system's proxy setting"
    )


def _address_problem(variable: str, address: str) -> str | None:
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return f"{variable} is not the address of a proxy: {LIKE}."
    if parts.scheme.startswith("socks"):
        return (
            f"{variable} names a SOCKS proxy, which cannot be used here: name an HTTP proxy in HTTPS_PROXY, "
            f"or "
            "write T4's host name into NO_PROXY if it can be reached directly."
        )
    if parts.scheme not in ("http", "https") or not host:
        return f"{variable} is not the address of a proxy: {LIKE}."
    return None


def _is_in_network(host: str, exempt: str) -> bool:
    """Whether a host that is an IP address is in a network of NO_PROXY: `10.0.0.0/8`, `fe80::/10`,
    `[::1]`."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    for entry in exempt.split(","):
        try:
            if address in ipaddress.ip_network(entry.strip().strip("[]"), strict=False):
                return True
        except ValueError:  # a host name
            continue
    return False
