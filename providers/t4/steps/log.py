"""What must be said aloud: on the standard error of the provider's process, which the engine shows."""

import logging

from providers.t4.records.users import UserInputs
from t4firm.tasks.ids import task_id

LOG = logging.getLogger("providers.t4")


def not_shown_words(inputs: UserInputs, why: str) -> str:
    """What is said of a user that T4 did not show, and what helps."""
    username = inputs.username
    helps = ""
    if inputs.departed:
        disable = task_id("disable-user", username)
        helps = f" If T4 no longer has the user, look in the portal, then sign off {disable}."
    return f"T4 did not show the user {username}, so nothing is changed. {why}{helps}"
