"""The pretend venue of the tests: its prices, its troubles, its book."""

import contextlib
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import msgspec

from brokers import paper
from ledger.store import Ledger
from sandbox.control.client import Sandbox
from sandbox.pretend_venue.book import Order
from sandbox.system import ROOT
from tools.chaos.trading.evidence import accounts_of
from tools.chaos.trading.venue import AtVenue, Disturbance, Goods, Lift, VenueOrder
from tools.chaos.trading.verdict import LEGS

COINS = tuple(f"C{number:02}" for number in range(1, 13))
PRICE = Decimal(100)
BROKER = "-m launch broker-paper"
OURS = "-m tools.chaos.trading.pretend.broker launch"
ORDERS = "/orders"
READY_S, LOOK_S = 90.0, 0.1
Fields = dict[str, object]


class PretendVenue:
    """It runs, and every coin has its price."""

    broker = paper.PROCESS
    goods = Goods(symbols=tuple(f"{coin}USDT" for coin in COINS), price=PRICE, step=Decimal("0.001"))
    per_second = 8.0

    def __init__(self, port: Sandbox) -> None:
        """Talk to its control port, and set all prices.

        Args:
            port: A client of it.
        """
        self.settings = {"PAPER_QUOTES_URL": port.addresses["venue"]}
        self._port = port
        quote = {"bid": str(PRICE - 1), "ask": str(PRICE), "last": str(PRICE)}
        for coin in COINS:
            port.ask("POST", f"/venue/quotes/{coin}-USDT", kind=object, body=quote)

    def prepare(self, home: Path) -> None:
        """Put its broker into the paper broker's place."""
        conf = home / "supervisord.conf"
        conf.write_text(conf.read_text().replace(BROKER, OURS))

    def draw(self, chance: random.Random) -> Disturbance:
        """Let it lose answers, fill partly, answer late or twice, forget for a while, or be away."""
        times = chance.randint(1, 4)
        kinds: list[tuple[str, Fields]] = [
            ("reset_after", {"path": ORDERS, "times": times}),
            ("slow", {"path": ORDERS, "seconds": round(chance.uniform(0.5, 4.0), 1)}),
            ("hang", {"path": ORDERS}),
            ("status", {"path": ORDERS, "status": 503}),
            ("duplicate", {"times": times}),
            ("forget", {"seconds": 2.0, "times": times}),
            ("partly", {"times": times}),
            ("silent", {}),
            ("twice", {}),
            ("ban", {"seconds": 2.0, "times": times}),
            ("refuse_leg", {"times": 1}),
            ("empty_with_error", {}),
            ("cut", {"path": ORDERS, "times": times}),
            ("refuse", {}),
            ("reset", {}),
        ]
        what, fields = chance.choice(kinds)
        return Disturbance(target="venue", what=what, fields=fields, lasts_s=chance.uniform(1.0, 6.0))

    def begin(self, disturbance: Disturbance) -> Lift:
        """Switch a fault on."""
        self._port.fault("venue", disturbance.what, **disturbance.fields)
        return self.clear

    def clear(self) -> None:
        """Switch all faults off."""
        self._port.clear("venue")

    def read(self, ledger: Ledger) -> AtVenue:
        """Read its books, those of all accounts together."""
        found = [self._port.ask("GET", f"/venue/{uid}", kind=_Account) for uid in accounts_of(ledger)]
        held: dict[str, Decimal] = {}
        for symbol, quantity in (each for account in found for each in account.positions.items()):
            held[symbol] = held.get(symbol, Decimal(0)) + quantity
        return AtVenue(
            orders=[
                VenueOrder(
                    client_id=each.asked.client_id,
                    quantity=each.asked.quantity,
                    opens=each.asked.side == "BUY" and each.asked.leg not in LEGS,
                )
                for account in found
                for each in account.orders
            ],
            executions=[fill.id for account in found for order in account.orders for fill in order.fills],
            held={symbol: quantity for symbol, quantity in held.items() if quantity},
        )


class _Account(msgspec.Struct, frozen=True):
    """What the control port answers."""

    orders: list[Order]
    positions: dict[str, Decimal]


@contextlib.contextmanager
def pretend_venue(home: Path) -> Iterator[PretendVenue]:
    """Run the pretend venue.

    Args:
        home: Where it writes its address.
    """
    file = home / "venue.json"
    command = [sys.executable, "-m", "sandbox.pretend_venue", "--addresses", str(file)]
    with subprocess.Popen(command, cwd=ROOT) as process:
        try:
            _wait_for(file)
            yield PretendVenue(Sandbox(msgspec.json.decode(file.read_bytes(), type=dict[str, str])))
        finally:
            if process.poll() is not None:
                ended = f"the pretend venue has ended by itself ({process.returncode}): this run says nothing"
                print(ended, flush=True)
            process.kill()


def _wait_for(file: Path) -> None:
    """Wait until the pretend venue has written where it listens; raises TimeoutError where it does not."""
    until = time.monotonic() + READY_S
    while not file.exists():
        if time.monotonic() > until:
            raise TimeoutError("the pretend venue does not listen")
        time.sleep(LOOK_S)
