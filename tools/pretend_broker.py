"""A broker of the pretend venue, as small as a broker can be: a program of its own.

The brokers' contract is tried on it, and the chaos run of trading puts it in the paper broker's place.
"""

import asyncio
import os
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from decimal import Decimal

import httpx
import msgspec

from brokers.desk.pace import Pace
from brokers.loop import serve
from brokers.venue import Busy, Denied, Malformed, Margins, OrderName, Refused, Unknown, VenueError
from bus.messages.venue_accounts import Cash, CashEvent, Held, Working
from bus.messages.venues import AssetType, Execution, InstrumentState, OrderEvent, PlaceOrder, Quote, Traded
from bus.process import run
from bus.time_source import SYSTEM_TIME
from sandbox.pretend_venue.book import Event, Fill, Order
from sandbox.pretend_venue.book import Quote as VenueQuote

NAME = "broker-pretend"
WINDOW = timedelta(seconds=1.5)
PACE = Pace(call_s=1.5, check_s=1.0, hurry_s=0.3, first_reconnect_s=0.3, longest_look_s=1.0, quote_s=2.0)


class Events(msgspec.Struct):
    """A piece of the venue's stream."""

    events: tuple[Event, ...]
    next: int


def event_of(account: str, order: Order) -> OrderEvent:
    """Return an order of the venue as the bus says it."""
    return OrderEvent(
        account=account,
        client_order_id=order.asked.client_id,
        broker_order_id=order.id,
        status=order.status,
        at=order.at,
        executions=tuple(map(execution_of, order.fills)),
        filled_quantity=order.filled,
    )


def execution_of(fill: Fill) -> Execution:
    """Return a fill of the venue as the bus says it."""
    return Execution(
        broker_trade_id=fill.id,
        execution=fill.name,
        revision=fill.revision,
        side="BUY" if fill.side == "BUY" else "SELL",
        quantity=fill.quantity,
        price=fill.price,
        exec_time=fill.at,
        fee=fill.fee,
        fee_currency="USDT",
        client_order_id=fill.client_id,
        instrument=traded(fill.symbol),
        note=fill.note,
    )


def traded(symbol: str) -> Traded:
    """Return an instrument by the venue's name."""
    return Traded(symbol=symbol, asset_type="FUTURE", currency="USDT", base_currency=symbol.partition("-")[0])


