"""What each portfolio is worth when its day begins: what the day's loss is measured from.

The job of a day's start only says that it has come: New York's for shares, UTC's for coins. Prices are asked for, and
each portfolio is noted as soon as all of its own are known. Where nobody has a price, as for a share on paper, it
counts at what it cost.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal, localcontext

from bus.time_source import TimeSource
from execution.signals_desk.around import traded
from execution.signals_desk.market_view import equity_of, rate
from execution.venue_link import VenueLink
from execution.venues import Place
from ledger.exact import ARITHMETIC, ZERO, rounded
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
        self._waiting: dict[tuple[str, datetime], datetime] = {}
        self._begun: set[datetime] = set()
        self._look_at = time.now()

    def begin(self, due_at: datetime) -> Mapping[str, object] | None:
        """Note all portfolios as soon as their prices are known.

        Args:
            due_at: When the day began, aware UTC.

        Returns:
            What the job's row says; None while a price is missing: then this is asked again.
        """
        if due_at not in self._begun:
            now = self._time.now()
            with self._ledger.reading() as connection:
                found = list_portfolios(SYSTEM, connection)
            for each in found:
                self._waiting.setdefault((each.uid, due_at), now)
            self._begun.add(due_at)
            self._look_at = now
            self.turn()
        if any(waited == due_at for _, waited in self._waiting):
            return None
        self._begun.discard(due_at)
        return {}

    def turn(self) -> None:
        """Note those whose prices have come."""
        now = self._time.now()
        if not self._waiting or now < self._look_at:
            return
        self._look_at = now + LOOK_EVERY
        with self._ledger.reading() as connection:
            known = {each.uid: each for each in list_portfolios(SYSTEM, connection)}
        for (uid, due_at), since in tuple(self._waiting.items()):
            if uid not in known or self._note(known[uid], due_at, waited=now - since):
                del self._waiting[uid, due_at]

    def _note(self, portfolio: Portfolio, began_at: datetime, *, waited: timedelta) -> bool:
        """Note what a portfolio is worth; returns False where a price is missing."""
        with self._ledger.writing() as connection:
            account = get_account(SYSTEM, connection, portfolio.account)
            worth = ZERO
            for line in list_positions(SYSTEM, connection, portfolio=portfolio.uid):
                instrument = traded(get_instrument(SYSTEM, connection, line.instrument_uid))
                price = self._link.price(Place(account.served_by, account.uid), instrument)
                gained = _gained(line, account, price, waited)
                if gained is None:
                    return False
                worth += gained
            equity = equity_of(latest(SYSTEM, connection, account.uid), account.base_currency)
            work = Work(connection, self._time.now())
            portfolio_days.begin(SYSTEM, work, portfolio.uid, began_at, unrealized=worth, equity=equity)
        return True


def _gained(line: PositionLine, account: Account, price: Decimal | None, waited: timedelta) -> Decimal | None:
    """Return what a position has gained, in its account's currency; None where that is not known."""
    if price is None and account.broker == PAPER and waited >= PAPER_WAITS:
        price = line.avg_price
    of_one = rate(line.currency, account.base_currency)
    if price is None or of_one is None:
        return None
    with localcontext(ARITHMETIC):
        return rounded((price - line.avg_price) * line.quantity * line.multiplier * of_one)
