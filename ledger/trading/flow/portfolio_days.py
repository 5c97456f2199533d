"""What portfolios were worth when their days began, and the highest they ever were: what losses are measured from.

A day is named by the moment at which it began: a portfolio of shares and coins has two, New York's and UTC's.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select

from ledger.columns import Moment
from ledger.trading.flow.checks import amount
from ledger.trading.flow.finding import place_of
from ledger.trading.principal import Principal, must_be_admin
from ledger.trading.tables.flow import portfolio_days
from ledger.trading.work import Work

_OF_PORTFOLIO = select(portfolio_days).where(portfolio_days.c.portfolio_id == bindparam("of_portfolio"))
_ONE = _OF_PORTFOLIO.where(portfolio_days.c.began_at == bindparam("of_day", type_=Moment))
_NEWEST = _OF_PORTFOLIO.order_by(portfolio_days.c.began_at.desc()).limit(1)
_ADD = portfolio_days.insert()
_UPDATE = portfolio_days.update().where(
    portfolio_days.c.portfolio_id == bindparam("of_portfolio"),
    portfolio_days.c.began_at == bindparam("of_day", type_=Moment),
)


def begin(  # noqa: PLR0913 - a day of a portfolio is these two figures
    principal: Principal, work: Work, portfolio: str, began_at: datetime, *, unrealized: Decimal, equity: Decimal | None
) -> bool:
    """Note what a portfolio was worth when its day began; the first to say so wins.

    Args:
        principal: The system, or an admin.
        work: What this is written with.
        portfolio: The portfolio's uid.
        began_at: When the day of trading began, aware: New York's, or UTC's for crypto.
        unrealized: Of all open positions, in the account's currency.
        equity: In the account's currency; None where it is not known.

    Returns:
        Whether this was the first.

    Raises:
        NotAllowed: The asker is no admin.
        NotFound: There is no such portfolio.
        Invalid: An amount cannot be kept.
    """
    must_be_admin(principal)
    number = place_of(principal, work.connection, portfolio).id
    row = _day(work, number, began_at)
    if row.unrealized_pnl is not None:
        return False
    said = {"unrealized_pnl": amount("the unrealized P&L", unrealized), "equity": amount("the equity", equity)}
    _write(work, row, **said)
    if equity is not None:
        _raise_peak(work, number, equity)
    return True


def note_equity(principal: Principal, work: Work, portfolio: str, began_at: datetime, *, equity: Decimal) -> Decimal:
    """Note what a portfolio is worth now, and keep the highest.

    Args:
        principal: The system, or an admin.
        work: What this is written with.
        portfolio: The portfolio's uid.
        began_at: When the day of trading began, aware.
        equity: In the account's currency.

    Returns:
        The highest equity that was ever noted.

    Raises:
        NotAllowed: The asker is no admin.
        NotFound: There is no such portfolio.
        Invalid: The amount cannot be kept.
    """
    must_be_admin(principal)
    amount("the equity", equity)
    number = place_of(principal, work.connection, portfolio).id
    _day(work, number, began_at)
    return _raise_peak(work, number, equity)


def peak(principal: Principal, connection: Connection, portfolio: str) -> Decimal | None:
    """Return the highest equity of a portfolio that was ever noted, None where none was.

    Args:
        principal: Whose portfolio it is, or an admin.
        connection: Any connection to the ledger.
        portfolio: The portfolio's uid.

    Raises:
        NotFound: The asker has no such portfolio.
    """
    return peak_of(connection, place_of(principal, connection, portfolio).id)


def peak_of(connection: Connection, portfolio: int) -> Decimal | None:
    """Return the highest equity that was ever noted, for services that have found the portfolio.

    Args:
        connection: Any connection to the ledger.
        portfolio: The ledger's number of the portfolio.
    """
    row = connection.execute(_NEWEST, {"of_portfolio": portfolio}).first()
    return None if row is None else row.equity_peak


def start_and_peak(connection: Connection, portfolio: int, began_at: datetime) -> tuple[Decimal | None, Decimal | None]:
    """Return the unrealized P&L with which a day began, and the highest equity that was ever noted; as `peak_of`.

    Args:
        connection: Any connection to the ledger.
        portfolio: The ledger's number of the portfolio.
        began_at: When the day of trading began, aware.

    Returns:
        Each None where nobody noted it.
    """
    newest = connection.execute(_NEWEST, {"of_portfolio": portfolio}).first()
    if newest is None:
        return None, None
    if newest.began_at == began_at:
        return newest.unrealized_pnl, newest.equity_peak
    row = connection.execute(_ONE, {"of_portfolio": portfolio, "of_day": began_at}).first()
    return None if row is None else row.unrealized_pnl, newest.equity_peak


def _day(work: Work, portfolio: int, began_at: datetime) -> Row[Any]:
    """Return a day's row; a new one begins with the peak of the days before."""
    key = {"of_portfolio": portfolio, "of_day": began_at}
    row = work.connection.execute(_ONE, key).first()
    if row is None:
        own = {"portfolio_id": portfolio, "began_at": began_at, "equity_peak": peak_of(work.connection, portfolio)}
        work.connection.execute(_ADD, {**own, "updated_at": work.now, "created_at": work.now})
        row = work.connection.execute(_ONE, key).one()
    return row


def _raise_peak(work: Work, portfolio: int, equity: Decimal) -> Decimal:
    """Write the highest equity into the newest day, where everybody looks for it, and return it."""
    newest = work.connection.execute(_NEWEST, {"of_portfolio": portfolio}).one()
    highest = equity if newest.equity_peak is None else max(equity, newest.equity_peak)
    if highest != newest.equity_peak:
        _write(work, newest, equity_peak=highest)
    return highest


def _write(work: Work, row: Row[Any], **changed: object) -> None:
    """Change columns of a day."""
    key = {"of_portfolio": row.portfolio_id, "of_day": row.began_at}
    work.connection.execute(_UPDATE, {**key, **changed, "updated_at": work.now})
