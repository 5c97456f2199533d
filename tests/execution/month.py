"""Both desks, the inbox and the clock's jobs through a month of false time, with what a month brings, from one seed."""

import contextlib
import random
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from bus.chats import ChatIds
from bus.messages.trading import JobDone
from bus.messages.venue_talk import Answer, Order
from bus.messages.venues import Signed
from bus.settings import Secret
from bus.signing import NotSigned, Opener, Signer, derive_key
from clock.jobs import JobBoard
from execution.desks import Desks
from execution.settings import Settings
from ledger.inbox.inbox import accept
from ledger.inbox.opening import Inbox
from ledger.inbox.records import NewSignal
from ledger.store import Ledger
from ledger.trading.enumerations import Mode
from ledger.trading.flow import halts, questions, requests
from ledger.trading.flow.records import HaltKind, NewRequest
from ledger.trading.people.portfolios import list_portfolios
from ledger.trading.people.strategies import list_strategies, set_mode
from ledger.trading.principal import SYSTEM
from ledger.trading.work import Work
from tests.execution.month_venue import UNQUOTED, MonthVenue
from tests.execution.signals_desk.stage import AAPL, BROKER, BTC, LIMITS, MASTER, PERPETUAL, TSLA
from tests.faults.false_time import FalseTime
from tests.ledger.trading.world import BOSS, ask, do, let_in, principal

START = datetime(2026, 10, 24, tzinfo=UTC)
DAYS = 35
NEW_YORK = ZoneInfo("America/New_York")
SETTLED = datetime(2026, 11, 30, 20, 0, tzinfo=UTC)
"""A Monday afternoon in New York: whatever waited for a market has had one."""
HOP_S = 7200.0
JOBS_EVERY_S = 20.0
SYMBOLS = {"BTCUSDT": BTC, "BTCUSDT.P": PERPETUAL, "AAPL": AAPL, "TSLA": TSLA}
Event = Callable[["Month"], None]


