"""Something assigned to a user beside what the onboarding call makes: an application or an account. Both are
assigned, revoked, read and forgotten in the same way; `AssignmentInputs` has the noun."""

from dataclasses import replace
from typing import Generic, TypeVar

from pulumi.dynamic import ReadResult

from providers.t4.lifecycle.base import T4Provider
from providers.t4.lifecycle.errors import refuse_while_owed, refuse_while_violated
from providers.t4.records.assignments import AssignmentInputs, AssignmentRecord
from providers.t4.records.task_records import may_be_taken, open_tasks, was_called
from providers.t4.session import lookups
from providers.t4.session.session import session
from providers.t4.steps.journaled_calls import called, forget
from providers.t4.steps.task_ledger import Steps
from t4firm.evidence import Seen
from t4firm.model.names import among
from t4firm.reports.drift import sentence

AssignedT = TypeVar("AssignedT", bound=AssignmentInputs)
RecordT = TypeVar("RecordT", bound=AssignmentRecord)


class AssignmentProvider(T4Provider[AssignedT, RecordT], Generic[AssignedT, RecordT]):
    """Done where T4's onboarding answer lists it; else assigned by an operation, or a task; never to a user
    whose roles or applications break the rules. Revoked in the same ways."""

    withheld = ""
    """What does not happen while its user breaks the rules: `{}` is what is assigned."""

    def differs(self, record: RecordT, news: AssignedT) -> bool:
        """Wanted and not there, or there and not wanted; an open step that this run can close; a sign-off
        that was withdrawn; or its user departs."""
        turned = news.present != record.inputs.present
        appeared = news.present and news.given and not record.assigned
        departs = record.inputs.changes(news, "departed", "owed")
        lacking = [name for name, known in news.ids.items() if not known and not record.ids[name]]
        if news.findable and "accountID" in lacking:
            lacking.remove("accountID")
        return turned or appeared or departs or Steps.of(news, record).outstanding(lacking)

    def created(self, news: AssignedT) -> RecordT:
        """Assign it; what is to be absent, and was never there, needs nothing."""
        return self._settled(news, None)

    def updated(self, record: RecordT, news: AssignedT) -> RecordT:
        """Assign or revoke, as the file says now."""
        return self._settled(news, record)

    def shown(self, id_: str, record: RecordT) -> ReadResult:
        """Whether T4 lists it under the user, where an operation can read it."""
        inputs, steps = record.inputs, Steps.of(record.inputs, record)
        user = lookups.user(inputs.userID, inputs.username)
        listed = user.value[f"{inputs.NOUN}s"] if isinstance(user, Seen) else None
        if listed is None or not isinstance(user, Seen):
            return self.read_with(id_, record, record, steps)
        has, words = among(inputs.what, listed), sentence(inputs.task, captures=inputs.captures)
        if has == inputs.present or not inputs.departed:
            steps.hold(inputs.task, has == inputs.present, user.evidence, words)
        return self.read_with(id_, record, self._as_shown(record, has=has), steps)

    def forgotten(self, record: RecordT) -> None:
        """What T4 has is first revoked by the file, and then leaves it; or with its user."""
        inputs = record.inputs
        if record.assigned:
            refuse_while_owed(inputs.words, inputs.username, inputs.owed, departed=inputs.departed)
        forget(inputs.assign, inputs.unassign)

    def _as_shown(self, record: RecordT, *, has: bool) -> RecordT:
        return replace(record, assigned=has)

    def _identified(self, news: AssignedT, record: RecordT | None) -> AssignedT:
        """The inputs with the ids that are known otherwise."""
        return news

    def _comes_otherwise(self, news: AssignedT, *, listed: bool) -> bool:
        """Whether somebody else may have given what this stack never assigned; `listed`: T4 shows it."""
        return False

    def _may_have_it(self, news: AssignedT, record: RecordT | None, steps: Steps) -> bool:
        """Whether T4 may have what the file revokes, although nothing recorded says so: the administrator was
        asked for it, a run asked for it that could not record it, or it came otherwise. T4's own word counts,
        where it can be read."""
        has = self._is_listed(news)
        asked = None if record else session().journal.find(news.assign)
        was_asked = news.assign in open_tasks(record.tasks) if record else asked is not None
        may = was_asked or (record is None and self._comes_otherwise(news, listed=bool(has)))
        if has is False or not may:
            return False
        if asked:
            steps.open_since(news.unassign, asked.answered or asked.begun[-1])
        return True

    def _is_there(self, news: AssignedT, steps: Steps) -> bool:
        """Whether T4 shows it under a user that was there before this stack."""
        return False

    def _is_listed(self, news: AssignedT) -> bool | None:
        """Whether T4 lists it under the user; None where nothing shows that."""
        user = lookups.user(news.userID, news.username)
        listed = user.value[f"{news.NOUN}s"] if isinstance(user, Seen) else None
        return None if listed is None else among(news.what, listed)

    def _recorded(self, news: AssignedT, record: RecordT | None, steps: Steps, *, assigned: bool) -> RecordT:
        evidence = steps.evidence.get(news.assign) or (record.evidence if record else "")
        return self.record(
            inputs=news, assigned=assigned, evidence=evidence if assigned else "", tasks=steps.tasks
        )

    def _settled(self, said: AssignedT, record: RecordT | None) -> RecordT:
        news = self._identified(said, record)
        steps = Steps.of(news, record)
        # what its user got when it was made, no assignment has recorded
        assigned = record.assigned if record else news.held
        again = record is not None and news.present != record.inputs.present
        noun = news.NOUN.capitalize()
        if news.present:
            # T4 was asked to revoke what the file gives again: it may still do it, or no longer shows it
            is_lost = was_called(steps.tasks, news.unassign) or (
                may_be_taken(steps.tasks, news.unassign) and not self._is_listed(news)
            )
            given, assigned = news.given and not is_lost, assigned and not is_lost
            steps.drop(news.unassign)
            if given:
                steps.drop(news.assign)
            if not assigned or steps.withdrawn(news.assign):
                refuse_while_violated(news.username, news.violations, self.withheld.format(news.what))
                assigned = (
                    given
                    or self._is_there(news, steps)
                    or steps.take(news.assign, lambda: called(f"assign{noun}", news.values), again=again)
                )
        else:
            assigned = assigned or steps.withdrawn(news.unassign) or self._may_have_it(news, record, steps)
            steps.drop(news.assign)
            if assigned:
                assigned = not steps.take(
                    news.unassign, lambda: called(f"unassign{noun}", news.values), again=again
                )
        return self._recorded(news, record, steps, assigned=assigned)
