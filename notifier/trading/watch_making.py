"""Alerts, schedules and screeners from what was typed: symbols and names are found, and what cannot be is said.

What a person wrote wrongly is refused in their language before a service sees it.
"""

from collections.abc import Iterable, Sequence
from typing import Final, Protocol, TypeVar

from sqlalchemy import Connection

from ledger.trading.aliases import all_at_broker
from ledger.trading.books.positions import list_positions
from ledger.trading.errors import Invalid
from ledger.trading.flow import signals
from ledger.trading.instruments import Instrument, get_instrument
from ledger.trading.meant import is_meant
from ledger.trading.people.portfolio_rows import Portfolio
from ledger.trading.people.standing import standing
from ledger.trading.principal import Principal, must_trade
from ledger.trading.risk.policies import limits_for
from ledger.trading.watching.alerts import MEASURED, Alert, NewAlert, Risk, list_alerts, new_alert
from ledger.trading.watching.cron import checked_cron
from ledger.trading.watching.schedules import NewSchedule, Schedule, list_schedules, new_schedule
from ledger.trading.watching.screeners import QUOTED, Screener, list_screeners, new_screener
from ledger.trading.words import LONGEST_NAME
from ledger.trading.work import Work
from notifier.texts.trading_watching import WatchWords
from notifier.trading.desk import escaped, place
from notifier.trading.watch_grammar import AlertTyped, ScheduleTyped, ScreenerTyped

SHOWN: Final = 12
"""Names that are listed where one was not found."""


class Named(Protocol):
    """A row that has a name, and is a user's."""

    @property
    def name(self) -> str:
        """Its name."""
        ...

    @property
    def user_id(self) -> int:
        """The ledger's number of its user."""
        ...


Found = TypeVar("Found", bound=Named)


class Refused(Exception):
    """What was typed cannot be; the text says why, in the person's language and Telegram's HTML."""


def own(principal: Principal, rows: Iterable[Found]) -> tuple[Found, ...]:
    """Return the asker's own rows, of an admin too.

    Args:
        principal: Who asks.
        rows: What a service lists for them.
    """
    return tuple(each for each in rows if each.user_id == principal.user_id)


def named(rows: Sequence[Found], written: str, words: WatchWords) -> Found:
    """Return the row whose name was written, or begins so.

    Args:
        rows: The asker's.
        written: The name, in whatever letters.
        words: What is said where there is none.

    Raises:
        Refused: There is none, or several.
    """
    wanted = written.casefold()
    same = [each for each in rows if each.name.casefold() == wanted]
    found = same or [each for each in rows if wanted and each.name.casefold().startswith(wanted)]
    if len(found) == 1:
        return found[0]
    shown = escaped(", ".join(each.name for each in (found or rows)[:SHOWN]) or "–")
    template = words.several if found else words.not_there
    raise Refused(template.format(name=escaped(written[:LONGEST_NAME]) or "–", names=shown))


def free(rows: Sequence[Named], name: str, words: WatchWords) -> str:
    """Return a name that none of the asker's rows has.

    Args:
        rows: The asker's.
        name: The name.
        words: What is said where one has it.

    Raises:
        Refused: One has it.
    """
    if any(each.name == name for each in rows):
        raise Refused(words.taken.format(name=escaped(name)))
    return name


def make_alert(principal: Principal, work: Work, typed: AlertTyped, words: WatchWords) -> tuple[Alert, Portfolio]:
    """Write an alert of the portfolio in use.

    Args:
        principal: Who wants it.
        work: What this is written with.
        typed: As it was typed.
        words: What is said where it cannot be.

    Returns:
        The alert, and the portfolio.

    Raises:
        Refused: Its symbol or its time is none.
        TradingError: As `new_alert`.
    """
    must_trade(principal)
    mine = place(principal, work.connection)
    instrument = None if typed.symbol is None else instrument_of(principal, work.connection, typed.symbol, words)
    name = typed.said if instrument is None else f"{instrument.symbol} {typed.said}"
    if typed.type == "POSITION" and instrument is None:
        name = f"{mine.name} {typed.said}"
    if typed.type == "SCHEDULE":
        the_cron(str(typed.config["cron"]), words)
    if typed.type == "RISK" and typed.config["limit"] not in MEASURED:
        limit = escaped(str(typed.config["limit"])[:LONGEST_NAME])
        raise Refused(words.limit_unknown.format(limit=limit, limits=", ".join(MEASURED)))
    new = NewAlert(
        name=free(own(principal, list_alerts(principal, work.connection)), name[:LONGEST_NAME].strip(), words),
        type=typed.type,
        config=typed.config,
        portfolio=mine.uid,
        instrument=None if instrument is None else instrument.uid,
    )
    return new_alert(principal, work, new), mine


