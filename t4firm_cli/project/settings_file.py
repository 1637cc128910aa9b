"""What the files say of a stack's settings, as reviews compare them and as reviewed lists keep their digest:
`stacks/Pulumi.<stack>.yaml`, over what `Pulumi.yaml` says for every stack.

What the environment says instead (T4_ENDPOINT, T4_API_KEY …) belongs to the pipeline, not to a change of the
files, and is left out: a preview is given other credentials than the run.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from providers.t4.configuration.settings import SECRETS, VARIABLES
from t4firm.review.model import Setting
from t4firm.review.reviewed import digest_of
from t4firm_cli.project.layout import content_of, of_every_stack

WRITTEN_BY_THE_ENGINE: Final = ("config", "encryptionsalt", "encryptedkey")
"""Parts of a settings file that are no settings themselves: their group, and what the engine adds by itself
where it is missing. A secret under another key does not open, and stops the run."""

SHOWN: Final = frozenset(f"t4:{key}" for key in VARIABLES if key not in SECRETS)
"""Settings whose values may be shown; any other may hold a secret."""


def settings_in(project_file: Path, stack_file: Path) -> dict[str, Setting]:
    """Name -> setting, from a `Pulumi.yaml` and a stack's own settings file; either may be missing."""
    values = {**of_every_stack(content_of(project_file)), **_of_stack(content_of(stack_file))}
    return {str(name): _setting(str(name), value) for name, value in values.items()}


def digest_of_settings(settings: Mapping[str, Setting]) -> str:
    """One digest of all of them: a digest of each would tell a short secret that stands there in plain
    text."""
    texts = {name: setting.text for name, setting in settings.items()}
    return digest_of(json.dumps(texts, sort_keys=True).encode())


def _of_stack(content: Mapping[str, Any]) -> dict[str, Any]:
    """The stack's configuration, and what else decides about it (`environment`, `secretsprovider`)."""
    others = {name: value for name, value in content.items() if name not in WRITTEN_BY_THE_ENGINE}
    return {**others, **(content.get("config") or {})}


def _setting(name: str, value: object) -> Setting:
    text = json.dumps(value, sort_keys=True, default=str) if isinstance(value, dict | list) else str(value)
    # an address may hold a password before its @
    if name in SHOWN and not isinstance(value, dict | list) and "@" not in text:
        return Setting(text)
    return Setting(digest_of(text.encode()), hidden=True)
