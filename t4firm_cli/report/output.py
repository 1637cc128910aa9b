"""What is to be made of a report, and where it is written."""

from dataclasses import dataclass
from pathlib import Path

from t4firm.yaml_files.output_files import keep
from t4firm_cli.terminal import complain, say

OUTPUT = Path("-")
"""The name that stands for the standard output."""


@dataclass(frozen=True)
class Asked:
    """What is to be made. `read`: T4 is read for it, as `t4firm drift` does; `github`: GitHub is asked who
    approved."""

    html: Path | None = None
    csv: Path | None = None
    as_json: bool = False
    read: bool = False
    github: bool = False


def write(file: Path, text: str) -> None:
    """Write a text to a file, or to the standard output. Raises NotWritten."""
    if file == OUTPUT:
        say(text.rstrip("\n"))
        return
    keep(file, text)
    complain(f"Wrote {file}.")
