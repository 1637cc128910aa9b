"""The record of T4's calls, without secrets: what a test or a person reads afterwards."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from t4simulator.firm.store import Store

HIDDEN = "***"
# A key that holds one of these words holds a secret, however it is spelled: wrong capitals are a mistake that
# the product may make, and its secrets must not appear for that.
SECRET_WORDS = ("password", "license", "licence", "apikey", "token", "secret", "authorization", "seed")


def _is_secret(key: str) -> bool:
    return any(word in key.casefold() for word in SECRET_WORDS)


def _secret_values(value: Any) -> set[str]:
    """The texts that stand under secret keys, to be hidden wherever else they occur."""
    found: set[str] = set()
    if isinstance(value, dict):
        for key, inner in value.items():
            if _is_secret(key) and isinstance(inner, str) and len(inner) >= 4:
                found.add(inner)
            found |= _secret_values(inner)
    if isinstance(value, list):
        for inner in value:
            found |= _secret_values(inner)
    return found


def _hidden(value: Any, secrets: set[str], everything: bool) -> Any:
    if isinstance(value, dict):
        return {
            _text(key, secrets): HIDDEN if everything or _is_secret(key) else _hidden(inner, secrets, False)
            for key, inner in value.items()
        }
    if isinstance(value, list):
        return [_hidden(inner, secrets, everything) for inner in value]
    if isinstance(value, str):
        return HIDDEN if everything else _text(value, secrets)
    return value


def _text(value: str, secrets: set[str]) -> str:
    for secret in sorted(secrets, key=len, reverse=True):
        value = value.replace(secret, HIDDEN)
    return value


class Record:
    """Each call, written when it arrives (status null) and when it is answered, so that a kill shows."""

    def __init__(self, store: Store, secrets: tuple[str, ...]) -> None:
        self._store = store
        self._secrets = set(secrets)

    def arrived(
        self, method: str, path: str, query: dict[str, str], headers: dict[str, str], body: Any, size: int
    ) -> int:
        """The call's number. `body` is the JSON read, or None where there was none or it was not JSON
        (`size` bytes).
        """
        scheme, _, credential = headers.get("authorization", "").partition(" ")
        secrets = self._secrets | _secret_values(body) | _secret_values(query) | ({credential} - {""})
        if body is None and size:
            shown: Any = f"<{size} bytes that are not JSON>"
        else:
            # each field of a login is a credential
            shown = _hidden(body, secrets, everything=path.casefold().rstrip("/") == "/login")
        entry = {
            "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "method": method,
            "path": _text(path, secrets),
            "query": _hidden(query, secrets, False),
            "status": None,
            "userAgent": _text(headers.get("user-agent", ""), secrets),
            "authorization": f"{_text(scheme, secrets)} {HIDDEN}"
            if credential
            else HIDDEN
            if scheme
            else None,
            "fault": None,
            "body": shown,
        }
        with self._store.transaction():
            return self._store.change("INSERT INTO requests (entry) VALUES (?)", json.dumps(entry))

    def answered(self, sequence: int, status: int | None, fault: int | None) -> None:
        """`status` None: the connection was dropped without an answer."""
        row = self._store.row("SELECT entry FROM requests WHERE sequence = ?", sequence)
        if row is None:
            return  # deleted while the call was running
        entry = json.loads(row["entry"]) | {"status": "dropped" if status is None else status, "fault": fault}
        with self._store.transaction():
            self._store.change(
                "UPDATE requests SET entry = ? WHERE sequence = ?", json.dumps(entry), sequence
            )

    def entries(self) -> list[dict[str, Any]]:
        rows = self._store.rows("SELECT sequence, entry FROM requests ORDER BY sequence")
        return [{"sequence": row["sequence"], **json.loads(row["entry"])} for row in rows]

    def clear(self) -> None:
        with self._store.transaction():
            self._store.change("DELETE FROM requests")
