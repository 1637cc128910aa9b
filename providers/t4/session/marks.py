"""Marks: what tells a value from others and does not tell what it is, for it may be a personal detail."""

import hmac
import json

from providers.t4.configuration.password_seed import stretched


def mark(seed: str, value: object) -> str:
    """The mark of a value that JSON can hold, keyed with the stack's secret password seed."""
    text = f"t4-firm mark 2\0{json.dumps(value, sort_keys=True)}"
    return hmac.new(stretched(seed), text.encode(), "sha256").hexdigest()[:32]


def mark_of_password(seed: str, password: str) -> str:
    """The mark by which the record of a user tells whether T4 has this very password."""
    return mark(seed, ["password", password])
