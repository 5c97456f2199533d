"""Both desks over a real ledger and inbox, a clock that a test moves, and a venue that does what a test has told it."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec
from sqlalchemy import select

from bus.broker_names import default_program
from bus.chats import ChatIds
from bus.messages.venue_accounts import AccountState, AskAccount, Cash, Held
from bus.messages.venue_talk import Answer, Order
from bus.messages.venues import (
    AskInstrument,
    AskMargin,
    AskQuote,
    BrokerState,
    CancelOrder,
    Execution,
    InstrumentState,
    LookUpOrder,
    MarginState,
    OrderEvent,
    PlaceOrder,
    Quote,
    Said,
    SetMargin,
    Signed,
    Traded,
)
from bus.settings import Secret
from bus.signing import Opener, Signer, derive_key
from execution.orders_desk.desk import OrdersDesk
from execution.settings import Settings
from execution.setup import set_up
from execution.signals_desk.around import Around
from execution.signals_desk.desk import SignalsDesk
from execution.signals_desk.halting import may_still_go
from execution.venue_link import VenueLink
from ledger.inbox.inbox import accept
from ledger.inbox.inbox import find as find_in_inbox
from ledger.inbox.opening import Inbox
from ledger.inbox.records import NewSignal
from ledger.inbox.records import Signal as InInbox
from ledger.portfolio.tables import outbox
from ledger.store import Ledger
from ledger.trading.flow import questions, requests
from ledger.trading.flow import signals as flow
from ledger.trading.flow.records import NO_PRICE, NewRequest, NewSize, Question, Request, Signal
from ledger.trading.orders.finding import history
from ledger.trading.orders.lanes import holdings
from ledger.trading.orders.records import Order as Row
from ledger.trading.people.portfolios import list_portfolios
from ledger.trading.people.strategies import list_strategies, new_version, set_mode
from ledger.trading.principal import SYSTEM, Principal
from ledger.trading.tables.people import accounts, brokers
from ledger.trading.work import Work
from tests.faults.false_time import FalseTime
from tests.ledger.trading.world import BOSS, NOW, ask, do, let_in, principal, rows

BROKER = "broker-paper"
MASTER = b"m" * 32
BTC = Traded(symbol="BTC-USDT", asset_type="CRYPTO", currency="USDT", base_currency="BTC")
PERPETUAL = Traded(symbol="BTC-USDT", asset_type="FUTURE", currency="USDT", base_currency="BTC")
AAPL = Traded(symbol="AAPL", asset_type="EQUITY", currency="USD")
TSLA = Traded(symbol="TSLA", asset_type="EQUITY", currency="USD")
SAP = Traded(symbol="SAP", asset_type="EQUITY", currency="EUR")
KNOWN = {"BTCUSDT": BTC, "BTCUSDT.P": PERPETUAL, "AAPL": AAPL, "TSLA": TSLA, "SAP": SAP}
LIMITS: Mapping[str, Any] = {
    "default_buy_amount_usd": Decimal(1000),
    "default_max_open_positions": 5,
    "default_max_daily_buys": 20,
    "default_max_total_investment": Decimal(50_000),
    "default_max_per_ticker": 10,
    "default_max_daily_loss": Decimal(500),
    "default_min_cash_reserve": Decimal(0),
}


class Wire:
    """Where execution publishes: the broker opens each envelope as it comes."""

    def __init__(self, opener: Opener[Said], to: str) -> None:
        """Hold nothing."""
        self.heard: list[Said] = []
        self.ever: list[Said] = []
        self._opener, self._to = opener, to

    def publish(self, message: Signed) -> None:
        """Open an envelope, unless it is for another broker."""
        if message.to == self._to:
            self.heard.append(self._opener.open(message))
            self.ever.append(self.heard[-1])


class Venue:
    """A venue with its broker; it survives a restart of execution.

    Attributes:
        prices: What each instrument costs; one that is missing has no quote.
        sessions: Its own hours of each instrument; one that is missing has none.
        is_delayed: Whether its quotes are old ones that look new.
        fills: Whether market orders are filled at once; else they rest.
        is_mute: Whether it hears, and says nothing of orders.
        is_deaf: Whether no order reaches it.
        is_unreadable: Whether its account cannot be read whole.
        placed: Every order that it has, by its client order id.
        number: What its account is called; empty where it has many.
        proven_live: Whether that is a live one; None where it is whatever execution says.
        broker: The program that speaks for it.
        coin_fee: What share of the coins that are bought it keeps as its fee.
        margins: Mode and leverage of each instrument; None where nothing is lent here.
        margin_outcome: What comes of setting them; SET sets, empty says nothing.
        reads_margin: Whether it says what it has.
    """

    margins: dict[Traded, tuple[Any, int]] | None

    number: str
    proven_live: bool | None

    def __init__(self, time: FalseTime, broker: str = BROKER) -> None:
        """Begin with cash and two prices."""
        self.time, self.broker = time, broker
        self.cash: tuple[Cash, ...] = tuple(
            Cash(currency=each, cash=Decimal(20_000), available=Decimal(20_000), equity=Decimal(20_000))
            for each in ("USD", "USDT")
        )
        self.prices: dict[Traded, Decimal] = dict.fromkeys((BTC, PERPETUAL), Decimal(100))
        self.prices |= dict.fromkeys((AAPL, SAP), Decimal(200))
        self.sessions: dict[Traded, tuple[tuple[datetime, datetime], ...]] = {}
        self.is_delayed = False
        self.fills = True
        self.is_mute = False
        self.is_deaf = False
        self.is_unreadable = False
        self.is_connected = True
        self.number, self.proven_live = "", None
        self.balances_at: datetime | None = None
        self.executions: tuple[Execution, ...] = ()
        self.executions_since: datetime | None = None
        self.placed: dict[str, PlaceOrder] = {}
        self.ended: dict[str, OrderEvent] = {}
        self.cancels: list[str] = []
        self.held: dict[Traded, Decimal] = {}
        self.margins, self.margin_outcome, self.reads_margin = None, "SET", True
        self.coin_fee = Decimal(0)
        self.boot = "1"
        self.since = time.now()

    def answers(self, said: Said) -> Iterator[Answer]:
        """Yield what the venue answers."""
        now = self.time.now()
        if isinstance(said, AskQuote) and said.instrument in self.prices:
            price = self.prices[said.instrument]
            yield Quote(
                account=said.account,
                instrument=said.instrument,
                bid=price,
                ask=price,
                last=price,
                as_of=now,
                source="test",
                is_delayed=self.is_delayed,
            )
        elif isinstance(said, AskInstrument):
            yield self._instrument(said)
        elif isinstance(said, AskAccount):
            yield self._account(said)
        elif isinstance(said, (SetMargin, AskMargin)):
            yield from self._margin(said)
        elif isinstance(said, PlaceOrder) and not self.is_deaf:
            yield from self._place(said)
        elif isinstance(said, (CancelOrder, LookUpOrder)) and not self.is_mute:
            yield self._cancel_or_find(said)

    def state(self) -> BrokerState:
        """Return how the broker is."""
        return BrokerState(
            broker=self.broker,
            boot=self.boot,
            is_connected=self.is_connected,
            since=self.since,
            number=self.number,
            proven_live=self.proven_live,
            has_margin=self.margins is not None,
        )

    def _margin(self, said: SetMargin | AskMargin) -> Iterator[MarginState]:
        """Set or read how something is margined."""
        outcome: Any = self.margin_outcome if isinstance(said, SetMargin) else "READ" * self.reads_margin
        if self.margins is None or not outcome:
            return
        if isinstance(said, SetMargin) and outcome == "SET":
            self.margins[said.instrument] = (said.margin_mode, said.leverage)
        mode, leverage = self.margins.get(said.instrument, ("CROSS", 20))
        is_known = outcome != "UNKNOWN"
        yield MarginState(
            id=said.id,
            account=said.account,
            instrument=said.instrument,
            outcome=outcome,
            as_of=self.time.now(),
            margin_mode=mode if is_known else None,
            leverage=leverage if is_known else None,
            most_leverage=50,
            reason="" if outcome in {"SET", "READ"} else "position exists",
        )

    def _instrument(self, said: AskInstrument) -> InstrumentState:
        """Return what is known under a symbol."""
        both = (KNOWN.get(said.symbol), KNOWN.get(f"{said.symbol}.P"))
        found = next((each for each in both if each and said.asset_type in {None, each.asset_type}), None)
        step = Decimal(1) if found is not None and found.asset_type == "EQUITY" else Decimal("0.01")
        return InstrumentState(
            id=said.id,
            account=said.account,
            symbol=said.symbol,
            instrument=found,
            reason="" if found else f"{said.symbol} is not known",
            quantity_step=step,
            is_always_open=found is not None and found.asset_type != "EQUITY",
            sessions=() if found is None else self.sessions.get(found, ()),
        )

    def _account(self, said: AskAccount) -> AccountState:
        """Return the account."""
        held = tuple(Held(instrument=each, quantity=quantity) for each, quantity in self.held.items() if quantity)
        at = self.balances_at or self.time.now()
        return AccountState(
            id=said.id,
            account=said.account,
            as_of=at,
            is_complete=not self.is_unreadable,
            reason="timeout" if self.is_unreadable else "",
            balances=self.cash,
            positions=held,
            executions=self.executions,
            executions_since=self.executions_since,
        )

    def _place(self, order: PlaceOrder) -> Iterator[OrderEvent]:
        """Place an order once, and yield what is said of it."""
        name = order.client_order_id
        self.placed.setdefault(name, order)
        if name not in self.ended and self.fills and order.type == "MARKET":
            self.fill(name)
        if not self.is_mute:
            yield self.ended.get(name) or self._event(order, "NEW")

    def fill(self, name: str) -> OrderEvent:
        """Fill an order whole, at the price of now."""
        order, now = self.placed[name], self.time.now()
        price = self.prices.get(order.instrument) or order.expected_price or Decimal(1)
        done = Execution(
            broker_trade_id=f"x{name}",
            side=order.side,
            quantity=order.quantity,
            price=price,
            exec_time=now,
            fee=Decimal(0),
            fee_currency=order.instrument.currency,
        )
        sign = 1 if order.side == "BUY" else -1
        if self.coin_fee and order.side == "BUY":
            fee = order.quantity * self.coin_fee
            done = msgspec.structs.replace(done, fee=fee, fee_currency=order.instrument.base_currency)
            self.held[order.instrument] = self.held.get(order.instrument, Decimal(0)) - fee
        self.held[order.instrument] = self.held.get(order.instrument, Decimal(0)) + sign * order.quantity
        self.ended[name] = self._event(order, "FILLED", done)
        return self.ended[name]

    def _cancel_or_find(self, said: CancelOrder | LookUpOrder) -> OrderEvent:
        """Return what an order is, canceled if that is asked for."""
        name = said.client_order_id
        if name not in self.placed:
            return OrderEvent(
                account=said.account,
                client_order_id=name,
                broker_order_id=None,
                status="NOWHERE",
                at=self.time.now(),
            )
        if isinstance(said, CancelOrder):
            self.cancels.append(name)
            self.ended.setdefault(name, self._event(self.placed[name], "CANCELED"))
        return self.ended.get(name) or self._event(self.placed[name], "NEW")

    def _event(self, order: PlaceOrder, status: Any, *fills: Execution) -> OrderEvent:
        """Return what is said of an order."""
        return OrderEvent(
            account=order.account,
            client_order_id=order.client_order_id,
            broker_order_id=f"v{order.client_order_id}",
            status=status,
            at=self.time.now(),
            executions=fills,
            filled_quantity=sum((each.quantity for each in fills), Decimal(0)),
        )


class Stage:
    """Execution without its process, and the world around it."""

    def __init__(self, ledger: Ledger, inbox: Inbox, *, code: str = "PAPER", **settings: Any) -> None:
        """Let an admin in, make what must be there, and start; the account is one of the broker of this code."""
        self.ledger, self.inbox = ledger, inbox
        self.time = FalseTime(NOW)
        usual: dict[str, Any] = {
            "trading": "paper",
            "order_key": Secret(MASTER.hex()),
            "telegram_chat_id": ChatIds((str(BOSS),)),
            "trading_default_mode": "auto",
            "orders_per_second": 1000,
        }
        self.settings = Settings(**{**usual, **LIMITS, **settings})
        let_in(ledger, BOSS, "admin")
        set_up(ledger, self.settings, now=self.time.now())
        self.portfolio = ask(ledger, list_portfolios, SYSTEM)[0].uid
        self.account = ask(ledger, list_portfolios, SYSTEM)[0].account
        self.broker = default_program(code)
        with ledger.writing() as connection:
            of_code = select(brokers.c.id).where(brokers.c.code == code).scalar_subquery()
            connection.execute(accounts.update().values(broker_id=of_code))
        self.venue = Venue(self.time, self.broker)
        self.number = 0
        self.start()

    def start(self) -> None:
        """Begin a new life of the program: all that was in memory is gone."""
        key = derive_key(MASTER, self.broker)
        self.wire = Wire(
            Opener(key, sender="execution", to=self.broker, kinds=Order.__args__, time=self.time), self.broker
        )
        self.link = VenueLink(self.wire, MASTER, time=self.time)  # type: ignore[arg-type]  # it publishes, no more
        self.link.serve((self.broker,))
        self._signer = Signer(key, sender=self.broker, to="execution", time=self.time)
        self.orders = OrdersDesk(self.ledger, self.link, self.settings, self.time)
        around = Around(ledger=self.ledger, link=self.link, orders=self.orders, settings=self.settings, time=self.time)
        self.orders.may_still_go = lambda whole: may_still_go(around, whole)
        self.orders.load()
        self.desk = SignalsDesk(around, self.inbox)
        self.desk.start()

    def new_life(self) -> Signer:
        """Give what makes the envelopes of the broker's next life, once this one is over."""
        self.time.move_on(0.001)
        return Signer(derive_key(MASTER, self.broker), sender=self.broker, to="execution", time=self.time)

    @property
    def strategy(self) -> str:
        """The version of the default strategy that is in force."""
        return ask(self.ledger, list_strategies, SYSTEM)[0].uid

    @property
    def boss(self) -> Principal:
        """Whose all of it is."""
        return principal(self.ledger, BOSS)

    def arrives(self, action: str = "buy", symbol: str = "BTCUSDT", *, strategy: str = "", **body: Any) -> str:
        """Let an alert come in, and return its uid in the inbox."""
        self.number += 1
        said = {"action": action, "symbol": symbol, **{name: str(value) for name, value in body.items()}}
        new = NewSignal(
            strategy_uid=strategy or self.strategy,
            peer="127.0.0.1",
            body=said,
            action=action,
            symbol=symbol,
            external_id=f"id-{self.number}",
        )
        with self.inbox.writing() as connection:
            uid = accept(Work(connection, self.time.now()), new).uid
        self.desk.wake()
        return uid

    def turn(self, turns: int = 12) -> None:
        """Let everybody hear, answer and go on, a few times, within a moment."""
        for _ in range(turns):
            self.says(self.venue.state())
            heard, self.wire.heard = self.wire.heard, []
            for said in heard:
                self.says(*self.venue.answers(said))
            self.orders.turn()
            self.desk.wake()
            self.desk.turn()

    def passes(self, seconds: float, *, step_s: float = 1.0) -> None:
        """Let time pass, with turns in it."""
        left = seconds
        while left > 0:
            self.time.move_on(min(step_s, left))
            left -= step_s
            self.turn(3)

    def says(self, *answers: Answer) -> None:
        """Let the broker say something."""
        for each in answers:
            opened = self.link.open(self._signer.sign(each))
            assert opened is not None
            self.orders.handle(*opened)

    def signal(self, inbox_uid: str) -> Signal:
        """Return a signal of the ledger by its uid in the inbox."""
        with self.ledger.reading() as connection:
            found = flow.history(SYSTEM, connection, self.portfolio, limit=500)
        return next(each for each in found if each.inbox_uid == inbox_uid)

    def end(self, inbox_uid: str) -> tuple[str, str | None]:
        """Return the state and code of a signal."""
        signal = self.signal(inbox_uid)
        return signal.state, signal.code

    def in_inbox(self, inbox_uid: str) -> InInbox:
        """Return a signal as the inbox has it."""
        with self.inbox.reading() as connection:
            return find_in_inbox(connection, inbox_uid)

    def made(self, leg: str = "") -> list[Row]:
        """Return the orders of the portfolio, oldest first."""
        found = ask(self.ledger, history, SYSTEM, self.portfolio, limit=500)[::-1]
        return [each for each in found if not leg or each.leg == leg]

    def held(self) -> list[tuple[str, Decimal]]:
        """Return what is held."""
        return [(each.symbol, each.quantity) for each in ask(self.ledger, holdings, SYSTEM, self.account)]

    def told(self) -> list[str]:
        """Return the messages in the outbox."""
        return [str(each["text"]) for each in rows(self.ledger, outbox)]

    def set_mode(self, mode: Any) -> None:
        """Set the mode of the strategy."""
        do(self.ledger, set_mode, SYSTEM, self.strategy, mode)

    def set_params(self, **params: str) -> None:
        """Set the strategy to other parameters, which makes a new version."""
        do(self.ledger, new_version, SYSTEM, self.strategy, params)

    def question(self) -> Question:
        """Return the one question that is asked now."""
        [found] = ask(self.ledger, questions.open_questions, SYSTEM)
        return found

    def answers(self, question: Question, answer: Any = "execute", who: Principal | None = None) -> None:
        """Let a person answer."""
        person = who or self.boss
        with self.ledger.writing() as connection:
            questions.answer(person, Work(connection, self.time.now()), question.uid, answer)
        self.desk.wake()

    def changes(self, question: Question, **wanted: str) -> None:
        """Let a person want another size, or other prices of the legs; `none` for none."""
        numbers: dict[str, Any] = {name: Decimal(each) for name, each in wanted.items() if each != NO_PRICE}
        instead = NewSize(**dict.fromkeys(wanted, NO_PRICE) | numbers)
        person = self.boss
        with self.ledger.writing() as connection:
            work = Work(connection, self.time.now())
            questions.answer(person, work, question.uid, "change", instead=instead)
        self.desk.wake()

    def wants(self, kind: Any, **arguments: Any) -> str:
        """Let a person want something, and return the request's uid."""
        self.number += 1
        new = NewRequest(kind=kind, portfolio=self.portfolio, key=f"key-{self.number}", arguments=arguments)
        person = self.boss
        with self.ledger.writing() as connection:
            made = requests.ask(person, Work(connection, self.time.now()), new).request.uid
        self.desk.wake()
        return made

    def request(self, uid: str) -> Request:
        """Return a request."""
        return ask(self.ledger, requests.find, SYSTEM, uid)
