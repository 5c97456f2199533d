"""The orders that are read again by REST: those of which the stream has spoken, and those that have not ended."""

import re
from collections import OrderedDict
from collections.abc import Callable, Container, Iterable, Iterator
from typing import TypeVar

import msgspec

from brokers.bingx_venue import symbols
from brokers.bingx_venue.frames import OrderChanged
from brokers.bingx_venue.orders_wire import client_id_of
from brokers.venue import OrderName
from bus.messages.venues import Execution, OrderEvent, Traded

ENDED = frozenset({"FILLED", "CANCELED", "REJECTED", "EXPIRED", "NOWHERE"})
LIQUIDATION = "LIQUIDATION"
MOST_TOLD = 5000
"""So many orders and fills are remembered as told; what is told once more changes nothing."""

_OURS = re.compile(r"[0-9a-f]{32}")
Kept = TypeVar("Kept")


class Pauses(msgspec.Struct, frozen=True, kw_only=True):
    """All in seconds; tests step faster.

    `away_s`: how often an order is read while no stream tells of it; `calm_s`: and while one does, in case that it has
    kept something to itself.
    """

    away_s: float = 3.0
    calm_s: float = 60.0
    first_again_s: float = 0.2
    longest_again_s: float = 10.0
    first_connect_s: float = 1.0
    longest_connect_s: float = 30.0


class Name(msgspec.Struct, frozen=True, kw_only=True):
    """What names an order; one of the two names may be empty."""

    client_order_id: str
    broker_order_id: str | None
    instrument: Traded

    @property
    def key(self) -> str:
        """What it is remembered by: our name where it has one."""
        return self.client_order_id or self.broker_order_id or ""


class Due(msgspec.Struct):
    """An order that is to be read, not before `at_s`."""

    name: Name
    at_s: float
    failures: int = 0
    is_liquidation: bool = False


class Watched(msgspec.Struct):
    """An order that has not ended, as far as is known; read last at `read_s`."""

    name: Name
    read_s: float


class Watching:
    """Knows which orders are due, which have not ended, and what was told of them."""

    def __init__(self) -> None:
        """Watch nothing yet."""
        self._due: OrderedDict[str, Due] = OrderedDict()
        self._watched: dict[str, Watched] = {}
        self._told: OrderedDict[str, OrderEvent] = OrderedDict()
        self._fills: OrderedDict[str, None] = OrderedDict()

    def known(self, name: Name) -> Name:
        """Return the names of an order that is watched by another one, as a leg that BingX has made of an opening is.

        Args:
            name: What the venue calls it.
        """
        return next(
            (
                each.name
                for each in self._watched.values()
                if name.broker_order_id and each.name.broker_order_id == name.broker_order_id
            ),
            name,
        )

    def want(self, name: Name, *, at_s: float, is_liquidation: bool = False) -> None:
        """Have an order read; wanted several times it is read once.

        Args:
            name: Its names.
            at_s: Not before this moment, on the monotonic clock.
            is_liquidation: Whether the venue itself has made it, to take a position away.
        """
        due = self._due.get(name.key)
        if due is None:
            self._due[name.key] = Due(name, at_s, is_liquidation=is_liquidation)
            return
        due.at_s = min(due.at_s, at_s)
        due.failures = 0
        due.is_liquidation = due.is_liquidation or is_liquidation

    def again(self, due: Due, *, at_s: float) -> None:
        """Have an order read once more that could not be read, unless it is wanted anew already.

        Args:
            due: What was taken.
            at_s: When.
        """
        due.at_s, due.failures = at_s, due.failures + 1
        self._due.setdefault(due.name.key, due)

    def take(self, now_s: float, *, but: Callable[[Name], bool] = lambda _: False) -> Due | None:
        """Take the order that has waited longest of those that may be read now.

        Args:
            now_s: The moment, on the monotonic clock.
            but: Tells of an order that it is not read now.

        Returns:
            The order, which is not due any more; None where there is none.
        """
        key = next((key for key, due in self._due.items() if due.at_s <= now_s and not but(due.name)), None)
        return None if key is None else self._due.pop(key)

    def next_s(self, *, but: Callable[[Name], bool] = lambda _: False) -> float | None:
        """Return when the next order may be read, on the monotonic clock; None for none.

        Args:
            but: Tells of an order that it is not read now.
        """
        return min((due.at_s for due in self._due.values() if not but(due.name)), default=None)

    def watch(self, order: OrderName, *, now_s: float) -> None:
        """Watch an order that is about to be placed, or was asked for.

        Args:
            order: Its names.
            now_s: The moment, on the monotonic clock.
        """
        name = Name(
            client_order_id=order.client_order_id, broker_order_id=order.broker_order_id, instrument=order.instrument
        )
        self._watched[name.key] = Watched(name, now_s)

    def watched(self) -> Iterator[Watched]:
        """Yield the orders that have not ended."""
        yield from tuple(self._watched.values())

    def learn(self, order: OrderName, event: OrderEvent, *, now_s: float) -> bool:
        """Take in what an order is.

        Args:
            order: Its names.
            event: What it is.
            now_s: The moment, on the monotonic clock.

        Returns:
            Whether that was not told yet.
        """
        name = Name(
            client_order_id=order.client_order_id,
            broker_order_id=event.broker_order_id or order.broker_order_id,
            instrument=order.instrument,
        )
        self._watched.pop(name.key, None)
        if event.status not in ENDED:
            self._watched[name.key] = Watched(name, now_s)
        told = self._told.get(name.key)
        _keep(self._told, name.key, event)
        for each in event.executions:
            _keep(self._fills, each.broker_trade_id, None)
        return told is None or told != msgspec.structs.replace(event, at=told.at, reply_to=told.reply_to)

    def untold(self, executions: Iterable[Execution]) -> Iterator[Name]:
        """Yield the orders of fills that were not told yet, each once.

        Args:
            executions: Fills, those of foreign orders too.
        """
        seen: set[str] = set()
        for each in executions:
            if each.broker_trade_id in self._fills or each.instrument is None:
                continue
            name = Name(
                client_order_id=each.client_order_id or "",
                broker_order_id=each.broker_order_id,
                instrument=each.instrument,
            )
            if name.key and name.key not in seen:
                seen.add(name.key)
                yield self.known(name)


def _keep(kept: OrderedDict[str, Kept], key: str, value: Kept) -> None:
    """Remember something, and forget what was remembered longest ago."""
    kept[key] = value
    kept.move_to_end(key)
    while len(kept) > MOST_TOLD:
        kept.popitem(last=False)


def name_of(said: OrderChanged, names: Container[str] = ()) -> Name:
    """Return the names of an order that was spoken of; ours only where it can be one of ours.

    Args:
        said: What the stream has said.
        names: Those that are ours whatever they look like.
    """
    traded = symbols.perpetual(said.symbol) if said.asset_type == "FUTURE" else symbols.spot(said.symbol)
    name, _ = client_id_of(said.client_order_id.lower())
    ours = name if _OURS.fullmatch(name) or name in names else ""
    return Name(client_order_id=ours, broker_order_id=said.order_id, instrument=traded)


def liquidated(event: OrderEvent) -> OrderEvent:
    """Return an event whose fills say that the venue itself has made them.

    Args:
        event: Of an order that was a liquidation.
    """
    executions = tuple(msgspec.structs.replace(each, note=each.note or LIQUIDATION) for each in event.executions)
    return msgspec.structs.replace(event, executions=executions)
