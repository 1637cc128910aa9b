"""How the commands are called that edit the firm file: `new user`, `new account`, `depart`, `move-account`,
`revoke`."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from t4firm_cli.command_group import show_help_alone
from t4firm_cli.commands.imports import DryRun, Into, Yes
from t4firm_cli.options import AsJson, Stack
from t4firm_cli.project.layout import find_project

if TYPE_CHECKING:
    from t4firm.edits.firm_files import FirmFiles
    from t4firm_cli.firm_files.written_change import Consent

new = typer.Typer(help="Write a new entry into the firm file.", rich_markup_mode=None)

User = Annotated[str, typer.Argument(help="A user of the firm file.")]
Text = Annotated[str | None, typer.Option(show_default=False)]
Number = Annotated[str, typer.Argument(help="The account number.")]


@new.callback(invoke_without_command=True)
def new_entries(context: typer.Context) -> None:
    show_help_alone(context)


@new.command("user")
def new_user(
    username: Annotated[
        str, typer.Argument(help="The login name: 6 characters or more. It can never change.")
    ],
    firstname: Text = None,
    lastname: Text = None,
    phone: Text = None,
    email: Text = None,
    street: Text = None,
    city: Text = None,
    county: Text = None,
    state: Text = None,
    post_code: Text = None,
    country: Text = None,
    apptype: Text = None,
    template_user: Text = None,
    account: Annotated[
        list[str] | None, typer.Option("--account", help="An account number; more than once for more.")
    ] = None,
    application: Annotated[
        list[str] | None, typer.Option("--application", help="For example WhenTech; more than once for more.")
    ] = None,
    market_data: Annotated[
        list[str] | None, typer.Option("--market-data", help="Exchange and type, for example CME=Depth.")
    ] = None,
    adopt: Annotated[bool, typer.Option("--adopt", help="The user already exists in T4.")] = False,
    stack: Stack = None,
    into: Into = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Write the entry of a new user. On a terminal it asks for what no option says, and checks each answer
    at once. Shows the change and asks. Nothing else in the file changes.

    Example: t4firm new user trader.c --firstname Cem --account 55555 --stack demo
    """
    from t4firm.edits import steps
    from t4firm_cli.firm_files import edit
    from t4firm_cli.firm_files.written_change import Consent

    said = {
        "firstname": firstname, "lastname": lastname, "phone": phone, "email": email, "street": street,
        "city": city, "county": county, "state": state, "postCode": post_code, "country": country,
        "apptype": apptype, "templateUser": template_user, "accounts": account, "applications": application,
        "adopt": adopt or None, "marketData": edit.pairs(market_data or (), "--market-data") or None,
    }  # fmt: skip
    known: dict[str, Any] = {name: value for name, value in said.items() if value is not None}

    def change(files: "FirmFiles", place: Path | None) -> str:
        fields = known if as_json else edit.asked_for(files, username, known)
        steps.new_user(files, username, fields, place)
        return steps.NEXT

    _run(change, stack, into, Consent(yes, dry_run, as_json))


@new.command("account")
def new_account(
    number: Number,
    user: Annotated[str, typer.Option("--user", help="Who gets it.")],
    display_name: Text = None,
    template_account: Text = None,
    enabled: Annotated[bool | None, typer.Option("--enabled/--disabled", show_default=False)] = None,
    adopt: Annotated[bool, typer.Option("--adopt", help="The account already exists in T4.")] = False,
    stack: Stack = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Give a user one more account. If another user already has it, both share it.

    Example: t4firm new account 55555 --user trader.a --stack demo
    """
    from t4firm.edits import steps
    from t4firm_cli.firm_files.written_change import Consent

    said = {
        "displayName": display_name,
        "templateAccount": template_account,
        "enabled": enabled,
        "adopt": adopt or None,
    }
    fields = {name: value for name, value in said.items() if value is not None}

    def change(files: "FirmFiles", _: Path | None) -> str:
        steps.new_account(files, number, user, fields)
        return steps.NEXT

    _run(change, stack, None, Consent(yes, dry_run, as_json))


def depart(
    username: User, stack: Stack = None, dry_run: DryRun = False, yes: Yes = False, as_json: AsJson = False
) -> None:
    """Write into the firm file that a user leaves: the first of two steps.

    Example: t4firm depart trader.b --stack demo
    """
    from t4firm.edits import steps
    from t4firm_cli.firm_files.written_change import Consent

    _run(lambda files, _: steps.depart(files, username), stack, None, Consent(yes, dry_run, as_json))


def move_account(
    number: Number,
    to: Annotated[str, typer.Option("--to", help="Who gets it.")],
    stack: Stack = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Move an account to another user, in three steps: call it again after each run. First both users have
    it. Then the old user loses it. Then the `revoke` line is removed.

    Example: t4firm move-account 22222 --to trader.b --stack demo
    """
    from t4firm.edits import steps
    from t4firm_cli.firm_files.written_change import Consent

    _run(lambda files, _: steps.move_account(files, number, to), stack, None, Consent(yes, dry_run, as_json))


def revoke(
    username: User,
    account: Annotated[
        list[str] | None, typer.Option("--account", help="An account that the user loses.")
    ] = None,
    application: Annotated[
        list[str] | None, typer.Option("--application", help="An application that the user loses.")
    ] = None,
    stack: Stack = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Take accounts or applications from a user who stays.

    Example: t4firm revoke trader.a --application WhenTech --stack demo
    """
    from t4firm.edits import steps
    from t4firm_cli.firm_files.written_change import Consent

    if not account and not application:
        raise typer.BadParameter("say what the user loses: --account or --application")
    _run(
        lambda files, _: steps.revoke(files, username, account or (), application or ()),
        stack,
        None,
        Consent(yes, dry_run, as_json),
    )


def _run(
    change: "Callable[[FirmFiles, Path | None], str]",
    stack: str | None,
    into: Path | None,
    consent: "Consent",
) -> None:
    from t4firm_cli.firm_files import edit

    project = find_project()
    raise typer.Exit(edit.run(project, project.stack(stack), change, into, consent))
