"""Taking executions into the books: all of it in the caller's transaction, and once, however often it is said.

One execution makes one row of `trades`, brings its position and its order up to date, and adds a row to the account's
audit chain, an event for whoever listens, and a message for its user's chat. Said again, it changes nothing. What a row
says is never changed: a correction is a row of its own, and a fee that comes later fills the empty place once.
"""

from collections.abc import Callable, Mapping
from datetime import UTC
from decimal import Decimal
from typing import Any

import msgspec
from sqlalchemy import bindparam, select, union

from ledger.exact import ZERO, InexactNumber, difference, exact
from ledger.trading import audit
from ledger.trading.books import replay
from ledger.trading.books.place import Place, place_of_book, place_of_order
from ledger.trading.books.records import Book, Booked, Fill, Position, Trade
from ledger.trading.errors import Invalid, NotFound
from ledger.trading.events import Notice, publish, tell
from ledger.trading.orders.filling import fill_order
from ledger.trading.principal import Principal, must_trade
from ledger.trading.tables.trading import trades
from ledger.trading.work import Work

Wording = Callable[[Booked], str]
EXECUTED = "orders.executed"
LONGEST_NUMBER = 80
LONGEST_CURRENCY = 8

_FIELDS = tuple(trades.c[field] for field in Trade.__struct_fields__)
_OF_ACCOUNT = select(*_FIELDS).where(trades.c.account_id == bindparam("account"))
_KNOWN = union(
    _OF_ACCOUNT.where(trades.c.broker_trade_id == bindparam("number")),
    _OF_ACCOUNT.where(trades.c.execution == bindparam("of_execution")),
).order_by(trades.c.revision.name)
"""Not one condition with OR: for that SQLite would read all trades of the account."""
_ADD = trades.insert().returning(trades.c.id)
_SET_FEE = (
    trades.update()
    .where(trades.c.id == bindparam("trade"), trades.c.fee.is_(None))
    .values(fee=bindparam("its_fee"), fee_currency=bindparam("its_currency"))
)


def ingest(
    principal: Principal,
    work: Work,
    fill: Fill,
    *,
    order: str,
    wording: Wording | None = None,
) -> Booked:
    """Take in an execution of an order.

    Args:
        principal: Who may trade in the order's portfolio, or the system.
        work: What this is written with; it is committed or rolled back as one.
        fill: The execution.
        order: The uid of its order.
        wording: Words the message to the portfolio's user; None for no message.

    Returns:
        What it did.

    Raises:
        NotFound: The asker has no such order.
        NotAllowed: The asker may only look.
        Invalid: The execution cannot be one of this order, or its numbers cannot be kept.
    """
    must_trade(principal)
    return _ingest(principal, work, fill, place_of_order(principal, work.connection, order), wording)


def ingest_without_order(
    principal: Principal,
    work: Work,
    fill: Fill,
    *,
    book: Book,
    wording: Wording | None = None,
) -> Booked:
    """Take in an execution that no order of ours stands behind: imported, adopted, or by the venue itself.

    Args:
        principal: Who may trade in the portfolio, or the system.
        work: What this is written with.
        fill: The execution.
        book: Where it belongs.
        wording: Words the message to the portfolio's user; None for no message.

    Returns:
        What it did.

    Raises:
        NotFound: The asker has no such portfolio or strategy, or there is no such instrument.
        NotAllowed: The asker may only look.
        Invalid: Its numbers cannot be kept.
    """
    must_trade(principal)
    return _ingest(principal, work, fill, place_of_book(principal, work.connection, book), wording)