class PretendVenue:
    """One account of the pretend venue, over HTTP."""

    number = ""
    has_reduce_only = True
    has_brackets = False
    margins: Margins | None = None

    def __init__(self, url: str) -> None:
        """Ask nobody yet."""
        self._client = httpx.AsyncClient(base_url=url, timeout=5, trust_env=False)

    async def connect(self) -> bool | None:
        """See that it answers, and what the account is."""
        return bool((await self._read("/whoami"))["is_live"])

    async def place(self, order: PlaceOrder) -> OrderEvent:
        """Place an order; what has no clear answer is Unknown."""
        body = {
            "client_id": order.client_order_id,
            "symbol": order.instrument.symbol,
            "side": order.side,
            "type": order.type,
            "quantity": order.quantity,
            "price": order.price,
            "stop_price": order.stop_price,
            "reduce_only": order.reduce_only,
            "leg": order.leg,
        }
        try:
            answer = await self._client.post(f"/accounts/{order.account}/orders", content=msgspec.json.encode(body))
        except httpx.ConnectError:
            raise Busy("unreachable") from None
        except httpx.HTTPError as error:
            raise Unknown("timeout", code=type(error).__name__) from None
        if answer.status_code == 429:
            raise Busy("rate limited", retry_after_s=float(answer.headers["Retry-After"]))
        if answer.status_code == 422:
            raise Refused(answer.json()["text"])
        if answer.status_code != 200:
            raise Unknown("not clear", code=f"HTTP {answer.status_code}")
        return event_of(order.account, decode_order(answer.content))

    async def cancel(self, account: str, order: OrderName) -> OrderEvent:
        """Cancel an order."""
        try:
            answer = await self._client.delete(f"/accounts/{account}/orders/{order.client_order_id}")
        except httpx.HTTPError as error:
            raise Unknown("timeout", code=type(error).__name__) from None
        if answer.status_code == 404:
            raise Refused("no such order")
        if answer.status_code != 200:
            raise Unknown("not clear", code=f"HTTP {answer.status_code}")
        return event_of(account, decode_order(answer.content))

    async def find(self, account: str, order: OrderName) -> OrderEvent | None:
        """Find an order."""
        answer = await self._get(f"/accounts/{account}/orders/{order.client_order_id}")
        if answer.status_code == 404:
            return None
        return event_of(account, decode_order(answer.content))

    def is_surely_nowhere(self, *, placed_at: datetime, looked: int, now: datetime) -> bool:
        """Tell whether two looks after the window have not found it."""
        return looked >= 2 and now - placed_at > WINDOW

    async def executions(self, account: str, since: datetime) -> tuple[Execution, ...]:
        """Read all fills."""
        fills = msgspec.convert((await self._read(f"/accounts/{account}/executions"))["items"], list[Fill])
        return tuple(execution_of(fill) for fill in fills if fill.at >= since)

    def reach(self, now: datetime) -> datetime | None:  # noqa: ARG002 - it keeps them all
        """Tell how far back fills are told."""
        return None

    async def working(self, account: str) -> tuple[Working, ...]:
        """Read what rests."""
        orders = msgspec.convert((await self._read(f"/accounts/{account}/working"))["items"], list[Order])
        return tuple(
            Working(
                instrument=traded(each.asked.symbol),
                client_order_id=each.asked.client_id,
                broker_order_id=each.id,
                side=each.asked.side,
                type=each.asked.type,
                quantity=each.asked.quantity,
                filled_quantity=each.filled,
                stop_price=each.asked.stop_price,
            )
            for each in orders
        )

    async def positions(self, account: str) -> tuple[Held, ...]:
        """Read what is held; an error beside an empty list is an error."""
        answer = await self._read(f"/accounts/{account}/positions")
        if answer.get("error"):
            raise Busy("positions cannot be read")
        pairs = msgspec.convert(answer["items"], list[tuple[str, str]])
        return tuple(Held(instrument=traded(symbol), quantity=Decimal(held)) for symbol, held in pairs)

    async def balances(self, account: str) -> tuple[Cash, ...]:
        """Read the money."""
        pairs = msgspec.convert((await self._read(f"/accounts/{account}/balances"))["items"], list[tuple[str, str]])
        return tuple(Cash(currency=name, cash=Decimal(cash), available=Decimal(cash)) for name, cash in pairs)

    async def cash_events(self, account: str, since: datetime) -> tuple[CashEvent, ...]:  # noqa: ARG002 - the protocol's
        """Return nothing: there is no money here that comes or goes without an order."""
        return ()

    async def quote(self, account: str, instrument: Traded) -> Quote:
        """Ask what it costs."""
        answer = await self._get(f"/quotes/{instrument.symbol}")
        if answer.status_code == 404:
            raise Refused("no such symbol")
        found = msgspec.json.decode(answer.content, type=VenueQuote)
        now = SYSTEM_TIME.now()
        return Quote(
            account=account,
            instrument=instrument,
            bid=found.bid,
            ask=found.ask,
            last=found.last,
            as_of=now,
            source="pretend",
        )

    async def instrument(
        self,
        account: str,
        symbol: str,
        exchange: str | None,  # noqa: ARG002 - it has one
        *,
        kind: AssetType | None = None,  # noqa: ARG002 - a symbol stands for one kind here
    ) -> InstrumentState:
        """Find a symbol."""
        answer = await self._get(f"/instruments/{symbol}")
        if answer.status_code == 404:
            return InstrumentState(id="", account=account, symbol=symbol, instrument=None, reason="not known")
        found = answer.json()
        return InstrumentState(
            id="",
            account=account,
            symbol=symbol,
            instrument=traded(found["symbol"]),
            quantity_step=Decimal(found["step"]),
            is_always_open=True,
        )

    def hindrance(self) -> VenueError | None:
        """Tell that nothing hinders."""
        return None

    async def events(self) -> AsyncIterator[OrderEvent]:
        """Follow the stream."""
        after = 0
        while True:
            answer = await self._get("/events", after=after)
            told = msgspec.json.decode(answer.content, type=Events)
            for each in told.events:
                yield event_of(each.account, each.order)
            after = told.next
            await asyncio.sleep(0.05)

    async def _read(self, path: str) -> dict[str, object]:
        """Return an answer that must be there."""
        found: dict[str, object] = (await self._get(path)).json()
        return found

    async def _get(self, path: str, **query: int) -> httpx.Response:
        """Ask; 200 and 404 are answers."""
        try:
            answer = await self._client.get(path, params=query)
        except httpx.HTTPError as error:
            raise Busy("unreachable", code=type(error).__name__) from None
        if answer.status_code in {401, 403}:
            raise Denied("no permission")
        if answer.status_code >= 500:
            raise Busy("not well", code=f"HTTP {answer.status_code}")
        if answer.status_code not in {200, 404}:
            raise Malformed("bad answer", code=f"HTTP {answer.status_code}")
        return answer


decode_order = msgspec.json.Decoder(Order).decode


def main() -> None:
    """Serve the pretend venue."""
    key = bytes.fromhex(os.environ["ORDER_KEY"])
    serve(NAME, PretendVenue(os.environ["VENUE_URL"]), key=key, accounts=("acc-1",), pace=PACE)


if __name__ == "__main__":
    run(main, name=NAME)
