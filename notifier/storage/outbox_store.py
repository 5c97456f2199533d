"""The seam between the outbox and the places where its rows live: what can be done with a row, wherever it is."""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from bus.messages.rounds import Snapshot
from ledger.portfolio.outbox import Row


class OutboxStore(Protocol):
    """What can be done with the rows that one store has; nothing here raises LedgerUnavailable."""

    def pending(self) -> list[Row]:
        """Return what still has to be sent, oldest first in each chat."""
        ...

    def snapshots_of(self, round_ids: Iterable[str]) -> dict[str, Snapshot]:
        """Return the snapshots of these rounds that it has, by round."""
        ...

    def begin_sending(self, row: Row, text: str, /, *, folded: Iterable[int] = ()) -> bool:
        """Note that a row is about to be sent.

        Args:
            row: The row.
            text: The message as it is sent.
            folded: The ids of the older rows that it tells, which are therefore not sent themselves.

        Returns:
            Whether that is in the ledger.
        """
        ...

    def mark_sent(self, row: Row, message_id: int, /) -> None:
        """Note that Telegram took a row.

        Args:
            row: The row.
            message_id: Telegram's number of the message.
        """
        ...

    def mark_dead(self, row: Row, reason: str, /) -> None:
        """Note that a row can never be delivered.

        Args:
            row: The row.
            reason: Why, in Telegram's words where it refused.
        """
        ...

    def put_back(self, row: Row, reason: str, /, *, unconfirmed: bool, next_attempt_at: datetime) -> None:
        """Note that a row is to be sent again later.

        Args:
            row: The row.
            reason: Why this attempt failed.
            unconfirmed: Whether Telegram may have taken it all the same.
            next_attempt_at: When it may be tried again, aware UTC.
        """
        ...

    def put_back_refused(self, row: Row, reason: str, /, *, next_attempt_at: datetime) -> None:
        """Note that Telegram refuses a row for now: it has surely nothing of this attempt.

        Args:
            row: The row.
            reason: Why Telegram refuses it.
            next_attempt_at: When it may be tried again, aware UTC.
        """
        ...

    def undelivered(self, row: Row, /) -> list[Row]:
        """Return the slots before a row that its chat refused and that nobody has told it since, oldest first."""
        ...

    def rounds_folded_into(self, row: Row) -> tuple[str, ...]:
        """Return the rounds that a row tells besides its own since its first attempt."""
        ...
