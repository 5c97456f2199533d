"""What portfolios have gained since their day began: looked at every minute, as far as all of their prices are known.

What is found is said on the bus, for whoever asks for profit and loss; and where it is unusually much, its user is told
once for each day and direction. What is not known (a price, a rate, how the day began) is told of nowhere.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal, localcontext
from typing import Final

import msgspec
from sqlalchemy import Connection

from bus.messages.trading import Mark, PortfolioWorth
from bus.messages.venues import Quote
from bus.time_source import TimeSource
from execution.signals_desk.around import place_of, traded
from execution.signals_desk.market_view import equity_of, rate
from execution.texts.swings import Swing, told_swing
from execution.venue_link import VenueLink
from ledger.exact import ARITHMETIC, ZERO, difference, rounded
from ledger.store import Ledger
from ledger.trading.books.positions import list_positions
from ledger.trading.errors import Invalid
from ledger.trading.events import Notice, tell
from ledger.trading.hours import trading_day_start
from ledger.trading.instruments import Instrument
from ledger.trading.people.portfolios import list_portfolios
from ledger.trading.people.standing import Standing, standing
from ledger.trading.principal import SYSTEM
from ledger.trading.risk.day_reading import Day, read_day
from ledger.trading.risk.policies import limits_for
from ledger.trading.work import Work
from reports.page import Unrealized
from reports.texts import language_of

LOOK_EVERY: Final = timedelta(minutes=1)
SOON: Final = timedelta(seconds=2)
"""So often at most they are looked at while orders end: what was just bought has a price at once."""
AGAIN_AFTER: Final = timedelta(seconds=1)
TOLD_FOR: Final = timedelta(minutes=15)
"""So long what was known last is told in a report, with its time: prices end when the market closes."""
PRICES_WITHIN: Final = timedelta(seconds=6)
"""So long prices are waited for, before a portfolio is left until the next minute."""
SHARE_OF_LIMIT: Final = Decimal("0.5")
SHARE_OF_EQUITY: Final = Decimal("0.05")
KEPT: Final = 500
MOST_MARKS: Final = 300
"""Prices that are said on the bus, every two seconds."""


class Gains(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a portfolio at a moment; `worth` is None where nothing is held."""

    standing: Standing
    day: Day
    unrealized: Decimal
    worth: PortfolioWorth | None


