"""What alerts and screeners look at: prices, what positions have gained, and how much of a limit is used.

What is not known is None, and never zero: an old or delayed quote is none, a rate that is missing is not one.
"""

from collections.abc import Sequence
from decimal import Decimal, localcontext

from sqlalchemy import Connection

from bus.messages.venues import Quote
from execution.refusal import HUNDRED
from execution.signals_desk.around import Around, place_of, traded
from execution.signals_desk.market_view import equity_of, rate
from execution.venue_link import ASKS_AFTER
from ledger.exact import ARITHMETIC, ZERO
from ledger.trading.books.positions import PositionLine, list_positions
from ledger.trading.errors import NotFound
from ledger.trading.hours import trading_day_start
from ledger.trading.instruments import Instrument, get_instrument
from ledger.trading.people.portfolios import portfolio_in_use
from ledger.trading.people.standing import Standing, standing
from ledger.trading.principal import SYSTEM
from ledger.trading.risk.day_reading import Day, read_day
from ledger.trading.risk.facts_reading import openings_since
from ledger.trading.risk.policies import limits_for
from ledger.trading.watching.alerts import Position, Risk
from ledger.trading.watching.watched import WatchedAlert, Whose


class Figures:
    """What is known at one moment, each row read once.

    Attributes:
        has_asked: Whether a quote was asked for: a moment later more is known.
    """

    def __init__(self, around: Around, connection: Connection) -> None:
        """Know nothing yet.

        Args:
            around: The prices and the clocks.
            connection: Any connection to the ledger.
        """
        self.has_asked = False
        self._around = around
        self._connection = connection
        self._standings: dict[str, Standing] = {}
        self._lines: dict[str, tuple[PositionLine, ...]] = {}
        self._instruments: dict[str, Instrument] = {}

    def of(self, watched: WatchedAlert) -> Decimal | None:
        """Return the figure that an alert is about, None where it is not known.

        Args:
            watched: Of PRICE: the price; of POSITION: the percent that was gained; of RISK: the percent that is used.
        """
        portfolio = self.portfolio_of(watched.whose)
        if portfolio is None or self.standing(portfolio).archived_at is not None:
            return None
        config = watched.alert.config
        if isinstance(config, Position):
            wanted = None if watched.instrument is None else watched.instrument.uid
            return self.gained_percent(portfolio, wanted)
        if isinstance(config, Risk):
            return self._used(portfolio, config.limit)
        quote = None if watched.instrument is None else self.quote(portfolio, watched.instrument)
        return None if quote is None else quote.last

    def portfolio_of(self, whose: Whose) -> str | None:
        """Return the portfolio that is meant: the one that is named, else the one in use; None where there is none.

        Args:
            whose: Whose the alert or schedule is.
        """
        if whose.portfolio is not None:
            return whose.portfolio
        try:
            return portfolio_in_use(whose.principal, self._connection).uid
        except NotFound:
            return None

    def standing(self, portfolio: str) -> Standing:
        """Return how a portfolio stands.

        Args:
            portfolio: Its uid.

        Raises:
            NotFound: There is no such portfolio.
        """
        if portfolio not in self._standings:
            self._standings[portfolio] = standing(SYSTEM, self._connection, portfolio)
        return self._standings[portfolio]

    def quote(self, portfolio: str, instrument: Instrument) -> Quote | None:
        """Return what an instrument costs at a portfolio's venue, and have it asked for where that is not known.

        Args:
            portfolio: Its uid.
            instrument: What.
        """
        found = self._around.link.quote(place_of(self.standing(portfolio)), traded(instrument))
        if found is None or self._around.time.now() - found.as_of > ASKS_AFTER:
            self.has_asked = True
        return None if found is None or found.is_delayed else found

    def lines(self, portfolio: str, instrument: str | None = None) -> tuple[PositionLine, ...]:
        """Return what a portfolio holds.

        Args:
            portfolio: Its uid.
            instrument: The uid of the one that is meant; None for all.
        """
        if portfolio not in self._lines:
            self._lines[portfolio] = list_positions(SYSTEM, self._connection, portfolio=portfolio)
        return tuple(each for each in self._lines[portfolio] if instrument in {None, each.instrument_uid})

    def gained_percent(self, portfolio: str, instrument: str | None) -> Decimal | None:
        """Return what positions have gained, in percent of their average price; zero where nothing is held.

        Args:
            portfolio: Its uid.
            instrument: The uid of the one that is meant; None for all together.
        """
        lines = self.lines(portfolio, instrument)
        currencies = {each.currency for each in lines}
        base = currencies.pop() if len(currencies) == 1 else self.standing(portfolio).base_currency
        gained, cost = self._gained(portfolio, lines, base), _cost(lines, base)
        if gained is None or cost is None:
            return None
        with localcontext(ARITHMETIC):
            return gained * HUNDRED / cost if cost else ZERO

    def value(self, portfolio: str, instrument: Instrument, price: Decimal) -> Decimal:
        """Return what a portfolio holds of an instrument, in that one's currency, whichever side it is on.

        Args:
            portfolio: Its uid.
            instrument: What.
            price: Of one.
        """
        with localcontext(ARITHMETIC):
            held = sum((each.quantity for each in self.lines(portfolio, instrument.uid)), ZERO)
            return abs(held * price * instrument.multiplier)

    def _used(self, portfolio: str, limit: str) -> Decimal | None:
        """Return how much of a limit is used, in percent; None where it is not set, or that is not known."""
        wanted = getattr(limits_for(SYSTEM, self._connection, portfolio=portfolio).limits, limit)
        used = None if wanted is None else self._use(portfolio, limit)
        if used is None:
            return None
        with localcontext(ARITHMETIC):
            return used * HUNDRED / wanted if wanted else HUNDRED

    def _use(self, portfolio: str, limit: str) -> Decimal | None:
        """Return what counts against a limit; None where that is not known."""
        lines, base = self.lines(portfolio), self.standing(portfolio).base_currency
        match limit:
            case "max_open_positions":
                return Decimal(len(lines))
            case "max_invested" | "budget":
                return _cost(lines, base)
            case "max_position_value":
                return _largest(lines, base)
            case "max_daily_buys":
                since = self._day(portfolio).start
                return Decimal(openings_since(SYSTEM, self._connection, portfolio, since))
            case "max_daily_loss":
                return self._lost_today(portfolio)
            case "max_drawdown_percent":
                return self._drawdown(portfolio)
            case _:
                return None

    def _lost_today(self, portfolio: str) -> Decimal | None:
        """Return what the day has lost, realized and not; zero where it has gained."""
        day, base = self._day(portfolio), self.standing(portfolio).base_currency
        now = self._gained(portfolio, self.lines(portfolio), base)
        if now is None or day.unrealized_at_start is None:
            return None
        return max(ZERO, day.unrealized_at_start - now - day.realized)

    def _drawdown(self, portfolio: str) -> Decimal | None:
        """Return how far equity is below its peak, in percent."""
        day = self._day(portfolio)
        equity = equity_of(day.balances, self.standing(portfolio).base_currency)
        if equity is None or day.equity_peak is None:
            return None
        peak = max(day.equity_peak, equity)
        with localcontext(ARITHMETIC):
            return (peak - equity) * HUNDRED / peak if peak > ZERO else HUNDRED

    def _day(self, portfolio: str) -> Day:
        """Return a portfolio's day: UTC's where nothing but coins is held, else New York's."""
        lines, now = self.lines(portfolio), self._around.time.now()
        coins = bool(lines) and all(each.asset_type == "CRYPTO" for each in lines)
        start = trading_day_start("CRYPTO" if coins else "EQUITY", now)
        return read_day(SYSTEM, self._connection, portfolio=portfolio, now=now, day_start=start)

    def _gained(self, portfolio: str, lines: Sequence[PositionLine], base: str) -> Decimal | None:
        """Return what positions have gained in a currency; None where any price or rate is missing."""
        quotes = [self.quote(portfolio, self._instrument(each.instrument_uid)) for each in lines]  # all are asked for
        gained = ZERO
        for each, quote in zip(lines, quotes, strict=True):
            of_one = rate(each.currency, base)
            if quote is None or of_one is None:
                return None
            with localcontext(ARITHMETIC):
                gained += (quote.last - each.avg_price) * each.quantity * each.multiplier * of_one
        return gained

    def _instrument(self, uid: str) -> Instrument:
        """Return an instrument; raises NotFound."""
        if uid not in self._instruments:
            self._instruments[uid] = get_instrument(SYSTEM, self._connection, uid)
        return self._instruments[uid]


def _cost(lines: Sequence[PositionLine], base: str) -> Decimal | None:
    """Return what positions cost at their average prices, in a currency; None without a rate."""
    cost = ZERO
    for each in lines:
        of_one = rate(each.currency, base)
        if of_one is None:
            return None
        with localcontext(ARITHMETIC):
            cost += abs(each.avg_price * each.quantity * each.multiplier * of_one)
    return cost


def _largest(lines: Sequence[PositionLine], base: str) -> Decimal | None:
    """Return what is most invested in one instrument, in a currency; None without a rate."""
    most = ZERO
    for uid in {each.instrument_uid for each in lines}:
        cost = _cost([each for each in lines if each.instrument_uid == uid], base)
        if cost is None:
            return None
        most = max(most, cost)
    return most
