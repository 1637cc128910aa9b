"""The firm on one page for a terminal, or for a pipe: the questions, then a line for each account."""

from collections.abc import Iterator, Sequence

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from t4firm.reports.facts import Fact, Tone
from t4firm.reports.one_page import AccountRow, OnePage, UserRow
from t4firm.reports.proofs import counted, counts, unproved
from t4firm_cli.terminal import clean, is_coloured, is_watched

STYLES: dict[Tone, str] = {
    "good": "green",
    "open": "yellow",
    "bad": "bold red",
    "unknown": "magenta",
    "plain": "",
}
ITEMS = 5
"""Items of an answer that are shown; the file has them all."""

WIDTH = 160
"""Characters of a line in a pipe."""


def show(page: OnePage, console: Console | None = None) -> None:
    """Print it."""
    console = console or Console(
        no_color=not is_coloured(), width=None if is_watched() else WIDTH, highlight=False
    )
    for alarm in page.alarms:
        console.print(_text(alarm, "bold red"))
    for each in page.questions:
        console.print(Text.assemble((f"{each.ask} ", "bold"), (clean(each.answer), STYLES[each.tone])))
        console.print(_text(f"  {each.words}"))
        for words in _items(each.items):
            console.print(words)
    if page.proofs:
        console.print(
            Text.assemble(("What do the fills rest on? ", "bold"), counted(counts(page.proofs)), ".")
        )
        for words in _items([proof.words for proof in unproved(page.proofs)]):
            console.print(words)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("User", "Can trade", "Type", "Market data", "Account", "State", "Fills"):
        table.add_column(heading, overflow="fold")
    table.add_column("Cost", justify="right", overflow="fold")
    for cells in _lines(page):
        table.add_row(*cells)
    console.print(table)


def _items(items: Sequence[str]) -> Iterator[Text]:
    more = [f"and {len(items) - ITEMS} more"] if len(items) > ITEMS else []
    yield from (_text(f"  - {item}", "dim") for item in [*items[:ITEMS], *more])


def _lines(page: OnePage) -> Iterator[list[Text]]:
    for user in page.users:
        for number, row in enumerate(user.accounts):
            first = _user(user) if not number else [Text()] * 4
            yield [*first, *_account(row), _fees(user) if not number else Text()]
        if not user.accounts:
            yield [*_user(user), Text(), Text(), Text(), _fees(user)]
    for row in page.others:
        yield [Text(), Text(), Text(), Text(), *_account(row), Text()]


def _user(user: UserRow) -> list[Text]:
    kinds = "\n".join(each.kind.text for each in user.market_data)
    trades = _told(user.trades, "reads only: " if user.is_fill_user else "")
    return [_text(user.username, "bold"), trades, _text(user.apptype.text), _text(kinds)]


def _account(row: AccountRow) -> list[Text]:
    return [_text(row.account), _told(row.state), _told(row.fills)]


def _fees(user: UserRow) -> Text:
    return _text("\n".join(each.fee or "not shown" for each in user.market_data))


def _told(fact: Fact, before: str = "") -> Text:
    """A fact, who says so, since when."""
    who = " ".join(part for part in (fact.by, fact.since) if part)
    return Text.assemble(
        (clean(f"{before}{fact.text}"), STYLES[fact.tone]), (clean(f" ({who})") if who else "", "dim")
    )


def _text(words: str, style: str = "") -> Text:
    """Words of strangers: no markup of rich's, nothing that a terminal obeys."""
    return Text(clean(words), style=style)
