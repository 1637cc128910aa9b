"""Which T4 it is, and under which name something of it is kept on this machine."""

from urllib.parse import quote, urlsplit

USUAL_PORTS = {"https": 443, "http": 80}


def normal(endpoint: str) -> str:
    """An endpoint as it is compared: `HTTPS://API.t4login.com:443/` and `https://api.t4login.com` are one T4,
    and `https://api.t4login.com/sim` is another. Any other text is compared as it is."""
    try:
        parts = urlsplit(endpoint.strip())
        host, port = parts.hostname, parts.port
    except ValueError:
        return endpoint.strip()
    if not host:
        return endpoint.strip()
    host = f"[{host}]" if ":" in host else host.rstrip(".")
    shown = "" if port in (None, USUAL_PORTS.get(parts.scheme)) else f":{port}"
    return f"{parts.scheme}://{host}{shown}{parts.path.rstrip('/')}"


def folder_for(endpoint: str) -> str:
    """The name of a folder for what belongs to one endpoint: no other endpoint has the same."""
    return quote(normal(endpoint).removeprefix("https://"), safe="") or "t4"