def limit_not_set(principal: Principal, connection: Connection, alert: Alert, mine: Portfolio) -> str:
    """Return the limit that an alert watches where it is not set; empty where it is, or none is watched.

    Args:
        principal: Who asks.
        connection: Any connection to the ledger.
        alert: The alert.
        mine: Its portfolio.
    """
    if not isinstance(alert.config, Risk):
        return ""
    limits = limits_for(principal, connection, portfolio=mine.uid).limits
    return "" if alert.config.limit in limits.set_ones else alert.config.limit


def make_schedule(principal: Principal, work: Work, typed: ScheduleTyped, words: WatchWords) -> Schedule:
    """Write a schedule of the portfolio in use, or of all.

    Args:
        principal: Who wants it.
        work: What this is written with.
        typed: As it was typed.
        words: What is said where it cannot be.

    Returns:
        The schedule, as it was written.

    Raises:
        Refused: Its time is none, or it names a screener that is not there.
        TradingError: As `new_schedule`.
    """
    must_trade(principal)
    params = typed.params
    if typed.action == "screen":
        mine = own(principal, list_screeners(principal, work.connection))
        params = {"screener": named(mine, typed.params["screener"], words).uid}
    new = NewSchedule(
        name=free(own(principal, list_schedules(principal, work.connection)), typed.name, words),
        cron=the_cron(typed.cron, words),
        action=typed.action,
        params=params,
        portfolio=None if typed.is_for_all else place(principal, work.connection).uid,
    )
    return new_schedule(principal, work, new)


def make_screener(principal: Principal, work: Work, typed: ScreenerTyped, words: WatchWords) -> Screener:
    """Write a screener.

    Args:
        principal: Who wants it.
        work: What this is written with.
        typed: As it was typed.
        words: What is said where it cannot be.

    Returns:
        The screener, as it was written.

    Raises:
        Refused: It is about figures that no venue says.
        TradingError: As `new_screener`.
    """
    free(own(principal, list_screeners(principal, work.connection)), typed.name, words)
    made = new_screener(principal, work, typed.name, typed.config)
    strange = sorted({each.figure for each in made.config.conditions} - set(QUOTED))
    if strange:
        raise Refused(words.not_quoted.format(figures=", ".join(strange), known=", ".join(QUOTED)))
    return made


def the_cron(cron: str, words: WatchWords) -> str:
    """Return a time by cron as it is kept.

    Args:
        cron: As it was typed.
        words: What is said where it is none.

    Raises:
        Refused: It is none.
    """
    try:
        return checked_cron(cron)
    except Invalid:
        raise Refused(words.bad_cron.format(cron=escaped(cron[:LONGEST_NAME]) or "–")) from None


def instrument_of(principal: Principal, connection: Connection, written: str, words: WatchWords) -> Instrument:
    """Return what a symbol means at the venue of the portfolio in use; never a guess.

    Args:
        principal: Who asks.
        connection: Any connection to the ledger.
        written: The symbol, as signals, the venue or the books write it, in whatever letters.
        words: What is said where it is nothing, or several things.

    Raises:
        Refused: It is.
        NotFound: The asker has no portfolio.
    """
    mine = place(principal, connection)
    names = _known(principal, connection, mine)
    wanted, among = written.upper(), [each for _, each in names]
    exact = {each.uid: each for name, each in names if name.upper() == wanted}
    found = exact or {each.uid: each for each in among if is_meant(each, written, among)}
    if len(found) == 1:
        return next(iter(found.values()))
    others = [name for name, each in names if each.uid in found and name.upper() != wanted]
    listed = list(dict.fromkeys(others)) if found else known_symbols(principal, connection)
    shown = escaped(", ".join(listed[:SHOWN]) or "–")
    template = words.symbol_several if found else words.symbol_unknown
    raise Refused(template.format(symbol=escaped(written[:LONGEST_NAME]), symbols=shown, portfolio=escaped(mine.name)))


def known_symbols(principal: Principal, connection: Connection) -> list[str]:
    """Return the symbols that are held or were asked for lately in the portfolio in use; not those of other people.

    Args:
        principal: Who asks.
        connection: Any connection to the ledger.

    Returns:
        At most `SHOWN`, what is held first.

    Raises:
        NotFound: The asker has no portfolio.
    """
    mine = place(principal, connection).uid
    held = (each.symbol for each in list_positions(principal, connection, portfolio=mine))
    asked = (each.symbol for each in signals.history(principal, connection, mine) if each.instrument is not None)
    return list(dict.fromkeys((*held, *asked)))[:SHOWN]


def _known(principal: Principal, connection: Connection, mine: Portfolio) -> list[tuple[str, Instrument]]:
    """Return all names of what can be watched in a portfolio: its venue's, and of what is held."""
    names = list(all_at_broker(principal, connection, standing(principal, connection, mine.uid).broker))
    held = {each.instrument_uid for each in list_positions(principal, connection, portfolio=mine.uid)}
    instruments = [get_instrument(principal, connection, uid) for uid in sorted(held)]
    found = {each.uid: each for each in (*(each for _, each in names), *instruments)}
    return [*names, *((each.symbol, each) for each in found.values())]
