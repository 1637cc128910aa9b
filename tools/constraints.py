"""`make constraints`: renews constraints.txt, constraints-test.txt and constraints-release.txt from
pyproject.toml.

Every version that the project runs with, for CPython 3.11 and newer on Linux and macOS, with the hashes of
all its files. The others list only what the tests and checks, and a release, need beyond the first. Needs
`uv`, which resolves for all platforms at once.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HEADER = "# Made by `make constraints`; change the ranges in pyproject.toml instead.\n"
INSTALLS = "setuptools>=77\npip>=26\n"
"""setuptools installs the project itself, without an environment of its own for building. The engine asks pip
for a list of what is installed before every run, and the pip that Python 3.11 brings takes twice as long."""


def resolved(extra: tuple[str, ...], fixed: Path | None) -> dict[str, str]:
    """Name -> its entry (version, marker, hashes). `fixed` holds versions that must not change."""
    keep = ("--constraints", str(fixed)) if fixed else ()
    answer = subprocess.run(
        [
            *("uv", "pip", "compile", "pyproject.toml", "-", "--universal", "--python-version", "3.11"),
            *("--generate-hashes", "--no-annotate", "--no-header", "--no-emit-index-url", "--quiet"),
            *("--upgrade", *extra, *keep),
        ],
        cwd=ROOT,
        input=INSTALLS,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    ).stdout
    entries = re.findall(r"^(\S+?)==.*(?:\n    .*)*\n", answer, re.MULTILINE)
    texts = re.findall(r"^\S+?==.*(?:\n    .*)*\n", answer, re.MULTILINE)
    return dict(zip(entries, texts, strict=True))


def main() -> None:
    if shutil.which("uv") is None:
        sys.exit("`make constraints` needs uv: pip install uv")
    product_file = ROOT / "constraints.txt"
    product = resolved((), None)
    product_file.write_text(HEADER + "".join(product.values()))
    (ROOT / "t4firm_cli" / "own_repository" / "libraries.txt").write_text(product_file.read_text())
    print(f"constraints.txt: {len(product)} libraries")
    for extra in ("test", "release"):
        everything = resolved(("--extra", extra), product_file)
        more = {name: text for name, text in everything.items() if name not in product}
        (ROOT / f"constraints-{extra}.txt").write_text(HEADER + "".join(more.values()))
        print(f"constraints-{extra}.txt: {len(more)} more")


if __name__ == "__main__":
    main()
