"""A trading account: the first of a user comes from that user's onboarding call, others from an operation
or the portal."""

from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from typing import Any

import pulumi
from pulumi.dynamic import ReadResult

from providers.t4.api import Conflict, T4Error
from providers.t4.engine.declared import declared
from providers.t4.engine.registration import Registered
from providers.t4.lifecycle import account_in_t4, account_refresh
from providers.t4.lifecycle.account_refresh import STATES
from providers.t4.lifecycle.base import T4Provider
from providers.t4.lifecycle.errors import NotShown, refuse_while_owed
from providers.t4.records.accounts import DISABLED, ENABLED, AccountInputs, AccountRecord
from providers.t4.records.task_records import may_be_taken, note_missing, sent_for, was_called
from providers.t4.session import lookups
from providers.t4.session.firm_rows import account_state
from providers.t4.session.session import session
from providers.t4.steps.journaled_calls import Facts, Outcome, called, forget, marked, together
from providers.t4.steps.task_ledger import Steps
from providers.t4.steps.unrecorded import unrecorded
from providers.t4.user import User
from t4firm.evidence import NotSeen, Seen
from t4firm.model.names import among
from t4firm.plan.goals import AccountGoal
from t4firm.tasks.ids import detail_of, kind_of, task_id

RECORDED = ("names", "enabled", "owner", "departed", "owed", "revokedFrom")
"""What an update can change."""


class AccountProvider(T4Provider[AccountInputs, AccountRecord]):
    """Makes an account, or takes what the onboarding call made; names and state follow the file."""

    inputs, record = AccountInputs, AccountRecord

    def differs(self, record: AccountRecord, news: AccountInputs) -> bool:
        """Names, wanted state, its owner, who departs or loses it; an open step that this run can close."""
        findable = record.made and not record.accountID and news.findable and not record.unlisted
        appeared = not record.made and bool(news.onboarded or news.adopt)
        changed = record.inputs.changes(news, *RECORDED) or findable or appeared
        changed = changed or bool(unrecorded(record.recorded, news.account))
        return changed or _steps(news, record).outstanding(_lacking(record, news))

    def created(self, news: AccountInputs) -> AccountRecord:
        """A first account is taken from its user's onboarding answer, without a call."""
        account = _Account(news, None)
        account.make()
        account.identify()
        account.look()
        account.link()
        account.set_state()
        return account.as_recorded()

    def updated(self, record: AccountRecord, news: AccountInputs) -> AccountRecord:
        """Make what is not there yet; then names, then state."""
        account = _Account(news, record)
        account.make()
        account.identify()
        account.look()
        account.link()
        account.rename()
        account.set_state()
        return account.as_recorded()

    def shown(self, id_: str, record: AccountRecord) -> ReadResult:
        """The account's name and state in T4, and whether its owner has it, where operations can read
        them."""
        steps = Steps.of(record.inputs, record)
        return self.read_with(id_, record, account_refresh.held(record, steps), steps)

    def forgotten(self, record: AccountRecord) -> None:
        """Nothing in T4 is deleted: an account goes with its owner, when the owner has departed, or when it
        was revoked and nobody else has it."""
        inputs = record.inputs
        if record.made:
            refuse_while_owed(inputs.words, inputs.owner, inputs.owed, departed=inputs.departed)
        forget(task_id("create-account", inputs.account), task_id("enable-account", inputs.account))


class Account(Registered, module="t4", name="Account"):
    """A trading account, with the outputs of `AccountRecord`; `was` is secret."""

    OUTPUTS = ("accountID", "made", "tasks", "planned")

    def __init__(self, goal: AccountGoal, owner: User, opts: pulumi.ResourceOptions) -> None:
        inputs = goal_inputs(goal)
        props = declared(
            inputs,
            userID=owner.told("userID"),
            ofFirm=owner.told("firmID"),
            onboarded=owner.told("firstAccount", partial(_onboarded, inputs.account)) if goal.first else {},
            **(owner.leaving if not goal.given_up else {"departed": True, "owed": []}),
        )
        of_owner = pulumi.ResourceOptions(depends_on=[owner], additional_secret_outputs=["was"])
        super().__init__(
            AccountProvider(pulumi.get_stack()),
            inputs.name,
            props,
            pulumi.ResourceOptions.merge(opts, of_owner),
        )


