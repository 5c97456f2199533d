"""The owner's commands for the books of trading; they work while the system runs.

Whoever may type them on this machine owns the ledger's file: they are the system's own, and see everybody's books.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from operator import itemgetter
from pathlib import Path

from sqlalchemy import Connection

from ledger.admin import fills_csv
from ledger.admin.commands import Refused
from ledger.admin.open_books import listed, named, ready, table, user_named
from ledger.settings import Settings
from ledger.store import Ledger
from ledger.trading import audit
from ledger.trading.books import self_check
from ledger.trading.books.pnl import Amounts, Period, pnl
from ledger.trading.books.positions import list_positions
from ledger.trading.books.records import Book
from ledger.trading.books.trades import ingest_without_order
from ledger.trading.errors import Invalid, TradingError
from ledger.trading.instruments import resolve
from ledger.trading.people import users
from ledger.trading.people.portfolios import list_portfolios
from ledger.trading.people.strategies import list_strategies
from ledger.trading.people.user_rows import id_of
from ledger.trading.principal import SYSTEM, Principal
from ledger.trading.work import Work

AT_ONCE = 200
"""Executions to a transaction: while one is open nobody else writes."""
MOST_DAYS = 36500


def import_trades(settings: Settings, chosen: Path, owner: str, portfolio: str) -> list[str]:
    """Take the executions of a CSV file into a portfolio's books; return what to tell.

    A file that cannot be read is refused as a whole. What is in the books already is left as it is, so a file may be
    taken in again, also after an interruption.

    Args:
        settings: Where the ledger is.
        chosen: The file.
        owner: The user's name.
        portfolio: The portfolio's name.

    Raises:
        Refused: The file is not right, or a line contradicts the books; whole parts of the file before it are in.
    """
    lines = _read(chosen)
    new = 0
    with ready(settings) as ledger:
        with ledger.reading() as connection:
            user = user_named(connection, owner)
            portfolios = list_portfolios(SYSTEM, connection, user=user.uid)
            found = named(portfolios, portfolio, what="portfolio", owner=user.username)
            strategies = {each.name: each.uid for each in list_strategies(SYSTEM, connection, user=user.uid)}
        for first in range(0, len(lines), AT_ONCE):
            part = lines[first : first + AT_ONCE]
            try:
                new += _take_in_all(ledger, part, found.uid, strategies)
            except TradingError as error:
                before = f"what stands before line {part[0].number} is in" if first else "nothing is in"
                raise Refused(f"{error}\nOf {chosen} {before}; mend the line and import the file again") from None
    return [f"{len(lines)} executions read: {new} new, {len(lines) - new} were in the books already."]


def _read(chosen: Path) -> tuple[fills_csv.Line, ...]:
    """Return the executions of a file; raises Refused."""
    try:
        with chosen.open(encoding="utf-8-sig", newline="") as text:
            return fills_csv.read(text)
    except fills_csv.BadFile as error:
        raise Refused(f"{chosen} cannot be imported:\n{error}") from None
    except UnicodeDecodeError:
        raise Refused(f"{chosen} is no UTF-8 text") from None
    except OSError as error:
        raise Refused(f"{chosen} cannot be read: {error.strerror}") from None


def _take_in_all(ledger: Ledger, lines: Sequence[fills_csv.Line], portfolio: str, strategies: Mapping[str, str]) -> int:
    """Take in the executions of some lines, or none of them, and return how many were new; raises TradingError."""
    with ledger.writing() as connection:
        work = Work(connection, datetime.now(UTC))
        return sum(_take_in(work, line, portfolio, strategies) for line in lines)


def _take_in(work: Work, line: fills_csv.Line, portfolio: str, strategies: Mapping[str, str]) -> bool:
    """Take in the execution of a line, and tell whether it was new; raises TradingError with the line's number."""
    try:
        if line.strategy is not None and line.strategy not in strategies:
            raise Invalid(f"there is no strategy {line.strategy}; {listed(strategies)}")
        strategy = None if line.strategy is None else strategies[line.strategy]
        instrument = resolve(SYSTEM, work, line.instrument)
        book = Book(portfolio=portfolio, instrument=instrument.uid, strategy=strategy)
        return ingest_without_order(SYSTEM, work, line.fill, book=book).is_new
    except TradingError as error:
        raise Invalid(f"line {line.number}: {error}") from None


