"""Reading what the checks before an order look at, all in the transaction that writes the order; all by index.

Amounts of several currencies are not added: what was realized counts in the account's own currency alone, results and
fees in others are left out.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, Select, and_, bindparam, func, select

from ledger.columns import Moment
from ledger.exact import ZERO, InexactNumber, difference, exact, total
from ledger.trading.books.arithmetic import value_of
from ledger.trading.books.replay import COUNTS
from ledger.trading.enumerations import Wallet
from ledger.trading.errors import Invalid, NotFound
from ledger.trading.flow.balances import wallet_of
from ledger.trading.flow.finding import place_of
from ledger.trading.flow.records import NewBalance
from ledger.trading.orders.states import OPEN
from ledger.trading.principal import Principal, Scoped
from ledger.trading.risk.day_reading import FILLED, SINCE, Day
from ledger.trading.risk.dust import held_of, opened_at
from ledger.trading.risk.facts import CashFact, OpenPosition, PendingOpening, RiskFacts, Use
from ledger.trading.tables.catalogue import instruments
from ledger.trading.tables.people import portfolios, strategies
from ledger.trading.tables.trading import orders, trades

_NOT_SEEN_YET = ("PENDING_NEW", "UNKNOWN")
"""States in which a venue's figures may lack an order, however old it is."""

_PLACE = Scoped(
    select(
        portfolios.c.id,
        portfolios.c.account_id,
        instruments.c.id.label("instrument_id"),
        instruments.c.asset_type,
        strategies.c.id.label("strategy_id"),
    )
    .select_from(portfolios)
    .join(instruments, instruments.c.uid == bindparam("instrument"))
    .outerjoin(
        strategies, and_(strategies.c.uid == bindparam("strategy"), strategies.c.user_id == portfolios.c.user_id)
    )
    .where(portfolios.c.uid == bindparam("portfolio")),
    portfolios.c.user_id,
)
_PENDING: Select[Any] = (
    select(
        orders.c.id,
        orders.c.uid,
        orders.c.portfolio_id,
        orders.c.instrument_id,
        orders.c.status,
        orders.c.quantity,
        orders.c.filled_quantity,
        orders.c.price,
        orders.c.stop_price,
        orders.c.meta_json,
        orders.c.placed_at,
        instruments.c.uid.label("instrument"),
        instruments.c.symbol,
        instruments.c.currency,
        instruments.c.multiplier,
        instruments.c.asset_type,
        strategies.c.uid.label("strategy"),
    )
    .join(instruments, instruments.c.id == orders.c.instrument_id)
    .outerjoin(strategies, strategies.c.id == orders.c.strategy_id)
    .where(orders.c.account_id == bindparam("of_account"), orders.c.status.in_(OPEN), orders.c.purpose == "OPENING")
    .order_by(orders.c.id)
)
_FILLED_OF_INSTRUMENT: Select[int] = FILLED.where(trades.c.instrument_id == bindparam("of_instrument"))
_PLACED = select(func.count(orders.c.id)).where(
    orders.c.portfolio_id == bindparam("of_portfolio"), orders.c.placed_at >= SINCE
)
_LAST_STOP = (
    select(func.max(trades.c.exec_time, type_=Moment))
    .join(orders, orders.c.id == trades.c.order_id)
    .where(
        orders.c.portfolio_id == bindparam("of_portfolio"),
        orders.c.instrument_id == bindparam("of_instrument"),
        orders.c.leg == "STOP_LOSS",
        orders.c.filled_quantity != ZERO,
        COUNTS,
    )
)


class _Pending(msgspec.Struct, frozen=True):
    """An opening that may still be filled, with what the other facts need of its row."""

    row: Row[Any]
    opening: PendingOpening


