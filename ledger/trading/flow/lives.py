"""What became of a signal of the inbox, for whoever has sent it and knows no other name of it."""

from sqlalchemy import Connection, bindparam, select

from ledger.trading.flow.records import SignalEvent
from ledger.trading.principal import Principal, Scoped
from ledger.trading.tables.flow import signal_events, signals
from ledger.trading.tables.people import portfolios

_LIFE = Scoped(
    select(
        signal_events.c.state,
        signal_events.c.code,
        signal_events.c.details_json.label("details"),
        signal_events.c.created_at,
    )
    .join(signals, signals.c.id == signal_events.c.signal_id)
    .join(portfolios, portfolios.c.id == signals.c.portfolio_id)
    .where(signals.c.inbox_uid == bindparam("in_inbox"))
    .order_by(signal_events.c.id),
    portfolios.c.user_id,
)


def life_of_inbox(principal: Principal, connection: Connection, inbox_uid: str) -> tuple[SignalEvent, ...]:
    """Return the steps of the life of a signal that came through the inbox, in their order.

    Args:
        principal: Who asks.
        connection: Any connection to the ledger.
        inbox_uid: Its name in the inbox, which the webhook answers with.

    Returns:
        The steps; none where the asker has no such signal, or it is not in the ledger yet.
    """
    rows = _LIFE.rows(principal, connection, in_inbox=inbox_uid)
    return tuple(SignalEvent(**row._mapping) for row in rows)
