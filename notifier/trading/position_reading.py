"""What `/positions` tells, read from the books, and from what execution says of prices and venues."""

from datetime import datetime

from sqlalchemy import Connection

from ledger.trading.books.positions import list_positions
from ledger.trading.flow import venue_positions
from ledger.trading.orders import finding
from ledger.trading.people.accounts import get_account
from ledger.trading.people.portfolio_rows import Portfolio
from ledger.trading.people.portfolios import list_portfolios
from ledger.trading.principal import Principal
from notifier.trading.desk import place
from notifier.trading.heard import Heard
from notifier.trading.position_page import AtVenue, Holding, PositionsReport


def read_positions(principal: Principal, connection: Connection, *, now: datetime, heard: Heard) -> PositionsReport:
    """Gather what is held in all portfolios of the asker, and what their accounts hold besides.

    Args:
        principal: Who asks; of an admin too it is the own ones.
        connection: Any connection to the ledger.
        now: The moment, aware.
        heard: What execution has said.

    Returns:
        All that the page shows.

    Raises:
        NotFound: The asker has no portfolio.
    """
    own = list_portfolios(principal, connection, user=place(principal, connection).user)
    state = heard.now
    brokers = () if state is None else state.brokers
    away = {each.name for each in brokers if each.state != "connected"}
    return PositionsReport(
        now=now,
        holdings=tuple(_holding(principal, connection, each) for each in own),
        accounts=tuple(
            _at_venue(principal, connection, account, away) for account in dict.fromkeys(each.account for each in own)
        ),
        marks=None if state is None else state.marks,
    )


def _holding(principal: Principal, connection: Connection, mine: Portfolio) -> Holding:
    """Return a portfolio with what it holds, and what protects it."""
    working = finding.open_orders(principal, connection, portfolio=mine.uid)
    return Holding(
        portfolio=mine,
        lines=list_positions(principal, connection, portfolio=mine.uid),
        legs=tuple(each for each in working if each.leg in {"STOP_LOSS", "TAKE_PROFIT"}),
    )


def _at_venue(principal: Principal, connection: Connection, uid: str, away: set[str]) -> AtVenue:
    """Return what an account was found to hold."""
    account = get_account(principal, connection, uid)
    return AtVenue(
        account=account.name,
        broker=account.broker,
        is_away=account.served_by in away,
        positions=venue_positions.list_for(principal, connection, uid),
    )
