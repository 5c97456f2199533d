"""The commands of trading that only read: how it is, what is held, what was ordered, what waits, what became of it."""

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from bus.messages.trading import BrokerHealth, TradingState
from ledger.trading.books.pnl import Period, pnl, summed
from ledger.trading.books.positions import PositionLine, list_positions
from ledger.trading.enumerations import OrderStatus
from ledger.trading.flow import balances, halts, signals, venue_positions
from ledger.trading.flow.records import Halt
from ledger.trading.orders import finding
from ledger.trading.people.portfolio_rows import Portfolio
from ledger.trading.people.portfolios import list_portfolios
from ledger.trading.principal import Principal
from ledger.trading.risk.facts_reading import openings_since
from ledger.trading.risk.policies import limits_for
from ledger.trading.words import one_of
from notifier.commands.replies import Replies
from notifier.incoming.interaction import Handler, Interaction
from notifier.trading.account_marks import Marks
from notifier.trading.desk import Desk, name_of_number, place
from notifier.trading.halt_commands import scope_words
from notifier.trading.pages import HaltLine, Page, StatusReport

FRESH_S = 10.0
"""Execution says every two seconds how it is; what is older is worth nothing."""
NEWEST = 10
NEW_YORK = ZoneInfo("America/New_York")
SIGNAL_ID = re.compile(r"[0-9a-fA-F]{6,32}", re.ASCII)