def read_facts(
    principal: Principal, connection: Connection, day: Day, *, instrument: str, strategy: str | None
) -> RiskFacts:
    """Return everything that the checks know of a portfolio.

    Openings of an instrument count since the oldest of its positions that are open was opened; dust is none. What a
    venue's figure of cash may not know of yet is taken off it: fills since, openings that were written since or whose
    fate is not known, those of other portfolios of the account, since few venues set money aside for them, and, where
    the venue says nothing of what is available, all that is not filled. What is beyond the cash would be borrowed.

    Args:
        principal: Who trades: the portfolio's user, or an admin.
        connection: From `Ledger.writing()`, so that nothing of it changes before the order is written.
        day: The portfolio's, as this transaction has read it.
        instrument: The uid of what is to be traded.
        strategy: The uid of the strategy that wants it, None for none.

    Raises:
        NotFound: The asker has no such portfolio, or its user no such strategy, or there is no such instrument.
        Invalid: An opening that may still be filled has no price that it was expected at.
    """
    place = _place(principal, connection, day.portfolio, instrument, strategy)
    here = {"of_portfolio": place.id, "of_instrument": place.instrument_id}
    pending = _all_pending(connection, place.account_id, day.balances)
    ours = [each for each in pending if each.row.portfolio_id == place.id]
    return RiskFacts(
        killed=day.halted.killed,
        paused=day.halted.paused,
        positions=tuple(_position(row) for row in held_of(day)),
        pending=tuple(each.opening for each in ours),
        cash=tuple(_cash(day, pending, of=place.id)),
        openings_of_ticker=_openings_of_ticker(connection, here, day, ours),
        openings_today=day.openings + len(ours),
        orders_today=connection.execute(_PLACED, {**here, "since": day.start}).scalar_one(),
        realized_today=day.realized,
        unrealized_at_day_start=day.unrealized_at_start,
        equity_peak=day.equity_peak,
        last_stop_at=connection.execute(_LAST_STOP, here).scalar(),
        wallet=wallet_of(place.asset_type, day.balances),
    )


def read_use(principal: Principal, connection: Connection, day: Day) -> Use:
    """Return how much of a portfolio's limits is used up, as the checks of its next order would count it.

    Args:
        principal: Whose it is, or an admin.
        connection: Any connection to the ledger.
        day: The portfolio's.

    Raises:
        NotFound: The asker has no such portfolio.
        Invalid: An opening that may still be filled has no price that it was expected at.
    """
    place = place_of(principal, connection, day.portfolio)
    pending = _all_pending(connection, place.account_id, day.balances)
    ours = [each for each in pending if each.row.portfolio_id == place.id]
    symbols = {row.instrument_id: row.symbol for row in (*day.held, *(each.row for each in ours))}
    names = {row.instrument: row.symbol for row in (*day.held, *(each.row for each in ours))}
    here = [(symbol, {"of_portfolio": place.id, "of_instrument": number}) for number, symbol in symbols.items()]
    since = {"of_portfolio": place.id, "since": day.start}
    return Use(
        positions=tuple(_position(row) for row in held_of(day)),
        pending=tuple(each.opening for each in ours),
        symbols=names,
        cash=tuple(_cash(day, pending, of=place.id)),
        openings_by_symbol={symbol: _openings_of_ticker(connection, keys, day, ours) for symbol, keys in here},
        openings_today=day.openings + len(ours),
        orders_today=connection.execute(_PLACED, since).scalar_one(),
        realized_today=day.realized,
        unrealized_at_day_start=day.unrealized_at_start,
        equity_peak=day.equity_peak,
    )


def openings_since(principal: Principal, connection: Connection, portfolio: str, since: datetime) -> int:
    """Return how many openings of a portfolio were filled since a moment, or may yet be; raises NotFound.

    Args:
        principal: Whose it is, or an admin.
        connection: Any connection to the ledger.
        portfolio: The portfolio's uid.
        since: The moment, aware.
    """
    place = place_of(principal, connection, portfolio)
    pending = connection.execute(_PENDING, {"of_account": place.account_id})
    ours: int = sum(row.portfolio_id == place.id for row in pending)
    filled: int = connection.execute(FILLED, {"of_portfolio": place.id, "since": since}).scalar_one()
    return filled + ours


