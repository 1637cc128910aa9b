"""What the engine runs: read the stack's firm file and declare what it asks for (`__main__.py`)."""

import os
from pathlib import Path

import pulumi

from providers.t4.api.network import way_to
from providers.t4.configuration.settings import SettingsError, file_settings, settings_from
from providers.t4.configuration.stack_files import load_files
from providers.t4.engine import run_owner
from providers.t4.program import declare, refuse_empty_passphrase
from t4firm.yaml_files.document import FileError


def run() -> None:
    """Raises RunError, whose words the engine shows, where the stack cannot be declared."""
    refuse_empty_passphrase()
    config = pulumi.Config("t4")
    try:
        files = file_settings(config.get, os.environ, pulumi.get_stack())
        stack = load_files(files, Path.cwd())
    except (FileError, SettingsError) as error:
        raise pulumi.RunError(str(error)) from None
    try:
        way_to(settings_from(config.get, os.environ).endpoint)
    except SettingsError as error:
        if not pulumi.runtime.is_dry_run():
            raise pulumi.RunError(str(error)) from None
        pulumi.log.warn(f"an update would stop here:\n{error}")
    if not pulumi.runtime.is_dry_run():
        run_owner.note_engine(run_owner.folder_of(Path.cwd(), pulumi.get_stack()))
    declare(stack)