class Month:
    """Execution without its process, and all around it.

    Attributes:
        accepted: The alerts that the inbox has kept, by their uids there.
        played: The names of what happened.
    """

    def __init__(self, ledger: Ledger, inbox: Inbox, seed: int) -> None:
        """Let an admin in, and start."""
        self.ledger, self.inbox = ledger, inbox
        self.chance = random.Random(seed)
        self.time = FalseTime(START - timedelta(minutes=5))
        self.settings = Settings(
            trading="paper",
            order_key=Secret(MASTER.hex()),
            telegram_chat_id=ChatIds((str(BOSS),)),
            trading_default_mode="auto",
            **LIMITS,
        )
        let_in(ledger, BOSS, "admin")
        self.venue = MonthVenue(self.time, self.chance)
        self.board = JobBoard(time=self.time)
        self.accepted: list[str] = []
        self.played: list[str] = []
        self._number = 0
        self._announce_s = 0.0
        self._heard: list[Signed] = []
        self.start()

    def start(self) -> None:
        """Begin a new life of execution: all that was in memory, and on its way, is gone."""
        self.start_broker()
        self.desks = Desks(self.settings, self.ledger, self.inbox, self, time=self.time)  # type: ignore[arg-type]
        self.desks.start()

    def start_broker(self) -> None:
        """Begin a new life of the broker."""
        key = derive_key(MASTER, BROKER)
        self._opener = Opener(key, sender="execution", to=BROKER, kinds=Order.__args__, time=self.time)
        self._signer = Signer(key, sender=BROKER, to="execution", time=self.time)
        self._heard = []
        self.venue.begin_anew()

    def publish(self, message: object) -> None:
        """Be the bus: the broker hears envelopes, and the clock what is done."""
        if isinstance(message, Signed):
            self._heard.append(message)
        elif isinstance(message, JobDone):
            self.board.take(message)

    def turn(self) -> None:
        """Let everybody hear, answer and go on, once."""
        self.desks.handle(self._signer.sign(self.venue.state()))
        self._announce()
        heard, self._heard = self._heard, []
        said = [answer for each in heard for answer in self._obeyed(each)]
        for answer in (*said, *self.venue.goes_on()):
            self.desks.handle(self._signer.sign(answer))
        self.desks.turn()

    def passes(self, seconds: float, *, step_s: float = 1.0) -> None:
        """Let time pass, with turns in it; people answer some of what they are asked."""
        until_s = self.time.monotonic() + seconds
        while self.time.monotonic() < until_s:
            self.time.move_on(step_s)
            self.turn()
            if self.chance.random() < 0.05:
                self._answer()

    def hop(self, until: datetime) -> None:
        """Let hours pass in which little happens."""
        while (left_s := (until - self.time.now()).total_seconds()) > 0:
            self.time.move_on(min(HOP_S, left_s))
            self.venue.moves(0.5)
            self.passes(2)

    def live(self) -> None:
        """Live the month to its end, until nothing can be on its way any more."""
        for at, event in agenda(self.chance):
            self.hop(at)
            event(self)
            self.played.append(event.__name__)
            self.passes(self.chance.randint(2, 4))
            self.passes(self.chance.choice((0, 12, 36)), step_s=6)
        self.hop(SETTLED)
        self.passes(900, step_s=5)

    def do(self, function: Any, *arguments: Any, **named: Any) -> Any:
        """Write something as the admin, now."""
        boss = principal(self.ledger, BOSS)
        with self.ledger.writing() as connection:
            return function(boss, Work(connection, self.time.now()), *arguments, **named)

    def arrives(self, action: str, symbol: str, **body: str) -> None:
        """Let the webhook have kept an alert."""
        self._number += 1
        new = NewSignal(
            strategy_uid=ask(self.ledger, list_strategies, SYSTEM)[0].uid,
            peer="127.0.0.1",
            body={"action": action, "symbol": symbol, **body},
            action=action,
            symbol=symbol,
            external_id=f"id-{self._number}",
        )
        with self.inbox.writing() as connection:
            self.accepted.append(accept(Work(connection, self.time.now()), new).uid)

    def wants(self, kind: Any, **arguments: str) -> None:
        """Let the admin want something."""
        self._number += 1
        portfolio = ask(self.ledger, list_portfolios, SYSTEM)[0].uid
        self.do(requests.ask, NewRequest(kind=kind, portfolio=portfolio, key=f"k{self._number}", arguments=arguments))

    def set_mode(self, mode: Mode) -> None:
        """Set how the strategy trades."""
        do(self.ledger, set_mode, SYSTEM, ask(self.ledger, list_strategies, SYSTEM)[0].uid, mode)

    def _obeyed(self, envelope: Signed) -> Iterator[Answer]:
        """Yield what the venue answers, nothing to what is too old when it is heard."""
        with contextlib.suppress(NotSigned):
            yield from self.venue.answers(self._opener.open(envelope))

    def _announce(self) -> None:
        """Let the clock say what is due."""
        if self.time.monotonic() >= self._announce_s:
            self._announce_s = self.time.monotonic() + JOBS_EVERY_S
            for due in self.board.due():
                self.desks.handle(due)

    def _answer(self) -> None:
        """Let the admin answer the questions of now."""
        for each in ask(self.ledger, questions.open_questions, SYSTEM):
            if each.expires_at > self.time.now():
                self.do(questions.answer, each.uid, self.chance.choice(("execute", "execute", "reject")))


def agenda(chance: random.Random) -> list[tuple[datetime, Event]]:
    """Draw what happens when: alerts at any hour, one at each opening of New York, and one or two troubles a day."""
    found: list[tuple[datetime, Event]] = []
    for number in range(DAYS):
        day = START + timedelta(days=number)
        moments = [day + timedelta(seconds=chance.randrange(86_400)) for _ in range(chance.randint(2, 4))]
        moments += [opening(day.date()) + timedelta(seconds=chance.randint(-600, 3600))]
        found += [(at, an_alert) for at in moments]
        troubles = chance.choices(TROUBLES, k=chance.choice((1, 1, 2)))
        found += [(day + timedelta(seconds=chance.randrange(86_400)), each) for each in troubles]
        found.append((opening(day.date()) + timedelta(seconds=1), an_opening_of_new_york))
    return sorted(found, key=lambda each: each[0])


