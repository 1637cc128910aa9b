"""What differs in one of T4's environments: simulation first, live second, from one firm file.

T4 has two environments with their own users, templates and credentials (t4.md section 2), and support adds
the WhenTech applications to the firm's Live environment (seed 000). The stack of an environment says in
`stacks/<stack>.stack.yaml` how the firm file's templates are called there, and what there is not:

    templates:
      users: {WhenTechTrader: SimTrader}
      accounts: {DefaultTemplate: SimAccount}
    without: [whentech]

What comes out is a firm again, by the same rules: everything after it knows nothing of environments.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from t4firm.model.fields import Entry
from t4firm.model.firm import Defaults, Firm, Templates, WhenTech
from t4firm.model.users import WHENTECH, WHENTECH_FILLS
from t4firm.model.values import Text
from t4firm.yaml_files.document import Document, FileError, Mistake, read, validated
from t4firm.yaml_files.mistakes import listed, shown
from t4firm.yaml_files.model_errors import nearest_name

WHENTECH_APPLICATIONS = frozenset({WHENTECH, WHENTECH_FILLS})


class TemplateNames(Entry):
    """How templates of the firm file are called in this environment; the others are called as in the file."""

    users: Annotated[
        dict[Text, Text],
        Field(
            description="Template users: the firm file's name, and the name in this environment.",
            examples=[{"WhenTechTrader": "SimTrader"}],
        ),
    ] = Field(default_factory=dict)
    accounts: Annotated[
        dict[Text, Text],
        Field(
            description="Template accounts: the firm file's name, and the name in this environment.",
            examples=[{"DefaultTemplate": "SimAccount"}],
        ),
    ] = Field(default_factory=dict)


class Environment(Entry):
    """A stack file: what is different in the stack's environment."""

    templates: Annotated[
        TemplateNames, Field(description="Templates that have another name in this environment.")
    ] = Field(default_factory=TemplateNames)
    without: Annotated[
        tuple[Literal["whentech"], ...],
        Field(
            description="What this environment does not have. whentech: neither its applications nor its "
            "fill service.",
            examples=[["whentech"]],
        ),
    ] = ()


def in_environment(firm: Firm, stack_file: Path) -> Firm:
    """The firm as it is to be in the environment of a stack; the same one where there is no stack file.

    Raises FileError with every mistake of the stack file.
    """
    return adapted(firm, load_environment(stack_file, firm)) if stack_file.exists() else firm


def load_environment(path: Path, firm: Firm | None) -> Environment:
    """What a stack file says about a firm; None where the firm file itself could not be read. Raises
    FileError with every mistake."""
    document = read(path)
    environment = validated(document, Environment)
    names = environment.templates
    mistakes = (
        []
        if firm is None
        else [
            *_wrong_names(document, "users", names.users, list(firm.templates.users)),
            *_wrong_names(document, "accounts", names.accounts, list(firm.templates.accounts)),
        ]
    )
    if mistakes:
        raise FileError(mistakes)
    return environment


def adapted(firm: Firm, environment: Environment) -> Firm:
    """The firm with the environment's names for its templates, and without what there is not."""
    renamed = _renamed(firm, environment.templates)
    return _without_whentech(renamed) if "whentech" in environment.without else renamed


def _wrong_names(
    document: Document, kind: str, names: Mapping[str, str], declared: list[str]
) -> Iterator[Mistake]:
    """Names that the firm file does not declare, and two templates that would be one."""
    for name in names.keys() - {*declared}:
        near = nearest_name(name, tuple(declared))
        known = f"the firm file declares {listed(shown(each) for each in declared) or 'none'}"
        right = f'did you mean "{shown(near)}"?' if near else known
        yield document.mistake(("templates", kind, name), "the firm file declares no such template", right)
    count = Counter(names.get(each, each) for each in declared)
    for name, new in names.items():
        if name in declared and count[new] > 1:
            yield document.mistake(
                ("templates", kind, name),
                f'"{shown(new)}" would then be the name of two templates of the firm file',
                "give each a name of its own: what a template gives decides what its users may do",
            )


def _renamed(firm: Firm, names: TemplateNames) -> Firm:
    if not names.users and not names.accounts:
        return firm

    def of_user(name: str | None) -> str | None:
        return names.users.get(name, name) if name else name

    def of_account(name: str) -> str:
        return names.accounts.get(name, name)

    service, usual = firm.fillService, firm.defaults
    if service:
        user = service.user.model_copy(update={"templateUser": of_user(service.user.templateUser)})
        service = service.model_copy(update={"user": user})
    for_accounts = usual.account.templateAccount
    return _firm(
        firm,
        templates=Templates(
            users={names.users.get(name, name): given for name, given in firm.templates.users.items()},
            accounts=tuple(map(of_account, firm.templates.accounts)),
        ),
        defaults=Defaults(
            user=usual.user.model_copy(update={"templateUser": of_user(usual.user.templateUser)}),
            account=usual.account.model_copy(
                update={"templateAccount": of_account(for_accounts) if for_accounts else None}
            ),
        ),
        users={
            name: user.model_copy(update={"templateUser": of_user(user.templateUser)})
            for name, user in firm.users.items()
        },
        accounts={
            number: account.model_copy(update={"templateAccount": of_account(account.templateAccount)})
            for number, account in firm.accounts.items()
        },
        fillService=service,
    )


def _without_whentech(firm: Firm) -> Firm:
    """Without WhenTech's applications, in users and in what templates give, and without the fill service."""
    own = firm.fillService.user.account if firm.fillService else None
    usual = firm.defaults.user
    return _firm(
        firm,
        whentech=WhenTech(),
        templates=Templates(
            users={
                name: given.model_copy(update={"applications": _others(given.applications)})
                for name, given in firm.templates.users.items()
            },
            accounts=firm.templates.accounts,
        ),
        defaults=Defaults(
            user=usual.model_copy(
                update={"applications": usual.applications and _others(usual.applications)}
            ),
            account=firm.defaults.account,
        ),
        users={
            name: user.model_copy(
                update={
                    "applications": _others(user.applications),
                    "revoke": user.revoke.model_copy(
                        update={"applications": _others(user.revoke.applications)}
                    ),
                }
            )
            for name, user in firm.users.items()
        },
        accounts={number: account for number, account in firm.accounts.items() if number != own},
        fillService=None,
    )


def _others(applications: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in applications if name not in WHENTECH_APPLICATIONS)


def _firm(firm: Firm, **changes: object) -> Firm:
    """A firm with some parts replaced. Made anew: a copy would keep what the old one has worked out."""
    return Firm(**{name: getattr(firm, name) for name in Firm.model_fields} | changes)
