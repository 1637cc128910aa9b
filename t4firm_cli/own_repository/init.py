"""`t4firm init NAME`: a firm's own repository, from the templates; nothing that is there is overwritten."""

from dataclasses import dataclass
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from t4firm.review.safe import prose
from t4firm.schemas import SCHEMAS, as_text, file_of
from t4firm.yaml_files.mistakes import counted
from t4firm.yaml_files.writing import scalar
from t4firm_cli.own_repository import pinned
from t4firm_cli.project.layout import ProjectError, wrong_name
from t4firm_cli.terminal import say, say_json

TEMPLATES: Final = {
    "Pulumi.yaml": "Pulumi.yaml",
    "__main__.py": "__main__.py",
    "gitignore": ".gitignore",
    "CODEOWNERS": ".github/CODEOWNERS",
    "up.yml": ".github/workflows/up.yml",
    "README.md": "README.md",
    "firm.yaml": "stacks/{name}.firm.yaml",
}
"""Template: where it is written."""

WORKFLOWS: Final = ("preview.yml", "up-stack.yml", "drift.yml")
"""The product's own, which `t4firm github` does the work of: here they set up from requirements.txt."""

OF_A_FIRM: Final = {
    "stack: [simulation, live]": "stack: [{name}]",
    "- run: make setup": "- run: python3 -m venv .venv && .venv/bin/pip install --quiet --require-hashes "
    "--requirement requirements.txt && .venv/bin/t4firm setup",
    "'constraints*.txt', 't4firm_setup/go/engine/*', 't4firm_setup/go/host/*'": "'requirements.txt'",
    "the version that t4firm_setup/go/engine names": "the version that the product names",
}
"""What is different in a firm's repository."""


@dataclass(frozen=True)
class Asked:
    """What was asked for: the folder, the firm's short and full name, the product's wheel."""

    folder: Path
    name: str
    firm: str
    wheel: Path | None


def run(asked: Asked, *, as_json: bool = False) -> int:
    """Write the repository. Raises ProjectError, and writes nothing, where something is there."""
    if wrong := wrong_name(asked.name):
        raise ProjectError(wrong)
    product = pinned.product(asked.wheel)
    files = _files(asked, product)
    if there := [name for name in files if (asked.folder / name).exists()]:
        raise ProjectError(f"{asked.folder} has {', '.join(there)} already: nothing was written")
    try:
        for name, text in files.items():
            path = asked.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        pinned.keep(product, asked.folder)
    except OSError as error:
        raise ProjectError(
            f"{error.filename} cannot be written: {error.strerror}. What {asked.folder} has now is not "
            "complete: remove it, then try again"
        ) from None
    if as_json:
        parts = {"files": sorted(files), "product": product.version}
        say_json({"folder": str(asked.folder), "stack": asked.name, **parts})
        return 0
    say(f"{asked.folder.name}: {counted(len(files), 'file')}, t4firm {product.version}", "good")
    say("Next:")
    say(f"  cd {asked.folder.name}" if asked.folder != Path.cwd() else "  git init")
    say("  t4firm setup                    # the environment and the engine")
    say(f"  t4firm validate                 # stacks/{asked.name}.firm.yaml is where your firm goes")
    say("  t4firm simulator start")
    say(f"  t4firm up --simulator --stack {asked.name}")
    return 0


def _files(asked: Asked, product: pinned.Product) -> dict[str, str]:
    """Name of a file -> its text."""
    templates = Environment(
        loader=PackageLoader("t4firm_cli.own_repository"),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - no HTML
    )
    words = {
        "name": asked.name,
        "firm": asked.firm,
        "firm_scalar": scalar(asked.firm),
        "firm_prose": prose(asked.firm),
        "name_scalar": scalar(asked.name),
        "description": scalar(f"T4 and WhenTech set-up of {asked.firm}"),
        "version": product.version,
        "today": date.today().isoformat(),
    }
    files = {
        place.format(name=asked.name): templates.get_template(f"{template}.j2").render(words)
        for template, place in TEMPLATES.items()
    }
    for workflow in WORKFLOWS:
        files[f".github/workflows/{workflow}"] = _workflow(workflow, asked.name)
    files |= {f"stacks/{file_of(kind)}": as_text(kind) for kind in SCHEMAS}
    heading = (
        f"# The product and its libraries, of which nothing else is installed (t4firm {product.version}).\n"
    )
    body = "\n".join(line for line in pinned.libraries().splitlines() if not line.startswith("#"))
    files["requirements.txt"] = f"{heading}{product.requirement}\n{body}\n"
    return files


def _workflow(file: str, name: str) -> str:
    """A workflow of the product, for a firm's repository with one stack."""
    folder = resources.files("t4firm_cli.own_repository").joinpath("templates", "workflows")
    text = folder.joinpath(file).read_text(encoding="utf-8")
    for of_the_product, of_a_firm in OF_A_FIRM.items():
        text = text.replace(of_the_product, of_a_firm.replace("{name}", scalar(name)))
    return text
