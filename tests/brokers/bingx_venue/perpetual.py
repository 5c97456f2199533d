"""The broker's orders of perpetuals in front of the pretend BingX, both in the test's own process."""

import contextlib
from collections.abc import AsyncIterator
from decimal import Decimal

import msgspec

from brokers.bingx_venue.account import Account
from brokers.bingx_venue.contracts import Contracts
from brokers.bingx_venue.margin import Margin
from brokers.bingx_venue.perpetuals import Perpetuals
from brokers.bingx_venue.rest import Rest
from brokers.desk.known import Name
from bus.messages.venues import PlaceOrder, Side, Traded
from bus.time_source import SYSTEM_TIME
from sandbox.bingx.orders import Order, Ticket
from tests.brokers.bingx_venue.pretend import Pretend, access, pretend

BITCOIN = Traded(symbol="BTC-USDT", asset_type="FUTURE", currency="USDT", base_currency="BTC")
ACCOUNT = "acc-1"


class Trader:
    """One life of the broker, and what it stands before."""

    def __init__(self, bingx: Pretend, rest: Rest) -> None:
        """Begin to know nothing."""
        self.bingx = bingx
        self.rest = rest
        contracts = Contracts(rest, has_spot=False, time=SYSTEM_TIME)
        self.margin = Margin(rest, contracts)
        self.perpetuals = Perpetuals(rest, contracts, self.margin, account=Account(rest, is_live=False))

    @property
    def orders(self) -> list[Order]:
        """Return the orders that BingX has taken, oldest first."""
        return list(self.bingx.service.gateway.book.orders.values())

    def life(self) -> "Trader":
        """Return the next life of the broker, which knows nothing of this one."""
        return Trader(self.bingx, self.rest)

    def by_hand(self, side: Side, position_side: str, quantity: str, *, kind: str = "", **ticket: object) -> Order:
        """Trade as a person does in the app, or as BingX does by itself."""
        made = Ticket(
            symbol="BTC-USDT", side=side, position_side=position_side, type="MARKET", quantity=Decimal(quantity)
        )
        return self.bingx.service.gateway.book.by_hand(msgspec.structs.replace(made, **ticket), kind=kind)

    def price(self, last: str) -> None:
        """Set what a bitcoin costs."""
        self.bingx.service.change({"prices": self.bingx.state.prices | {"BTC-USDT": last}})

    def calls(self) -> list[str]:
        """Return what was asked of BingX since this was last asked, without its time and its contracts."""
        seen = [f"{each.method} {each.path.rpartition('/openApi/')[2]}" for each in self.bingx.service.requests]
        self.bingx.service.requests.clear()
        return [each for each in seen if "server/time" not in each and "contracts" not in each]


@contextlib.asynccontextmanager
async def trader(**state: object) -> AsyncIterator[Trader]:
    """Run the pretend BingX as a demo, and a life of the broker before it."""
    async with pretend(is_demo=True, **state) as bingx, Rest(access(bingx.service.url, is_live=False)) as rest:
        yield Trader(bingx, rest)


def order(client_order_id: str = "a1", side: Side = "BUY", quantity: str = "0.01", **fields: object) -> PlaceOrder:
    """Return an order of a bitcoin, at the market where nothing else is said."""
    made = PlaceOrder(
        account=ACCOUNT,
        is_live=False,
        client_order_id=client_order_id,
        instrument=BITCOIN,
        side=side,
        type="MARKET",
        time_in_force="GTC",
        quantity=Decimal(quantity),
    )
    return msgspec.structs.replace(made, **fields)


def closing(client_order_id: str = "b1", side: Side = "SELL", quantity: str = "0.01", **fields: object) -> PlaceOrder:
    """Return an order that closes."""
    return order(client_order_id, side, quantity, reduce_only=True, **fields)


def stop_loss(client_order_id: str = "c1", price: str = "80000", quantity: str = "0.01") -> PlaceOrder:
    """Return the stop loss of opening a1."""
    return closing(
        client_order_id, quantity=quantity, type="STOP", stop_price=Decimal(price), leg="STOP_LOSS", parent="a1"
    )


def take_profit(client_order_id: str = "d1", price: str = "90000", quantity: str = "0.01") -> PlaceOrder:
    """Return the take profit of opening a1."""
    return closing(
        client_order_id, quantity=quantity, type="LIMIT", price=Decimal(price), leg="TAKE_PROFIT", parent="a1"
    )


def name_of(placed: PlaceOrder, broker_order_id: str | None = None) -> Name:
    """Return what names an order."""
    return Name(client_order_id=placed.client_order_id, broker_order_id=broker_order_id, instrument=placed.instrument)
