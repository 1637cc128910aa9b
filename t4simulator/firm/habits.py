"""What this T4 does in its own way, on request: nothing that T4 documents, and nothing that is wrong."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Habits:
    """`pageSize`: how many entries one answer of a list has, None for all; `phoneDigits`: phone numbers are
    recorded as their digits alone, whatever was sent."""

    pageSize: int | None = None
    phoneDigits: bool = False

    def recorded(self, details: dict[str, str]) -> dict[str, str]:
        """A person's fields as they are recorded."""
        phone = details.get("phone")
        if phone is None or not self.phoneDigits:
            return details
        return details | {"phone": "".join(character for character in phone if character.isdigit())}
