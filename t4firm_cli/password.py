"""`t4firm password`: the password that a stack derived for a user (design: Passwords)."""

import os
from dataclasses import dataclass

from providers.t4.configuration.password_seed import bound, new_seed
from providers.t4.configuration.settings import check_seed, file_settings
from providers.t4.records.passwords import derived
from providers.t4.records.prior_state import opened
from providers.t4.records.task_records import open_tasks
from providers.t4.records.users import UserRecord
from providers.t4.session.marks import mark_of_password
from providers.t4.session.password import password_for
from t4firm.plan.goals import OURS
from t4firm_cli.administrator.tasks import recorded
from t4firm_cli.engine.command import Pulumi
from t4firm_cli.firm_files.validate import load
from t4firm_cli.project.layout import Project, ProjectError


def made_seed(username: str | None) -> str:
    """A new password seed. Raises ProjectError where a user is named too: a seed is the stack's."""
    if username:
        raise ProjectError("a seed belongs to a stack, not to one user: leave out the username")
    return new_seed()


@dataclass(frozen=True)
class Derived:
    """A password. `doubt`: why T4 may not have it, a sentence or two; "" where T4 has it."""

    password: str
    doubt: str


def password_of(project: Project, stack: str, username: str) -> Derived:
    """Derived again from the stack's secret seed, and compared with what the last run recorded of the user.
    Raises ProjectError for a user that the firm file does not have."""
    firm = load(project, stack).firm
    people = {user.username: user for user in firm.people}
    if username not in people:
        raise ProjectError(f"{username} is not a user of this firm file. It has: {', '.join(sorted(people))}")
    pulumi = Pulumi(project, stack)
    seed = pulumi.environ.get("T4_PASSWORD_SEED") or os.environ.get("T4_PASSWORD_SEED")
    if not seed:
        seed = pulumi.read("config", "get", "t4:passwordSeed", "--stack", stack).strip()
    check_seed(seed)
    files = file_settings(project.settings(stack).get, os.environ, stack)
    version = people[username].passwordVersion
    password = password_for(bound(seed, files.identity_of(firm.firm)), username, version)
    found = recorded(pulumi).get((f"{OURS}User", username))
    user = UserRecord.from_props(opened(found)) if found is not None else None
    return Derived(password, doubt(username, user, mark_of_password(seed, password)))


def doubt(username: str, user: UserRecord | None, mark: str) -> str:
    """Why T4 may not have the password with this mark. `user`: what is recorded, None where nothing is."""
    if user is None:
        return f"No run has recorded {username} yet, so T4 probably does not have this password."
    if user.passwordInT4 == derived(mark):
        return ""
    if user.inputs.task("update-user", "password") in open_tasks(user.tasks):
        return (
            f"T4 does not have this password of {username} yet: update-user/{username}/password is open. Run "
            "`t4firm up`, or have the administrator set it."
        )
    return (
        f"Nothing shows that T4 has this password of {username}: the user was adopted, or was recorded by an "
        "older version or with another t4:passwordSeed. Raise `passwordVersion`: then T4 gets the new one."
    )
