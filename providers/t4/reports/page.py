"""The firm on one page, as far as the records of a stack show it: each fact with who says so, and since
when."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from providers.t4.records.stored import Stored, task_in
from providers.t4.records.task_records import RECORDED, UNDONE
from providers.t4.reports.coverage import evidence_of
from t4firm.model.users import TRADING, WHENTECH_FILLS, FillUser
from t4firm.plan.goals import OURS, AccountGoal, Desired, Key, UserGoal
from t4firm.reports.coverage import Coverage
from t4firm.reports.facts import FILE, SENT, STATE, T4, Fact, Tone, fact
from t4firm.reports.hidden import ACCOUNTS, FILL_USER, TRADERS, Hidden, Shows
from t4firm.reports.one_page import AccountRow, Subscription, UserRow, about, in_order
from t4firm.reports.trials import is_over, last_day
from t4firm.tasks.ids import kind_of, task_id

STOPS_A_USER = ("enable-user", "verify-firm", "sign-eula", "assign-role")
"""Kinds of tasks without which a user cannot trade (Onboarding API page, User Login Requirements)."""

STOPS_AN_ACCOUNT = ("create-account", "restore-account", "enable-account", "assign-account")
"""Kinds of tasks without which an account cannot be traded."""

UNSIGNED = Hidden(
    "whether the agreements are signed",
    "the firm file has no `eula` for them. T4 asks them to sign at their first login, and has not shown "
    "whether they did",
    "when they have signed, write `eula` under the user in the firm file",
)
TRIAL_OVER = Hidden(
    "whether trials that are over lock users out",
    "no document of T4 says it",
    "ask T4's support, or the user, and sign off confirm-trial/…",
)
NO_TRADING = Hidden(
    f"whether users without the role {TRADING} can trade",
    "no document of T4 says it",
    "ask T4's support",
)


def user_rows(
    goals: Desired, recorded: Mapping[Key, Stored], coverage: Sequence[Coverage]
) -> tuple[UserRow, ...]:
    """A row for each user of the firm file, the fill user's first. `coverage`: whose fills reach WhenTech."""
    fill = next((goal.user.username for goal in goals.users if isinstance(goal.user, FillUser)), "")
    known = _Known(recorded, {each.account: each for each in coverage}, fill, goals.operations)
    accounts = {goal.account.account: goal for goal in goals.accounts}
    return in_order(_User(goal, known, accounts).row() for goal in goals.users)


def other_rows(users: Sequence[UserRow], coverage: Sequence[Coverage]) -> tuple[AccountRow, ...]:
    """The accounts whose fills matter and that no user of the firm file has."""
    listed = {row.account for user in users for row in user.accounts}
    state = Fact("not in the firm file")
    return tuple(
        AccountRow(each.account, state, fills_of(each)) for each in coverage if each.account not in listed
    )


def fills_of(covered: Coverage | None, evidence: str = "") -> Fact:
    """Whether the fills of an account are captured. `evidence`: what shows that the fill user is assigned
    it."""
    if covered is None:
        return Fact("not for WhenTech", by=FILE)
    match covered.state:
        case "captured":
            return fact("captured", "good", covered.because)
        case "assigned":
            return replace(fact("assigned", "open", evidence), tasks=tuple(covered.because.split(", ")))
        case "open":
            return Fact("open", "bad", tasks=(covered.because,))
        case "excluded":
            return Fact("excluded", "plain", FILE, evidence=covered.because)
        case "unmanaged":
            return Fact("unmanaged", "bad", evidence=covered.because)


@dataclass(frozen=True)
class _Known:
    """What is recorded of the firm's resources; whose fills are captured, and by which user; the operations
    in use."""

    records: Mapping[Key, Stored]
    coverage: Mapping[str, Coverage]
    fill_user: str
    operations: tuple[str, ...]

    def of(self, kind: str, name: str) -> Stored:
        return self.records.get((f"{OURS}{kind}", name), {})

    def hidden(self, what: str, why: str, shown_by: Shows, task: str = "") -> Hidden:
        """What no run has kept an answer of. `why`: what it is hidden by, beside the operations; `task`: the
        kind that a person may sign off instead."""
        signed = f"; or have somebody look in the portal and sign off {task}/…" if task else ""
        reads = shown_by.why(self.operations)
        return Hidden(what, f"{why}, and {reads}", f"{shown_by.by_refresh(self.operations)}{signed}")

    def fills(self, number: str) -> Fact:
        """Whether the fills of an account are captured."""
        record = self.of("AccountAssignment", f"{self.fill_user}/{number}")
        return fills_of(self.coverage.get(number), evidence_of(record) if record.get("assigned") else "")


