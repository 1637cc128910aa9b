"""What stops a set-up."""


class SetupError(Exception):
    """A step can't go on. The text is for the person at the terminal: what happened, and what to do."""