def show_positions(settings: Settings, owner: str | None) -> list[str]:
    """Return a table of the open positions, of one user or of all.

    Args:
        settings: Where the ledger is.
        owner: The user's name; None for all.

    Raises:
        Refused: There is no such user.
    """
    with ready(settings) as ledger, ledger.reading() as connection:
        found = list_positions(_as(connection, owner), connection)
        names = {user.uid: user.username for user in users.list_users(SYSTEM, connection)}
        owners = {each.uid: names[each.user] for each in list_portfolios(SYSTEM, connection, archived=True)}
    head = ("owner", "portfolio", "symbol", "strategy", "quantity", "average", "cost", "realized", "")
    rows = [
        (
            owners[line.portfolio_uid],
            line.portfolio,
            line.symbol,
            line.strategy or "-",
            *map(_plain, (line.quantity, line.avg_price, line.cost, line.realized_pnl)),
            line.currency,
        )
        for line in found
    ]
    return table(head, sorted(rows, key=itemgetter(0))) if rows else ["Nothing is held."]


def show_pnl(settings: Settings, owner: str | None, days: int) -> list[str]:
    """Return what the last days brought, by symbol and strategy, and in all; of one user or of all.

    Args:
        settings: Where the ledger is.
        owner: The user's name; None for all.
        days: How many, up to now.

    Raises:
        Refused: There is no such user, or they are no number of days.
    """
    if not 1 <= days <= MOST_DAYS:
        raise Refused(f"DAYS is 1 to {MOST_DAYS}, not {days}")
    now = datetime.now(UTC)
    with ready(settings) as ledger, ledger.reading() as connection:
        found = pnl(_as(connection, owner), connection, Period(now - timedelta(days=days), now))
    rows = [
        (line.symbol, line.strategy or "-", str(line.executions), _plain(line.gross), line.currency, _sums(line.fees))
        for line in found.lines
    ]
    lines = table(("symbol", "strategy", "executions", "gross", "", "fees"), rows) if rows else []
    sums = {"Gross": found.gross, "Fees": found.fees, "Funding": found.funding, "Net": found.net}
    lines += [f"{name}: {_sums(amounts)}" for name, amounts in sums.items() if amounts]
    if found.fees_missing:
        lines.append(f"The fees of {found.fees_missing} executions are not known yet; the net is without them.")
    return lines or ["No executions."]


def verify_audit(settings: Settings) -> list[str]:
    """Look through all audit chains; return that they are whole.

    Raises:
        Refused: One is not; its text names the first row that does not fit of each.
    """
    with ready(settings) as ledger, ledger.reading() as connection:
        faults = audit.verify(SYSTEM, connection)
    if faults:
        raise Refused("\n".join(f"audit row {each.sequence} of {each.chain}: {each.reason}" for each in faults))
    return ["Every audit chain is whole."]


def verify_books(settings: Settings) -> list[str]:
    """Recompute positions and orders from their executions, and look through the audit chains; return that all fits.

    Raises:
        Refused: Something differs; its text says what.
    """
    with ready(settings) as ledger, ledger.reading() as connection:
        found = self_check.check(SYSTEM, connection)
    if not found.is_well:
        details = [
            f"position {each.uid}: {each.what} is {each.stored}, not {each.computed}" for each in found.positions
        ]
        raise Refused("\n".join([found.line, *details[: self_check.LISTED]]))
    return ["Positions and orders are what their executions say, and every audit chain is whole."]


def _as(connection: Connection, owner: str | None) -> Principal:
    """Return who asks: the system for everybody's books, else somebody who sees a user's alone; raises Refused.

    That user may be an admin, who would see everybody's, or blocked.
    """
    if owner is None:
        return SYSTEM
    return Principal(user_id=id_of(connection, user_named(connection, owner).uid), role="viewer")


def _plain(amount: Decimal) -> str:
    """Return an amount with all of its digits."""
    return format(amount, "f")


def _sums(amounts: Amounts) -> str:
    """Return sums with their currencies."""
    return ", ".join(f"{_plain(amount)} {currency}" for currency, amount in amounts.items()) or "-"
