"""The pretend IB Gateway: the real broker of Interactive Brokers speaks to it."""

import contextlib
import random
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import msgspec

from brokers import ibkr
from ledger.store import Ledger
from sandbox.control.client import Sandbox
from sandbox.shares_scene import SERVICE, settings
from tools.chaos.trading.venue import AtVenue, Disturbance, Goods, Lift, VenueOrder, nothing

SYMBOLS = ("AAPL", "MSFT", "SPY", "FRAC")
PRICE = Decimal(100)
CASH = "10000000000"
WELL: dict[str, object] = {"fill_share": "1", "hold_fills": False, "commissions_after_s": 0}
LISTS = ("openOrders", "completedOrders", "executions", "positions")
LEGS = frozenset({"STP", "LMT", "STP LMT"})
AWAY, LONG_S = frozenset({"refuse", "silent", "lost_servers", "hang"}), 20.0
"""What lasts long now and then, so that the broker's pauses grow."""
Fields = dict[str, object]


class Shown(msgspec.Struct, frozen=True):
    """An order as the control port shows it, as far as it matters here."""

    perm_id: int
    ref: str
    action: str
    type: str
    quantity: Decimal
    status: str
    filled: Decimal


class ShownExecution(msgspec.Struct, frozen=True):
    """An execution as the control port shows it, as far as it matters here."""

    id: str


class Account(msgspec.Struct, frozen=True):
    """What the control port tells of the account."""

    orders: list[Shown]
    executions: list[ShownExecution]
    positions: dict[str, Decimal]


class IbVenue:
    """It runs among the pretend world's services, rich, open around the clock."""

    broker = ibkr.PROCESS
    goods = Goods(symbols=SYMBOLS, price=PRICE, step=Decimal(1))
    per_second = 1.5

    def __init__(self, sandbox: Sandbox) -> None:
        """Set all prices, and enough cash.

        Args:
            sandbox: The pretend world.
        """
        self.settings = settings(sandbox)
        self._sandbox = sandbox
        sandbox.set_state(SERVICE, cash=CASH, **WELL)
        quote = {"bid": str(PRICE - Decimal("0.01")), "ask": str(PRICE), "last": str(PRICE)}
        for symbol in SYMBOLS:
            sandbox.ask("POST", f"/{SERVICE}/quotes/{symbol}", kind=object, body=quote)

    def prepare(self, home: Path) -> None:
        """Change nothing: its broker is the product's own."""

    def draw(self, chance: random.Random) -> Disturbance:
        """Let connections be cut around an order, lists never come, orders fill partly or be refused, or restart it."""
        times, seconds, maybe = chance.randint(1, 3), chance.uniform(1.0, 6.0), chance.choice(("", "yes"))
        kinds: list[tuple[str, Fields]] = [
            ("lose_order", {"times": times}),
            ("drop_after_order", {"times": times}),
            ("drop_after_order", {"times": times}),
            ("half_frame", {"times": 1}),
            ("restart", {"seconds": round(seconds, 1), "body": maybe}),
            ("hang", {}),
            ("lost_servers", {"code": chance.choice(("", "1101")), "body": maybe}),
            ("silent", {}),
            ("refuse", {}),
            ("client_id_taken", {}),
            ("unanswered", {"path": chance.choice(LISTS)}),
            ("reject", {"times": times, "code": "201"}),
            ("late_perm_id", {}),
            ("forget", {"seconds": 2.0, "times": times}),
            ("refuse_cancel", {"times": times, "code": chance.choice(("10147", "10148", "161"))}),
            ("slow_cancel", {"times": times}),
            ("unheard", {}),
            ("twice", {}),
            ("backwards", {}),
            ("competing", {}),
            ("state", {"fill_share": "0.5"}),
            ("state", {"hold_fills": True}),
            ("state", {"commissions_after_s": 3}),
            ("correct", {"price": str(PRICE - chance.randint(1, 3))}),
        ]
        what, fields = chance.choice(kinds)
        if what in AWAY and chance.random() < 0.25:
            seconds = LONG_S
        return Disturbance(target="venue", what=what, fields=fields, lasts_s=0.0 if what == "correct" else seconds)

    def begin(self, disturbance: Disturbance) -> Lift:
        """Switch a fault on, change how it behaves, or correct an execution."""
        fields = disturbance.fields
        match disturbance.what:
            case "correct":
                self._correct(fields)
                return nothing
            case "state":
                self._sandbox.set_state(SERVICE, **fields)
            case what:
                self._sandbox.fault(SERVICE, what, **fields)
        return self.clear

    def clear(self) -> None:
        """Switch all faults off, and end what was only said to be ended."""
        self._sandbox.clear(SERVICE)
        self._sandbox.set_state(SERVICE, **WELL)
        for order in self._account().orders:
            if order.status == "PendingCancel":
                self._sandbox.ask("POST", f"/{SERVICE}/orders/{order.perm_id}/cancel", kind=object, body={})

    def read(self, _ledger: Ledger) -> AtVenue:
        """Read what it has; there is one account."""
        account = self._account()
        return AtVenue(
            orders=[
                VenueOrder(
                    client_id=each.ref,
                    quantity=each.quantity,
                    opens=each.action == "BUY" and each.type not in LEGS,
                )
                for each in account.orders
            ],
            executions=[each.id for each in account.executions],
            held={symbol: quantity for symbol, quantity in account.positions.items() if quantity},
        )

    def _account(self) -> Account:
        """Ask the control port for all."""
        return self._sandbox.ask("GET", f"/{SERVICE}", kind=Account)

    def _correct(self, fields: Fields) -> None:
        """Correct the price of the newest order that was filled."""
        filled = [each for each in self._account().orders if each.filled and each.ref]
        if filled:
            path = f"/{SERVICE}/orders/{filled[-1].perm_id}/correct"
            self._sandbox.ask("POST", path, kind=object, body=fields)


@contextlib.contextmanager
def ib_venue(sandbox: Sandbox) -> Iterator[IbVenue]:
    """Trade at the pretend gateway.

    Args:
        sandbox: The pretend world, which has it.
    """
    yield IbVenue(sandbox)
