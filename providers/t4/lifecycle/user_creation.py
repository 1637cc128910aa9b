"""Making a user exactly once: the journal, the onboarding call, and after a 409 the proof of whose user it
is.

T4 cannot delete a user, and a 409 does not say whose user it is. So, in this order (docs/reliability.md):
the journal's answer; one login with the password that only this stack can derive; `adopt: true` in the firm
file; an error that says what is known.
"""

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, asdict, dataclass, field, fields
from typing import Any

from providers.t4.api import Answer, Conflict, OnboardingData, T4Error
from providers.t4.lifecycle import fill_login, onboarding
from providers.t4.lifecycle.errors import TakenAlready
from providers.t4.session import lookups
from providers.t4.session.journal import Entry
from providers.t4.session.session import now, session
from t4firm.model.names import folded
from t4firm.tasks.ids import task_id

Props = Mapping[str, Any]

VERIFIED = ("enabled", "roles", "applications")
"""What the administrator is to look at of a user who was taken over, where no operation shows it."""


@dataclass(frozen=True)
class Shown:
    """What is known of a user in T4.

    `roles` and `applications` are None where nothing shows them; `userID` is "" and `firstAccount` empty
    until something does. `open`: the ids of the steps that make a user who was taken over what the file says.
    `fees`: clearingExchange -> what its market data costs.
    """

    userID: str
    roles: list[str] | None
    applications: list[str] | None
    firstAccount: Mapping[str, Any]
    trialExpires: str
    evidence: str
    open: tuple[str, ...] = ()
    fees: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def can_be(cls, answer: Mapping[str, Any]) -> bool:
        """Whether a journal's answer is one of these with its `account`, also where an older version wrote
        it."""
        known = {"account": True, **{part.name: part.default_factory is MISSING for part in fields(cls)}}
        return {name for name, needed in known.items() if needed} <= answer.keys() <= known.keys()


def journal_key(username: str) -> str:
    """The journal's key of a user's onboarding call."""
    return f"onboard/{folded(username)}"


def make_user(props: Props) -> Shown:
    """The user of these inputs, made now, made by a run that died, or taken over.

    Raises TakenAlready with the line to write, JournalUnusable before any call, and the errors of the API.
    """
    journal, key, at = session().journal, journal_key(props["username"]), now()
    number = props["account"]["account"]
    before = journal.intend(key, at)
    if before.answered and Shown.can_be(before.answer):
        return _answered_before(before, props["username"], number)
    request = onboarding.request(props, onboarding.password(props))
    try:
        shown = _onboarded(session().client.onboard(request))
    except Conflict as conflict:
        if not conflict.doubtful:
            journal.nothing_happened(key, at)
        shown = _whose(props, conflict, before)
    except T4Error as error:
        if error.happened == "no":
            journal.nothing_happened(key, at)
        raise
    journal.answered(key, now(), {"account": number, **asdict(shown)})
    return shown


def _answered_before(entry: Entry, username: str, number: str) -> Shown:
    """What a run was answered that could not record it. The file may have changed its account since."""
    answer = dict(entry.answer)
    if (made := answer.pop("account")) != number:
        raise TakenAlready(
            f"{username} was onboarded with account {made} at {entry.answered}, by a run that could not "
            f"record it: list {made} as the first of {username}'s accounts, and {number} after it"
        )
    return Shown(**answer)


def _onboarded(answer: Answer[OnboardingData]) -> Shown:
    user, account = answer.data.user, answer.data.account
    first = (
        {
            "accountID": account.accountID,
            "enabled": account.enabled or "",
            "preTradeDisabled": account.preTradeDisabled,
        }
        if account
        else {}
    )
    return Shown(
        user.userID,
        _sorted(user.roles),
        _sorted(user.applications),
        first,
        user.trialExpires or "",
        str(answer.evidence),
        fees=dict(answer.data.fees),
    )