class ReadTrading:
    """Who answers `/status`, `/positions`, `/orders`, `/queue`, `/signals` and, of a signal, `/why`."""

    def __init__(self, desk: Desk) -> None:
        """Answer from the books, and from what execution says of itself.

        Args:
            desk: The ledger, the words, and the answers of the chat.
        """
        self._desk = desk
        self._replies: Replies = desk.replies
        self._brokers: tuple[BrokerHealth, ...] = ()
        self._lock = ""
        self._heard_at: float | None = None

    @property
    def _page(self) -> Page:
        """The pages, as whoever asks now reads them."""
        return Page(self._desk.language, self._desk.zone)

    def typed(self) -> dict[str, Handler]:
        """Return who answers each command."""
        return {
            "status": self._read(self._status),
            "positions": self._read(self._positions),
            "orders": self._read(self._orders),
            "queue": self._read(self._queue),
            "signals": self._read(self._signals),
            "why": self._read(self._why),
        }

    def take_state(self, state: TradingState) -> None:
        """Take in how execution says that it is.

        Args:
            state: Its word.
        """
        self._brokers, self._lock = state.brokers, state.live_lock
        self._heard_at = time.monotonic()

    def brokers_now(self) -> tuple[BrokerHealth, ...] | None:
        """Return how the brokers are; None where execution has said nothing lately."""
        silent = self._heard_at is None or time.monotonic() - self._heard_at > FRESH_S
        return None if silent else self._brokers

    def marks_now(self) -> Marks:
        """Return what stands beside accounts, in the language of who asks."""
        brokers = self.brokers_now()
        lock = "" if brokers is None else self._lock
        return Marks(language=self._desk.language, lock=lock, health=brokers)

    def _read(self, word: Callable[[Principal, Connection, Interaction], str]) -> Handler:
        """Return the handler that answers with a page of the books."""

        async def answer(asked: Interaction) -> None:
            """Read, and say what was read."""
            with self._desk.books.reading(asked.user_id) as (principal, connection):
                text = word(principal, connection, asked)
            await self._replies.say(asked.chat_id, text)

        return self._desk.told(answer)

    def _status(self, principal: Principal, connection: Connection, _asked: Interaction) -> str:
        """Return the overview of the portfolio in use."""
        mine = place(principal, connection)
        held = list_positions(principal, connection, portfolio=mine.uid)
        open_orders = finding.open_orders(principal, connection, portfolio=mine.uid)
        now = self._desk.books.now()
        since = day_start(now, held)
        applied = limits_for(principal, connection, portfolio=mine.uid)
        marks = self.marks_now()
        report = StatusReport(
            mode=marks.kind("live" if mine.is_live else "paper", is_live=mine.is_live),
            locked=tuple(marks.locked(is_live=mine.is_live)),
            portfolio=mine.name,
            halts=self._halts(principal, connection, mine),
            brokers=self.brokers_now(),
            balances=balances.latest(principal, connection, mine.account),
            invested=summed((each.currency, abs(each.cost)) for each in held),
            limits=applied.limits,
            currency=applied.currency,
            openings_today=openings_since(principal, connection, mine.uid, since),
            open_orders=len(open_orders),
            positions=len(held),
            pnl=pnl(principal, connection, Period(since, now), portfolio=mine.uid),
            waiting=len(signals.open_signals(principal, connection, portfolio=mine.uid)),
        )
        return self._page.status(report)

    def _halts(self, principal: Principal, connection: Connection, mine: Portfolio) -> tuple[HaltLine, ...]:
        """Return the halts that hold for a portfolio, in words."""
        return tuple(
            HaltLine(
                is_kill=each.kind == "KILL",
                of=scope_words(each, mine.name, self._desk.words),
                reason=each.reason,
                name=name_of_number(connection, each.set_by_user_id),
                at=each.created_at,
            )
            for each in halts.in_force(principal, connection)
            if holds_for(each, mine)
        )

    def _positions(self, principal: Principal, connection: Connection, _asked: Interaction) -> str:
        """Return what is held in all portfolios of the user, and what their venues hold besides."""
        mine = [each.uid for each in _own(principal, connection)]
        held = [line for uid in mine for line in list_positions(principal, connection, portfolio=uid)]
        accounts = dict.fromkeys(each.account for each in _own(principal, connection))
        external = [line for account in accounts for line in venue_positions.list_for(principal, connection, account)]
        return self._page.positions(held, external)

    def _orders(self, principal: Principal, connection: Connection, asked: Interaction) -> str:
        """Return the newest orders of the portfolio in use."""
        status = _status_named("_".join(asked.arguments)) if asked.arguments else None
        mine = place(principal, connection)
        return self._page.orders(finding.history(principal, connection, mine.uid, status=status, limit=NEWEST))

    def _queue(self, principal: Principal, connection: Connection, _asked: Interaction) -> str:
        """Return the signals of the portfolio in use that wait, with what holds them."""
        waiting = signals.open_signals(principal, connection, portfolio=place(principal, connection).uid)
        return self._page.signals(waiting, none=self._page.words.no_queue)

    def _signals(self, principal: Principal, connection: Connection, _asked: Interaction) -> str:
        """Return the newest signals of the portfolio in use."""
        found = signals.history(principal, connection, place(principal, connection).uid, limit=NEWEST)
        return self._page.signals(found, none=self._page.words.no_signals)

    def _why(self, principal: Principal, connection: Connection, asked: Interaction) -> str:
        """Return the life of a signal."""
        signal = signals.find(principal, connection, "".join(asked.arguments))
        return self._page.life(signal, signals.life(principal, connection, signal.uid))


def holds_for(halt: Halt, mine: Portfolio) -> bool:
    """Tell whether a halt holds for a portfolio.

    Args:
        halt: The halt.
        mine: The portfolio.
    """
    return halt.scope_uid in {None, mine.user if halt.scope == "USER" else mine.uid}


def day_start(now: datetime, held: tuple[PositionLine, ...]) -> datetime:
    """Return when the day of trading began: New York's; UTC's where nothing but coins is held.

    Args:
        now: The moment, aware.
        held: The positions.
    """
    coins = bool(held) and all(each.asset_type == "CRYPTO" for each in held)
    return now.astimezone(UTC if coins else NEW_YORK).replace(hour=0, minute=0, second=0, microsecond=0)


def _own(principal: Principal, connection: Connection) -> tuple[Portfolio, ...]:
    """Return the asker's own portfolios, of an admin too."""
    whose = place(principal, connection).user
    return list_portfolios(principal, connection, user=whose)


def _status_named(written: str) -> OrderStatus:
    """Return the state of orders that is meant; raises Invalid."""
    name: OrderStatus = written.upper().replace("-", "_")  # type: ignore[assignment]  # looked at in the next line
    one_of("a state", name, OrderStatus)
    return name
