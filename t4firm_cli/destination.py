"""Where a run goes, said before anything else: T4: simulator at …, or T4: api.t4login.com (LIVE)."""

from urllib.parse import urlsplit

from providers.t4.configuration.setting_values import LIVE, SIMULATION, is_loopback
from t4firm_cli.engine.command import Pulumi, on_simulator
from t4firm_cli.terminal import complain


def destination(pulumi: Pulumi) -> str:
    """The T4 that a stack's runs call, as a sentence has it."""
    if on_simulator(pulumi.project, pulumi.stack):
        return f"simulator at {pulumi.environ['T4_ENDPOINT']}"
    endpoint = pulumi.endpoint
    if not endpoint and "t4:endpoint" in pulumi.project.written(pulumi.stack):
        endpoint = pulumi.configuration().get("t4:endpoint")  # a secret
    return named(str(endpoint or ""))


def named(endpoint: str) -> str:
    """An endpoint by its host, and whether it is the live T4. What else stands in the address may be a
    password."""
    try:
        parts = urlsplit(endpoint)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port = "", None
    if not host:
        return "no endpoint is set" if not endpoint else "t4:endpoint is not an address"
    name = f"{host}:{port}" if port else host
    if host == LIVE:
        return f"{name} (LIVE)"
    if host == SIMULATION:
        return f"{name} (T4's simulation)"
    if is_loopback(endpoint):
        return f"{name} (on this machine)"
    return f"{name} (not one of T4's own addresses: take it for LIVE)"


def say_destination(pulumi: Pulumi) -> None:
    """The first line of a run, on standard error: what is asked for may go to a file."""
    complain(f"T4: {destination(pulumi)}", "heading")
