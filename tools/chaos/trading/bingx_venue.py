"""The pretend BingX: the real broker of BingX trades perpetuals there, in the demo's account."""

import contextlib
import random
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import msgspec

from brokers import bingx
from ledger.store import Ledger
from sandbox.bingx_scene import BEFORE_START, SERVICE, settings
from sandbox.control.client import Sandbox
from sandbox.system import clean_environment
from tools.chaos.trading.venue import AtVenue, Disturbance, Goods, Lift, VenueOrder

SYMBOLS = ("BTCUSDT.P", "ETHUSDT.P", "SOLUSDT.P")
AT_VENUE = ("BTC-USDT", "ETH-USDT", "SOL-USDT")
PRICE, TICK = Decimal(1000), Decimal("0.1")
WALLET = "10000000000"
WELL: dict[str, object] = {"hold_fills": False, "fill_share": "1", "canceled_as": "CANCELLED", "resting_as": "NEW"}
PLACING = "POST /openApi/swap/v2/trade/order"
LISTS = ("positions", "openOrders", "allFillOrders", "trade/order", "balance")
LEGS = frozenset({"STOP_MARKET", "STOP", "TAKE_PROFIT_MARKET", "TAKE_PROFIT"})
SMALLER = "s"
"""Ends the name of a leg that was made anew, smaller than it was asked for."""
COMMAND_S = 60.0
Fields = dict[str, object]


class Fill(msgspec.Struct, frozen=True):
    """A fill as the control port shows it, as far as it matters here."""

    volume: Decimal


class Shown(msgspec.Struct, frozen=True, rename="camel"):
    """An order as the control port shows it, as far as it matters here."""

    order_id: int
    client_order_id: str
    side: str
    type: str
    orig_qty: Decimal
    fills: list[Fill]

    def executions(self) -> Iterator[str]:
        """Yield what the broker calls each of its fills: by the order, and how much was filled with it."""
        so_far = Decimal(0)
        for each in self.fills:
            so_far += each.volume
            yield f"{self.order_id}:{so_far.normalize():f}"


class Position(msgspec.Struct, frozen=True, rename="camel"):
    """A position as the control port shows it, as far as it matters here."""

    symbol: str
    position_amt: Decimal
    position_side: str


class Account(msgspec.Struct, frozen=True):
    """What the control port tells of the account."""

    orders: list[Shown]
    positions: list[Position]


class BingxVenue:
    """It runs among the pretend world's services, rich, without limits of its own but BingX's."""

    broker = bingx.PROCESS
    goods = Goods(symbols=SYMBOLS, price=PRICE, step=Decimal("0.01"))
    per_second = 1.0

    def __init__(self, sandbox: Sandbox, *, is_dual: bool) -> None:
        """Set all prices, the position mode, and enough money.

        Args:
            sandbox: The pretend world.
            is_dual: Whether the account is in hedge mode.
        """
        self.settings = settings(sandbox)
        self._sandbox = sandbox
        sandbox.set_state(SERVICE, wallet=WALLET, is_dual=is_dual, **WELL)
        quote = {"last": str(PRICE), "bid": str(PRICE - TICK), "ask": str(PRICE), "mark": str(PRICE)}
        for symbol in AT_VENUE:
            sandbox.ask("POST", f"/{SERVICE}/prices/{symbol}", kind=object, body=quote)

    def prepare(self, home: Path) -> None:
        """Make the account before the start, as an owner may: it is then the default one."""
        for typed in BEFORE_START:
            command = [sys.executable, "-m", "launch", "ledger", *typed]
            subprocess.run(command, cwd=home, env=clean_environment(), check=True, timeout=COMMAND_S)

    def draw(self, chance: random.Random) -> Disturbance:
        """Let answers be lost, late or refused, fills come in parts, lists fail, the stream lie, or all be away."""
        times, seconds = chance.randint(1, 3), chance.uniform(1.0, 6.0)
        kinds: list[tuple[str, Fields]] = [
            ("after", {"path": PLACING, "times": times}),
            ("after", {"path": PLACING, "times": times, "status": 502}),
            ("after", {"path": PLACING, "times": times, "seconds": 12.0}),
            ("after", {"path": PLACING, "times": times, "code": "100500"}),
            ("after", {"path": PLACING, "times": times, "code": "109201"}),
            ("after", {"path": "POST /openApi/swap/v2/trade/leverage", "times": times}),
            ("code", {"path": PLACING, "times": times, "code": chance.choice(("100500", "100410", "101204"))}),
            ("code", {"path": "DELETE", "times": times, "code": "100500"}),
            ("ban", {"seconds": round(seconds, 1), "times": 1}),
            ("forget", {"seconds": 2.0, "times": times}),
            ("late_fills", {"seconds": 2.0, "times": times}),
            ("partly", {"times": times}),
            ("crosses", {"times": times}),
            ("refuse_leg", {"times": times}),
            ("lose_leg", {"times": times}),
            ("empty_with_error", {"path": "positions", "times": times}),
            ("status", {"path": chance.choice(LISTS), "times": times, "status": 503}),
            ("garbage", {"path": chance.choice(LISTS), "times": times}),
            ("cut", {"path": chance.choice(LISTS), "times": times}),
            ("refuse", {}),
            ("hang", {"path": "/openApi"}),
            ("stream_silent", {}),
            ("stream_twice", {}),
            ("stream_garbage", {}),
            ("stream_cut", {}),
            ("stream_first", {"path": "/openApi/swap/v2/trade/order"}),
            ("state", {"fill_share": "0.5"}),
            ("state", {"hold_fills": True}),
            ("state", {"canceled_as": "CANCELED", "resting_as": "PENDING"}),
        ]
        what, fields = chance.choice(kinds)
        return Disturbance(target="venue", what=what, fields=fields, lasts_s=seconds)

    def begin(self, disturbance: Disturbance) -> Lift:
        """Switch a fault on, or change how it behaves."""
        if disturbance.what == "state":
            self._sandbox.set_state(SERVICE, **disturbance.fields)
        else:
            self._sandbox.fault(SERVICE, disturbance.what, **disturbance.fields)
        return self.clear

    def clear(self) -> None:
        """Switch all faults off."""
        self._sandbox.clear(SERVICE)
        self._sandbox.set_state(SERVICE, **WELL)

    def read(self, _ledger: Ledger) -> AtVenue:
        """Read what it has; there is one account. Legs that came with their opening have no name of their own."""
        account = self._sandbox.ask("GET", f"/{SERVICE}", kind=Account)
        held: dict[str, Decimal] = {}
        for each in account.positions:
            sign = -1 if each.position_side == "SHORT" else 1
            held[each.symbol] = held.get(each.symbol, Decimal(0)) + sign * each.position_amt
        return AtVenue(
            orders=[
                VenueOrder(
                    client_id=each.client_order_id.removesuffix(SMALLER),
                    quantity=each.orig_qty,
                    opens=each.side == "BUY" and each.type not in LEGS,
                )
                for each in account.orders
                if each.client_order_id
            ],
            executions=[name for each in account.orders for name in each.executions()],
            held={symbol: quantity for symbol, quantity in held.items() if quantity},
        )


@contextlib.contextmanager
def bingx_venue(sandbox: Sandbox, *, is_dual: bool) -> Iterator[BingxVenue]:
    """Trade at the pretend BingX.

    Args:
        sandbox: The pretend world, which has it.
        is_dual: Whether the account is in hedge mode.
    """
    yield BingxVenue(sandbox, is_dual=is_dual)
