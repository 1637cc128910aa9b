"""`t4firm password`: the password that a stack derived for a user (design: Passwords)."""

import os

from cli.engine import Pulumi
from cli.project import Project, ProjectError
from cli.validate import load
from providers.t4.password import password_for
from providers.t4.settings import check_seed


def password_of(project: Project, stack: str, username: str) -> str:
    """Derived again from the stack's secret seed. Raises ProjectError for a user that the firm file does
    not have."""
    firm = load(project, stack).firm
    people = {user.username: user for user in firm.users.values()}
    if firm.fillService:
        people[firm.fillService.user.username] = firm.fillService.user  # type: ignore[assignment]
    if username not in people:
        raise ProjectError(f"{username} is no user of this firm file; it has: {', '.join(sorted(people))}")
    pulumi = Pulumi(project, stack)
    seed = pulumi.environ.get("T4_PASSWORD_SEED") or os.environ.get("T4_PASSWORD_SEED")
    if not seed:
        seed = pulumi.read("config", "get", "t4:passwordSeed", "--stack", stack).strip()
    check_seed(seed)
    return password_for(seed, username, people[username].passwordVersion)
