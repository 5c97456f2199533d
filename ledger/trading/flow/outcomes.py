"""How signals of a period ended that became no order: how many, by the code of why."""

from typing import Final

import msgspec
from sqlalchemy import Connection, Integer, bindparam, func, select

from ledger.columns import Moment
from ledger.trading.books.pnl import Period
from ledger.trading.enumerations import SignalState
from ledger.trading.flow.finding import place_of
from ledger.trading.principal import Principal
from ledger.trading.tables.flow import signals

REFUSED: Final[tuple[SignalState, ...]] = ("REJECTED", "EXPIRED", "SUPERSEDED")


class Refused(msgspec.Struct, frozen=True, kw_only=True):
    """How many signals ended for one reason.

    Attributes:
        code: Why; the state's own name in small letters where it has no code.
    """

    code: str
    count: int


_COUNT = func.count(type_=Integer()).label("how_many")
_REFUSED = (
    select(signals.c.state, signals.c.code, _COUNT)
    .where(
        signals.c.portfolio_id == bindparam("of_portfolio"),
        signals.c.received_at >= bindparam("since", type_=Moment),
        signals.c.received_at < bindparam("until", type_=Moment),
        signals.c.state.in_(REFUSED),
    )
    .group_by(signals.c.state, signals.c.code)
)


def refused(principal: Principal, connection: Connection, period: Period, *, portfolio: str) -> tuple[Refused, ...]:
    """Return how many of the signals that came in a period were refused, the commonest reason first.

    Args:
        principal: Whose portfolio it is, or an admin.
        connection: Any connection to the ledger.
        period: When they came.
        portfolio: The portfolio's uid.

    Raises:
        NotFound: The asker has no such portfolio.
    """
    number = place_of(principal, connection, portfolio).id
    values = {"of_portfolio": number, "since": period.since, "until": period.until}
    counts: dict[str, int] = {}
    for row in connection.execute(_REFUSED, values):
        code = row.code or row.state.lower()
        counts[code] = counts.get(code, 0) + row.how_many
    found = [Refused(code=code, count=count) for code, count in counts.items()]
    return tuple(sorted(found, key=lambda each: (-each.count, each.code)))
