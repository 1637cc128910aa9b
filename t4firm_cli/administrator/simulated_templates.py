"""The templates that a firm file describes, in the simulator: what a firm's administrator prepares in T4's
portal before the first run."""

from t4firm.yaml_files.document import FileError
from t4firm.yaml_files.mistakes import listed
from t4firm_cli.engine.command import on_simulator
from t4firm_cli.firm_files.validate import load
from t4firm_cli.project.layout import Project
from t4simulator.service import process


def prepare(project: Project, stack: str) -> str:
    """Add the templates that a stack's firm file describes and its simulator does not have, as it describes
    them. Returns a sentence about it; "" where nothing is added: the stack is not on the simulator, or its
    files have mistakes, which the run names. Raises SimulatorError."""
    run = process.status(project.simulator) if on_simulator(project, stack) else None
    if run is None:
        return ""
    try:
        templates = load(project, stack).firm.templates
    except FileError:
        return ""
    there = process.state(run)["templates"]
    users = {name: each for name, each in templates.users.items() if name not in there["users"]}
    accounts = [name for name in templates.accounts if name not in there["accounts"]]
    for name, each in users.items():
        process.add_user_template(run, name, each.applications, each.roles)
    for name in accounts:
        process.add_account_template(run, name)
    added = (*(f"template user {name}" for name in users), *(f"template account {name}" for name in accounts))
    return f"The simulator now has, as the firm file describes it: {listed(added)}." if added else ""
