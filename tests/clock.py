"""Time in tests: a clock, and how long to wait for what comes at last."""

PATIENCE = 300.0
"""Seconds. Tests run beside other things: what takes this long does not come."""


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at
