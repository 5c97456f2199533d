"""Whether the owner has paused the schedule, as the message's footer must know."""

from ledger.portfolio import schedule_overrides
from notifier.storage.careful_ledger import CarefulLedger


class PauseFlag:
    """The owner's pause; only this process changes it, so it is read from the ledger once."""

    def __init__(self, ledger: CarefulLedger) -> None:
        """Read the ledger when first asked.

        Args:
            ledger: The ledger, which may be out of use.
        """
        self._ledger = ledger
        self._paused: bool | None = None

    def is_set(self) -> bool:
        """Tell whether the owner wants no scheduled messages; False while the ledger cannot say."""
        if self._paused is None:
            found = self._ledger.ask(schedule_overrides.read_schedule)
            self._paused = None if found is None else found.paused
        return self._paused is True

    def forget(self) -> None:
        """Read it anew when it is asked next: the owner has changed the schedule."""
        self._paused = None
