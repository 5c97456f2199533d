"""The days that losses are measured from, where nobody has noted how they began."""

from typing import Final

from execution.signals_desk.around import Case
from execution.signals_desk.market_view import equity_of
from ledger.exact import ZERO
from ledger.trading.enumerations import AssetType
from ledger.trading.flow import portfolio_days
from ledger.trading.flow.balances import latest
from ledger.trading.hours import trading_day_start
from ledger.trading.orders.finding import history
from ledger.trading.principal import SYSTEM

KINDS: Final[tuple[AssetType, ...]] = ("EQUITY", "CRYPTO")
"""One of each kind of day: New York's and UTC's."""


def begin_days(case: Case) -> None:
    """Note that a portfolio began its days with nothing unrealized, where that is sure: it holds nothing, and has not
    ordered anything since. Both days: once something is held, that of the other kind can no longer be known.

    Args:
        case: A signal of the portfolio.
    """
    connection, portfolio = case.work.connection, case.signal.portfolio
    if any(each.portfolio == portfolio for each in case.shelf.holdings(case.standing.account)):
        return
    newest = history(SYSTEM, connection, portfolio, limit=1)
    equity = equity_of(latest(SYSTEM, connection, case.standing.account), case.standing.base_currency)
    for began_at in (trading_day_start(kind, case.now) for kind in KINDS):
        if not newest or newest[0].updated_at < began_at:
            portfolio_days.begin(SYSTEM, case.work, portfolio, began_at, unrealized=ZERO, equity=equity)
