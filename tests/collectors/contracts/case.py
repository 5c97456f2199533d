"""One row of a platform's tables: what the sandbox says, and what the collector makes of it."""

import msgspec


class Case(msgspec.Struct, frozen=True):
    """A refusal or a wait.

    Attributes:
        code: The platform's own code, for the fault kind "code"; empty for other kinds.
        reason: What the chat shows.
        hint_s: The pause that the error carries, None for none.
        kind: The fault's kind.
        more: More fields of the fault.
    """

    code: str
    reason: str
    hint_s: float | None = None
    kind: str = "code"
    more: dict[str, object] = {}

    @property
    def id(self) -> str:
        """Name the case in pytest's output."""
        return "-".join([self.kind, self.code, *map(str, self.more.values())])[:60]

    @property
    def fields(self) -> dict[str, object]:
        """Return the fault's fields."""
        return {"code": self.code, **self.more} if self.code else self.more
