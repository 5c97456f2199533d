"""What accounts have in cash, as their venues say; each figure is a row and is never changed."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, func, select

from ledger.trading.flow.checks import amount
from ledger.trading.flow.finding import account_id
from ledger.trading.flow.records import NewBalance
from ledger.trading.principal import Principal, must_be_admin
from ledger.trading.tables.flow import account_balances
from ledger.trading.words import a_currency
from ledger.trading.work import Work

_AMOUNTS = ("cash", "available", "equity")
_KNOWN = select(account_balances.c.id).where(
    account_balances.c.account_id == bindparam("account"),
    account_balances.c.currency == bindparam("of_currency"),
    account_balances.c.as_of == bindparam("at"),
)
_OF = account_balances.c.account_id == bindparam("account")
_LAST = select(func.max(account_balances.c.currency).label("currency")).where(_OF)
_last = _LAST.cte("currencies", recursive=True)
_CURRENCIES = _last.union_all(
    select(_LAST.where(account_balances.c.currency < _last.c.currency).scalar_subquery()).where(
        _last.c.currency.is_not(None)
    )
)
_newest = account_balances.alias("newest")
_MOMENT = select(func.max(_newest.c.as_of)).where(
    _newest.c.account_id == bindparam("account"), _newest.c.currency == account_balances.c.currency
)
_LATEST = (
    select(*(account_balances.c[field] for field in NewBalance.__struct_fields__))
    .join(_CURRENCIES, _CURRENCIES.c.currency == account_balances.c.currency)
    .where(_OF, account_balances.c.as_of == _MOMENT.scalar_subquery())
    .order_by(account_balances.c.currency)
)
"""From each currency to the one before it, and of each the newest: by index, however many rows there are."""
_ADD = account_balances.insert()


def record(principal: Principal, work: Work, account: str, balances: Sequence[NewBalance]) -> None:
    """Write what a venue says of an account; a figure of a currency and moment that are known changes nothing.

    Args:
        principal: The system, or an admin.
        work: What this is written with.
        account: The account's uid.
        balances: One for each currency.

    Raises:
        NotAllowed: The asker is no admin.
        NotFound: There is no such account.
        Invalid: A currency or an amount cannot be kept.
    """
    must_be_admin(principal)
    number = account_id(principal, work.connection, account)
    for each in balances:
        key = {"account": number, "of_currency": a_currency(each.currency), "at": each.as_of}
        if work.connection.execute(_KNOWN, key).first() is None:
            amounts = {field: amount(field, getattr(each, field)) for field in _AMOUNTS}
            place: dict[str, Any] = {"account_id": number, "currency": each.currency, "as_of": each.as_of}
            work.connection.execute(_ADD, {**place, **amounts, "created_at": work.now})


def latest(principal: Principal, connection: Connection, account: str) -> tuple[NewBalance, ...]:
    """Return the newest figure of each currency of an account, by currency.

    Args:
        principal: Whose account it is, or an admin.
        connection: Any connection to the ledger.
        account: The account's uid.

    Raises:
        NotFound: The asker has no such account.
    """
    return latest_of(connection, account_id(principal, connection, account))


def latest_of(connection: Connection, account: int) -> tuple[NewBalance, ...]:
    """Return the newest figure of each currency of an account, by currency; for services that have found it.

    Args:
        connection: Any connection to the ledger.
        account: The ledger's number of the account.
    """
    return tuple(NewBalance(**row._mapping) for row in connection.execute(_LATEST, {"account": account}).all())