def opening(day: date) -> datetime:
    """Return 09:30 of a day in New York."""
    return datetime(day.year, day.month, day.day, 9, 30, tzinfo=NEW_YORK).astimezone(UTC)


def an_alert(month: Month) -> None:
    """Let an alert come, some with stops."""
    symbol = month.chance.choice(tuple(SYMBOLS))
    actions, weights = ("buy", "sell", "close", "short"), (10, 5, 1, 3 if symbol.endswith(".P") else 0)
    [action] = month.chance.choices(actions, weights=weights)
    price = month.venue.prices[SYMBOLS[symbol]]
    body: dict[str, str] = {}
    if action == "buy" and month.chance.random() < 0.4:
        body = {"stop_loss": _near(price, "0.97"), "take_profit": _near(price, "1.03")}
    if SYMBOLS[symbol] == UNQUOTED:
        body["price"] = str(price)
    month.arrives(action, symbol, **body)


def an_opening_of_new_york(month: Month) -> None:
    """Let nothing happen but the hour."""


def a_restart(month: Month) -> None:
    """Kill execution."""
    month.passes(1)
    month.start()


def a_restart_after_an_alert(month: Month) -> None:
    """Kill execution while something is on its way."""
    an_alert(month)
    month.passes(month.chance.randint(1, 4))
    month.start()


def a_new_broker(month: Month) -> None:
    """Kill the broker's program."""
    month.start_broker()


def a_machine_that_is_off(month: Month) -> None:
    """Stop everybody for minutes or hours; the venue goes on."""
    month.time.move_on(month.chance.choice((60, 900, 3 * 3600, 8 * 3600)))
    month.venue.moves(2)
    list(month.venue.goes_on())
    month.start()


def a_venue_that_is_away(month: Month) -> None:
    """Lose the venue, for a minute or an hour, while alerts come."""
    month.venue.go()
    month.passes(3)
    an_alert(month)
    month.passes(month.chance.choice((30, 90)), step_s=3)
    month.hop(month.time.now() + timedelta(minutes=month.chance.choice((0, 60))))
    month.venue.come_back()


def a_kill(month: Month) -> None:
    """Kill all trading for some hours, let alerts come, and let a person close a symbol under it."""
    _halted(month, "KILL")


def a_pause(month: Month) -> None:
    """Pause openings."""
    _halted(month, "PAUSE")


def a_jump_of_prices(month: Month) -> None:
    """Let prices jump, over stops too."""
    month.venue.moves(6)


def questions_for_a_while(month: Month) -> None:
    """Have each alert asked about first, for some hours."""
    month.set_mode("manual")
    for _ in range(3):
        an_alert(month)
        month.passes(4)
        month.passes(month.chance.choice((6, 60, 700)), step_s=month.chance.choice((3, 20)))
    month.set_mode("auto")


def a_person_who_sells_all(month: Month) -> None:
    """Let a person sell everything."""
    month.wants("sell_all")


def _halted(month: Month, kind: HaltKind) -> None:
    """Halt everybody for a while."""
    an_alert(month)
    month.passes(1)
    month.do(halts.halt, kind=kind, scope="ALL", reason="enough")
    month.passes(10)
    for _ in range(2):
        an_alert(month)
        month.passes(5)
    month.wants("close", symbol=month.chance.choice(tuple(SYMBOLS)))
    month.passes(20, step_s=2)
    if month.chance.random() < 0.5:
        month.start()
    month.hop(month.time.now() + timedelta(hours=month.chance.choice((0, 3))))
    month.do(halts.lift, kind=kind, scope="ALL")


def _near(price: Decimal, factor: str) -> str:
    """Return a price near another one."""
    return str((price * Decimal(factor)).quantize(Decimal("0.01")))


TROUBLES: tuple[Event, ...] = (
    a_restart,
    a_restart_after_an_alert,
    a_new_broker,
    a_machine_that_is_off,
    a_venue_that_is_away,
    a_kill,
    a_pause,
    a_jump_of_prices,
    questions_for_a_while,
    a_person_who_sells_all,
)
