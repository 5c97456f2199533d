"""What accounts have in cash, as their venues say; each figure is a row and is never changed.

Where a venue keeps the money for spot and for futures apart, each of the two wallets has figures of its own.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, get_args

from sqlalchemy import Connection, String, and_, bindparam, func, literal, select, true, union_all

from ledger.trading.enumerations import AssetType, Wallet
from ledger.trading.flow.checks import amount
from ledger.trading.flow.finding import account_id
from ledger.trading.flow.records import NewBalance
from ledger.trading.principal import Principal, must_be_admin
from ledger.trading.tables.flow import account_balances
from ledger.trading.words import a_currency, one_of
from ledger.trading.work import Work

_AMOUNTS = ("cash", "available", "equity")
_PAYS: Final[Mapping[AssetType, Wallet]] = {"CRYPTO": "SPOT", "FUTURE": "FUTURES"}
_KNOWN = select(account_balances.c.id).where(
    account_balances.c.account_id == bindparam("account"),
    account_balances.c.currency == bindparam("of_currency"),
    account_balances.c.wallet == bindparam("in_wallet"),
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
_WALLETS = union_all(*(select(literal(each, String).label("wallet")) for each in get_args(Wallet))).subquery("wallets")
_newest = account_balances.alias("newest")
_MOMENT = select(func.max(_newest.c.as_of)).where(
    _newest.c.account_id == bindparam("account"),
    _newest.c.currency == _CURRENCIES.c.currency,
    _newest.c.wallet == _WALLETS.c.wallet,
)
_LATEST = (
    select(*(account_balances.c[field] for field in NewBalance.__struct_fields__))
    .select_from(_CURRENCIES)
    .join(_WALLETS, true())
    .join(
        account_balances,
        and_(
            account_balances.c.currency == _CURRENCIES.c.currency,
            account_balances.c.wallet == _WALLETS.c.wallet,
            account_balances.c.as_of == _MOMENT.scalar_subquery(),
        ),
    )
    .where(_OF)
    .order_by(account_balances.c.currency, account_balances.c.wallet)
)
"""From each currency to the one before it, and of each wallet the newest: by index, however many rows there are."""
_ADD = account_balances.insert()


def record(principal: Principal, work: Work, account: str, balances: Sequence[NewBalance]) -> None:
    """Write what a venue says of an account; a figure of a currency, wallet and moment that are known changes nothing.

    Args:
        principal: The system, or an admin.
        work: What this is written with.
        account: The account's uid.
        balances: One for each currency and wallet.

    Raises:
        NotAllowed: The asker is no admin.
        NotFound: There is no such account.
        Invalid: A currency, a wallet or an amount cannot be kept.
    """
    must_be_admin(principal)
    number = account_id(principal, work.connection, account)
    for each in balances:
        one_of("a wallet", each.wallet, Wallet)
        kept = {"currency": a_currency(each.currency), "wallet": each.wallet, "as_of": each.as_of}
        key = {"account": number, "of_currency": each.currency, "in_wallet": each.wallet, "at": each.as_of}
        if work.connection.execute(_KNOWN, key).first() is None:
            amounts = {field: amount(field, getattr(each, field)) for field in _AMOUNTS}
            place: dict[str, Any] = {"account_id": number, **kept}
            work.connection.execute(_ADD, {**place, **amounts, "created_at": work.now})


def latest(principal: Principal, connection: Connection, account: str) -> tuple[NewBalance, ...]:
    """Return the newest figure of each currency and wallet of an account, by currency.

    Args:
        principal: Whose account it is, or an admin.
        connection: Any connection to the ledger.
        account: The account's uid.

    Raises:
        NotFound: The asker has no such account.
    """
    return latest_of(connection, account_id(principal, connection, account))


def latest_of(connection: Connection, account: int) -> tuple[NewBalance, ...]:
    """Return the newest figure of each currency and wallet of an account, by currency; for services that have found it.

    Args:
        connection: Any connection to the ledger.
        account: The ledger's number of the account.
    """
    return tuple(NewBalance(**row._mapping) for row in connection.execute(_LATEST, {"account": account}).all())


def wallet_of(asset_type: AssetType, figures: Sequence[NewBalance]) -> Wallet:
    """Return in which wallet of an account lies what pays for a kind of thing.

    Args:
        asset_type: The kind.
        figures: The newest of the account.

    Returns:
        SPOT or FUTURES; empty for all other kinds, and where the venue does not keep the two apart.
    """
    lies_apart = any(each.wallet for each in figures)
    return _PAYS.get(asset_type, "") if lies_apart else ""