@dataclass(frozen=True)
class _User:
    """One user: the goal, and all that is recorded of it."""

    goal: UserGoal
    known: _Known
    accounts: Mapping[str, AccountGoal]

    @property
    def username(self) -> str:
        return self.goal.user.username

    @property
    def record(self) -> Stored:
        return self.known.of("User", self.username)

    @property
    def evidence(self) -> str:
        """T4's answer to the onboarding call, or what else the record rests on."""
        return str(self.record.get("evidence") or "")

    def row(self) -> UserRow:
        user, is_fill = self.goal.user, isinstance(self.goal.user, FillUser)
        numbers = [user.account] if isinstance(user, FillUser) else list(user.accounts)
        rows = tuple(self.account(number, is_fill_users=is_fill) for number in numbers)
        stands, agreements = self.stands(), self.agreements()
        return UserRow(
            username=self.username,
            stands=stands,
            trades=self.reads_only() if is_fill else self.trades(stands, agreements, rows),
            apptype=self.sent("apptype", user.apptype),
            template=self.sent("", user.templateUser or "none"),
            applications=self.applications(),
            agreements=agreements,
            market_data=tuple(self.subscriptions()),
            accounts=rows,
            is_fill_user=is_fill,
            departed=self.goal.departed,
        )

    def stands(self) -> Fact:
        """Whether T4 has the user, and in which state."""
        if not self.record:
            return Fact("not in T4 yet", "open", FILE)
        if self.goal.departed:
            disable = task_id("disable-user", self.username)
            return self.step(disable, "disabled", "departed, not disabled yet", "open")
        for kind, text in (("enable-user", "disabled in T4"), ("verify-firm", "of another firm in T4")):
            if is_open(self.record, task := task_id(kind, self.username)):
                return opened(self.record, task, text, "bad")
        verify = task_id("verify-user", self.username)
        if is_open(self.record, verify):
            unseen = self.known.hidden(
                "what T4 has of users who were adopted",
                "T4 had them before this stack",
                FILL_USER if isinstance(self.goal.user, FillUser) else TRADERS,
                "verify-user",
            )
            return replace(opened(self.record, verify, "adopted, not verified", "unknown"), unseen=(unseen,))
        enabled = closed(self.record, task_id("enable-user", self.username))
        return shown("in T4", "good", enabled or closed(self.record, verify) or self.evidence, self.record)

    def agreements(self) -> Fact:
        """Whether the agreements are signed, without which T4 lets nobody in (Onboarding API page)."""
        sign = task_id("sign-eula", self.username)
        if is_open(self.record, sign):
            return opened(self.record, sign, "not signed", "open")
        if signed := closed(self.record, sign):
            return fact("signed", "good", signed)
        if self.goal.departed or not self.record:
            return Fact("signed" if self.goal.user.eula else "not signed", by=FILE)
        if self.goal.user.eula:
            return shown("signed", "good", self.evidence, self.record, by=SENT)
        return Fact("T4 asks at the first login", "unknown", unseen=(UNSIGNED,))

    def trades(self, stands: Fact, agreements: Fact, rows: Sequence[AccountRow]) -> Fact:
        """Whether the user can trade: known by what T4 showed, or somebody signed off."""
        if self.goal.departed:
            return Fact("departed", by=FILE)
        needed = [stands, agreements, *(row.state for row in rows)]
        tones = {each.tone for each in needed}
        stops = tuple(
            sorted({*self.open_of(STOPS_A_USER), *(task for row in rows for task in row.state.tasks)})
        )
        if stops or not self.record or "bad" in tones:
            return Fact("no", "bad" if "bad" in tones else "open", tasks=stops)
        if all(row.state.tone == "plain" for row in rows):
            return Fact("not meant to", by=FILE)
        if unseen := (*(what for each in needed for what in each.unseen), *self.doubts()):
            return Fact("not shown", "unknown", unseen=tuple(dict.fromkeys(unseen)))
        if "open" in tones:  # nobody has decided about an account
            return Fact("no", "open")
        return about([each for each in needed if each.tone == "good"], "yes", "good")

    def doubts(self) -> Iterator[Hidden]:
        """What may keep somebody from trading, and no document says whether it does."""
        trial = task_id("confirm-trial", self.username)
        ended = is_over(last_day(self.record.get("trialExpires")), datetime.now(UTC).date())
        if ended and is_open(self.record, trial):
            yield TRIAL_OVER
        roles = self.record.get("roles")
        if roles is not None and TRADING not in roles:
            yield NO_TRADING

    def reads_only(self) -> Fact:
        """Whether the fill user has no role beyond what capturing needs (WhenTech Fill Service page)."""
        roles, allowed = self.record.get("roles"), set(self.goal.expected.roles)
        verify = closed(self.record, task_id("verify-user", self.username))
        if not self.record:
            return Fact("not in T4 yet", "open", FILE)
        if roles is None:
            if verify:
                return fact("yes", "good", verify)
            unseen = self.known.hidden(
                "which roles the fill user has",
                "T4's answer to the onboarding call did not name them",
                FILL_USER,
                "verify-user",
            )
            return Fact("not shown", "unknown", unseen=(unseen,))
        if more := sorted(set(roles) - allowed):
            tasks = tuple(sorted(self.record.get("violations") or ()))
            first = next(iter(tasks), "")
            return replace(opened(self.record, first, f"no: {', '.join(more)}", "bad"), tasks=tasks)
        return shown("yes", "good", verify or self.evidence, self.record)

    def sent(self, field: str, text: str) -> Fact:
        """A field that T4 took with the onboarding request; of one that changed since, its task."""
        task = task_id("update-user", self.username, field) if field else ""
        if task and is_open(self.record, task):
            return opened(self.record, task, text, "open")
        if task and (done := closed(self.record, task)):
            return fact(text, "plain", done)
        if not self.record or self.goal.user.adopt:
            return Fact(text, by=FILE)
        return shown(text, "plain", self.evidence, self.record, by=SENT)

    def applications(self) -> Fact:
        """WhenTech on a trader, WhenTechFills on the fill user, and what else the file gives."""
        user = self.goal.user
        names = [WHENTECH_FILLS] if isinstance(user, FillUser) else list(user.applications)
        if not names:
            return Fact("none", by=FILE)
        if self.goal.departed:
            return Fact(", ".join(names), by=FILE)
        found = [self.application(name) for name in names]
        worst = next((each for each in found if each.tone != "good"), found[0])
        return replace(worst, text=", ".join(each.text for each in found))

    def application(self, name: str) -> Fact:
        record = self.known.of("ApplicationAssignment", f"{self.username}/{name}")
        assign = task_id("assign-application", self.username, name)
        if not record.get("assigned"):
            return replace(opened(record, assign, f"{name}: not yet", "open"), tasks=(assign,))
        evidence = closed(record, assign) or str(record.get("evidence") or "")
        listed = name in (self.record.get("applications") or ())
        return shown(name, "good", evidence or (self.evidence if listed else ""), record)

    def subscriptions(self) -> Iterator[Subscription]:
        fees = self.record.get("fees") or {}
        for exchange, kind in sorted(self.goal.user.marketData.items()):
            text, task = f"{exchange} {kind}", task_id("update-market-data", self.username, exchange)
            if self.goal.departed:
                end = task_id("end-market-data", self.username, exchange)
                yield Subscription(self.step(end, f"{exchange}: ended", f"{text}: still billed", "open"))
            elif not self.record:
                yield Subscription(Fact(text, "open", FILE))
            elif is_open(self.record, task):
                yield Subscription(opened(self.record, task, f"{text}: not yet", "open"))
            else:
                evidence = closed(self.record, task) or self.evidence
                by = T4 if exchange in fees else SENT
                yield Subscription(
                    shown(text, "plain", evidence, self.record, by=by), str(fees.get(exchange, ""))
                )

    def account(self, number: str, *, is_fill_users: bool) -> AccountRow:
        state = self.state_of(number)
        if is_fill_users:
            return AccountRow(number, state, Fact("never traded", by=FILE))
        return AccountRow(number, state, self.known.fills(number))

    def state_of(self, number: str) -> Fact:
        """Whether the account is in T4, the user's, and may be traded."""
        record, goal = self.known.of("Account", number), self.accounts[number]
        assigned = self.known.of("AccountAssignment", f"{self.username}/{number}")
        for of, kinds in ((record, STOPS_AN_ACCOUNT), (assigned, ("assign-account",))):
            for task in sorted(of.get("tasks") or {}):
                if is_open(of, task) and kind_of(task) in kinds and kind_of(task) != "enable-account":
                    return opened(of, task, "not in T4 yet" if of is record else "not assigned yet", "open")
        if not record.get("made"):
            return Fact("not in T4 yet", "open", FILE)
        verify = task_id("verify-account", number)
        if is_open(record, verify):
            unseen = self.known.hidden(
                "whose accounts that were adopted are",
                "T4 had them before this stack",
                TRADERS,
                "verify-account",
            )
            return replace(opened(record, verify, "adopted, not verified", "unknown"), unseen=(unseen,))
        return self.enabled(number, goal, record)

    def enabled(self, number: str, goal: AccountGoal, record: Stored) -> Fact:
        state, first = str(record.get("state") or ""), self.record.get("firstAccount") or {}
        onboarded = self.evidence if goal.first and first.get("enabled") == state else ""
        own = str(record.get("evidence") or "")
        for kind, text in (("enable-account", "enabled"), ("disable-account", "disabled")):
            task, wanted = task_id(kind, number), text == "enabled"
            if is_open(record, task):
                return opened(record, task, f"to be {text}", "open" if wanted else "bad")
            if state.lower() == text:
                evidence = closed(record, task) or own or onboarded
                found = shown(text, "good" if wanted else "plain", evidence, record)
                if goal.enabled is None:
                    return replace(found, text=f"{text}, undecided", tone="good" if wanted else "open")
                return found
        if state:
            return shown(state, "open", own or onboarded, record)
        unseen = self.known.hidden(
            "whether accounts are enabled", "no answer of T4 named their state so far", ACCOUNTS
        )
        return Fact("not shown", "unknown", unseen=(unseen,))

    def step(self, task: str, done: str, to_do: str, tone: Tone) -> Fact:
        """A fact that one task decides."""
        if is_open(self.record, task):
            return opened(self.record, task, to_do, tone)
        return shown(done, "plain", closed(self.record, task), self.record)

    def open_of(self, kinds: Sequence[str]) -> list[str]:
        return [
            task
            for task in self.record.get("tasks") or {}
            if kind_of(task) in kinds and is_open(self.record, task)
        ]


def is_open(record: Stored, task: str) -> bool:
    """Whether T4 still owes a step, also one that the file accepts for a time."""
    entry = task_in(record, task)
    return entry is not None and entry["status"] in UNDONE


def closed(record: Stored, task: str) -> str:
    """The evidence that closed a task; "" where it is open, or was never one."""
    entry = task_in(record, task)
    return str(entry.get("closed") or "") if entry else ""


def opened(record: Stored, task: str, text: str, tone: Tone) -> Fact:
    """A fact that is not as the file says, since its task is open."""
    entry = task_in(record, task)
    evidence = str(entry.get("found") or entry.get("unconfirmed") or "") if entry else ""
    found = fact(text, tone, evidence)
    return replace(found, since=entry["since"][:10] if entry else "", tasks=(task,))


def shown(text: str, tone: Tone, evidence: str, record: Stored, by: str = T4) -> Fact:
    """A fact that a run recorded, with the evidence that it kept; without one, with the day of the run."""
    if evidence:
        return fact(text, tone, evidence, by)
    return Fact(text, tone, STATE, str(record.get(RECORDED) or "")[:10])
