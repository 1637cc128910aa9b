"""How users' passwords are kept: salted and hashed once, which is enough here and costs no time."""

from __future__ import annotations

import hashlib
import hmac
import secrets


def kept(password: str) -> tuple[bytes, bytes]:
    """(salt, hash) to store."""
    salt = secrets.token_bytes(16)
    return salt, _hash(salt, password)


def same(password: str, salt: bytes, expected: bytes) -> bool:
    return hmac.compare_digest(_hash(salt, password), expected)


def _hash(salt: bytes, password: str) -> bytes:
    return hashlib.sha256(salt + password.encode("utf-8", "surrogatepass")).digest()