class Worths:
    """The portfolios, and what they have gained."""

    def __init__(self, ledger: Ledger, link: VenueLink, *, time: TimeSource) -> None:
        """Know nothing.

        Args:
            ledger: Has the books.
            link: Knows prices.
            time: Says when they are looked at.
        """
        self._ledger = ledger
        self._link = link
        self._time = time
        self._begun_at: datetime | None = None
        self._look_at = time.now()
        self._waiting: set[str] = set()
        self._every = LOOK_EVERY
        self._found: dict[str, PortfolioWorth] = {}
        self._marks: dict[str, tuple[Mark, ...]] = {}
        self._last: dict[str, PortfolioWorth] = {}
        self._told: dict[str, None] = {}

    def known(self) -> tuple[PortfolioWorth, ...]:
        """Return what is held by portfolios whose prices were all known when they were last looked at."""
        return tuple(self._found.values())

    def marks(self) -> tuple[Mark, ...]:
        """Return what is held last cost, as far as any price was heard: late and old ones too, as they say."""
        return tuple(mark for marks in self._marks.values() for mark in marks)[:MOST_MARKS]

    def gained(self, portfolio: str) -> Unrealized | None:
        """Return what a portfolio's positions had gained when that was known last, for a report.

        Args:
            portfolio: Its uid.

        Returns:
            The amount with its time; None where it was not known within the last minutes.
        """
        last = self._last.get(portfolio)
        if last is None or self._time.now() - last.as_of > TOLD_FOR:
            return None
        return Unrealized(amounts={last.currency: last.unrealized}, as_of=last.as_of)

    def soon(self) -> None:
        """Look within seconds: something was bought or sold."""
        self._every = SOON
        if self._begun_at is not None:
            self._look_at = min(self._look_at, self._begun_at + SOON)

    def turn(self) -> bool:
        """Look at those whose turn it is, and return whether there may be a message."""
        now = self._time.now()
        if now < self._look_at:
            return False
        self._look_at = now + AGAIN_AFTER
        has_told = False
        with self._ledger.reading() as connection:
            if self._begun_at is None or now - self._begun_at >= self._every:
                self._begun_at, self._every = now, LOOK_EVERY
                self._waiting = {each.uid for each in list_portfolios(SYSTEM, connection)}
                self._marks = {uid: marks for uid, marks in self._marks.items() if uid in self._waiting}
            looked_at = [(uid, self._gains(connection, uid, now)) for uid in sorted(self._waiting)]
            swings = [each for _, gains in looked_at if gains is not None and (each := _swing(connection, gains))]
        for uid, gains in looked_at:
            self._note(uid, gains, now)
        for gains, swing in swings:
            has_told |= self._tell(gains, swing)
        if not self._waiting:
            self._look_at = self._begun_at + self._every
        return has_told

    def _note(self, uid: str, gains: Gains | None, now: datetime) -> None:
        """Keep what was found, or forget what was known of a portfolio whose prices have not come in time."""
        is_late = self._begun_at is not None and now - self._begun_at >= PRICES_WITHIN
        if gains is None and not is_late:
            return
        self._waiting.discard(uid)
        self._found.pop(uid, None)
        if gains is None:
            return
        self._last.pop(uid, None)
        if gains.worth is not None:
            self._found[uid] = self._last[uid] = gains.worth

    def _gains(self, connection: Connection, uid: str, now: datetime) -> Gains | None:
        """Return what a portfolio has gained; None where a price or a rate is not known (yet)."""
        stands = standing(SYSTEM, connection, uid)
        coins = {line.asset_type == "CRYPTO" for line in list_positions(SYSTEM, connection, portfolio=uid)} == {True}
        began_at = trading_day_start("CRYPTO" if coins else "EQUITY", now)
        day = read_day(SYSTEM, connection, portfolio=uid, now=now, day_start=began_at)
        quotes = [self._quote(stands, each) for each in day.instruments()]
        self._marks[uid] = tuple(self._prices(stands, dict.fromkeys(day.instruments())))
        unrealized = ZERO
        for row, quote in zip(day.held, quotes, strict=True):
            of_one = rate(row.currency, stands.base_currency)
            if quote is None or of_one is None:
                return None
            with localcontext(ARITHMETIC):
                unrealized += (quote.last - row.avg_price) * row.quantity * row.multiplier * of_one
        worth = None
        as_of = min((quote.as_of for quote in quotes if quote is not None), default=None)
        if as_of is not None:
            currency, gained = stands.base_currency, rounded(unrealized)
            worth = PortfolioWorth(portfolio=uid, currency=currency, unrealized=gained, as_of=as_of)
        return Gains(standing=stands, day=day, unrealized=rounded(unrealized), worth=worth)

    def _quote(self, stands: Standing, instrument: Instrument) -> Quote | None:
        """Return what an instrument costs now; None where that is not known (yet), or told late."""
        found = self._link.quote(place_of(stands), traded(instrument))
        return None if found is None or found.is_delayed else found

    def _prices(self, stands: Standing, instruments: Iterable[Instrument]) -> Iterator[Mark]:
        """Yield the last prices that were heard, whatever they are worth."""
        for each in instruments:
            found = self._link.last_quote(place_of(stands), traded(each))
            if found is not None:
                of = {"portfolio": stands.portfolio, "instrument": each.uid}
                yield Mark(**of, price=found.last, as_of=found.as_of, is_delayed=found.is_delayed)

    def _tell(self, gains: Gains, swing: Swing) -> bool:
        """Tell a user of an unusual day, once for its direction; return whether it was not told in this life."""
        direction = "up" if swing.change > 0 else "down"
        name = f"swing-{direction}-{gains.day.start:%Y%m%d%H}-{gains.standing.portfolio}"
        if name in self._told or gains.standing.status != "ACTIVE":
            return False
        user = gains.standing.user
        notice = Notice(id=name, kind="swing", text=told_swing(swing, language_of(user.language)))
        with self._ledger.writing() as connection:
            tell(Work(connection, self._time.now()), user, notice)
        while len(self._told) >= KEPT:
            del self._told[next(iter(self._told))]
        self._told[name] = None
        return True


def _swing(connection: Connection, gains: Gains) -> tuple[Gains, Swing] | None:
    """Return what is to be told of a portfolio's day; None where it is nothing unusual, or not known."""
    at_start = gains.day.unrealized_at_start
    found = _threshold(connection, gains)
    if at_start is None or found is None:
        return None
    threshold, is_of_limit = found
    stands = gains.standing
    swing = Swing(
        portfolio=f"{'live' if stands.is_live else 'paper'} · {stands.portfolio_name}",
        currency=stands.base_currency,
        realized=gains.day.realized,
        unrealized=difference(gains.unrealized, at_start),
        threshold=threshold,
        is_of_limit=is_of_limit,
    )
    return (gains, swing) if abs(swing.change) >= threshold > 0 else None


def _threshold(connection: Connection, gains: Gains) -> tuple[Decimal, bool] | None:
    """Return from how much on a day is unusual, and whether that is of the daily loss limit; None if not known."""
    try:
        limit = limits_for(SYSTEM, connection, portfolio=gains.standing.portfolio).limits.max_daily_loss
    except Invalid:  # a policy that cannot be read; openings are refused for it, with its name
        limit = None
    equity = equity_of(gains.day.balances, gains.standing.base_currency)
    with localcontext(ARITHMETIC):
        if limit is not None:
            return rounded(limit * SHARE_OF_LIMIT), True
        return None if equity is None else (rounded(abs(equity) * SHARE_OF_EQUITY), False)
