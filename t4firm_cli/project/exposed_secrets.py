"""What a pipeline needs kept out of a stack's settings file.

The file is in git, and whoever opens a branch has a preview run with the stack's passphrase, by the branch's
own code. Encrypted by that passphrase is then as good as shown: the key that changes T4, and the seed of all
passwords, belong into the environments of the runs that need them (docs/pipeline.md).
"""

from typing import Final

from t4firm.yaml_files.mistakes import listed
from t4firm_cli.project.layout import Project, ProjectError, content_of, of_every_stack

REPLACE: Final = (
    "keep them in the environments of the pipeline alone (docs/pipeline.md), and replace them: they stay in "
    "git's history"
)


def exposed(project: Project, stack: str) -> tuple[str, str] | None:
    """What of a stack's secrets every branch can read, and what to do; None where nothing can be read."""
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
        f"stacks/Pulumi.{stack}.yaml holds {listed(names)}: every branch's preview can decrypt what is in it",
        f"{remove}, {REPLACE}",
    )


def refuse_exposed(project: Project, stack: str) -> None:
    """Raises ProjectError where the stack's settings file holds secrets."""
    if found := exposed(project, stack):
        raise ProjectError(": ".join(found))
