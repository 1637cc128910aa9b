"""The one error of the simulator: an answer that says no."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Wrong:
    """One thing that is wrong: `field` as a path (`User.postCode`); `message` completes the sentence."""

    field: str
    message: str


class Refusal(Exception):
    """T4 refuses a call. Nothing was changed.

    `status` is one of those that seed 002 (Error Handling) lists: 400, 401, 404, 409; 405 and 500 where HTTP
    asks.
    """

    def __init__(self, status: int, message: str, wrongs: tuple[Wrong, ...] = ()) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.wrongs = wrongs


def bad_request(wrongs: list[Wrong]) -> Refusal:
    """400 that names every wrong field (seed 002: "detailed error messages in the response body")."""
    ordered = tuple(sorted(set(wrongs)))
    said = "; ".join(f"{wrong.field} {wrong.message}" for wrong in ordered)
    return Refusal(400, f"The request is not valid: {said}.", ordered)


def not_found(wrongs: list[Wrong]) -> Refusal:
    said = "; ".join(f"{wrong.field} {wrong.message}" for wrong in wrongs)
    return Refusal(404, f"Not found: {said}.", tuple(wrongs))


def conflict(wrongs: list[Wrong]) -> Refusal:
    said = "; ".join(f"{wrong.field} {wrong.message}" for wrong in wrongs)
    return Refusal(409, f"Conflict: {said}.", tuple(wrongs))
