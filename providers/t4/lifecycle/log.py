"""What must be said aloud: on the standard error of the provider's process, which the engine shows."""

import logging
from collections.abc import Mapping
from typing import Any

from t4firm.tasks.ids import task_id

LOG = logging.getLogger("providers.t4")


def not_shown_words(props: Mapping[str, Any], why: str) -> str:
    """What is said of a user that T4 did not show, and what helps."""
    username = props["username"]
    helps = ""
    if props["departed"]:
        disable = task_id("disable-user", username)
        helps = f" If T4 no longer has the user, look in the portal, then sign off {disable}."
    return f"T4 did not show the user {username}, so nothing is concluded. {why}{helps}"
