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

from bus.messages.venue_accounts import Cash, CashEvent, Held, Working
from bus.messages.venues import (
    AskMargin,
    AssetType,
    Execution,
    InstrumentState,
    MarginState,
    OrderEvent,
    PlaceOrder,
    Quote,
    SetMargin,
    Traded,
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


class Margins(Protocol):
    """Margin mode and leverage at a venue that has them to be set."""

    async def read(self, asked: AskMargin) -> MarginState:
        """Read how an instrument is margined.

        Args:
            asked: Which.

        Returns:
            An answer READ.

        Raises:
            VenueError: It could not be asked.
        """
        ...

    async def set(self, wanted: SetMargin) -> MarginState:
        """Set how an instrument is margined, and read it back; what is half done is taken back.

        Args:
            wanted: Which, and how.

        Returns:
            SET, REFUSED, ROLLED_BACK or UNKNOWN, with what was read back.

        Raises:
            VenueError: Unknown where it may be set all the same; any other one means that nothing is changed.
        """
        ...


class Venue(Protocol):
    """One account at one venue (the paper venue has many). Every call may raise any VenueError.

    Attributes:
        number: The account's number, as it was proven; empty where there are many, and before it was.
        has_reduce_only: Whether the venue itself keeps a closing from crossing zero.
        has_brackets: Whether the venue itself cancels the sibling of a leg that fills.
        margins: Sets margin mode and leverage; None where the venue has neither.
    """

    number: str
    has_reduce_only: bool
    has_brackets: bool
    margins: Margins | None

    async def connect(self) -> bool | None:
        """Connect, or make sure that it still is; prove the account.

        Returns:
            Whether the account is a live one; None where it is whatever execution says (paper).
        """
        ...

    async def place(self, order: PlaceOrder) -> OrderEvent:
        """Place an order whose client id the venue has surely not seen.

        Args:
            order: The order; its client order id is our name for it.

        Returns:
            What became of it, with all of its executions so far.

        Raises:
            VenueError: Unknown where it may be placed all the same; any other one means that it surely is not.
        """
        ...

    async def cancel(self, account: str, order: OrderName) -> OrderEvent:
        """Cancel an order.

        Returns:
            What it is then: a fill that crossed the cancel wins.

        Raises:
            VenueError: Unknown where it may be canceled all the same; any other one means that it surely is not.
        """
        ...

    async def find(self, account: str, order: OrderName) -> OrderEvent | None:
        """Find an order by our name for it, with all of its executions.

        Returns:
            What is known of it; None where the venue answers that it has none of that name now. Whether that means
            NOWHERE, `is_surely_nowhere` says.

        Raises:
            VenueError: It could not be asked.
        """
        ...

    def is_surely_nowhere(self, *, placed_at: datetime, looked: int, now: datetime) -> bool:
        """Tell whether an order that was not found `looked` times in a row will never appear any more.

        Args:
            placed_at: When it was last sent, aware UTC.
            looked: How many times in a row the venue has answered that it has none of that name.
        """
        ...

    async def executions(self, account: str, since: datetime) -> tuple[Execution, ...]:
        """Read all fills of an account from a moment on, those of foreign orders too.

        Args:
            since: The moment, aware UTC.

        Returns:
            The fills, in any order; empty means that the venue said so.
        """
        ...

    def reach(self, now: datetime) -> datetime | None:
        """Tell from when on `executions` can tell all fills.

        Args:
            now: The moment, aware UTC.

        Returns:
            That moment, aware UTC; None where it reaches back as far as is asked.
        """
        ...

    async def working(self, account: str) -> tuple[Working, ...]:
        """Read the orders of an account that rest at the venue.

        Returns:
            The orders, those of foreign hands too; empty means that the venue said so.
        """
        ...

    async def positions(self, account: str) -> tuple[Held, ...]:
        """Read what an account holds.

        Returns:
            A position each, below zero for a short one; empty means that the venue said so.
        """
        ...

    async def balances(self, account: str) -> tuple[Cash, ...]:
        """Read an account's money.

        Returns:
            One for each currency.
        """
        ...

    async def cash_events(self, account: str, since: datetime) -> tuple[CashEvent, ...]:
        """Read what money came and went without an order, such as funding.

        Args:
            since: From when on, aware UTC.

        Returns:
            The events, in any order; empty means that the venue said so, or has none of the kind.
        """
        ...

    async def quote(self, account: str, instrument: Traded) -> Quote:
        """Ask what an instrument costs.

        Returns:
            Bid, ask and last price; never a zero or crossed quote.
        """
        ...

    async def instrument(
        self, account: str, symbol: str, exchange: str | None, *, kind: AssetType | None = None
    ) -> InstrumentState:
        """Find what the venue knows under a symbol.

        Args:
            symbol: As the signal has it.
            exchange: As the signal has it; None where it does not say.
            kind: Which kind is meant where a symbol stands for several; None: what the symbol says.

        Returns:
            The instrument and its steps, or why there is none; `id` is filled in by the loop.
        """
        ...

    def hindrance(self) -> VenueError | None:
        """Tell what is not to be had of the venue though orders go on, such as quotes; None for nothing.

        Returns:
            An error that is told as the state of a broker that is connected all the same.
        """
        ...

    def events(self) -> AsyncIterator[OrderEvent]:
        """Yield what the venue says by itself, for as long as it is connected."""
        ...
