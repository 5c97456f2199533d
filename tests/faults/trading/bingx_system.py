"""A whole system that trades perpetuals at the pretend BingX, in the demo's account.

    with at_bingx(home) as stage:
        stage.bring("1", symbol=BTC, stop_loss="80000")
        stage.wait_done("1")
        stage.must_agree()

Legs that came with their opening bear no name of ours there: they are told apart by their kind and stop price.
"""

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import msgspec

from sandbox.bingx_scene import BEFORE_START, SERVICE, settings
from sandbox.control.client import Sandbox, start
from sandbox.system import clean_environment, supervised
from sandbox.telegram.chat import Sent
from tests.faults.trading.system import SETTINGS, Stage, prepared
from tests.notifier.trading.stage import buttons, first_button

BROKER = "broker-bingx"
BTC, ETH, SOL = "BTCUSDT.P", "ETHUSDT.P", "SOLUSDT.P"
PLACED = "POST /openApi/swap/v2/trade/order"
LEVERAGE = "POST /openApi/swap/v2/trade/leverage"
LEVERAGE_READ = "GET /openApi/swap/v2/trade/leverage"
STOP, TARGET = "80000", "90000"
"""Of a bitcoin, which costs PRICES."""
PRICES = {"BTC-USDT": "82310.5", "ETH-USDT": "2988.9", "SOL-USDT": "141.25"}
OURS = {
    "DEFAULT_BUY_AMOUNT_USD": "600",
    "DEFAULT_MAX_OPEN_POSITIONS": "50",
    "DEFAULT_MAX_DAILY_LOSS": "5000",
    "ORDER_TIMEOUT_SECONDS": "30",
}
WELL: dict[str, object] = {"hold_fills": False, "fill_share": "1"}
LEGS = {
    "STOP_MARKET": "STOP_LOSS",
    "STOP": "STOP_LOSS",
    "TAKE_PROFIT_MARKET": "TAKE_PROFIT",
    "TAKE_PROFIT": "TAKE_PROFIT",
}
RESTS = {"NEW", "PENDING", "PARTIALLY_FILLED"}
ANSWER_S = 30.0


class Fill(msgspec.Struct, frozen=True):
    """A fill, as far as it matters here."""

    volume: Decimal


class Shown(msgspec.Struct, frozen=True, rename="camel"):
    """An order, as far as it matters here."""

    order_id: int
    client_order_id: str
    symbol: str
    side: str
    position_side: str
    type: str
    orig_qty: Decimal
    stop_price: str
    status: str
    fills: list[Fill]

    @property
    def rests(self) -> bool:
        """Whether it may still be filled."""
        return self.status in RESTS

    @property
    def is_ours(self) -> bool:
        """Whether it is of this system: it bears a name, or is a leg."""
        return bool(self.client_order_id) or self.type in LEGS

    def executions(self) -> Iterator[str]:
        """Yield what the broker calls each of its fills: by the order, and how much was filled with it."""
        so_far = Decimal(0)
        for each in self.fills:
            so_far += each.volume
            yield f"{self.order_id}:{so_far.normalize():f}"


class Position(msgspec.Struct, frozen=True, rename="camel"):
    """A position, as far as it matters here."""

    symbol: str
    position_amt: Decimal
    position_side: str


class Leverages(msgspec.Struct, frozen=True):
    """Of the two sides of a symbol."""

    long: int
    short: int


class AtBingx(msgspec.Struct, frozen=True):
    """What BingX has."""

    orders: list[Shown]
    positions: list[Position]
    leverages: dict[str, Leverages]
    margin_modes: dict[str, str]

    def legs(self) -> list[tuple[str, str, Decimal]]:
        """Return the number, the kind and the quantity of each leg that rests, stops first."""
        found = [(str(each.order_id), LEGS[each.type], each.orig_qty) for each in self.orders if _is_leg(each)]
        return sorted(found, key=lambda leg: leg[1])

    def placed(self, *, before: int = 0) -> list[Shown]:
        """Return the orders that are no legs and bear a name of ours, but for the first ones."""
        return [each for each in self.orders[before:] if each.client_order_id and each.type not in LEGS]


