"""`t4firm password`: the password that a stack derived for a user (design: Passwords)."""

import os

from providers.t4.password_seed import bound, new_seed
from providers.t4.session.password import password_for
from providers.t4.settings import check_seed, file_settings
from t4firm_cli.engine.command import Pulumi
from t4firm_cli.project.layout import Project, ProjectError
from t4firm_cli.validate import load


def made_seed(username: str | None) -> str:
    """A new password seed. Raises ProjectError where a user is named too: a seed is the stack's."""
    if username:
        raise ProjectError("a seed is of a stack and of no single user: leave out the username")
    return new_seed()


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
    files = file_settings(project.settings(stack).get, os.environ, stack)
    return password_for(bound(seed, files.identity_of(firm.firm)), username, people[username].passwordVersion)
