"""Money that came or went without an order, such as the funding of perpetuals, as the venues say; each event once.

What an instrument cost or brought belongs to the portfolio that holds it, or held it, where that is one alone; else to
the only portfolio of the account, or to the default one where that is of the account. What belongs to none of them
counts in no portfolio's profit.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, select, true

from ledger.trading import audit
from ledger.trading.enumerations import CashEventType
from ledger.trading.flow.checks import amount
from ledger.trading.flow.finding import account_id
from ledger.trading.flow.records import NewCashEvent
from ledger.trading.principal import Principal, must_be_admin
from ledger.trading.tables.catalogue import instruments
from ledger.trading.tables.flow import cash_events
from ledger.trading.tables.people import portfolios
from ledger.trading.tables.trading import positions
from ledger.trading.words import a_currency, a_name, one_of
from ledger.trading.work import Work

LONGEST_EVENT = 80

_KNOWN = select(cash_events.c.id).where(
    cash_events.c.account_id == bindparam("account"), cash_events.c.broker_event_id == bindparam("event")
)
_INSTRUMENT = select(instruments.c.id).where(
    instruments.c.symbol == bindparam("of_symbol"),
    instruments.c.asset_type == bindparam("of_type"),
    instruments.c.exchange.is_not_distinct_from(bindparam("at_exchange", type_=instruments.c.exchange.type)),
)
_EVER = (
    select(portfolios.c.id)
    .join(positions, positions.c.portfolio_id == portfolios.c.id)
    .where(portfolios.c.account_id == bindparam("account"), positions.c.instrument_id == bindparam("of_instrument"))
    .distinct()
)
_NOW = _EVER.where(positions.c.is_open == true())
_IN_USE = select(portfolios.c.id, portfolios.c.is_default).where(
    portfolios.c.account_id == bindparam("account"), portfolios.c.archived_at.is_(None)
)


def record(principal: Principal, work: Work, account: str, events: Sequence[NewCashEvent]) -> int:
    """Write what a venue says of money that came or went; an event that is known changes nothing.

    Args:
        principal: The system, or an admin.
        work: What this is written with.
        account: The account's uid.
        events: In any order.

    Returns:
        How many were new.

    Raises:
        NotAllowed: The asker is no admin.
        NotFound: There is no such account.
        Invalid: A word, a currency or an amount cannot be kept.
    """
    must_be_admin(principal)
    number = account_id(principal, work.connection, account)
    new = [
        each
        for each in {each.id: each for each in events}.values()
        if work.connection.execute(_KNOWN, {"account": number, "event": each.id}).first() is None
    ]
    for each in sorted(new, key=lambda event: (event.at, event.id)):
        values = _values(work.connection, number, each)
        work.connection.execute(cash_events.insert().values({**values, "created_at": work.now}))
        details = {"type": each.type, "amount": str(values["amount"]), "currency": each.currency, "symbol": each.symbol}
        entry = audit.Entry(
            entity_type="cash event",
            entity_id=values["uid"],
            action="recorded",
            details={**details, "broker_event_id": each.id, "at": each.at.isoformat()},
            account_id=number,
        )
        audit.log(principal, work, entry)
    return len(new)


def _values(connection: Connection, account: int, event: NewCashEvent) -> dict[str, Any]:
    """Return an event's columns; raises Invalid."""
    one_of("a kind of cash event", event.type, CashEventType)
    named = {"of_symbol": event.symbol, "of_type": event.asset_type, "at_exchange": event.exchange}
    instrument: int | None = connection.execute(_INSTRUMENT, named).scalar() if event.symbol else None
    return {
        "uid": audit.new_uid(),
        "account_id": account,
        "portfolio_id": _portfolio(connection, account, instrument),
        "instrument_id": instrument,
        "type": event.type,
        "amount": amount("the amount", event.amount),
        "currency": a_currency(event.currency),
        "occurred_at": event.at,
        "broker_event_id": a_name("an id", event.id, longest=LONGEST_EVENT),
        "meta_json": {"symbol": event.symbol} if event.symbol and instrument is None else {},
    }


def _portfolio(connection: Connection, account: int, instrument: int | None) -> int | None:
    """Return whose an event is; None where that cannot be told."""
    if instrument is not None:
        for held in (_NOW, _EVER):
            found = connection.execute(held, {"account": account, "of_instrument": instrument}).scalars().all()
            if len(found) == 1:
                return int(found[0])
            if found:
                break
    in_use = connection.execute(_IN_USE, {"account": account}).all()
    likely = in_use if len(in_use) == 1 else [row for row in in_use if row.is_default]
    return int(likely[0].id) if likely else None
