"""What was heard of each order, over all connections: pieces that come twice, late, in any order, or not at all."""

import asyncio
import contextlib
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import Final

import msgspec
from ib_async import Trade

from brokers.desk.merging import filled
from brokers.ibkr_venue.executions import client_id_of
from brokers.ibkr_venue.ordered import Placed, event_of, placed_of
from brokers.ibkr_venue.refusals import Trouble, reason_of
from bus.messages.venues import Execution, OrderEvent

MOST: Final = 10_000
FIRM: Final = frozenset({"PreSubmitted", "Submitted", "Filled", "Cancelled", "ApiCancelled", "Inactive"})
"""The gateway's words for an order that it has looked at; `PendingSubmit` is said before that, by ib_async too."""


class Seen:
    """One order: the gateway's last word, its executions, the last error that named it, and what was told of it."""

    def __init__(self, key: str) -> None:
        """Have heard nothing.

        Args:
            key: Our name for it, or what stands for one.
        """
        self.key = key
        self.placed: Placed | None = None
        self.executions: dict[str, Execution] = {}
        self.trouble: Trouble | None = None
        self.told: OrderEvent | None = None
        self.is_known = False
        """Whether the gateway has said anything of it by this connection."""
        self.is_lost = False
        """Whether the connection was lost since `begin`."""
        self.calls = 0
        self._changed = asyncio.Event()

    @property
    def is_firm(self) -> bool:
        """Whether the gateway has looked at it: it has a status, or a fill."""
        return self.has_fills or (self.is_known and self.placed is not None and self.placed.word in FIRM)

    @property
    def is_over(self) -> bool:
        """Whether it can fill no more, by the gateway's word for it."""
        return self.placed is not None and not self.placed.is_alive

    @property
    def is_inactive(self) -> bool:
        """Whether the gateway's word for it is that it was refused."""
        return self.placed is not None and self.placed.word == "Inactive"

    @property
    def has_fills(self) -> bool:
        """Whether anything of it was filled."""
        return bool(self.executions) or (self.placed is not None and self.placed.filled > 0)

    @property
    def is_whole(self) -> bool:
        """Whether it is over, with all of its executions and their fees."""
        if self.placed is None or not self.is_over:
            return False
        fills = self.executions.values()
        return all(each.fee is not None for each in fills) and filled(fills) >= self.placed.filled

    def is_of(self, placed: Placed) -> bool:
        """Tell whether an order at the gateway is this one.

        Args:
            placed: The order.
        """
        return self.key == key_of(placed.ref, placed.perm_id)

    def begin(self) -> None:
        """Forget what a call that begins now must hear anew."""
        self.trouble, self.is_lost = None, False

    def word(self, trade: Trade) -> None:
        """Take in a status, where it is the gateway's and not what ib_async makes of an error.

        Args:
            trade: The order, as it is now.
        """
        placed = placed_of(trade)
        is_other = bool(trade.orderStatus.permId) and trade.orderStatus.permId != placed.perm_id
        if not is_other and not (trade.log and trade.log[-1].errorCode):
            self.placed, self.is_known = placed, True
        self.stir()

    def opened(self, trade: Trade) -> None:
        """Take in that the gateway has it.

        Args:
            trade: The order, as it is now; its status may be ib_async's own.
        """
        self.is_known = True
        if self.placed is None:
            self.word(trade)
        self.stir()

    def take(self, executions: Iterable[Execution]) -> bool:
        """Take in executions; a fee once told is not forgotten.

        Args:
            executions: Some of its own.

        Returns:
            Whether there was anything new in them.
        """
        before = dict(self.executions)
        for each in executions:
            known = self.executions.get(each.broker_trade_id)
            if known is None or known.fee is None or each.fee is not None:
                self.executions[each.broker_trade_id] = each
        self.stir()
        return before != self.executions

    def event(self, account: str, *, at: datetime) -> OrderEvent | None:
        """Return all that is known of it; None for nothing.

        Args:
            account: The account's uid.
            at: The moment, aware UTC.
        """
        fills = tuple(self.executions.values())
        if self.placed is not None:
            event = event_of(account, self.placed, fills, at=at)
        elif fills:
            event = _of_fills(account, fills, at=at)
        else:
            return None
        return self.with_reason(event)

    def with_reason(self, event: OrderEvent) -> OrderEvent:
        """Return what is known of it with the reason that the gateway has given: for its end, or why it is held.

        Args:
            event: What is known; a reason of its own is left.
        """
        if self.trouble is None or event.reason or event.status not in self.trouble.explains:
            return event
        return msgspec.structs.replace(event, reason=reason_of(self.trouble), code=str(self.trouble.code))

    async def until(self, true: Callable[[], bool], *, within_s: float) -> None:
        """Wait until something is so, as long as the connection stands; whether it is, the caller looks.

        Args:
            true: What is waited for.
            within_s: The most that it may take.
        """
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                while not true() and not self.is_lost:
                    self._changed.clear()
                    await self._changed.wait()

    def lose(self) -> None:
        """Note that the connection was lost."""
        self.is_lost, self.is_known = True, False
        self.stir()

    def stir(self) -> None:
        """Wake who waits."""
        self._changed.set()


class Memory:
    """All orders that were heard of; those of which nothing was heard for longest are forgotten first."""

    def __init__(self, most: int = MOST) -> None:
        """Know no order.

        Args:
            most: So many are remembered.
        """
        self._most = most
        self._seen: OrderedDict[str, Seen] = OrderedDict()

    def of(self, ref: str, perm_id: int) -> Seen:
        """Return an order, remembered from now on.

        Args:
            ref: Its orderRef; empty for an order made by hand.
            perm_id: The gateway's name for it.
        """
        key = key_of(ref, perm_id)
        seen = self._seen.pop(key, None) or Seen(key)
        self._seen[key] = seen
        while len(self._seen) > self._most and self._forget_one():
            pass
        return seen

    def __iter__(self) -> Iterator[Seen]:
        """Go through all orders."""
        return iter(tuple(self._seen.values()))

    def _forget_one(self) -> bool:
        """Forget the oldest order for which no call is under way; False where there is none."""
        key = next((key for key, seen in self._seen.items() if not seen.calls), None)
        if key is None:
            return False
        del self._seen[key]
        return True


def key_of(ref: str, perm_id: int) -> str:
    """Return what an order is remembered by: our name for it, or what stands for one.

    Args:
        ref: Its orderRef; empty for an order made by hand.
        perm_id: The gateway's name for it.
    """
    return client_id_of(ref) or f"#{perm_id}"


def _of_fills(account: str, fills: tuple[Execution, ...], *, at: datetime) -> OrderEvent:
    """Return what is known of an order of which nothing is known but executions: at least a part of it is filled."""
    some = Placed(
        ref=fills[0].client_order_id or "",
        perm_id=int(fills[0].broker_order_id or 0),
        client_id=0,
        order_id=0,
        word="Submitted",
        quantity=Decimal(0),
        filled=Decimal(0),
    )
    return event_of(account, some, fills, at=at)
