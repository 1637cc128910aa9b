"""What a pipeline needs kept out of a stack's settings file.

The file is in git, and stays in its history. What is encrypted there opens for everybody who ever gets the
stack's passphrase, and a preview on the state itself has it, with the branch's own code. The key that changes
T4, and the seed of all passwords, belong into the environments of the runs that need them (docs/pipeline.md).
"""

from typing import Final

from t4firm.yaml_files.mistakes import listed
from t4firm_cli.project.layout import Project, ProjectError, content_of, of_every_stack

REPLACE: Final = (
    "keep them in the environments of the pipeline alone (docs/pipeline.md), and replace them: they stay in "
    "git's history"
)


def exposed(project: Project, stack: str) -> tuple[str, str] | None:
    """What of a stack's secrets its passphrase opens for everybody, and what to do; None where there is
    nothing."""
    names = project.secrets(stack)
    if not names:
        return None
    if of_project := of_every_stack(content_of(project.settings_files(stack)[0])).keys() & set(names):
        return (
            f"Pulumi.yaml holds {listed(sorted(of_project))}, for everybody to read",
            f"remove it, {REPLACE}",
        )
    remove = listed(f"`pulumi config rm --stack {stack} {name}`" for name in names)
    return (
        f"stacks/Pulumi.{stack}.yaml holds {listed(names)}: anybody who gets the stack's passphrase, now or "
        "later, can decrypt it from git",
        f"{remove}, {REPLACE}",
    )


def refuse_exposed(project: Project, stack: str) -> None:
    """Raises ProjectError where the stack's settings file holds secrets."""
    if found := exposed(project, stack):
        raise ProjectError(": ".join(found))
