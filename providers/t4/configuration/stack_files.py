"""A stack's files, read together: firm, stack, attested and operations file, and other stacks' firm files."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from providers.t4.configuration.settings import FileSettings
from t4firm.loading.attested_file import Attestation, load_attested
from t4firm.loading.firm_file import load_firm
from t4firm.loading.other_stacks import load_others
from t4firm.loading.stack_file import in_environment, load_environment
from t4firm.model.firm import Firm
from t4firm.model.users import RISK_MANAGER
from t4firm.operations import Operations, load_operations
from t4firm.plan.desired import desired
from t4firm.plan.goals import Desired
from t4firm.plan.prior_state import Recorded
from t4firm.yaml_files.document import FileError, Mistake

T = TypeVar("T")


@dataclass(frozen=True)
class FirmStack:
    """A firm, with what its API can do, what is signed off, and the firms whose accounts it captures too."""

    firm: Firm
    operations: Operations
    attested: Mapping[str, Attestation]
    others: Mapping[str, Firm] = field(default_factory=dict)

    @cached_property
    def desired(self) -> Desired:
        """The goals that follow from the files alone."""
        return desired(self.firm, self.operations, self.attested, others=self.others)

    def following(self, recorded: Recorded) -> Desired:
        """The goals of a run that follows on what is recorded."""
        return desired(self.firm, self.operations, self.attested, recorded, self.others)


def load_stack(
    firm_file: Path,
    operations: str,
    folder: Path,
    stack_file: Path | None = None,
    risk_manager: str = RISK_MANAGER,
) -> FirmStack:
    """Raises FileError with every mistake of the firm file, or of the stack, attested or operations file, or
    of the firm files of other stacks whose accounts it captures."""
    mistakes: list[Mistake] = []
    firm = _or_mistakes(mistakes, lambda: load_firm(firm_file, risk_manager))
    others: Mapping[str, Firm] | None = {}
    if firm is not None:
        written = firm
        others = _or_mistakes(mistakes, lambda: load_others(firm_file, written))
        if stack_file:
            firm = _or_mistakes(mistakes, lambda: in_environment(written, stack_file))
    elif stack_file and stack_file.exists():
        _or_mistakes(mistakes, lambda: load_environment(stack_file, None))
    attested = _or_mistakes(mistakes, lambda: load_attested(firm_file, stack_file))
    known = _or_mistakes(mistakes, lambda: load_operations(operations, folder))
    if firm is None or attested is None or known is None or others is None:
        raise FileError(mistakes)
    return FirmStack(firm, known, attested, others)


def load_files(
    files: FileSettings, folder: Path, firm_file: Path | None = None, operations_folder: Path | None = None
) -> FirmStack:
    """The stack whose files these settings name, in a project's folder; with another firm file, or with the
    operations of another folder. Raises FileError as `load_stack` does."""
    return load_stack(
        firm_file or folder / files.firm_file,
        files.operations,
        operations_folder or folder,
        folder / files.stack_file,
        files.risk_manager,
    )


def _or_mistakes(mistakes: list[Mistake], load: Callable[[], T]) -> T | None:
    try:
        return load()
    except FileError as error:
        mistakes += error.mistakes
        return None
