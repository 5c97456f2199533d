"""The broker of Interactive Brokers in front of the pretend gateway, as its tests try it."""

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import msgspec
import pytest

from bus.connection import Bus
from bus.messages.venues import PlaceOrder, Said, Signed, Traded
from sandbox.control.client import Sandbox
from tests.brokers.pretend_execution import Execution, market
from tests.brokers.subject import BrokerSubject, limit

GATEWAY = "ibgateway"
NUMBER = "DU1234567"
FRACTIONS = Traded(symbol="FRAC", asset_type="EQUITY", currency="USD", exchange="NASDAQ")
SHARE = Traded(symbol="AAPL", asset_type="EQUITY", currency="USD", exchange="NASDAQ")


class AtVenue(msgspec.Struct):
    """An order as the pretend gateway shows it."""

    perm_id: int
    order_id: int
    ref: str
    quantity: Decimal
    oca_group: str
    status: str
    filled: Decimal


class Shown(msgspec.Struct):
    """What the pretend gateway has."""

    orders: list[AtVenue]
    positions: dict[str, Decimal]


class NumberedExecution(Execution):
    """Execution, which names the account's number in each order, as it was set up with it."""

    def say(self, said: Said) -> Signed:
        """Sign something and say it; return the envelope."""
        if isinstance(said, PlaceOrder) and not said.number:
            said = msgspec.structs.replace(said, number=NUMBER)
        return super().say(said)


class IbkrSubject(BrokerSubject):
    """The program, and what is behind it."""

    program = "broker-ibkr"
    module = "brokers.ibkr"
    instrument = FRACTIONS
    symbol = "FRAC"

    @pytest.fixture(autouse=True)
    def _world(self, sandbox: Sandbox, home: Path) -> None:
        """Let the methods below reach the pretend world and the program's folder."""
        self.venue, self.home = sandbox, home

    @pytest.fixture
    def execution(self, bus: Bus) -> Execution:
        """Give execution's side of the bus."""
        return NumberedExecution(bus, self.program)

    def environment(self) -> dict[str, str]:
        """Return the variables of the program, without its key."""
        address = urlsplit(self.venue.addresses[GATEWAY])
        return {
            "TRADING": "paper",
            "IB_ACCOUNT": NUMBER,
            "IB_HOST": str(address.hostname),
            "IB_PORT": str(address.port),
            "IB_FRACTIONAL": "yes",
        }

    def shown(self) -> Shown:
        """Return what the gateway has."""
        answer = httpx.get(f"{self.venue.addresses['control']}/{GATEWAY}", trust_env=False)
        return msgspec.json.decode(answer.content, type=Shown, strict=False)

    def orders_at_venue(self) -> int:
        """Return how many orders the gateway has taken from us."""
        return len([each for each in self.shown().orders if each.ref])

    def at_venue(self, order: PlaceOrder) -> Sequence[AtVenue]:
        """Return the orders at the gateway that bear our name for an order."""
        return [each for each in self.shown().orders if each.ref.rstrip("~") == order.client_order_id]

    def resting_order(self, client_order_id: str) -> PlaceOrder:
        """Return an order that rests at the present price."""
        return limit(market(client_order_id, self.instrument, quantity="0.1"), "90")

    def reach_resting_order(self) -> None:
        """Move the price to where that order fills."""
        self.control("quotes/FRAC", bid="89.98", ask="89.99", last="89.98")

    def control(self, path: str, **body: str | float) -> None:
        """Order something of the gateway on its control port."""
        answer = httpx.post(f"{self.venue.addresses['control']}/{GATEWAY}/{path}", json=body, trust_env=False)
        answer.raise_for_status()
