"""The broker of BingX in front of the pretend BingX, as its tests try it."""

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import httpx
import msgspec
import pytest

from bus.connection import Bus
from bus.messages.venues import PlaceOrder, Said, Signed, Traded
from sandbox.bingx.state import API_KEY, API_SECRET, UID
from sandbox.control.client import Sandbox
from tests.brokers.pretend_execution import Execution, market
from tests.brokers.subject import BrokerSubject, limit

BINGX = "bingx"
NUMBER = f"VST{UID}"
BITCOIN = Traded(symbol="BTC-USDT", asset_type="FUTURE", currency="USDT", base_currency="BTC")
MARK = "s"
"""Ends the name of an order that was made smaller than asked."""


class AtVenue(msgspec.Struct, rename="camel"):
    """An order as the pretend BingX shows it."""

    order_id: int
    client_order_id: str
    type: str
    side: str
    position_side: str
    orig_qty: str
    executed_qty: str
    stop_price: str
    status: str
    reduce_only: bool

    @property
    def quantity(self) -> Decimal:
        """How much of it was ordered."""
        return Decimal(self.orig_qty)


class Leverages(msgspec.Struct):
    """Of the two sides."""

    long: int
    short: int


class Shown(msgspec.Struct):
    """What the pretend BingX has."""

    orders: list[AtVenue]
    leverages: dict[str, Leverages]
    margin_modes: dict[str, str]


class NumberedExecution(Execution):
    """Execution, which names the account's number in each order, as it was set up with it."""

    def say(self, said: Said) -> Signed:
        """Sign something and say it; return the envelope."""
        if isinstance(said, PlaceOrder) and not said.number:
            said = msgspec.structs.replace(said, number=NUMBER)
        return super().say(said)


class BingxSubject(BrokerSubject):
    """The program, and what is behind it."""

    program = "broker-bingx"
    module = "brokers.bingx"
    instrument = BITCOIN
    symbol = "BTCUSDT.P"

    @pytest.fixture(autouse=True)
    def _world(self, sandbox: Sandbox, home: Path) -> None:
        """Let the methods below reach the pretend world and the program's folder."""
        self.venue, self.home = sandbox, home
        sandbox.set_state(BINGX, is_demo=True)

    @pytest.fixture
    def execution(self, bus: Bus) -> Execution:
        """Give execution's side of the bus."""
        return NumberedExecution(bus, self.program)

    def environment(self) -> dict[str, str]:
        """Return the variables of the program, without its key."""
        url = self.venue.addresses[BINGX]
        return {
            "TRADING": "paper",
            "BINGX_API_KEY": API_KEY,
            "BINGX_API_SECRET": API_SECRET,
            "BINGX_BASE_URL": url,
            "BINGX_WS_URL": f"{url.replace('http', 'ws', 1)}/swap-market",
        }

    def shown(self) -> Shown:
        """Return what BingX has."""
        answer = httpx.get(f"{self.venue.addresses['control']}/{BINGX}", trust_env=False)
        return msgspec.json.decode(answer.content, type=Shown)

    def orders_at_venue(self) -> int:
        """Return how many orders BingX has taken from us."""
        return len([each for each in self.shown().orders if each.client_order_id])

    def at_venue(self, order: PlaceOrder) -> Sequence[AtVenue]:
        """Return the orders at BingX that bear our name for an order."""
        return [
            each for each in self.shown().orders if each.client_order_id.removesuffix(MARK) == order.client_order_id
        ]

    def resting_order(self, client_order_id: str) -> PlaceOrder:
        """Return an order that rests at the present price."""
        return limit(market(client_order_id, self.instrument, quantity="0.1"), "80000")

    def reach_resting_order(self) -> None:
        """Move the price to where that order fills."""
        self.price("79990")

    def price(self, last: str) -> None:
        """Set what a bitcoin costs."""
        self.control("prices/BTC-USDT", last=last)

    def control(self, path: str, **body: str | float | bool) -> None:
        """Order something of BingX on its control port."""
        answer = httpx.post(f"{self.venue.addresses['control']}/{BINGX}/{path}", json=body, trust_env=False)
        assert answer.status_code < 300, answer.text
