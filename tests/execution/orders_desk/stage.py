"""A desk over a real ledger, a clock that a test moves, and a broker that hears it and says what a test wants."""

from datetime import timedelta
from decimal import Decimal
from typing import Any, TypeVar

from sqlalchemy import select

from bus.messages.venues import (
    AccountState,
    Answer,
    AskAccount,
    BrokerState,
    CancelOrder,
    Execution,
    LookUpOrder,
    Order,
    OrderEvent,
    PlaceOrder,
    Said,
    Signed,
)
from bus.settings import Secret
from bus.signing import Opener, Signer, derive_key
from execution.orders_desk.desk import OrdersDesk
from execution.settings import Settings
from execution.venue_link import VenueLink
from ledger.portfolio.tables import outbox
from ledger.store import Ledger
from ledger.trading.orders import orders
from ledger.trading.orders.finding import find
from ledger.trading.orders.records import Order as Row
from ledger.trading.principal import SYSTEM
from ledger.trading.tables.catalogue import instruments
from ledger.trading.tables.flow import signals
from ledger.trading.tables.trading import orders as order_table
from ledger.trading.tables.trading import positions, trades
from tests.faults.false_time import FalseTime
from tests.ledger.trading.world import ANNS_ACCOUNT, ANNS_SIGNAL, NOW, TREND, ask, order, rows, work

BROKER = "broker-paper"
MASTER = b"m" * 32
Kind = TypeVar("Kind", bound=Said)


class Wire:
    """Where execution publishes: the broker opens each envelope as it comes."""

    def __init__(self, opener: Opener[Said]) -> None:
        """Hold nothing."""
        self.heard: list[Said] = []
        self._opener = opener

    def publish(self, message: Signed) -> None:
        """Open an envelope."""
        self.heard.append(self._opener.open(message))


class Stage:
    """A desk, and the world around it."""

    def __init__(self, ledger: Ledger) -> None:
        """Start a desk."""
        self.ledger = ledger
        self.time = FalseTime(NOW)
        self.start()

    def start(self) -> None:
        """Begin a new life of the desk's program: all that was in memory is gone."""
        key = derive_key(MASTER, BROKER)
        self.wire = Wire(Opener(key, sender="execution", to=BROKER, kinds=Order.__args__, time=self.time))
        self.link = VenueLink(self.wire, MASTER, time=self.time)  # type: ignore[arg-type]  # it publishes, no more
        self._signer = Signer(key, sender=BROKER, to="execution", time=self.time)
        settings = Settings(trading="paper", order_key=Secret(MASTER.hex()))
        self.desk = OrdersDesk(self.ledger, self.link, settings, self.time)
        self.desk.load()
        self.state: BrokerState | None = None

    def intend(self, **changes: Any) -> Row:
        """Write an intent of Ann's strategy, and do not send it."""
        values: dict[str, Any] = {"strategy": TREND, "signal": ANNS_SIGNAL, "key": None}
        values |= {"meta": {"expected_price": "100"}}
        with work(self.ledger, self.time.now()) as unit:
            return orders.place(SYSTEM, unit, order(**{**values, **changes})).order

    def sent(self, **changes: Any) -> Row:
        """Write an intent, and send it."""
        row = self.intend(**changes)
        self.desk.send(row.uid)
        return row

    def protect(self, stop_loss: str | None = "90", take_profit: str | None = "120") -> None:
        """Let Ann's signal want its position protected."""
        with work(self.ledger) as unit:
            wanted = {
                "stop_loss": None if stop_loss is None else Decimal(stop_loss),
                "take_profit": None if take_profit is None else Decimal(take_profit),
            }
            unit.connection.execute(signals.update().where(signals.c.uid == ANNS_SIGNAL).values(wanted))

    def has_tick(self, size: str) -> None:
        """Let prices of what is traded be multiples of a size."""
        with work(self.ledger) as unit:
            unit.connection.execute(instruments.update().values(tick_size=Decimal(size)))

    def hears(self) -> list[Said]:
        """Return what the broker was told since it was last asked."""
        heard, self.wire.heard = self.wire.heard, []
        return heard

    def hears_only(self, kind: type[Kind]) -> list[Kind]:
        """Return what of one kind the broker was told since it was last asked."""
        return [each for each in self.hears() if isinstance(each, kind)]

    def says(self, *answers: Answer) -> None:
        """Let the broker say something, and the desk take it in."""
        for each in answers:
            opened = self.link.open(self._signer.sign(each))
            assert opened is not None
            self.desk.handle(*opened)
        self.desk.turn()

    def connects(self, boot: str = "1", *, is_connected: bool = True, has_brackets: bool = False) -> None:
        """Let the broker say that it has its venue."""
        since = self.time.now()
        self.state = BrokerState(
            broker=BROKER, boot=boot, is_connected=is_connected, since=since, has_brackets=has_brackets
        )
        self.says(self.state)

    def passes(self, seconds: float, step_s: float = 1.0) -> None:
        """Let time pass, with turns of the desk; a broker that is connected goes on saying so."""
        left = seconds
        while left > 0:
            self.time.move_on(min(step_s, left))
            left -= step_s
            self.says(*([self.state] if self.state else []))

    def row(self, uid: str) -> Row:
        """Return an order's row."""
        return ask(self.ledger, find, SYSTEM, uid)

    def all_orders(self) -> list[Row]:
        """Return all orders, in the order of their writing."""
        return [self.row(each["uid"]) for each in rows(self.ledger, order_table)]

    def held(self) -> list[Decimal]:
        """Return the quantities of all positions."""
        return [each["quantity"] for each in rows(self.ledger, positions)]

    def executions(self) -> int:
        """Count the executions in the books."""
        return len(rows(self.ledger, trades))

    def told(self) -> list[str]:
        """Return the messages in the outbox."""
        with self.ledger.reading() as connection:
            return [str(each) for each in connection.execute(select(outbox.c.text).order_by(outbox.c.id)).scalars()]

    def buttons(self) -> list[Any]:
        """Return what stands under the messages in the outbox."""
        with self.ledger.reading() as connection:
            return list(connection.execute(select(outbox.c.buttons_json).order_by(outbox.c.id)).scalars())


def event(row: Row, status: Any, *fills: Execution, **changes: Any) -> OrderEvent:
    """Return what a venue says of an order."""
    values: dict[str, Any] = {
        "account": ANNS_ACCOUNT,
        "client_order_id": row.client_order_id,
        "broker_order_id": None if status in {"UNKNOWN", "NOWHERE"} else f"venue {row.id}",
        "filled_quantity": sum((each.quantity for each in fills), Decimal(0)),
        "at": NOW,
    }
    return OrderEvent(**{**values, **changes}, status=status, executions=fills)


def fill(number: str, quantity: str = "2", price: str = "100", side: Any = "BUY", **changes: Any) -> Execution:
    """Return an execution."""
    at = NOW + timedelta(seconds=int(number.split(".", maxsplit=1)[0]))
    values: dict[str, Any] = {"fee": Decimal(1), "fee_currency": "USD", "exec_time": at} | changes
    return Execution(broker_trade_id=number, side=side, quantity=Decimal(quantity), price=Decimal(price), **values)


def state(asked: AskAccount, **changes: Any) -> AccountState:
    """Return the answer to a question about an account."""
    values: dict[str, Any] = {"id": asked.id, "account": asked.account, "as_of": NOW, "is_complete": True}
    return AccountState(**{**values, **changes})


__all__ = ["BROKER", "CancelOrder", "LookUpOrder", "PlaceOrder", "Stage", "event", "fill", "state"]
