"""The ledger for who must go on without it: nothing raises; what could not be written is written later, in order."""

from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar

from bus.log import logger
from ledger.store import Ledger, NotReady
from ledger.unavailable import LedgerUnavailable

Answer = TypeVar("Answer")
Rest = ParamSpec("Rest")

log = logger(__name__)


class CarefulLedger:
    """Questions and writes that may find the ledger out of use.

    Attributes:
        trouble: Why it cannot be used, empty while it can.
        handled: The rows of the outbox about which something is still to be written.
    """

    def __init__(self, ledger: Ledger) -> None:
        """Guard a ledger, which is first touched by the first question."""
        self._ledger = ledger
        self._ready = False
        self._late: list[Callable[[Ledger], object]] = []
        self.handled: set[int] = set()
        self.trouble = ""

    def is_ready(self) -> bool:
        """Tell whether the ledger is open, at the right schema and, as far as known, usable."""
        if not self._ready:
            try:
                self._ledger.check()
                self._ready = True
            except NotReady as error:
                if self.trouble != str(error):
                    log.info("waiting for the ledger", because=error)
                self.trouble = str(error)
            except LedgerUnavailable as error:
                self._note(error.reason)
        return self._ready

    def ask(
        self, ask: Callable[Concatenate[Ledger, Rest], Answer], *arguments: Rest.args, **named: Rest.kwargs
    ) -> Answer | None:
        """Call a function that reads the ledger, or writes and answers.

        Args:
            ask: The function; the ledger is its first argument.
            arguments: What else to call it with.
            named: What else to call it with.

        Returns:
            Its answer, or None where the ledger cannot answer now.
        """
        if not self.is_ready():
            return None
        try:
            answer = ask(self._ledger, *arguments, **named)
        except LedgerUnavailable as error:
            self._note(error.reason)
            self._ready = not error.damaged
            return None
        self._note("")
        return answer

    def do(
        self, write: Callable[Concatenate[Ledger, Rest], object], *arguments: Rest.args, **named: Rest.kwargs
    ) -> bool:
        """Call a function that writes to the ledger.

        Args:
            write: The function; the ledger is its first argument.
            arguments: What else to call it with.
            named: What else to call it with.

        Returns:
            Whether it was done; False where that is not possible now.
        """

        def done(ledger: Ledger) -> bool:
            """Write, and say so."""
            write(ledger, *arguments, **named)
            return True

        return self.ask(done) is not None

    def keep(self, write: Callable[[Ledger], object], *, row_id: int | None = None) -> None:
        """Write something: now, or after what waits before it.

        Args:
            write: The function that writes it.
            row_id: The number of the row that it is about; until it is written, the row counts as handled.
        """
        if self._late or not self.do(write):
            self._late.append(write)
            if row_id is not None:
                self.handled.add(row_id)

    def write_late(self) -> None:
        """Write what waits, as far as that can be done now."""
        while self._late and self.do(self._late[0]):
            self._late.pop(0)
        if not self._late:
            self.handled.clear()

    def _note(self, trouble: str) -> None:
        """Keep why the ledger cannot be used, and log it where that is new."""
        if trouble != self.trouble:
            if trouble:
                log.error("ledger unavailable", reason=trouble)
            else:
                log.info("ledger is well")
            self.trouble = trouble