def _whose(props: Props, conflict: Conflict, before: Entry) -> Shown:
    """Whose user T4 already has: ours by proof, ours by the file's word, or not to be touched."""
    username, account = props["username"], props["account"]["account"]
    if session().client.can_log_in(username, onboarding.password(props)):
        proof = f"logged in as {username} with this stack's password after {conflict.evidence}"
        return _existing(props, proof, account_made=True)
    if (own_login := fill_login.proof(props)) is not None:
        return _existing(props, f"{own_login}, after {conflict.evidence}", account_made=True)
    own = [*before.begun, *([conflict.at] if conflict.doubtful else [])]
    known = _known(own)
    if conflict.about == "account":
        raise TakenAlready(
            f"{username} was not made, because T4 already has the account {account}; {known}. If {account} "
            "is "
            f"{username}'s own from before, let the administrator make the user in the portal and assign it "
            f"{account}, then "
            f"write `adopt: true` under {username} in the firm file; if not, give {username} another first "
            f"account. {conflict}"
        ) from None
    if not props["adopt"]:
        raise TakenAlready(
            f"T4 already has a user {username}; {known}. If it is the same person, write `adopt: true` "
            f"under {username} in "
            f"the firm file; if not, choose another username. {conflict}"
        ) from None
    return _existing(
        props, f"taken over as the firm file says, after {conflict.evidence}", account_made=False
    )


def _known(own: list[str]) -> str:
    if own:
        times = ", ".join(own)
        return (
            f"this stack tried to make it at {times} without an answer: it may be its work, nothing proves it"
        )
    return "this stack has no record of an attempt to make it"


def _existing(props: Props, evidence: str, *, account_made: bool) -> Shown:
    """A user that exists, with what the operations can show of it. A login needs an account that was made
    and linked (seed 002, User Login Requirements), so whoever could log in has the first account, seen or
    not."""
    number = props["account"]["account"]
    user = lookups.user_named(props["username"])
    linked = user["accounts"] if user else None
    account = lookups.account_numbered(number) if account_made or number in (linked or ()) else None
    first: dict[str, Any] = {}
    if account and (linked is None or number in linked):
        first = {
            "accountID": account["accountID"],
            "enabled": account["enabled"] or "",
            "preTradeDisabled": account["preTradeDisabled"],
        }
    elif account_made and linked is None:
        first = {"accountID": "", "enabled": "", "preTradeDisabled": None}
    steps = tuple(_differing(props, user or {}, proved=account_made))
    if user is None:
        return Shown("", None, None, first, "", evidence, steps)
    roles, applications = _sorted(user["roles"]), _sorted(user["applications"])
    return Shown(str(user["userID"]), roles, applications, first, "", evidence, steps)


def _differing(props: Props, user: lookups.Row, *, proved: bool) -> Iterator[str]:
    """The steps for what T4 shows of a user otherwise than the file says; and for what nothing shows, unless
    a login `proved` that this stack made the user, or the user has departed."""
    username, user_id = props["username"], str(user.get("userID") or "")
    unseen_counts = not (proved or props["departed"])
    wanted = {**props["person"], "country": props["country"], "apptype": props["apptype"]}
    for name, value in wanted.items():
        if user.get(name) not in (None, value):
            yield task_id("update-user", username, name)
    if user.get("enabled") is False and not props["departed"]:
        yield task_id("enable-user", username)
    if unseen_counts and any(user.get(name) is None for name in VERIFIED):
        yield task_id("verify-user", username)
    subscribed = lookups.market_data(user_id, username)
    types = subscribed.value if subscribed else None
    for exchange, kind in props["marketData"].items():
        if unseen_counts if types is None else types.get(exchange) != kind:
            yield task_id("update-market-data", username, exchange)
    signed = lookups.signed_documents(user_id, username)
    documents = props["eula"]["signatures"].keys() if props["eula"] else set()
    if documents and (unseen_counts if signed is None else not signed.value >= documents):
        yield task_id("sign-eula", username)


def _sorted(names: Any) -> list[str] | None:
    return sorted(names) if names is not None else None
