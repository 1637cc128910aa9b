"""What helps where the engine fails, by a word in what it said. Where none fits, its own words must do."""

import re
from typing import Final

from t4firm_cli.project.layout import ProjectError

REMEDIES: Final = (
    (
        r"passphrase",
        "set PULUMI_CONFIG_PASSPHRASE, or PULUMI_CONFIG_PASSPHRASE_FILE, to what it was when the stack was "
        "made",
    ),
    (
        r"pulumi login|PULUMI_ACCESS_TOKEN|logged in|PULUMI_BACKEND_URL|unable to open|no such file",
        "say where the state is kept: set PULUMI_BACKEND_URL, for example "
        "file:///srv/t4/state?metadata=skip, or run `pulumi login`",
    ),
)

NO_BACKEND: Final = "PULUMI_ACCESS_TOKEN must be set for login"
"""How the engine says that nobody has named a backend: it would take Pulumi's service."""


class EngineError(ProjectError):
    """The engine failed. `said`: which command, and its own words; `remedy`: what helps, "" if nobody
    knows."""

    def __init__(self, said: str) -> None:
        if NO_BACKEND in said:
            said = (
                f"Nobody has said where the state is kept, and there is no login at Pulumi's service ({said})"
            )
        self.said = said
        self.remedy = next((remedy for words, remedy in REMEDIES if re.search(words, said)), "")
        helps = f"\n{self.remedy[0].upper()}{self.remedy[1:]}." if self.remedy else ""
        super().__init__(f"{said}{helps}")