def _ingest(principal: Principal, work: Work, fill: Fill, place: Place, wording: Wording | None) -> Booked:
    """Take an execution in where it belongs, and tell everybody, unless it is known."""
    fill = _checked(fill)
    if place.order is not None and fill.side != place.row.side:
        raise Invalid(f"execution {fill.broker_trade_id} is a {fill.side}, its order a {place.row.side}")
    others = _known(work, place.row.account_id, fill)
    if any(each.broker_trade_id == fill.broker_trade_id for each in others):
        return _again(principal, work, fill, others, place)
    trade = _write(work, fill, place, others)
    position = replay.find_position(work.connection, place.book)
    if any(other.revision > fill.revision for other in others) and position is not None:
        return _booked(trade, place, position, realized=ZERO, is_new=False)
    new = None if others else trade
    since = min(_key(each) for each in (trade, *others))
    before = position.realized_pnl if position is not None else ZERO
    position = replay.bring_up_to_date(work, place.book, position, since=since, new=new)
    if place.order is not None:
        place = msgspec.structs.replace(place, order=fill_order(work, place.order, new=new))
    booked = _booked(trade, place, position, realized=difference(position.realized_pnl, before), is_new=True)
    _tell_everybody(principal, work, booked, place, wording)
    return booked


def _again(principal: Principal, work: Work, fill: Fill, rows: list[Trade], place: Place) -> Booked:
    """Answer for an execution that one of these rows is; its fee may have come since."""
    known = next(each for each in rows if each.broker_trade_id == fill.broker_trade_id)
    said = (fill.side, fill.quantity, fill.price, fill.execution, fill.revision)
    if said != (known.side, known.quantity, known.price, known.execution, known.revision):
        raise Invalid(f"execution {fill.broker_trade_id} is in the books with other numbers; a correction has its own")
    if known.portfolio_id != place.book.portfolio or known.instrument_id != place.book.instrument:
        raise Invalid(f"execution {fill.broker_trade_id} is in the books of another portfolio or instrument")
    book = msgspec.structs.replace(place.book, strategy=known.strategy_id)
    position = replay.find_position(work.connection, book)
    if position is None:  # every execution that counts has one
        raise NotFound("position of execution", fill.broker_trade_id)
    before = position.realized_pnl
    if known.fee is None and fill.fee is not None:
        fee = {"trade": known.id, "its_fee": fill.fee, "its_currency": fill.fee_currency}
        work.connection.execute(_SET_FEE, fee)
        known = msgspec.structs.replace(known, fee=fill.fee, fee_currency=fill.fee_currency)
        if rows[-1].id == known.id and fill.fee_currency == book.coin:
            position = replay.bring_up_to_date(work, book, position, since=_key(known))
        _log(principal, work, known, "fee known", {"fee": fill.fee, "fee_currency": fill.fee_currency})
    return _booked(known, place, position, realized=difference(position.realized_pnl, before), is_new=False)


def _known(work: Work, account: int, fill: Fill) -> list[Trade]:
    """Return the rows with an execution's number, and those of the same execution; of these the last one counts."""
    same = {"account": account, "number": fill.broker_trade_id, "of_execution": fill.execution}
    return [Trade(**row._mapping) for row in work.connection.execute(_KNOWN, same)]


def _checked(fill: Fill) -> Fill:
    """Return an execution whose numbers can be kept, in the way that they are kept; raises Invalid."""
    number = fill.broker_trade_id
    if not 0 < len(number) <= LONGEST_NUMBER or len(fill.execution) > LONGEST_NUMBER:
        raise Invalid(f"an execution has a number of 1 to {LONGEST_NUMBER} signs, not {number!r}")
    if fill.exec_time.tzinfo is None:
        raise Invalid(f"the time of execution {number} has no time zone")
    if fill.quantity < 0 or (not fill.quantity and not fill.revision):
        raise Invalid(f"execution {number} has quantity {fill.quantity}; it is above zero, and the side says whose way")
    if len(fill.fee_currency or "") > LONGEST_CURRENCY:
        raise Invalid(
            f"execution {number} has its fee in {fill.fee_currency}; a currency has at most {LONGEST_CURRENCY} signs"
        )
    if (fill.fee is None) != (fill.fee_currency is None):
        raise Invalid(f"execution {number} has a fee without a currency, or a currency without a fee")
    try:
        return msgspec.structs.replace(
            fill,
            execution=fill.execution or number,
            quantity=exact(fill.quantity),
            price=exact(fill.price),
            exec_time=fill.exec_time.astimezone(UTC),
            fee=None if fill.fee is None else exact(fill.fee),
        )
    except InexactNumber as error:
        raise Invalid(f"execution {number}: {error}") from None


