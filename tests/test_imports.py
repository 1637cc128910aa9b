"""The picture of the repository: `__main__`, `t4firm_cli` -> `providers` -> `t4firm`; `t4simulator` and
`t4firm_setup` stand alone."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ALLOWED = {
    "t4firm": {"t4firm"},
    "providers": {"providers", "t4firm"},
    "t4simulator": {"t4simulator"},
    "t4firm_setup": {"t4firm_setup"},
    "tools": {"tools", "t4firm_setup"},
    "t4firm_cli": {"t4firm_cli", "providers", "t4firm", "t4simulator", "t4firm_setup"},
    "__main__.py": {"providers", "t4firm"},
}
OURS = {"t4firm", "providers", "t4simulator", "t4firm_setup", "tools", "t4firm_cli", "tests"}
LAYERS = (
    *("yaml_files", "model", "operations", "tasks", "evidence"),
    *("rules", "loading", "edits", "spreadsheets", "plan", "reports", "review", "history"),
)
"""The parts of `t4firm`, each of which may import itself and those before it."""
PARTS = (
    *("configuration", "api", "records", "engine", "session", "steps", "lifecycle"),
    *("resources", "reports", "program"),
)
"""The same of `providers/t4`; the resources and the program are modules beside the folders."""
RESOURCES = {"firm", "user", "account", "application_assignment", "account_assignment"}


def imported(file: Path) -> set[str]:
    """The top-level packages of ours that a module imports, also inside its functions."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: relative import"
            found.add((node.module or "").partition(".")[0])
    return found & OURS


@pytest.mark.parametrize("part", ALLOWED)
def test_a_part_imports_only_what_stands_below_it(part: str) -> None:
    place = ROOT / part
    files = [place] if place.is_file() else sorted(place.rglob("*.py"))
    assert files
    wrong = {str(file.relative_to(ROOT)): imported(file) - ALLOWED[part] for file in files}
    assert not {file: names for file, names in wrong.items() if names}


def test_the_folders_of_the_firm_import_one_way() -> None:
    wrong = []
    for at, layer in enumerate(LAYERS):
        place = ROOT / "t4firm" / layer
        for file in sorted(place.rglob("*.py")) if place.is_dir() else [place.with_suffix(".py")]:
            later = [name for name in LAYERS[at + 1 :] if f"t4firm.{name}" in file.read_text()]
            wrong += [f"{file.relative_to(ROOT)} imports {name}" for name in later]
    assert not wrong


def part_of(module: str) -> str:
    """The part of `providers/t4` of a module, whose name begins below it: `session.journal` -> `session`."""
    top = module.partition(".")[0]
    return "resources" if top in RESOURCES else top if top in PARTS else "program"


def test_the_folders_of_the_providers_import_one_way() -> None:
    here, wrong = ROOT / "providers" / "t4", []
    for file in sorted(here.rglob("*.py")):
        own = ".".join(file.relative_to(here).with_suffix("").parts)
        for module in re.findall(r"from providers\.t4\.([\w.]+) import", file.read_text()):
            if own != "__init__" and PARTS.index(part_of(module)) > PARTS.index(part_of(own)):
                wrong.append(f"{own} imports {module}")
    assert not wrong


DRAWN = re.compile(r"(?:^    |; )([\w/, ]+?)(?:  |$|: )", re.M)


@pytest.mark.parametrize("part", ["t4firm", "providers/t4", "t4firm_cli", "t4simulator"])
def test_each_folder_has_a_picture_of_its_modules(part: str) -> None:
    """A line a module in the `__init__`, so that a stranger knows which file to open."""
    wrong = []
    for picture in sorted((ROOT / part).rglob("__init__.py")):
        drawn = {name.strip(" /") for line in DRAWN.findall(picture.read_text()) for name in line.split(",")}
        modules = {each.stem for each in picture.parent.glob("*.py")} - {"__init__", "__main__"}
        there = modules | {each.parent.name for each in picture.parent.glob("*/__init__.py")}
        wrong += [f"{picture.relative_to(ROOT)}: {name}" for name in sorted(there - drawn)]
    assert not wrong


def test_the_firm_package_knows_neither_network_nor_pulumi() -> None:
    for file in (ROOT / "t4firm").rglob("*.py"):
        text = file.read_text()
        for foreign in ("import pulumi", "from pulumi", "import httpx", "import socket", "import requests"):
            assert foreign not in text, f"{file.name}: {foreign}"


def test_deciding_and_talking_are_apart() -> None:
    """No HTTP in a resource, no decision in the client (style.md: keycloak-config-cli)."""
    for file in (ROOT / "providers" / "t4").rglob("*.py"):
        if file.parent.name == "api":
            continue
        assert "httpx" not in file.read_text(), f"{file.name} talks HTTP itself"
    for file in (ROOT / "providers" / "t4" / "api").rglob("*.py"):
        assert "pulumi" not in imported_all(file), f"{file.name} knows Pulumi"


def imported_all(file: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add((node.module or "").partition(".")[0])
    return names


def test_the_program_is_short() -> None:
    assert len((ROOT / "__main__.py").read_text().splitlines()) < 40


LOOSE = re.compile(r"(Mapping|dict)\[str, Any\]")
OF_PULUMI = {"check", "diff", "create", "update", "read", "delete"}
"""The methods of a provider that Pulumi calls with properties."""
AT_THE_BORDER = {
    "base.py": OF_PULUMI,
    "declared.py": {"declared"},
    "plain_values.py": {"sent"},
    "registration.py": {"register", "_told"},
}


def signatures(file: Path) -> Iterator[tuple[str, str]]:
    """Each function of a module, with the annotations of its parameters and of what it returns."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            arguments = (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
            written = [each.annotation for each in arguments if each.annotation]
            yield node.name, " ".join(map(ast.unparse, [*written, *([node.returns] if node.returns else [])]))


def test_no_loose_map_crosses_a_border_behind_the_providers() -> None:
    """Properties become typed records at once (records/); what T4 answers is api/'s."""
    here, wrong = ROOT / "providers" / "t4", []
    for file in sorted(here.rglob("*.py")):
        if file.relative_to(here).parts[0] in ("records", "api"):
            continue
        free = AT_THE_BORDER.get(file.name, set())
        loose = [name for name, of in signatures(file) if LOOSE.search(of) and name not in free]
        wrong += [f"{file.name}: {name}" for name in loose]
    assert wrong == []


def test_no_module_is_longer_than_400_lines() -> None:
    parts = ("t4firm", "providers", "t4firm_cli", "t4simulator", "tools")
    files = [file for part in parts for file in (ROOT / part).rglob("*.py")]
    assert [file.name for file in files if len(file.read_text().splitlines()) > 400] == []
