"""What an onboarding request sends, marked field by field: a run that died, or an entry that was corrected
after it, does not make one person's answer another's.

    marks = marks_of(inputs)             # "email" -> "5a1f…", "marketData/CME" -> "09be…", …
    known = readable(entry.sent)        # the same of a journal's entry; empty where nobody can tell
    differs(known, "email", inputs)      # True, False, or None where nobody can tell
"""

from collections.abc import Iterable

from providers.t4.records.users import UserInputs
from providers.t4.session.journal import Marks
from providers.t4.session.session import session
from t4firm.model.names import folded

SEED = "seed"
"""The mark of nothing but the password seed: with another one, the other marks tell nothing."""
MARKET_DATA = "marketData/"
ACCOUNT_NAMES = ("accountName", "displayName")


def marks_of(inputs: UserInputs) -> dict[str, str]:
    """The mark of each field of a user's onboarding request."""
    password = session().mark_of_password(inputs.username, inputs.passwordVersion)
    return {
        SEED: session().mark(SEED),
        "password": password,
        **{name: _mark(inputs, name, value) for name, value in _values(inputs).items()},
    }


def readable(sent: Marks) -> Marks:
    """The marks, where they can be compared with those of a new request: made by this version with this
    seed."""
    return sent if sent.get(SEED) == session().mark(SEED) else {}


def common(requests: Iterable[Marks]) -> Marks:
    """What is known of a user whom one of these requests made: a field in which they differ has a mark that
    no value has. Nothing, where one of them is not readable."""
    requests = list(requests)
    if not requests or not all(requests):
        return {}
    names = {name for sent in requests for name in sent}
    return {
        name: marks.pop() if len(marks) == 1 else ""
        for name in names
        for marks in [{sent.get(name, "") for sent in requests}]
    }


def differs(sent: Marks, name: str, inputs: UserInputs) -> bool | None:
    """Whether the request had another value of this field than the inputs have now; None where nobody
    knows."""
    if not sent:
        return None
    return sent.get(name) != marks_of(inputs).get(name)


def subscribed(sent: Marks) -> set[str]:
    """The exchanges whose market data a request asked for."""
    return {name.removeprefix(MARKET_DATA) for name in sent if name.startswith(MARKET_DATA)}


def _mark(inputs: UserInputs, name: str, value: object) -> str:
    """No two fields and no two users have the same mark, so that it does not tell who shares a value."""
    return session().mark([folded(inputs.username), name, value])


def _values(inputs: UserInputs) -> dict[str, object]:
    account = inputs.account
    return {
        **inputs.details,
        "templateUser": inputs.templateUser,
        "account": account.account,
        "templateAccount": account.templateAccount,
        **account.names,
        **{f"{MARKET_DATA}{name}": kind for name, kind in inputs.marketData.items()},
        **({"eula": inputs.eula.said} if inputs.eula else {}),
    }
