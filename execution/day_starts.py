"""What each portfolio is worth when its day begins: what the day's loss is measured from.

The job of a day's start only says that it has come; prices are asked for, and each portfolio is noted as soon as all of
its own are known. Where nobody has a price, as for a share on paper, it counts at what it cost.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, localcontext

from bus.time_source import TimeSource
from execution.signals_desk.around import traded
from execution.signals_desk.market_view import equity_of, rate
from execution.venue_link import Place, VenueLink, broker_program
from ledger.exact import ARITHMETIC, ZERO
from ledger.store import Ledger
from ledger.trading.books.positions import PositionLine, list_positions
from ledger.trading.flow import portfolio_days
from ledger.trading.flow.balances import latest
from ledger.trading.instruments import get_instrument
from ledger.trading.people.accounts import PAPER, Account, get_account
from ledger.trading.people.portfolio_rows import Portfolio
from ledger.trading.people.portfolios import list_portfolios
from ledger.trading.principal import SYSTEM
from ledger.trading.work import Work

LOOK_EVERY = timedelta(seconds=1)
PAPER_WAITS = timedelta(seconds=5)
"""So long prices are waited for on paper, before what has none counts at its cost."""


class DayStarts:
    """The portfolios whose day has begun and is not noted yet."""

    def __init__(self, ledger: Ledger, link: VenueLink, *, time: TimeSource) -> None:
        """Wait for nothing.

        Args:
            ledger: Has the positions and the days.
            link: Knows prices.
            time: Says how long they are waited for.
        """
        self._ledger = ledger
        self._link = link
        self._time = time
        self._waiting: dict[str, date] = {}
        self._begun: datetime | None = None
        self._since = self._look_at = time.now()

    def begin(self, due_at: datetime) -> Mapping[str, object] | None:
        """Note all portfolios as soon as their prices are known.

        Args:
            due_at: When the day began, aware UTC.

        Returns:
            What the job's row says; None while a price is missing: then this is asked again.
        """
        day = due_at.astimezone(UTC).date()
        if due_at != self._begun:
            with self._ledger.reading() as connection:
                found = list_portfolios(SYSTEM, connection)
            self._waiting |= {each.uid: day for each in found}
            self._begun = due_at
            self._since = self._look_at = self._time.now()
            self.turn()
        return None if day in self._waiting.values() else {}

    def turn(self) -> None:
        """Note those whose prices have come."""
        now = self._time.now()
        if not self._waiting or now < self._look_at:
            return
        self._look_at = now + LOOK_EVERY
        with self._ledger.reading() as connection:
            waiting = [each for each in list_portfolios(SYSTEM, connection) if each.uid in self._waiting]
        for each in waiting:
            self._note(each, now)
        self._waiting = {uid: day for uid, day in self._waiting.items() if uid in {each.uid for each in waiting}}

    def _note(self, portfolio: Portfolio, now: datetime) -> None:
        """Note what a portfolio is worth, unless a price is missing."""
        with self._ledger.writing() as connection:
            account = get_account(SYSTEM, connection, portfolio.account)
            worth = ZERO
            for line in list_positions(SYSTEM, connection, portfolio=portfolio.uid):
                instrument = traded(get_instrument(SYSTEM, connection, line.instrument_uid))
                quote = self._link.quote(Place(broker_program(account.broker), account.uid), instrument)
                gained = self._gained(line, account, None if quote is None else quote.last)
                if gained is None:
                    return
                worth += gained
            equity = equity_of(latest(SYSTEM, connection, account.uid), account.base_currency)
            day = self._waiting[portfolio.uid]
            portfolio_days.begin(SYSTEM, Work(connection, now), portfolio.uid, day, unrealized=worth, equity=equity)
        del self._waiting[portfolio.uid]

    def _gained(self, line: PositionLine, account: Account, price: Decimal | None) -> Decimal | None:
        """Return what a position has gained, in its account's currency; None where that is not known."""
        if price is None and account.broker == PAPER and self._time.now() - self._since >= PAPER_WAITS:
            price = line.avg_price
        of_one = rate(line.currency, account.base_currency)
        if price is None or of_one is None:
            return None
        with localcontext(ARITHMETIC):
            return (price - line.avg_price) * line.quantity * line.multiplier * of_one
