"""How the broker stands with its venue: connected or not, why, and as which kind of account."""

import asyncio
from datetime import datetime

from brokers.desk.pace import USUAL, Pace
from brokers.venue import Busy, Denied, Malformed, VenueError
from bus.messages.venues import BrokerState, PlaceOrder
from bus.time_source import SYSTEM_TIME, TimeSource


class Standing:
    """What all parts of the loop know of the connection, and the clocks and the pace that they share."""

    def __init__(self, *, time: TimeSource = SYSTEM_TIME, pace: Pace = USUAL) -> None:
        """Begin unconnected.

        Args:
            time: The clocks.
            pace: How long to wait.
        """
        self.time = time
        self.pace = pace
        self.is_connected = False
        self.since: datetime = time.now()
        self.reason = "connecting"
        self.code = "connecting"
        self.attempts = 0
        self.proven_live: bool | None = None
        self.number = ""
        self.changed = asyncio.Event()
        """Set when execution should hear of it now, and not at the next turn."""
        self.wanted = asyncio.Event()
        """Set when somebody waits for a venue that is away, or it has just answered a call."""

    def connected(self, proven_live: bool | None, *, number: str = "", hindrance: VenueError | None = None) -> None:
        """Note that the venue has answered, and what the account was proven to be.

        Args:
            proven_live: Whether it is a live one; None where it is whatever execution says.
            number: What it is called at the venue; empty where there are many.
            hindrance: What is not to be had all the same; None for nothing.
        """
        self.proven_live, self.number, self.attempts = proven_live, number, 0
        reason, code = ("", "") if hindrance is None else (hindrance.reason, hindrance.code)
        if not self.is_connected or self.reason != reason:
            self._turn(is_connected=True, reason=reason, code=code)

    def lost(self, error: VenueError) -> None:
        """Note that the venue could not be reached, or refuses this account.

        Args:
            error: Why.
        """
        self.attempts += 1
        if self.is_connected or self.reason != error.reason:
            self._turn(is_connected=False, reason=error.reason, code=error.code)

    def note(self, error: VenueError) -> None:
        """Note an error of one call: what needs a person is told; what may be the venue's is looked at.

        Args:
            error: What the call has raised.
        """
        if isinstance(error, (Denied, Malformed)) and self.reason != error.reason:
            self.reason, self.code = error.reason, error.code
            self.changed.set()
        if isinstance(error, (Busy, Denied)):
            self.wanted.set()

    def answered(self) -> None:
        """Note that the venue has answered a call: if it was away, it is back."""
        if not self.is_connected:
            self.wanted.set()

    def why_not_of(self, order: PlaceOrder) -> str:
        """Return why an order is not for this account at all; empty where it may be.

        Args:
            order: What execution wants placed; `is_live` and `number` must be what was proven.
        """
        if self.number and order.number != self.number:
            return "the account at the venue has another number"
        if self.proven_live is None or order.is_live == self.proven_live:
            return ""
        kind, other = ("live", "paper") if self.proven_live else ("paper", "live")
        return f"the account at the venue is not {other} but {kind}"

    def state(
        self, broker: str, boot: str, *, accounts: tuple[str, ...], abilities: tuple[bool, bool, bool]
    ) -> BrokerState:
        """Return what execution is told of all this.

        Args:
            broker: This program.
            boot: Names this life of it.
            accounts: Those that it serves; empty for all of its kind.
            abilities: Whether the venue has reduce-only orders, brackets, and margin to be set.
        """
        has_reduce_only, has_brackets, has_margin = abilities
        return BrokerState(
            broker=broker,
            boot=boot,
            is_connected=self.is_connected,
            since=self.since,
            reason=self.reason,
            code=self.code,
            attempts=self.attempts,
            accounts=accounts,
            proven_live=self.proven_live,
            number=self.number,
            has_reduce_only=has_reduce_only,
            has_brackets=has_brackets,
            has_margin=has_margin,
        )

    def _turn(self, *, is_connected: bool, reason: str, code: str) -> None:
        """Change whether the venue is there, and have it told at once."""
        if is_connected != self.is_connected:
            self.since = self.time.now()
        self.is_connected, self.reason, self.code = is_connected, reason, code
        self.changed.set()
