"""The entries of two firm files, held against each other field by field.

Which fields may be shown is a list of those that may: a field that a later version adds counts as personal
until somebody has decided otherwise.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from pydantic import BaseModel

from t4firm.model.firm import Account, Firm
from t4firm.model.users import FillUser, User
from t4firm.review.model import Details, Field, Happens, Person, Value

SHOWN = frozenset(
    {
        "accounts",
        "adopt",
        "applications",
        "apptype",
        "country",
        "enabled",
        "eula",
        "marketData",
        "owner",
        "passwordVersion",
        "revoke",
        "templateAccount",
        "templateUser",
    }
)
"""Fields that tell what somebody may do, and not who somebody is. Names of accounts are none of them: they
often are a person's."""

LABELS = {
    "accountName": "account name",
    "apptype": "type",
    "displayName": "display name",
    "eula": "EULA",
    "firstname": "first name",
    "lastname": "last name",
    "marketData": "market data",
    "passwordVersion": "password version",
    "postCode": "postal code",
    "revoke": "revoked:",
    "templateAccount": "template account",
    "templateUser": "template",
}
"""Words for T4's names of fields, where these are no words."""

LISTED = frozenset({"accounts", "applications", "eula", "revoke"})
"""Fields whose values come and go one by one."""

NO_FIELDS = frozenset({"username", "departed"})
"""The name of the entry itself, and what the row says already."""

PERSONAL = "personal details"


def people(before: Firm, after: Firm, details: Details) -> tuple[Person, ...]:
    """What happens to each user, by username; those to whom nothing happens are left out."""
    olds, news = users_of(before), users_of(after)
    owned: defaultdict[str, list[Account]] = defaultdict(list)
    for _, account in sorted(after.accounts.items()):
        owned[account.owner].append(account)
    found = []
    for username in sorted(olds.keys() | news.keys()):
        old, new = olds.get(username), news.get(username)
        fields = [*_entry_fields(old, new), *_account_fields(owned[username], before, after)]
        happens = _happens(old, new, bool(fields))
        if happens:
            is_fill_user = isinstance(new or old, FillUser)
            told = _told(fields, details, comes=old is None)
            found.append(Person(username, happens, is_fill_user, told))
    return tuple(found)


def other_fields(before: Firm, after: Firm, known: Iterable[str], details: Details) -> tuple[Field, ...]:
    """What else the files say differently, path by path: every part of a firm file but the `known` ones."""
    olds, news = before.model_dump(mode="json"), after.model_dump(mode="json")
    found: list[Field] = []
    for part in sorted(news.keys() - set(known)):
        old, new = _flat(olds[part], part), _flat(news[part], part)
        for name in sorted(old.keys() | new.keys()):
            was, now = old.get(name, ()), new.get(name, ())
            if was != now:
                personal = part == "defaults" and name.split(".")[2] not in SHOWN
                found.append(Field(name, was, now, personal, listed=max(len(was), len(now)) > 1))
    return _told(found, details, comes=False)


def users_of(firm: Firm) -> dict[str, User | FillUser]:
    """Everybody who has a T4 user by this file: people, and the fill service."""
    fill = {firm.fillService.user.username: firm.fillService.user} if firm.fillService else {}
    return {**firm.users, **fill}


def _happens(old: User | FillUser | None, new: User | FillUser | None, differs: bool) -> Happens | None:
    if new is None:
        return "leaves the file"
    if old is None:
        return "new, departed already" if new.departed else "adopted" if new.adopt else "new"
    departed = old.departed, new.departed
    if departed[0] != departed[1]:
        return "departs" if departed[1] else "comes back"
    return "changes" if differs else None


def _entry_fields(old: User | FillUser | None, new: User | FillUser | None) -> Iterator[Field]:
    if new is None:
        return
    yield from _differences(_values(old) if old else _defaults(new), _values(new), new=old is None)
    if old and new.departed and not old.departed:
        ended = sorted(old.marketData.items())
        yield from (Field(f"{LABELS['marketData']} {name}", before=(kind,)) for name, kind in ended)


def _account_fields(owned: Iterable[Account], before: Firm, after: Firm) -> Iterator[Field]:
    """What changes about the accounts that are, or were, made with a user."""
    for account in owned:
        number = account.account
        old = before.accounts.get(number)
        olds = _values(old) if old else {**_defaults(account), **_usual(account, after)}
        for field in _differences(olds, _values(account), new=old is None):
            yield replace(field, name=f"account {number}, {field.name}")


def _usual(account: Account, firm: Firm) -> dict[str, Value]:
    """What goes without saying about a new account."""
    return {
        "account": (account.account,),
        "accountName": (account.account,),
        "owner": (account.owner,),
        "templateAccount": _text(firm.defaults.account.templateAccount),
    }


def _differences(olds: Mapping[str, Value], news: Mapping[str, Value], *, new: bool) -> Iterator[Field]:
    for name in [*news, *(name for name in olds if name not in news)]:
        root = name.partition(" ")[0]
        before, after = olds.get(name, ()), news.get(name, ())
        if before != after:
            label = name.replace(root, LABELS.get(root, root), 1)
            listed = root in LISTED
            yield Field(label, () if new else before, after, root not in SHOWN, listed)


def _told(fields: Iterable[Field], details: Details, *, comes: bool) -> tuple[Field, ...]:
    """The fields with as much of personal details as may be told. Of somebody new, that there are some goes
    without saying."""
    if details == "all":
        return tuple(replace(each, hidden=False) for each in fields)
    told = [each for each in fields if not each.hidden]
    hidden = [Field(each.name, hidden=True) for each in fields if each.hidden and not comes]
    if details == "none" and hidden:
        hidden = [Field(PERSONAL, hidden=True)]
    return (*told, *hidden)


def _defaults(entry: BaseModel) -> dict[str, Value]:
    """What an entry says that says nothing about its optional fields."""
    fields = type(entry).model_fields
    optional = {name: field.get_default(call_default_factory=True) for name, field in fields.items()}
    return _of({name: optional[name] for name in fields if not fields[name].is_required()})


def _values(entry: BaseModel) -> dict[str, Value]:
    return _of({name: getattr(entry, name) for name in type(entry).model_fields})


def _of(fields: Mapping[str, Any]) -> dict[str, Value]:
    values: dict[str, Value] = {}
    for name, value in fields.items():
        if name in NO_FIELDS:
            continue
        if name == "eula":
            values[name] = _eula(value)
        elif isinstance(value, BaseModel):
            values |= {f"{name} {key}": _text(inner) for key, inner in value}
        elif isinstance(value, Mapping):
            values |= {f"{name} {key}": _text(inner) for key, inner in sorted(value.items())}
        else:
            values[name] = _text(value)
    return values


def _eula(eula: Any) -> Value:
    """A person's evidence: the version that was shown, and what was signed when."""
    if eula is None:
        return ()
    signed = (f"{document} signed {when}" for document, when in sorted(eula.signatures.items()))
    return (f"version {eula.eulaVersion}", *signed)


def _text(value: object) -> Value:
    if value is None:
        return ()
    if isinstance(value, bool):
        return ("yes" if value else "no",)
    if isinstance(value, list | tuple):
        return tuple(str(each) for each in value)
    return (str(value),)


def _flat(value: object, path: str) -> dict[str, Value]:
    """Every value below a part of the file, by its path."""
    if isinstance(value, Mapping):
        return {name: text for key in value for name, text in _flat(value[key], f"{path}.{key}").items()}
    return {path: _text(value)}
