"""Writing a new signal: where it belongs is found with one statement, and what is written is not read again."""

import json
from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import Connection, Row, and_, bindparam, select

from ledger.canonical_json import canonical
from ledger.trading.audit import new_uid
from ledger.trading.errors import NotFound
from ledger.trading.flow.finding import NAMES
from ledger.trading.flow.records import NewSignal, Signal
from ledger.trading.principal import Principal, Scoped
from ledger.trading.tables.flow import signals
from ledger.trading.tables.people import accounts, brokers, portfolios, strategies
from ledger.trading.work import Work

_NUMBERS: Final = ("portfolio_id", "account_id", "strategy_id")
_NAMED: Final = ("user_id", "portfolio", "portfolio_name", "account", "broker", "is_live", "strategy", "strategy_name")
_PLACE = Scoped(
    select(
        portfolios.c.id.label("portfolio_id"),
        accounts.c.id.label("account_id"),
        strategies.c.id.label("strategy_id"),
        *(NAMES[field] for field in _NAMED),
    )
    .join(accounts, accounts.c.id == portfolios.c.account_id)
    .join(brokers, brokers.c.id == accounts.c.broker_id)
    .outerjoin(
        strategies, and_(strategies.c.uid == bindparam("of_strategy"), strategies.c.user_id == portfolios.c.user_id)
    )
    .where(portfolios.c.uid == bindparam("of_portfolio")),
    portfolios.c.user_id,
)
_ADD = signals.insert().returning(signals.c.id)


def place_of_new(principal: Principal, connection: Connection, new: NewSignal) -> Row[Any]:
    """Return where a signal belongs: numbers and names of its portfolio, account and strategy.

    Args:
        principal: Whose portfolio it is, or an admin.
        connection: Any connection to the ledger.
        new: The signal.

    Raises:
        NotFound: The asker has no such portfolio, or the portfolio's user no such strategy.
    """
    row = _PLACE.rows(principal, connection, of_portfolio=new.portfolio, of_strategy=new.strategy).first()
    if row is None:
        raise NotFound("portfolio", new.portfolio)
    if new.strategy is not None and row.strategy is None:
        raise NotFound("strategy", new.strategy)
    return row


def write(work: Work, own: Mapping[str, object], place: Row[Any]) -> Signal:
    """Write a signal in RECEIVED, and return it as it would be read.

    Args:
        work: The caller's.
        own: Its own columns, as they are kept.
        place: Where it belongs.
    """
    new = {"uid": new_uid(), "state": "RECEIVED", "updated_at": work.now}
    numbers = {field: getattr(place, field) for field in _NUMBERS}
    number = work.connection.execute(_ADD, {**own, **numbers, **new}).scalar_one()
    around = {field: getattr(place, field) for field in (*_NAMED, "account_id")}
    said = {field: value for field, value in own.items() if field != "body_json"}
    body = json.loads(canonical(own["body_json"]))
    return Signal(**{**said, **new, **around, "id": number, "body": body, "instrument": None, "code": None})