class BingxStage(Stage):
    """The system, with BingX in its world."""

    def __init__(self, home: Path, world: Sandbox, port: int) -> None:
        """Watch a system in a folder."""
        super().__init__(home, world, port)
        self.programs = ("hub", "clock", "aggregator", "notifier", "sentinel", "webhook", "execution", BROKER)

    def wait_well(self) -> None:
        """Wait until everybody runs, and execution can trade."""
        self.wait_until(lambda: all(map(self.system.pid, self.programs)), what="everybody runs")
        self.wait_until(lambda: self._health() == "pass", what="the webhook says that all is well")

    def bingx(self) -> AtBingx:
        """Return what BingX has now."""
        return self.world.ask("GET", f"/{SERVICE}", kind=AtBingx)

    def order_bingx(self, what: str, **told: object) -> None:
        """Order something of BingX, such as a trade by hand."""
        self.world.ask("POST", f"/{SERVICE}/{what}", kind=object, body=told)

    def costs(self, symbol: str, price: str) -> None:
        """Set what a symbol costs."""
        self.order_bingx(f"prices/{symbol}", last=price)

    def fault(self, kind: str, **fields: object) -> None:
        """Switch a fault of BingX on."""
        self.world.fault(SERVICE, kind, **fields)

    def well(self) -> None:
        """Switch all of its faults off."""
        self.world.clear(SERVICE)
        self.world.set_state(SERVICE, **WELL)

    def legs(self, number: str) -> list[tuple[str, str, Decimal]]:
        """Return what the books have of the legs that work for an alert, as `AtBingx.legs` has it."""
        query = "SELECT broker_order_id, leg, quantity FROM orders WHERE leg IN ('STOP_LOSS', 'TAKE_PROFIT')"
        mine = "signal_id IN (SELECT id FROM signals WHERE external_id = ?) AND status IN ('NEW', 'PARTIALLY_FILLED')"
        rows = self.rows(f"{query} AND {mine} ORDER BY leg", number)
        return [(str(name), str(leg), Decimal(str(quantity))) for name, leg, quantity in rows]

    def leg_states(self, number: str, leg: str) -> list[str]:
        """Return the states of all legs of a kind that an alert ever had, oldest first."""
        query = (
            "SELECT status FROM orders WHERE leg = ? AND signal_id IN (SELECT id FROM signals WHERE external_id = ?)"
        )
        return [str(status) for (status,) in self.rows(f"{query} ORDER BY id", leg, number)]

    def openings(self, number: str) -> list[str]:
        """Return the states of the orders of an alert that are no legs."""
        query = "SELECT status FROM orders WHERE leg NOT IN ('STOP_LOSS', 'TAKE_PROFIT') AND signal_id"
        return [str(one) for (one,) in self.rows(f"{query} IN (SELECT id FROM signals WHERE external_id = ?)", number)]

    def opened(self, number: str) -> None:
        """Buy a bitcoin's part with stop and target, and wait until both are known to work."""
        self.bring(number, symbol=BTC, stop_loss=STOP, take_profit=TARGET)
        self.wait_done(number)
        self.wait_protected(number)

    def wait_protected(self, number: str) -> None:
        """Wait until the legs of an alert are the ones that rest at BingX, one stop and one target."""
        self.wait_until(lambda: len(self.legs(number)) == 2 and self.legs(number) == self.bingx().legs(), what="legs")

    def question(self, text: str) -> Sent:
        """Type something that asks; return its question."""
        typed = self.world.type(text).message_id
        return self.world.wait_for_message(
            lambda each: each.message_id > typed and bool(buttons(each)), timeout_s=ANSWER_S
        )

    def pressed(self, text: str) -> int:
        """Type something that asks, press its first button, and return the number of its question."""
        question = self.question(text)
        self.world.press(question.message_id, first_button(question))
        return question.message_id

    def flatten(self) -> None:
        """Let all be well, and nothing be held."""
        self.well()
        for symbol, price in PRICES.items():
            self.costs(symbol, price)
        self.wait_well()
        for symbol in self.held():
            name = f"{symbol.replace('-', '')}.P"
            self.wait_until(lambda name=name: self.send_closing(name), what="the close is kept")  # type: ignore[misc]  # bound now
        self.wait_until(lambda: not self.held(), what="nothing is held")
        for each in self.bingx().positions:
            sign = 1 if each.position_side == "SHORT" else -1
            self.order_bingx(
                "trade", symbol=each.symbol, quantity=str(sign * each.position_amt), side=self._side_of(each)
            )
        self.wait_until(lambda: not self.bingx().legs(), what="no leg rests")

    def send_closing(self, symbol: str) -> bool:
        """Send an alert that closes a symbol; return whether it was kept."""
        [(count,)] = self.rows("SELECT count(*) FROM signals")
        return self.sell(f"close {symbol} {count}", symbol=symbol).status == 200

    def must_agree(self) -> None:
        """Make sure that each execution of an order of ours at BingX is one row, and the same is held.

        Raises:
            AssertionError: Something is not so.
        """
        at = self.bingx()
        names = [each.client_order_id for each in at.placed()]
        if len(set(names)) != len(names):
            raise AssertionError(f"an order is placed twice: {at.orders}")
        venue = sorted(name for each in at.orders if each.is_ours for name in each.executions())
        books = sorted(
            str(name) for (name,) in self.rows("SELECT broker_trade_id FROM trades WHERE order_id IS NOT NULL")
        )
        if venue != books:
            raise AssertionError(f"executions at BingX {venue}, in the books {books}")
        if (held := {each.symbol: each.position_amt for each in at.positions}) != self.held():
            raise AssertionError(f"BingX holds {held}, the books {self.held()}")
        self.command("verify-books")

    def _side_of(self, position: Position) -> str:
        """Return the side by which a position is closed by hand."""
        is_dual = self.world.ask("GET", f"/{SERVICE}", kind=Mode).is_dual
        return position.position_side if is_dual else "BOTH"


class Mode(msgspec.Struct, frozen=True):
    """Whether longs and shorts stand beside each other."""

    is_dual: bool


def _is_leg(order: Shown) -> bool:
    """Tell whether an order is a leg that rests."""
    return order.type in LEGS and order.rests


@contextlib.contextmanager
def at_bingx(home: Path, **variables: str) -> Iterator[BingxStage]:
    """Run a system that trades at the pretend BingX, in hedge mode, and its world; it can trade when it is given.

    Args:
        home: An empty folder with a short path.
        variables: Of its `.env`, in place of the usual ones.

    Yields:
        The stage.
    """
    with start(home) as world:
        world.set_state("telegram", flood_control=False)
        made = prepared(home, world, **(SETTINGS | OURS | settings(world) | variables))
        stage = BingxStage(home, world, made.port)
        for typed in BEFORE_START:
            command = [sys.executable, "-m", "launch", "ledger", *typed]
            subprocess.run(command, cwd=home, env=clean_environment(), check=True, timeout=60)
        with supervised(home, world):
            stage.wait_well()
            stage.system.wait_for_log(BROKER, "connected", timeout_s=60)
            yield stage
