"""The firm on one page: four questions with their answers, then users and accounts, for each fact who says
so and since when.

    page = OnePage(...)                # made of records by providers.t4.reports.page
    page.questions                     # Is everything captured? Can everybody trade? ...

It holds no personal detail: a user is the username, an account its number.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from t4firm.reports.coverage import Coverage, counted, counts
from t4firm.reports.facts import Fact, Tone
from t4firm.reports.hidden import Hidden
from t4firm.reports.proofs import Proof
from t4firm.yaml_files.mistakes import some

NOTHING = "-"
"""The answer to a question that does not arise."""


@dataclass(frozen=True)
class Subscription:
    """Market data of one exchange; `fee` is what T4 said that it costs, "" where it said nothing."""

    kind: Fact
    fee: str = ""


@dataclass(frozen=True)
class AccountRow:
    """An account of a user: its state in T4, and whether its fills are captured."""

    account: str
    state: Fact
    fills: Fact


@dataclass(frozen=True)
class UserRow:
    """A user with all that is asked about one. `trades`: whether the user can trade; of the fill user,
    whether it can only read. `stands`: whether the user is in T4."""

    username: str
    stands: Fact
    trades: Fact
    apptype: Fact
    template: Fact
    applications: Fact
    agreements: Fact
    market_data: tuple[Subscription, ...]
    accounts: tuple[AccountRow, ...]
    is_fill_user: bool = False
    departed: bool = False

    @property
    def facts(self) -> Iterator[tuple[str, Fact]]:
        """Every fact with the words for what it is about."""
        yield "user", self.stands
        yield ("reads only" if self.is_fill_user else "can trade"), self.trades
        yield "type", self.apptype
        yield "template", self.template
        yield "applications", self.applications
        yield "agreements", self.agreements
        for subscription in self.market_data:
            yield "market data", subscription.kind
        for row in self.accounts:
            yield f"account {row.account}", row.state
            yield f"fills of {row.account}", row.fills


@dataclass(frozen=True)
class ToDo:
    """A task that is open or to come: what to do, where, since when, what it waits for."""

    task: str
    page: str
    what: str
    status: str
    since: str = ""
    waits: str = ""


@dataclass(frozen=True)
class Question:
    """A question with its answer in a word or a number, in a sentence, and in single items."""

    ask: str
    answer: str
    tone: Tone
    words: str
    items: tuple[str, ...] = ()


@dataclass(frozen=True)
class OnePage:
    """The firm. `destination`: which T4; `recorded`: when a run last recorded something (ISO 8601, UTC);
    `read`: when T4 was read for this page, "" where it was not; `unread`: what that read could not see, and
    why, a sentence each; `proofs`: what the capture of fills rests on; `alarms`: violations, and sign-offs
    that T4 contradicts; `others`: accounts whose fills matter and that no user of the firm file has;
    `undeclared`: of how many accounts of T4 the firm file is to say something (`to_do`);
    `missing`: the tasks without which the fill service does not run; `costs`: `CME Depth` -> what it costs in
    all."""

    firm: str
    stack: str
    destination: str
    recorded: str
    users: tuple[UserRow, ...]
    coverage: tuple[Coverage, ...] = ()
    missing: tuple[str, ...] = ()
    others: tuple[AccountRow, ...] = ()
    to_do: tuple[ToDo, ...] = ()
    undeclared: int = 0
    alarms: tuple[str, ...] = ()
    subscriptions: Mapping[str, int] | None = None
    costs: Mapping[str, str] | None = None
    read: str = ""
    unread: tuple[str, ...] = ()
    proofs: tuple[Proof, ...] = ()

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """What the page is for, in the order in which one asks."""
        return (self._captured(), self._trading(), self._open(), self._unseen())

    @property
    def unmanaged(self) -> bool:
        """Whether T4 has accounts whose fills matter and of which the firm file says nothing."""
        return any(each.state == "unmanaged" for each in self.coverage)

    @cached_property
    def traders(self) -> tuple[UserRow, ...]:
        """The people who stay."""
        return tuple(user for user in self.users if not user.is_fill_user and not user.departed)

    def _captured(self) -> Question:
        ask, found = "Is everything captured?", counts(self.coverage)
        fill = any(user.is_fill_user for user in self.users)
        if not fill:
            return Question(ask, NOTHING, "plain", "The firm file has no fill service.")
        whole = found["wanted"] == found["captured"] and not found["unmanaged"]
        items = [
            f"{each.account}: {each.state}, {each.because}"
            for each in self.coverage
            if each.state in ("open", "unmanaged")
        ]
        if not found["wanted"] and whole:
            return Question(ask, NOTHING, "plain", "No account should be captured.", tuple(items))
        words = counted(found) + (f", {found['unmanaged']} unmanaged" if found["unmanaged"] else "")
        if self.missing:
            words += ". Assigned accounts are captured when these tasks are closed"
        tone: Tone = "good" if whole else "bad" if found["open"] or found["unmanaged"] else "open"
        return Question(ask, "Yes" if whole else "No", tone, f"{words}.", (*self.missing, *items))

    def _trading(self) -> Question:
        ask, groups = "Can everybody trade?", defaultdict(list)
        for user in self.traders:
            groups[user.trades.tone].append(user)
        if not self.traders:
            return Question(ask, NOTHING, "plain", "The firm file has no trader.")
        able, unable, unseen = groups["good"], [*groups["bad"], *groups["open"]], groups["unknown"]
        meant = len(self.traders) - len(groups["plain"])
        words = f"{len(able)} of {meant} can" + (f", {len(unable)} cannot" if unable else "")
        words += f", {len(unseen)} not shown" if unseen else ""
        words += f"; {len(groups['plain'])} should not" if groups["plain"] else ""
        items = tuple(f"{user.username}: {_why(user.trades)}" for user in (*unable, *unseen))
        if unable:
            return Question(ask, "No", "bad" if groups["bad"] else "open", f"{words}.", items)
        if unseen:
            return Question(ask, "Not shown", "unknown", f"{words}.", items)
        return Question(ask, "Yes", "good", f"{words}.")

    def _open(self) -> Question:
        pages: dict[str, int] = defaultdict(int)
        for each in self.to_do:
            pages[each.page] += 1
        if self.undeclared:
            pages["the firm file"] = self.undeclared
        if not pages:
            return Question("What is open?", "Nothing", "good", "No task is open.")
        oldest = min((each.since for each in self.to_do if each.since), default="")
        words = f"The oldest is from {oldest}." if oldest else "The next run opens them."
        items = tuple(f"{page}: {count}" for page, count in pages.items())
        return Question("What is open?", str(sum(pages.values())), "open", words, items)

    def _unseen(self) -> Question:
        ask = "What can nobody see?"
        unseen: dict[Hidden, dict[str, None]] = defaultdict(dict)  # each user once, in order
        signed = 0
        for user in self.users:
            for each in (each for _, each in user.facts):
                signed += each.is_signed_off and (each is not user.trades or user.is_fill_user)
                for what in each.unseen:
                    unseen[what][user.username] = None
        items = [hidden.of(some(names)) for hidden, names in sorted(unseen.items())]
        items += self.unread
        count = sum(map(len, unseen.values())) + len(self.unread)
        rest = f"{signed} rest{'s' if signed == 1 else ''}" if signed else "Nothing rests"
        words = f"{rest} on a sign-off alone."
        answer = f"{count} fact{'' if count == 1 else 's'}" if count else "Nothing"
        return Question(ask, answer, "unknown" if count else "good", words, tuple(items))


def _why(trades: Fact) -> str:
    return ", ".join(trades.tasks or (each.what for each in trades.unseen)) or trades.text


def in_order(users: Iterable[UserRow]) -> tuple[UserRow, ...]:
    """The fill user first, then everybody by name; who departed comes last."""
    return tuple(sorted(users, key=lambda user: (not user.is_fill_user, user.departed, user.username)))


def about(facts: Sequence[Fact], text: str, tone: Tone) -> Fact:
    """One fact that follows from others: as old as the newest, said by whoever said that."""
    newest = max(facts, key=lambda each: each.since, default=Fact(text))
    return replace(newest, text=text, tone=tone, tasks=(), unseen=())
