"""The passphrase of a stack's secrets: whether one is needed, and whether one is there.

The engine takes an empty passphrase for one, and anybody can read what is encrypted with it. CI systems hand
an empty text to a job for a secret that does not exist. So an empty one counts as not set, as for `T4_*`; and
one of spaces alone, which is as easily guessed.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

PASSPHRASE: Final = "PULUMI_CONFIG_PASSPHRASE"  # noqa: S105 - the name of the variable
PASSPHRASE_FILE: Final = "PULUMI_CONFIG_PASSPHRASE_FILE"  # noqa: S105

MISSING: Final = (
    f"Neither {PASSPHRASE} nor {PASSPHRASE_FILE} is set. The state holds personal details, and this "
    "passphrase encrypts them"
)
EMPTY: Final = (
    "{} is empty, which counts as not set: anybody can read what is encrypted with an empty passphrase"
)
SET_IT: Final = (
    f"Set {PASSPHRASE}, or {PASSPHRASE_FILE}, to the stack's passphrase. In a pipeline, check that the "
    "secret exists and that this job may read it"
)
PASSPHRASES_OWN: Final = ("passphrase", "default")
"""Values of `secretsprovider` in a settings file that name no key in a cloud."""


def without_empty(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment without an empty passphrase: the engine would use it, and would not look at the
    file."""
    return {
        name: value
        for name, value in environ.items()
        if value.strip() or name not in (PASSPHRASE, PASSPHRASE_FILE)
    }


def of(environ: Mapping[str, str]) -> bytes:
    """The passphrase as the engine takes it; empty where there is none."""
    if (text := environ.get(PASSPHRASE, "")).strip():
        return text.encode()
    try:
        return Path(environ.get(PASSPHRASE_FILE, "")).read_bytes().strip()
    except OSError:
        return b""


def problem(
    environ: Mapping[str, str], settings: Mapping[str, object], in_service: Callable[[], bool]
) -> str | None:
    """Why a stack's secrets have no passphrase, as a sentence; None where there is one, or none is needed.

    `settings`: the whole settings file of the stack. `in_service`: whether Pulumi's service keeps the state;
    called only where nothing else decides.
    """
    wrong = _missing(environ)
    return wrong if wrong and _needed(settings, in_service) else None


def empty_for_the_engine(
    environ: Mapping[str, str], settings: Mapping[str, object], in_service: Callable[[], bool]
) -> str | None:
    """Why plain `pulumi` uses an empty passphrase, as a sentence. It takes the variable before the file, also
    an empty one. None where there is neither: then it asked for a passphrase, or needs none."""
    seen = {name: environ[name] for name in (PASSPHRASE, PASSPHRASE_FILE) if name in environ}
    if PASSPHRASE in seen:
        seen.pop(PASSPHRASE_FILE, None)
    return problem(seen, settings, in_service) if any(seen) else None


def _missing(environ: Mapping[str, str]) -> str | None:
    if environ.get(PASSPHRASE, "").strip():
        return None
    if file := environ.get(PASSPHRASE_FILE, "").strip():
        try:
            return None if Path(file).read_bytes().strip() else EMPTY.format(f"The file of {PASSPHRASE_FILE}")
        except OSError as error:
            return f"{PASSPHRASE_FILE} names {file}, which cannot be read ({error.strerror})"
    return EMPTY.format(PASSPHRASE) if PASSPHRASE in environ else MISSING


def _needed(settings: Mapping[str, object], in_service: Callable[[], bool]) -> bool:
    """Not with a key in a cloud. Pulumi's service has keys of its own, but for a stack that has a salt."""
    if settings.get("secretsprovider", "default") not in PASSPHRASES_OWN:
        return False
    return "encryptionsalt" in settings or not in_service()
