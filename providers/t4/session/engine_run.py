"""What the engine has asked of this process so far: it does not tell a provider that the whole stack is to be
forgotten (`pulumi destroy`). Then it asks for no check before it deletes (tried with 3.259.0)."""


class EngineRun:
    """The run that this process works for. Resources are named `User trader.a`."""

    def __init__(self) -> None:
        self._declared: set[str] = set()

    def declare(self, resource: str) -> None:
        """The program has this resource."""
        self._declared.add(resource)

    def is_destroying(self, resource: str) -> bool:
        """Whether a resource that is to be deleted is still wanted: no program runs at all, or it has it."""
        return not self._declared or resource in self._declared
