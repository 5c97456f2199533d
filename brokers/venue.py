"""What a venue must be able to do, and how it fails: the contract that every broker keeps.

Errors are named by what the reader does:

    VenueError
    ├── Busy        surely not done; again later, after `retry_after_s` where the venue says so
    ├── Denied      surely not done; a person must act: key, rights, account
    ├── Malformed   surely not done; we must act: the venue does not understand us, or we not it
    ├── Refused     surely not done: the venue has looked at this order and says no; ends it as REJECTED
    └── Unknown     the answer was lost: it may be done. Never again blindly; look it up

"Surely" is for the broker to know: whoever cannot tell raises Unknown.
"""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Protocol

from bus.messages.venues import (
    Cash,
    Execution,
    Held,
    InstrumentState,
    OrderEvent,
    PlaceOrder,
    Quote,
    Traded,
    Working,
)


class VenueError(Exception):
    """Base of the errors of a venue: `reason` is fit for the chat, `code` is the venue's own, for the log."""

    def __init__(self, reason: str, *, code: str = "", retry_after_s: float | None = None) -> None:
        """Keep the words.

        Args:
            reason: For the chat, short.
            code: The venue's own code; empty for none.
            retry_after_s: The pause that the venue asks for, in seconds; None where it does not say.
        """
        super().__init__(f"{reason} (code {code})" if code else reason)
        self.reason = reason
        self.code = code
        self.retry_after_s = retry_after_s


class Busy(VenueError):
    """Surely not done; again later."""


class Denied(VenueError):
    """Surely not done; a person must act."""


class Malformed(VenueError):
    """Surely not done; we must act."""


class Refused(VenueError):
    """Surely not done: the venue has looked at this order and says no."""


class Unknown(VenueError):
    """The answer was lost: it may be done."""


class OrderName(Protocol):
    """What names an order at its venue."""

    @property
    def client_order_id(self) -> str:
        """Our name for it."""

    @property
    def broker_order_id(self) -> str | None:
        """The venue's, where it is known."""

    @property
    def instrument(self) -> Traded:
        """What it trades."""


class Venue(Protocol):
    """One account at one venue (the paper venue has many). Every call may raise any VenueError."""

    has_reduce_only: bool
    has_brackets: bool

    async def connect(self) -> bool | None:
        """Connect, or make sure that it still is; prove the account.

        Returns:
            Whether the account is a live one; None where it is whatever execution says (paper).
        """
        ...

    async def place(self, order: PlaceOrder) -> OrderEvent:
        """Place an order whose client id the venue has surely not seen."""
        ...

    async def cancel(self, account: str, order: OrderName) -> OrderEvent:
        """Cancel an order, and say what it is then."""
        ...

    async def find(self, account: str, order: OrderName) -> OrderEvent | None:
        """Find an order by our name for it, with all of its executions.

        Returns:
            What is known of it; None where the venue answers that it has none of that name now. Whether that means
            NOWHERE, `is_surely_nowhere` says.
        """
        ...

    def is_surely_nowhere(self, *, placed_at: datetime, looked: int, now: datetime) -> bool:
        """Tell whether an order that was not found `looked` times in a row will never appear any more."""
        ...

    async def executions(self, account: str, since: datetime) -> tuple[Execution, ...]:
        """Read all fills of an account from a moment on, those of foreign orders too."""
        ...

    async def working(self, account: str) -> tuple[Working, ...]:
        """Read the orders that rest at the venue."""
        ...

    async def positions(self, account: str) -> tuple[Held, ...]:
        """Read what the account holds; an empty answer means that the venue said so."""
        ...

    async def balances(self, account: str) -> tuple[Cash, ...]:
        """Read the account's money."""
        ...

    async def quote(self, account: str, instrument: Traded) -> Quote:
        """Ask what an instrument costs; never a zero or crossed one."""
        ...

    async def instrument(self, account: str, symbol: str, exchange: str | None) -> InstrumentState:
        """Find what the venue knows under a symbol, and its steps; `id` is filled in by the loop."""
        ...

    def events(self) -> AsyncIterator[OrderEvent]:
        """Yield what the venue says by itself, for as long as it is connected."""
        ...