def _write(work: Work, fill: Fill, place: Place, others: list[Trade]) -> Trade:
    """Write an execution's row.

    Raises:
        Invalid: It corrects one of another book.
    """
    order = place.order
    values: dict[str, Any] = {
        "uid": audit.new_uid(),
        "portfolio_id": place.book.portfolio,
        "account_id": place.row.account_id,
        "instrument_id": place.book.instrument,
        "strategy_id": place.book.strategy,
        "order_id": None if order is None else order.id,
        "side": fill.side,
        "quantity": fill.quantity,
        "price": fill.price,
        "fee": fill.fee,
        "fee_currency": fill.fee_currency,
        "exec_time": fill.exec_time,
        "broker_trade_id": fill.broker_trade_id,
        "execution": fill.execution,
        "revision": fill.revision,
    }
    older = [each for each in others if each.revision < fill.revision]
    same_book = ("portfolio_id", "instrument_id", "strategy_id", "order_id")
    if any(getattr(each, name) != values[name] for each in others for name in same_book):
        raise Invalid(f"execution {fill.broker_trade_id} corrects one of another order")
    values["corrects_id"] = older[-1].id if older else None
    rest = {"recorded_at": work.now, "meta_json": dict(fill.meta)}
    return Trade(id=work.connection.execute(_ADD, {**values, **rest}).scalar_one(), **values)


def _tell_everybody(principal: Principal, work: Work, booked: Booked, place: Place, wording: Wording | None) -> None:
    """Write what follows from an execution that changed the books: audit row, event, message."""
    trade, position, row = booked.trade, booked.position, place.row
    said = {
        "order": booked.order_uid,
        "order_status": booked.order_status,
        "side": trade.side,
        "quantity": trade.quantity,
        "price": trade.price,
        "fee": trade.fee,
        "fee_currency": trade.fee_currency,
        "exec_time": trade.exec_time,
        "broker_trade_id": trade.broker_trade_id,
        "revision": trade.revision,
    }
    _log(principal, work, trade, "corrected" if trade.is_correction else "executed", said)
    after = {"quantity": position.quantity, "avg_price": position.avg_price, "realized_pnl": booked.realized}
    payload = {
        **said,
        "trade": trade.uid,
        "symbol": row.symbol,
        "currency": row.currency,
        "portfolio": row.portfolio_name,
        "is_live": row.is_live,
        "position": after,
    }
    publish(work, trade.account_id, EXECUTED, payload)
    if wording is not None:
        tell(work, row, Notice(id=f"trade-{trade.uid}", kind="filled", text=wording(booked)))


def _log(principal: Principal, work: Work, trade: Trade, action: str, details: Mapping[str, object]) -> None:
    """Add a row about an execution to its account's chain."""
    entry = audit.Entry(
        entity_type="trade", entity_id=trade.uid, action=action, details=details, account_id=trade.account_id
    )
    audit.log(principal, work, entry)


def _booked(trade: Trade, place: Place, position: Position, *, realized: Decimal, is_new: bool) -> Booked:
    """Return what an execution has done."""
    order = place.order
    return Booked(
        is_new=is_new,
        trade=trade,
        position=position,
        realized=realized,
        order_uid=order.uid if order else None,
        order_status=order.status if order else None,
        symbol=place.row.symbol,
        currency=place.row.currency,
    )


def _key(trade: Trade) -> replay.Key:
    """Return an execution's place in the order of the books."""
    return trade.exec_time, trade.broker_trade_id
