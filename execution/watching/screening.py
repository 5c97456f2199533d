"""Screeners: which instruments meet conditions, by their quotes and by what the portfolio holds of them.

A run is a request, so that it is done once. Quotes are asked for, and waited for a few seconds; what is not known by
then is named. No venue here says a volume or a day's change: what asks for these finds nothing, and says so.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal, localcontext
from typing import Final

import msgspec

from bus.messages.venues import Quote
from execution.refusal import HUNDRED, number
from execution.signals_desk.wishes import Done, Wish
from execution.texts import names
from execution.texts import watching as texts
from execution.watching.figures import Figures
from ledger.exact import ARITHMETIC, rounded
from ledger.trading.aliases import all_at_broker
from ledger.trading.instruments import Instrument, get_instrument
from ledger.trading.principal import SYSTEM, Principal
from ledger.trading.watching.screeners import (
    MOST_SYMBOLS,
    Condition,
    Figure,
    Screener,
    ScreenerConfig,
    get_screener,
    screener_ran,
)

WAITS: Final = timedelta(seconds=4)
"""So long quotes are waited for; none of them is older then than a quote may be."""
PLACES: Final = Decimal("0.01")
NAMED: Final = 20
"""So many symbols are named of which nothing is known."""

Known = Mapping[Figure, Decimal | None]
"""Figures of an instrument; one that is missing is not known, one that is None is not there: nothing is held."""


class Screened(msgspec.Struct, frozen=True, kw_only=True):
    """What a run has found.

    Attributes:
        found: Symbols that meet all conditions, in the order that was asked for, with their figures.
        unknown: Symbols of which it cannot be said.
    """

    found: tuple[tuple[str, Known], ...]
    unknown: tuple[str, ...]


def screened(config: ScreenerConfig, rows: Mapping[str, Known]) -> Screened:
    """Return which instruments meet all conditions; pure.

    Args:
        config: The conditions.
        rows: What is known of each symbol.
    """
    judged = {symbol: [_is_met(each, known) for each in config.conditions] for symbol, known in rows.items()}
    unknown = sorted(symbol for symbol, met in judged.items() if None in met and False not in met)
    found = sorted(symbol for symbol, met in judged.items() if all(met))

    def highest_first(symbol: str) -> tuple[bool, Decimal]:
        """Return the place of a symbol: without the figure it stands at the end."""
        value = rows[symbol].get(config.order_by)
        return value is None, Decimal(0) if value is None else -value

    ordered = sorted(found, key=highest_first)
    return Screened(found=tuple((each, rows[each]) for each in ordered[: config.most]), unknown=tuple(unknown))


def screen(wish: Wish) -> Done | None:
    """Run a screener of the request's user in the request's portfolio.

    Args:
        wish: Names it as `screener`, by its uid.

    Returns:
        What was found, a line for each symbol; None while quotes are waited for.

    Raises:
        TradingError: The user has no such screener, or a service refuses; then nothing of this turn may be kept.
    """
    words, connection = texts.words_of(wish.standing.user), wish.work.connection
    owner = Principal(user_id=wish.request.user_id, role="trader")
    screener = get_screener(owner, connection, wish.argument("screener"))
    if not screener.is_active:
        return Done(words.screener_off.format(name=names.shown(screener.name)), is_refused=True)
    figures = Figures(wish.around, connection)
    wanted, strange = _wanted(wish, screener.config, figures)
    quotes = {label: figures.quote(wish.request.portfolio, each) for label, each in wanted.items()}
    has_waited = wish.work.now - wish.request.updated_at >= WAITS
    if wish.request.state == "WAITING" or (None in quotes.values() and not has_waited):
        return None if wanted else _done(screener, Screened(found=(), unknown=strange), count=len(strange), words=words)
    rows = {label: _known(wish.request.portfolio, each, quotes[label], figures) for label, each in wanted.items()}
    result = screened(screener.config, rows)
    screener_ran(SYSTEM, wish.work, screener.uid)
    result = msgspec.structs.replace(result, unknown=(*result.unknown, *strange))
    return _done(screener, result, count=len(wanted) + len(strange), words=words)


def _wanted(wish: Wish, config: ScreenerConfig, figures: Figures) -> tuple[dict[str, Instrument], tuple[str, ...]]:
    """Return what is looked through by how it is called, and which of the named symbols nobody knows here."""
    portfolio = wish.request.portfolio
    names = all_at_broker(SYSTEM, wish.work.connection, wish.standing.broker)
    held = [get_instrument(SYSTEM, wish.work.connection, each.instrument_uid) for each in figures.lines(portfolio)]
    known = [(alias.upper(), each) for alias, each in names]
    known += [(each.symbol.upper(), each) for each in (*(each for _, each in names), *held)]
    chosen = {each.upper() for each in config.symbols} or {name for name, _ in known}
    strange = tuple(sorted(chosen - {name for name, _ in known}))
    found = {each.uid: each for name, each in known if name in chosen and config.asset_type in {None, each.asset_type}}
    ordered = sorted(found.values(), key=lambda each: (each.symbol, each.asset_type, each.uid))[:MOST_SYMBOLS]
    symbols = [each.symbol for each in ordered]
    return {_label(each, is_alone=symbols.count(each.symbol) == 1): each for each in ordered}, strange


def _label(instrument: Instrument, *, is_alone: bool) -> str:
    """Return how an instrument is called among others: with what it is, and where, where others have its symbol."""
    more = () if is_alone else (instrument.asset_type, instrument.exchange or "")
    return " ".join((instrument.symbol, *more)).strip()


def _known(portfolio: str, instrument: Instrument, quote: Quote | None, figures: Figures) -> Known:
    """Return what is known of an instrument."""
    lines = figures.lines(portfolio, instrument.uid)
    if quote is None:
        return {} if lines else {"position_value": None, "unrealized_percent": None}
    gained = figures.gained_percent(portfolio, instrument.uid)
    with localcontext(ARITHMETIC):
        spread = (quote.ask - quote.bid) * HUNDRED * 2 / (quote.ask + quote.bid)
    known: dict[Figure, Decimal | None] = {"price": quote.last, "spread_percent": spread}
    known["position_value"] = figures.value(portfolio, instrument, quote.last) if lines else None
    if not lines or gained is not None:
        known["unrealized_percent"] = gained if lines else None
    return known


def _is_met(condition: Condition, known: Known) -> bool | None:
    """Tell whether a condition is met; None where nobody knows."""
    if condition.figure not in known:
        return None
    value = known[condition.figure]
    if value is None:
        return False
    return value > condition.value if condition.compare == "above" else value < condition.value


def _done(screener: Screener, result: Screened, *, count: int, words: texts.Words) -> Done:
    """Return a run's result in words, a line for each symbol."""
    shown = dict.fromkeys(each.figure for each in screener.config.conditions)
    template = words.found if result.found else words.found_none
    lines = [template.format(name=names.shown(screener.name), count=len(result.found), all=count)]
    lines += ["  ".join([names.shown(symbol), *_figures(known, list(shown))]) for symbol, known in result.found]
    if result.unknown:
        more = f" +{len(result.unknown) - NAMED}" if len(result.unknown) > NAMED else ""
        lines.append(words.not_known.format(symbols=", ".join(map(names.shown, result.unknown[:NAMED])) + more))
    return Done("\n".join(lines))


def _figures(known: Known, shown: Sequence[Figure]) -> list[str]:
    """Return the figures that conditions are about; percentages to two places."""
    return [_figure(figure, value) for figure in shown if (value := known.get(figure)) is not None]


def _figure(figure: Figure, value: Decimal) -> str:
    """Return one figure as it is shown."""
    if not figure.endswith("_percent"):
        return number(rounded(value))
    with localcontext(ARITHMETIC):
        return f"{number(value.quantize(PLACES))} %"
