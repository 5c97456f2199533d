"""What a period brought in one currency, for the checks before an order; `ledger.trading.books.pnl` has the rest."""

from decimal import Decimal

from sqlalchemy import Connection, bindparam, or_, select

from ledger.exact import ZERO, difference, total
from ledger.trading.books.pnl import FUNDING, SINCE, UNTIL, Period
from ledger.trading.books.replay import COIN
from ledger.trading.tables.catalogue import instruments
from ledger.trading.tables.trading import position_entries, positions, trades

_NET = (
    select(position_entries.c.realized_pnl, trades.c.fee, trades.c.fee_currency, instruments.c.currency, COIN)
    .join(trades, trades.c.id == position_entries.c.trade_id)
    .join(positions, positions.c.id == position_entries.c.position_id)
    .join(instruments, instruments.c.id == positions.c.instrument_id)
    .where(
        position_entries.c.portfolio_id == bindparam("portfolio"),
        position_entries.c.exec_time >= SINCE,
        position_entries.c.exec_time < UNTIL,
        or_(position_entries.c.realized_pnl != ZERO, trades.c.fee != ZERO),
    )
)


def net_of(connection: Connection, portfolio_id: int, period: Period, currency: str) -> Decimal:
    """Return what `pnl` says of a portfolio's net in one currency, without all else.

    Args:
        connection: Any connection to the ledger.
        portfolio_id: The ledger's number of a portfolio that the asker has.
        period: The period.
        currency: The currency.
    """
    amounts: list[Decimal] = []
    values = {"portfolio": portfolio_id, "since": period.since, "until": period.until}
    for realized, fee, fee_currency, priced_in, coin in connection.execute(_NET, values).all():
        if priced_in == currency:
            amounts.append(realized)
        if fee is not None and fee_currency == currency != coin:
            amounts.append(difference(ZERO, fee))
    amounts += [row.amount for row in connection.execute(FUNDING, values) if row.currency == currency]
    return total(amounts)
