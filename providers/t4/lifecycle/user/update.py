"""A user that T4 has, brought step by step to what the file says now; what the API cannot do stays open."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from providers.t4.api import MissingValue, NotFound, T4Error, fees
from providers.t4.lifecycle.template_check import found, judged, unsaid_whentech, violations
from providers.t4.lifecycle.user import onboarding
from providers.t4.records.passwords import derived
from providers.t4.records.task_records import may_be_taken, open_tasks
from providers.t4.records.users import UserInputs, UserRecord
from providers.t4.session import lookups
from providers.t4.session.session import session
from providers.t4.steps.journaled_calls import Act, Outcome, called, together
from providers.t4.steps.log import LOG, not_shown_words
from providers.t4.steps.standing_tasks import standing, take_standing
from providers.t4.steps.task_ledger import Steps
from providers.t4.steps.unrecorded import unrecorded
from t4firm.evidence import Gone, NotSeen, Seen
from t4firm.model.names import among
from t4firm.plan.changes import POINTLESS_FOR_LEAVERS
from t4firm.tasks.ids import detail_of, kind_of, parts_of
from t4firm.tasks.kinds import STANDING

MENDING = ("assign-role", "remove-role", "verify-user", "unassign-application")
"""The steps that mend a violation."""
OF_MENDING = {"remove-role": "roles", "unassign-application": "applications"}
"""The steps that take something from a user -> where T4 shows what the user has."""
OF_OUR_FIRM = "user of this firm"
"""What is missing for each step that changes a user, where T4 shows the user in another firm."""
OF_APPLICATIONS = ("unassign-application", "declare-application")
"""The steps after which the user has an application no more."""


def mending_kinds(inputs: UserInputs) -> set[str]:
    """The kinds of steps that mend a violation of this user. To look at a person who was taken over mends
    none: only the fill user must be known to do nothing but read."""
    return {*MENDING} if inputs.is_fill_user else {*MENDING} - {"verify-user"}


class UserChanges:
    """A user that T4 has, on its way from its record (`before`) to what the file says (`news`)."""

    def __init__(self, before: UserRecord, news: UserInputs) -> None:
        self.before, self.news = before, news
        self.username = news.username
        self.user_id = before.userID
        self.steps = Steps.of(news, before)
        self.roles: Sequence[str] | None = before.roles
        self.applications: Sequence[str] | None = before.applications
        self.fees = dict(before.fees)
        self.was = dict(before.was)
        self.gone = ""
        self.password = before.passwordInT4
        self.unlisted = before.unlisted
        self.unrecorded = unrecorded(before.recorded, self.username)

    def make(self) -> None:
        """Everything that can be done in this run, in the order in which a person would do it."""
        if not self.news.departed:
            self.steps.take_up()
        self.identity()
        self.firm()
        self.details()
        self.market_data()
        self.eula()
        self.departure()
        self.accounts()
        self.unmanaged_applications()
        self.applications_to_read_with()
        self.standing()
        self.verify()
        self.mend()
        self.lose()

    def identity(self) -> None:
        """The id of a user that was taken over before anything could show it."""
        if not self.user_id and self.news.findable and not self.unlisted:
            shown = lookups.user_named(self.username)
            self.unlisted = shown is None
            if shown:
                self.user_id = str(shown["userID"])
                if shown["roles"] is not None:
                    self.roles = sorted(shown["roles"])
                if shown["applications"] is not None:
                    self.applications = sorted(shown["applications"])
        self.steps.ids["userID"] = self.user_id

    def firm(self) -> None:
        """A user whom T4 showed to be of another firm: the administrator looks."""
        if self.before.otherFirm:
            self.steps.take(self.news.task("verify-firm"))

    def who(self, operation: str) -> dict[str, str]:
        """The user, as an operation that changes it needs to know. Raises MissingValue for one of another
        firm: nothing is changed there."""
        if self.steps.is_open(task := self.news.task("verify-firm")):
            raise MissingValue(operation, OF_OUR_FIRM, f"T4 shows of another firm: close {task} first")
        return {**({"userID": self.user_id} if self.user_id else {}), "username": self.username}

    def call(self, operation: str, **values: object) -> Outcome:
        return called(operation, {**self.who(operation), **values})

    def pending(self, kind: str) -> set[str]:
        """The details of this kind's tasks that are open, were closed by a signature that is gone, or were
        taken by a run that could not record it: `update-user/x/phone` -> `phone`."""
        tasks = self.steps.open_of(kind) | self.steps.reopened(kind)
        tasks |= {task for task in self.unrecorded if kind_of(task) == kind}
        return {detail_of(task) for task in tasks}

    def details(self) -> None:
        """Fields of the person: one call for all of them, one task for each."""
        before = {**self.before.inputs.details, **self.before.inputs.inT4}
        after = self.news.details
        changes = {name: after[name] for name in after if after[name] != before.get(name)}
        if self.news.passwordVersion != self.before.inputs.passwordVersion:
            changes["password"] = onboarding.password(self.news)
        changes |= {
            name: onboarding.password(self.news) if name == "password" else after[name]
            for name in self.pending("update-user")
        }
        changes = {
            name: value
            for name, value in changes.items()
            if not self.steps.leave_alone(self.news.task("update-user", name), again=True)
        }
        version = self.news.passwordVersion
        wishes = {**changes, **({"password": version} if "password" in changes else {})}
        tasks = {name: self.news.task("update-user", name) for name in changes}
        sent = {
            name: value
            for name, value in changes.items()
            if not self.steps.awaits_t4(tasks[name], wishes[name])
        }
        update = together(
            {tasks[name]: wishes[name] for name in sent}, lambda: self.call("updateUser", changes=sent)
        )
        for name in sorted(changes):
            if self.steps.take(tasks[name], update, again=True, wish=wishes[name]):
                self.was.pop(name, None)
                if name == "password":
                    self.password = derived(session().mark_of_password(self.username, version))
            elif before.get(name) != after.get(name):
                self.was.setdefault(name, before.get(name) or "")

    def market_data(self) -> None:
        """Subscriptions are billed: added and changed in one call, ended by the administrator (no call is
        documented)."""
        before, after = self.before.inputs.marketData, self.news.marketData
        changed = {name for name in after if after[name] != before.get(name)} | (
            self.pending("update-market-data") & after.keys()
        )
        if self.news.departed:
            changed = set()  # what has ended, or is about to, is not subscribed again
        elif self.before.inputs.departed:
            changed = set(after)  # of who returns nobody knows what has ended meanwhile
        changed = {
            name
            for name in changed
            if not self.steps.leave_alone(self.news.task("update-market-data", name), again=True)
        }
        tasks = {name: self.news.task("update-market-data", name) for name in changed}
        sent = {name: after[name] for name in changed if not self.steps.awaits_t4(tasks[name], after[name])}
        update = together(
            {tasks[name]: kind for name, kind in sent.items()},
            lambda: self.subscribe(onboarding.subscriptions(sent)),
        )
        for name, task in sorted(tasks.items()):
            self.steps.drop(self.news.task("end-market-data", name))
            self.steps.take(task, update, again=True, wish=after[name])
            self.fees |= self.steps.facts.get(task, {}).get("fees", {})
            if after[name] != before.get(name):
                self.steps.note(task, was=before.get(name, ""))
        asked_for = {detail_of(task) for task in self.unrecorded if kind_of(task) == "update-market-data"}
        ended = (before.keys() | asked_for) - after.keys() | self.pending("end-market-data")
        for name in sorted(ended):
            task = self.news.task("end-market-data", name)
            self.steps.drop(self.news.task("update-market-data", name))
            self.steps.take(task, again=True)
            if name in before:
                self.steps.note(task, was=before[name])
        self.fees = {name: fee for name, fee in self.fees.items() if name in after}

    def subscribe(self, updates: list[dict[str, str]]) -> Outcome:
        """One call for all changes; T4's answer says what they cost."""
        values = {**self.who("updateMarketData"), "updates": updates}
        answer = session().client.call("updateMarketData", values)
        return Outcome.of(answer, {"fees": fees(answer.data)})

    def eula(self) -> None:
        """New evidence of signatures is posted; without an operation the user signs at the next login."""
        task, eula = self.news.task("sign-eula"), self.news.eula
        if eula and (eula != self.before.inputs.eula or self.pending("sign-eula")):
            accept = partial(self.call, "acceptEula", **onboarding.eula_values(eula))
            self.steps.take(task, accept, again=True, wish=eula.said)
        elif self.pending("sign-eula"):
            self.steps.take(task)  # T4 asks for it, and the firm file has no evidence of it

    def departure(self) -> None:
        """First step of leaving: the user is disabled and its market data ended."""
        disable, enable = self.news.task("disable-user"), self.news.task("enable-user")
        if self.news.departed:
            leaves = not self.before.inputs.departed
            self.steps.drop(enable)
            self.steps.lay_aside(*POINTLESS_FOR_LEAVERS)
            self.steps.take(disable, self.disable, again=leaves)
            for exchange in sorted(self.news.marketData):
                ending = self.news.task("end-market-data", exchange)
                self.steps.take(ending, again=leaves)
                if self.gone:  # with a user its market data ends (t4.md section 5)
                    self.steps.seen(ending, self.gone)
        else:
            returns = self.before.inputs.departed or disable in self.unrecorded
            self.steps.drop(disable)
            if returns or enable in self.steps.tasks:
                self.steps.take(enable, again=returns)

    def disable(self) -> Outcome:
        """Who is gone from T4 needs no call. Of a user whom T4 did not find, and does not show, nothing is
        concluded: the administrator looks."""
        try:
            return self.call("disableUser")
        except NotFound:
            match lookups.user(self.user_id, self.username):
                case Gone(evidence):
                    self.gone = evidence
                    return Outcome(evidence, is_shown=True)
                case NotSeen(why):
                    LOG.warning("%s", not_shown_words(self.news, why))
                    raise MissingValue("disableUser", "user", "T4 did not show") from None
                case _:
                    raise

    def accounts(self) -> None:
        """Unmanaged accounts (t4firm/rules/ownership.py): no task where the file has them now, or for
        somebody who leaves."""
        if self.news.departed:
            for task in open_tasks(self.steps.tasks):
                if kind_of(task) == "declare-account":
                    self.steps.drop(task)
        for number in sorted(self.pending("declare-account")):
            task = self.news.task("declare-account", number)
            if number in self.news.managed:
                self.steps.drop(task)
            else:
                self.steps.take(task)

    def unmanaged_applications(self) -> None:
        """Applications that only the portal gave: no task where the file has them now, or for somebody who
        leaves. A sign-off says that the administrator took them off."""
        withdrawn = self.steps.reopened("declare-application")
        for task in withdrawn:
            self.count_as_broken(task)
        unsaid = unsaid_whentech(self.news, self.applications)
        for task in sorted(self.steps.open_of("declare-application") | withdrawn):
            if task not in unsaid:
                self.steps.drop(task)
            elif self.steps.take(task):
                self.count_as_mended(task)

    def applications_to_read_with(self) -> None:
        """The firm's own application, which the fill user's login over the WebSocket lacked."""
        for task in sorted(self.steps.open_of("assign-application")):
            application = parts_of(task)["application"]
            self.steps.take(task, partial(self.call, "assignApplication", application=application))

    def standing(self) -> None:
        """The tasks that come with the user: gone with who departs; a new password is handed over anew."""
        wanted = standing(self.news, self.before.trialExpires)
        for task in [task for task in self.steps.tasks if kind_of(task) in STANDING and task not in wanted]:
            self.steps.drop(task)
        renewed = self.news.passwordVersion != self.before.inputs.passwordVersion
        for task in wanted:
            again = renewed and kind_of(task) == "hand-over-credentials"
            take_standing(self.steps, task, again=again)

    def verify(self) -> None:
        """A person who was taken over unseen: the administrator looks, until the person leaves."""
        task = self.news.task("verify-user")
        if self.news.departed and not self.news.is_fill_user:
            self.steps.drop(task)
        elif task in self.steps.tasks and not self.news.is_fill_user:
            self.steps.take(task)

    def mend(self) -> None:
        """What T4 gave against the rules: revoked through the API, or once somebody signed off that it
        is gone."""
        self.given_back()
        kinds = mending_kinds(self.news)
        withdrawn = self.steps.reopened(*kinds)
        for task in withdrawn:
            self.count_as_broken(task)
        broken = {*violations(found(self.news, self.roles, self.applications))}
        for task in sorted(broken):
            if self.steps.take(task, self.mending(task), again=True):
                self.count_as_mended(task)
        retiring = {self.news.task("remove-role", role) for role in self.news.retiring}
        for task in (withdrawn | self.steps.open_of(*kinds)) - broken - retiring:
            self.steps.drop(task)

    def given_back(self) -> None:
        """What T4 was asked to take from the user, did not show, and the file gives again: the user has it
        only where T4 shows that now."""
        wanted = {"remove-role": self.news.expected.roles}
        wanted["unassign-application"] = self.news.expected.applications
        for task in self.steps.open_of(*wanted):
            name, kind = detail_of(task), kind_of(task)
            is_wanted = among(name, wanted[kind]) and may_be_taken(self.steps.tasks, task)
            if is_wanted and not among(name, self.shown_now(OF_MENDING[kind])):
                self.count_as_mended(task)

    def shown_now(self, what: str) -> Sequence[str]:
        """The roles or applications that T4 shows now; none where it cannot be read, which is no reason to
        lose what this run has done."""
        try:
            shown = lookups.user(self.user_id, self.username)
        except T4Error:
            return ()
        return (shown.value[what] or ()) if isinstance(shown, Seen) else ()

    def lose(self) -> None:
        """What the file takes away. Roles: by a step each, when its turn has come. Applications: a resource
        of their own takes them; what T4 gave once no longer counts as given."""
        for role in self.news.retiring:
            task = self.news.task("remove-role", role)
            if self.steps.take(task, self.mending(task), again=True):
                self.count_as_mended(task)
        lost = self.news.revoke.applications
        if self.applications is not None:
            self.applications = [name for name in self.applications if name not in lost]

    def mending(self, task: str) -> Act | None:
        """The call that mends a violation, where one is known."""
        detail = parts_of(task)
        if kind_of(task) == "remove-role":
            return lambda: self.call("removeRole", role=detail["role"])
        if kind_of(task) == "unassign-application":
            return lambda: self.call("unassignApplication", application=detail["application"])
        return None

    def count_as_mended(self, task: str) -> None:
        detail, kind = parts_of(task), kind_of(task)
        if kind == "remove-role":
            self.roles = [role for role in self.roles or () if role != detail["role"]]
        elif kind == "assign-role":
            self.roles = sorted({*(self.roles or ()), detail["role"]})
        elif kind in OF_APPLICATIONS:
            self.applications = [name for name in self.applications or () if name != detail["application"]]
        else:
            self.roles, self.applications = (
                self.news.expected.roles,
                self.news.expected.applications,
            )

    def count_as_broken(self, task: str) -> None:
        """Only a signature said that it was mended, and the signature is gone: the violation is back."""
        detail, kind = parts_of(task), kind_of(task)
        if kind == "remove-role":
            self.roles = sorted({*(self.roles or ()), detail["role"]})
        elif kind == "assign-role":
            self.roles = [role for role in self.roles or () if role != detail["role"]]
        elif kind in OF_APPLICATIONS:
            self.applications = sorted({*(self.applications or ()), detail["application"]})
        else:
            self.roles = self.applications = None

    def as_recorded(self) -> UserRecord:
        """What is to be recorded of the user now."""
        before, news = self.before, self.news
        retiring = tuple(role for role in news.retiring if role in (self.roles or ()))
        known = UserRecord(
            inputs=replace(news, retiring=retiring),
            userID=self.user_id,
            firstAccount=before.firstAccount,
            trialExpires=before.trialExpires,
            fees=self.fees,
            unmanaged=tuple(sorted({*before.unmanaged} - news.managed.keys())),
            was=self.was,
            evidence=before.evidence,
            unlisted=self.unlisted,
            firmID=before.firmID,
            otherFirm=before.otherFirm,
            passwordInT4=self.password,
        )
        return judged(known, self.roles, self.applications, self.steps)