def goal_inputs(goal: AccountGoal) -> AccountInputs:
    """What the file says of an account."""
    account = goal.account
    return AccountInputs(
        account=account.account,
        names=account.names,
        templateAccount=account.templateAccount,
        owner=account.owner,
        enabled={True: ENABLED, False: DISABLED, None: ""}[goal.enabled],
        findable=goal.findable,
        adopt=account.adopt,
        withAdopted=goal.with_adopted,
        assigned=goal.assigned,
        revokedFrom=goal.revoked_from,
        **goal.routes,
    )


def _onboarded(number: str, first: Mapping[str, object] | None) -> Mapping[str, object]:
    """What the owner's onboarding made, if that is the account of this number: another may come first in the
    file since. What an older version recorded lacks its number, and may show nothing else."""
    return {"account": number, **first} if first and first.get("account", number) == number else {}


def _steps(news: AccountInputs, record: AccountRecord | None) -> Steps:
    steps = Steps.of(news, record)
    account_in_t4.wait_until_verified(news, steps)
    return steps


def _lacking(record: AccountRecord, news: AccountInputs) -> list[str]:
    values = {"account": record.made, "accountID": record.accountID, "userID": news.userID}
    return [name for name, value in values.items() if not value]


class _Account:
    """An account on its way from its record (`before`, None at first) to what the file says (`news`)."""

    def __init__(self, news: AccountInputs, before: AccountRecord | None) -> None:
        self.news, self.before = news, before
        self.number = news.account
        self.steps = _steps(news, before)
        record = before or AccountRecord(inputs=news)
        self.was = dict(record.was)
        self.made, self.perhaps = record.made, record.perhaps
        self.account_id, self.state = record.accountID, record.state
        self.evidence, self.made_by = record.evidence, record.madeBy
        self.unlisted = record.unlisted
        self.unrecorded = unrecorded(record.recorded, self.number)
        self.existing: account_in_t4.Existing | None = None

    def make(self) -> None:
        """The account exists when onboarding made it, when it was created, adopted, or signed off. One
        that the administrator was asked to create counts as created once it is revoked: perhaps it is
        there."""
        task = task_id("create-account", self.number)
        is_revoked = self.news.owner in self.news.revokedFrom
        if is_revoked and self.steps.is_open(task):
            self.steps.drop(task)
            self.made = self.perhaps = True
        elif self.perhaps and not is_revoked:
            self.made = self.perhaps = False
        if self.made and not self.steps.withdrawn(task):
            return
        if onboarded := self.news.onboarded:
            self.made = True
            self.account_id, self.state = onboarded.accountID, onboarded.enabled
            self.steps.drop(task)
            for differing in onboarded.open:
                self.steps.leave_open(differing)
        elif self.is_adopted():
            self.adopt()
        else:
            wish = [self.news.owner, self.news.templateAccount]
            sent = sent_for(self.steps.tasks, task)
            if self.before and self.before.inputs.owner != self.news.owner and task in self.steps.tasks:
                self.steps.tasks[task].pop("missing", None)  # it was asked for somebody else
            awaited = account_refresh.was_awaited(self.news, self.steps)
            self.made = self.steps.take(task, self.create, wish=wish, there=self.already_there)
            self.made_by = self.steps.evidence.get(task, "") if self.made else ""
            self.take_facts(self.steps.facts.get(task, {}))
            self.evidence = self.made_by if self.state else ""
            if self.existing:
                self.existing.settle(self.news, self.steps, awaited=awaited)
            elif not self.made:
                note_missing(self.steps.tasks, task, lookups.missing_before(self.number))
            if self.made and sent and sent != marked(wish):
                self.steps.leave_open(task_id("apply-template", self.number))

    def already_there(self) -> Outcome | None:
        """The account, where T4 has it before anybody creates it."""
        self.existing = account_in_t4.existing(self.news, self.is_listed)
        return self.outcome(self.existing.evidence, self.existing.row) if self.existing else None

    def is_adopted(self) -> bool:
        """Whether nothing is to be created: by the file's word; or for the first account of a user who was
        adopted, where nothing shows what that user has."""
        return self.news.adopt or (self.news.withAdopted and self.is_listed() is None)

    def adopt(self) -> None:
        """Record what is there, with no call that changes anything. Where an operation could show it, T4 must
        show it."""
        task, owner = task_id("create-account", self.number), self.news.owner
        own = session().journal.find(task)
        facts = (own.answer.get("facts") if own else None) or {}
        account, listed = lookups.account("", self.number), self.is_listed()
        found = account.value if isinstance(account, Seen) else None
        can_be_seen = account != NotSeen() or listed is not None
        if can_be_seen and not (found or listed or facts):
            raise NotShown(
                f"account {self.number} has `adopt: true`, but T4 does not show it, neither by itself nor in "
                f"the list of {owner}. Nothing was recorded, and no call changed anything. Correct the "
                f"number. Or, if T4 should create {self.number}, remove `adopt: true`"
            )
        self.made = True
        self.steps.drop(task)
        self.take_facts(facts)
        if found:
            self.account_id, self.state = str(found["accountID"]), str(found["enabled"] or "")
            self.evidence = f"T4 shows it: {account.evidence}" if isinstance(account, Seen) else ""
        if listed is False:
            self.steps.leave_open(task_id("assign-account", owner, self.number))
        elif listed is None:
            self.steps.take(task_id("verify-account", self.number))

    def take_facts(self, facts: Facts) -> None:
        """What came of creating it: perhaps in a run that died, for other names than the file has now."""
        self.account_id, self.state = facts.get("accountID", ""), facts.get("state", "")
        marks = self.marks_of_names()
        for name, mark in (facts.get("names") or {}).items():
            if mark != marks[name]:
                self.steps.leave_open(task_id("update-account", self.number, name))

    def marks_of_names(self) -> dict[str, str]:
        return {name: session().mark([self.number, name, text]) for name, text in self.news.names.items()}

    def create(self) -> Outcome:
        values = {
            "account": self.number,
            "templateAccount": self.news.templateAccount,
            **{name: text or None for name, text in self.news.names.items()},
            **self.news.owner_values,
        }
        try:
            answer = session().client.call("createAccount", values)
        except Conflict as conflict:
            return self.of_owner(conflict)
        return Outcome.of(answer, {**self.facts(answer.data), "names": self.marks_of_names()})

    def of_owner(self, conflict: Conflict) -> Outcome:
        """T4 has an account of this number: the owner's, where T4 lists it so."""
        owner = self.news.owner
        if self.is_listed():
            found = lookups.account_numbered(self.number)
            return self.outcome(f"T4 lists it as {owner}'s, after {conflict.evidence}", found)
        raise account_in_t4.taken(self.number, owner, str(conflict)) from None

    def link(self) -> None:
        """The owner lacks the account: T4 does not show it there."""
        task = task_id("assign-account", self.news.owner, self.number)
        if self.before and task in self.before.tasks:
            self.steps.take(task, self.assign)

    def assign(self) -> Outcome:
        return self.call("assignAccount", **self.news.owner_values)

    def is_listed(self) -> bool | None:
        """Whether T4 shows the account among its owner's; None where nothing shows what the owner has."""
        owner = self.news.owner
        seen = lookups.user(self.news.userID, owner)
        shown = seen.value if isinstance(seen, Seen) else lookups.user_named(owner)
        numbers = shown["accounts"] if shown else None
        if numbers is None:
            return None
        return among(self.number, map(str, numbers))

    def outcome(self, evidence: str, shown: Any) -> Outcome:
        """What T4 itself shows of the account."""
        return Outcome(evidence, self.facts(shown), is_shown=True)

    def facts(self, shown: Any) -> dict[str, str]:
        """What a later run needs of an account that T4 showed."""
        if not shown:
            return {}
        state = account_state(shown["enabled"], shown.get("preTradeDisabled"))
        return {"accountID": str(shown["accountID"]), "state": state or ""}

    def rename(self) -> None:
        """Names changed in the file after the account was made: one call for both, one task for each. One
        that is made in this very run has the new names."""
        before, after = self.before.inputs.names if self.before else {}, self.news.names
        open_now = self.steps.open_of("update-account") | self.steps.reopened("update-account")
        open_now |= {task for task in self.unrecorded if kind_of(task) == "update-account"}
        pending = {detail_of(task) for task in open_now}
        changes = {
            name: after[name]
            for name in after
            if (after[name] != before.get(name) or name in pending)
            and not self.steps.leave_alone(task_id("update-account", self.number, name), again=True)
        }
        if not (self.before and self.before.made) or not changes:
            return
        tasks = {name: task_id("update-account", self.number, name) for name in changes}
        sent = {name: text for name, text in changes.items() if not self.steps.awaits_t4(tasks[name], text)}
        update = together(
            {tasks[name]: text for name, text in sent.items()},
            lambda: self.call("updateAccount", changes=sent),
        )
        for name, task in sorted(tasks.items()):
            if self.steps.take(task, update, again=True, wish=changes[name]):
                self.was.pop(name, None)
            elif before.get(name) != after[name]:
                self.was.setdefault(name, before.get(name, ""))

    def set_state(self) -> None:
        """T4 makes accounts disabled (seed 002). `enabled` absent from the file: nobody has decided, so
        nothing is done."""
        wanted = self.news.enabled
        again = self.before is not None and wanted != self.before.inputs.enabled
        tasks = {state: task_id(kind, self.number) for kind, state in STATES.items()}
        if wanted and self.steps.withdrawn(tasks[wanted]):
            self.state = ""  # only the signature said so
        others = [task for state, task in tasks.items() if state != wanted]
        if any(was_called(self.steps.tasks, task) for task in others):
            self.state = self.evidence = ""  # T4 took the call, and may still do it
        elif any(may_be_taken(self.steps.tasks, task) for task in others):
            self.state, self.evidence = self.state_now()
        for state, task in tasks.items():
            if wanted != state:
                self.steps.drop(task)
            elif self.state == state:
                self.steps.seen(task)
            elif not self.made:
                self.steps.leave_open(task, lacks="account")
            elif self.steps.take(task, self.enable if state == ENABLED else None, again=again):
                self.state, self.evidence = state, self.steps.evidence.get(task, "")

    def state_now(self) -> tuple[str, str]:
        """The state that T4 shows now, and what shows it; "" where nothing does: somebody was asked to change
        it, and nothing says whether that was done."""
        with suppress(T4Error):
            shown = lookups.account(self.account_id, self.number)
            if isinstance(shown, Seen) and shown.value["enabled"]:
                return str(shown.value["enabled"]), f"T4 shows it: {shown.evidence}"
        return "", ""

    def enable(self) -> Outcome:
        return self.call("enableAccount")

    def look(self) -> None:
        """What nobody but the administrator can see or do: an account that T4 no longer shows, one of which
        nobody has seen what it is, one that was made from another template."""
        kinds = ("restore-account", "verify-account", "apply-template")
        for task in sorted(self.steps.open_of(*kinds) | self.steps.reopened(*kinds)):
            self.steps.take(task)
        account_in_t4.wait_until_verified(self.news, self.steps)

    def identify(self) -> None:
        """The id of an account that was made before anything could show it."""
        if self.made and not self.account_id and self.news.findable and not self.unlisted:
            shown = lookups.account_numbered(self.number)
            self.unlisted = shown is None
            if shown:
                state = str(shown["enabled"] or "")
                self.evidence = self.evidence if state == self.state else ""
                self.account_id, self.state = str(shown["accountID"]), state
        self.steps.ids["accountID"] = self.account_id

    def call(self, operation: str, **values: object) -> Outcome:
        known = {"accountID": self.account_id} if self.account_id else {}
        return called(operation, {**known, "account": self.number, **values})

    def as_recorded(self) -> AccountRecord:
        """The account as it is to be recorded now."""
        return AccountRecord(
            inputs=self.news,
            accountID=self.account_id,
            state=self.state,
            evidence=self.evidence,
            made=self.made,
            madeBy=self.made_by,
            perhaps=self.perhaps,
            unlisted=self.unlisted,
            was=self.was,
            tasks=self.steps.waiting,
        )
