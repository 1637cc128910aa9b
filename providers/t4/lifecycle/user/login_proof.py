"""Proof by login that a user is this stack's: T4 takes the password that only this stack can derive. T4 locks
users out after failed logins, so a login proves once: one that T4 refused is remembered and never tried
again, and none is tried for a name that another stack of the repository has at the same T4."""

from dataclasses import dataclass

from providers.t4.api import NotFound
from providers.t4.lifecycle import current_files
from providers.t4.lifecycle.user import fill_login, onboarding
from providers.t4.records.users import UserInputs
from providers.t4.session.session import now, session
from t4firm.model.names import folded


@dataclass(frozen=True)
class Proof:
    """`evidence`: the login that T4 took, "" for none. Where there is none, `why`: a sentence, "" where no
    login is configured."""

    evidence: str = ""
    why: str = ""


def journal_key(username: str) -> str:
    """The journal's key of a login that T4 refused."""
    return f"login/{folded(username)}"


def proof_of(inputs: UserInputs) -> Proof:
    """Log in as the user, unless that was refused before; as the fill user over the WebSocket too."""
    username = inputs.username
    if session().settings.login is None and session().socket is None:
        return Proof()
    if other := current_files.stack_that_has(username):
        return Proof(
            why=f"No login was tried, because the stack {other} has a user of this name too, and its "
            "settings do not name another T4."
        )
    proof = _by_rest(inputs)
    if not proof.evidence and (evidence := fill_login.proof(inputs)):
        return Proof(evidence)
    return proof


def _by_rest(inputs: UserInputs) -> Proof:
    username, journal = inputs.username, session().journal
    if session().settings.login is None:
        return Proof()
    refused = journal.find(journal_key(username))
    if refused and refused.answered:
        return Proof(why=_refused(username, refused.answered))
    try:
        accepted = session().client.can_log_in(username, onboarding.password(inputs))
    except NotFound as error:
        return Proof(why=f"{error} Nobody was refused, so it is tried again when the path is right.")
    if accepted:
        return Proof(f"logged in as {username} with this stack's password")
    if accepted is None:
        return Proof(why="T4 did not answer a login with this stack's password.")
    at = now()
    journal.answered(journal_key(username), at, {"refused": True}, {})
    return Proof(why=_refused(username, at))


def _refused(username: str, at: str) -> str:
    return (
        f"T4 refused a login as {username} with this stack's password at {at}. It is not tried again, "
        "because T4 locks users out."
    )
