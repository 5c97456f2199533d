"""The day that losses are measured from, where nobody has noted how it began."""

from datetime import UTC, datetime

from execution.signals_desk.around import Case
from execution.signals_desk.market_view import equity_of
from ledger.exact import ZERO
from ledger.trading.flow import portfolio_days
from ledger.trading.flow.balances import latest
from ledger.trading.orders.finding import history
from ledger.trading.principal import SYSTEM


def begin_day(case: Case, day_start: datetime) -> None:
    """Note that a portfolio began its day with nothing unrealized, where that is sure: it holds nothing, and has not
    ordered anything since.

    Args:
        case: A signal of the portfolio.
        day_start: When the day began, aware UTC.
    """
    connection, portfolio = case.work.connection, case.signal.portfolio
    if any(each.portfolio == portfolio for each in case.shelf.holdings(case.standing.account)):
        return
    newest = history(SYSTEM, connection, portfolio, limit=1)
    if newest and newest[0].updated_at >= day_start:
        return
    equity = equity_of(latest(SYSTEM, connection, case.standing.account), case.standing.base_currency)
    day = day_start.astimezone(UTC).date()
    portfolio_days.begin(SYSTEM, case.work, portfolio, day, unrealized=ZERO, equity=equity)