def _all_pending(connection: Connection, account: int, balances: Sequence[NewBalance]) -> list[_Pending]:
    """Return the openings of an account that may still be filled; raises Invalid."""
    found = connection.execute(_PENDING, {"of_account": account})
    return [_pending(row, wallet_of(row.asset_type, balances)) for row in found]


def _place(
    principal: Principal, connection: Connection, portfolio: str, instrument: str, strategy: str | None
) -> Row[Any]:
    """Return the numbers of where an order would belong; raises NotFound."""
    named = {"portfolio": portfolio, "instrument": instrument, "strategy": strategy}
    place = _PLACE.rows(principal, connection, **named).first()
    if place is None:
        raise NotFound("portfolio or instrument", f"{portfolio}, {instrument}")
    if strategy is not None and place.strategy_id is None:
        raise NotFound("strategy", strategy)
    return place


def _position(row: Row[Any]) -> OpenPosition:
    """Return an open position."""
    return OpenPosition(**{field: getattr(row, field) for field in OpenPosition.__struct_fields__})


def _pending(row: Row[Any], wallet: Wallet) -> _Pending:
    """Return an opening that may still be filled; raises Invalid where nobody knows at what price."""
    rest = difference(row.quantity, row.filled_quantity)
    opening = PendingOpening(
        instrument=row.instrument,
        strategy=row.strategy,
        currency=row.currency,
        quantity=rest,
        value=value_of(rest, _expected_price(row), multiplier=row.multiplier),
        placed_at=row.placed_at,
        wallet=wallet,
    )
    return _Pending(row, opening)


def _expected_price(row: Row[Any]) -> Decimal:
    """Return the price at which an order was expected to be filled; raises Invalid where it says none."""
    said = row.meta_json.get("expected_price")
    try:
        known = None if said is None else exact(Decimal(said))
    except (InvalidOperation, InexactNumber, TypeError, ValueError):
        known = None
    price: Decimal | None = next((each for each in (known, row.price, row.stop_price) if each is not None), None)
    if price is None:
        raise Invalid.of("no_price_expected", uid=row.uid)
    return price


def _cash(day: Day, pending: list[_Pending], *, of: int) -> Iterator[CashFact]:
    """Yield the newest figure of each currency and wallet, with what has been spent of it since."""
    for balance in day.balances:
        filled = (
            value_of(row.quantity, row.price, multiplier=row.multiplier)
            for row in day.fills
            if _pays(balance, row.currency, wallet_of(row.asset_type, day.balances)) and row.exec_time > balance.as_of
        )
        unfilled = (
            each.opening.value
            for each in pending
            if _pays(balance, each.opening.currency, each.opening.wallet)
            and (each.row.portfolio_id != of or _is_not_in(balance, each))
        )
        yield CashFact(
            currency=balance.currency,
            available=min(balance.cash, balance.cash if balance.available is None else balance.available),
            equity=balance.equity,
            as_of=balance.as_of,
            spent_since=total([*filled, *unfilled]),
            wallet=balance.wallet,
        )


def _pays(balance: NewBalance, currency: str, wallet: Wallet) -> bool:
    """Tell whether something is paid from a figure."""
    return (balance.currency, balance.wallet) == (currency, wallet)


def _is_not_in(balance: NewBalance, pending: _Pending) -> bool:
    """Tell whether a venue's figure may lack what an opening will cost."""
    is_unseen = pending.row.status in _NOT_SEEN_YET or pending.opening.placed_at > balance.as_of
    return is_unseen or balance.available is None


def _openings_of_ticker(connection: Connection, here: Mapping[str, int], day: Day, ours: list[_Pending]) -> int:
    """Return how many openings of an instrument there were since nothing was held of it, or may yet be."""
    found: int = sum(each.row.instrument_id == here["of_instrument"] for each in ours)
    held = [row for row in held_of(day) if row.instrument_id == here["of_instrument"]]
    since = [opened_at(connection, row) for row in held if row.opened_at is not None]
    if since:
        found += connection.execute(_FILLED_OF_INSTRUMENT, {**here, "since": min(since)}).scalar_one()
    return found
