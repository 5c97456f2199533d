"""Writing orders: before anything is sent they are rows, and what their venue says of them is a step of their state.

Executions are taken in by `books.trades`: they alone fill an order. Every step is a row in the audit chain of the
order's account; those that concern listeners outside are an event too.
"""

import json
from collections.abc import Mapping
from typing import Any, Final

import msgspec
from sqlalchemy import Row, and_, bindparam, select

from ledger.canonical_json import canonical
from ledger.exact import ZERO
from ledger.trading import audit
from ledger.trading.enumerations import OrderStatus
from ledger.trading.errors import Invalid, NotFound
from ledger.trading.events import publish
from ledger.trading.orders.checks import checked, client_order_id
from ledger.trading.orders.finding import find
from ledger.trading.orders.records import NewOrder, Order, Placed
from ledger.trading.orders.states import may_become
from ledger.trading.principal import Principal, Scoped, must_be_admin, must_trade
from ledger.trading.tables.catalogue import instruments
from ledger.trading.tables.flow import signals
from ledger.trading.tables.people import accounts, portfolios, strategies
from ledger.trading.tables.trading import orders
from ledger.trading.work import Work

LONGEST_NUMBER = 64
LONGEST_REASON = 300
STEPS: Final[dict[OrderStatus, tuple[str, str | None]]] = {
    "PENDING_NEW": ("placed again", "orders.placed"),
    "NEW": ("acknowledged", "orders.acknowledged"),
    "PARTIALLY_FILLED": ("found working", "orders.acknowledged"),
    "PENDING_CANCEL": ("asked to be canceled", None),
    "CANCELED": ("canceled", "orders.canceled"),
    "REJECTED": ("rejected", "orders.rejected"),
    "EXPIRED": ("expired", "orders.expired"),
    "UNKNOWN": ("lost sight of", "orders.unknown"),
    "NOT_PLACED": ("found nowhere", "orders.not_placed"),
}
"""What the audit log calls the step into a state, and the event that goes out; FILLED comes by executions alone."""

_REFERENCES = ("instrument", "strategy", "signal", "parent")
_theirs = portfolios.alias()
_SIGNAL = (
    select(signals.c.id)
    .join(_theirs, _theirs.c.id == signals.c.portfolio_id)
    .where(signals.c.uid == bindparam("of_signal"), _theirs.c.user_id == portfolios.c.user_id)
)
_PLACE = Scoped(
    select(
        portfolios.c.id,
        portfolios.c.name,
        portfolios.c.account_id,
        portfolios.c.archived_at,
        accounts.c.archived_at.label("account_archived_at"),
        accounts.c.is_live,
        instruments.c.symbol,
        instruments.c.id.label("instrument"),
        strategies.c.id.label("strategy"),
        _SIGNAL.scalar_subquery().label("signal"),
        orders.c.id.label("parent"),
    )
    .join(accounts, accounts.c.id == portfolios.c.account_id)
    .outerjoin(instruments, instruments.c.uid == bindparam("of_instrument"))
    .outerjoin(
        strategies, and_(strategies.c.uid == bindparam("of_strategy"), strategies.c.user_id == portfolios.c.user_id)
    )
    .outerjoin(orders, and_(orders.c.uid == bindparam("of_parent"), orders.c.account_id == portfolios.c.account_id))
    .where(portfolios.c.uid == bindparam("portfolio")),
    portfolios.c.user_id,
)
"""Where an order belongs, with the numbers of all that it refers to; none for what its user does not have."""
_KNOWN = select(orders.c.uid).where(
    orders.c.account_id == bindparam("account"), orders.c.client_order_id == bindparam("number")
)
_KNOWN_AT_BROKER = select(orders.c.uid).where(
    orders.c.account_id == bindparam("account"), orders.c.broker_order_id == bindparam("number")
)
_ADD = orders.insert().returning(orders.c.id)
_UPDATE = orders.update().where(orders.c.id == bindparam("order"), orders.c.status == bindparam("before"))


def place(principal: Principal, work: Work, new: NewOrder) -> Placed:
    """Write an order before it is sent; the same again changes nothing.

    Args:
        principal: Who may trade in the portfolio, or the system.
        work: What this is written with.
        new: The order.

    Returns:
        Its row, in PENDING_NEW where it is new.

    Raises:
        NotFound: The asker has no such portfolio, or the portfolio's user no such strategy or signal, or its account no
            such parent, or there is no such instrument.
        NotAllowed: The asker may only look.
        Invalid: It cannot be an order, or its portfolio is archived, or another order has its signal, key, leg and
            attempt.
    """
    must_trade(principal)
    new = checked(new)
    named = {f"of_{field}": getattr(new, field) for field in _REFERENCES}
    row = _PLACE.rows(principal, work.connection, portfolio=new.portfolio, **named).first()
    if row is None:
        raise NotFound("portfolio", new.portfolio)
    values = _values(work, new, row)
    number = {"account": row.account_id, "number": values["client_order_id"]}
    known = work.connection.execute(_KNOWN, number).scalar()
    if known is not None:
        return Placed(is_new=False, order=_same(find(principal, work.connection, known), values))
    if row.archived_at is not None or row.account_archived_at is not None:
        raise Invalid.of("order_archived", name=row.name)
    values["uid"] = audit.new_uid()
    number = work.connection.execute(_ADD, values).scalar_one()
    order = _new(number, values, row)
    _tell(principal, work, order, ("placed", "orders.placed"), {})
    return Placed(is_new=True, order=order)


def acknowledge(principal: Principal, work: Work, order: str | Order, *, broker_order_id: str) -> Order:
    """Note that a venue has an order, and the number that it has there; a state that says more stays as it is.

    Args:
        principal: Who may trade in its portfolio, or the system.
        work: What this is written with.
        order: Its uid; the system and admins may hand over its row, as this transaction has read it.
        broker_order_id: The venue's number, 1 to `LONGEST_NUMBER` signs.

    Returns:
        The order after it.

    Raises:
        NotFound: The asker has no such order.
        NotAllowed: The asker may only look, or hands over a row and is no admin.
        Invalid: It has another number already, or another order of the account has this one.
    """
    order = _as_read(principal, work, order)
    if not 0 < len(broker_order_id) <= LONGEST_NUMBER or not broker_order_id.isprintable():
        raise Invalid.of("order_number", longest=LONGEST_NUMBER, number=broker_order_id)
    if order.broker_order_id not in {None, broker_order_id}:
        raise Invalid.of("other_number", uid=order.uid, known=order.broker_order_id, number=broker_order_id)
    if order.broker_order_id is None:
        number = {"account": order.account_id, "number": broker_order_id}
        if work.connection.execute(_KNOWN_AT_BROKER, number).first() is not None:
            raise Invalid.of("number_taken", number=broker_order_id)
    found = order.status in {"PENDING_NEW", "UNKNOWN", "NOT_PLACED"}
    status = _working(order) if found else order.status
    if status == order.status and order.broker_order_id is not None:
        return order
    changed = {"broker_order_id": broker_order_id, "reason": None if found else order.reason}
    return _write(principal, work, order, {**changed, "status": status})


def move(
    principal: Principal, work: Work, order: str | Order, status: OrderStatus, *, reason: str | None = None
) -> Order:
    """Take an order into another state; into the one that it is in changes nothing.

    An order that is found working after a part of it was filled becomes PARTIALLY_FILLED, not NEW.

    Args:
        principal: Who may trade in its portfolio, or the system.
        work: What this is written with.
        order: Its uid; the system and admins may hand over its row, as this transaction has read it.
        status: The state; never FILLED, nor PARTIALLY_FILLED: executions make these.
        reason: Why; cut to `LONGEST_REASON` signs.

    Returns:
        The order after it.

    Raises:
        NotFound: The asker has no such order.
        NotAllowed: The asker may only look, or hands over a row and is no admin.
        Invalid: The one state may not follow the other, or executions speak against it.
    """
    order = _as_read(principal, work, order)
    if status in {"FILLED", "PARTIALLY_FILLED"} or status not in STEPS:
        raise Invalid.of("not_moved", status=status)
    wanted = _working(order) if status == "NEW" else status
    if not may_become(order.status, wanted):
        raise Invalid.of("cannot_become", thing="order", uid=order.uid, state=order.status, wanted=wanted)
    if wanted in {"NOT_PLACED", "PENDING_NEW"} and order.filled_quantity:
        raise Invalid.of("has_executions", uid=order.uid, state=order.status, wanted=wanted)
    if wanted == order.status:
        return order
    return _write(principal, work, order, {"status": wanted, "reason": None if reason is None else _kept(reason)})


def _as_read(principal: Principal, work: Work, order: str | Order) -> Order:
    """Return an order's row for who may change it; raises NotAllowed, NotFound."""
    must_trade(principal)
    if isinstance(order, str):
        return find(principal, work.connection, order)
    must_be_admin(principal)
    return order


def _new(number: int, values: Mapping[str, Any], row: Row[Any]) -> Order:
    """Return an order that was written just now, as it would be read."""
    names: dict[str, Any] = {"symbol": row.symbol, "portfolio_name": row.name, "is_live": row.is_live}
    nothing_yet: dict[str, Any] = {"average_price": None, "broker_order_id": None, "reason": None}
    meta = json.loads(canonical(values["meta_json"]))
    return Order(id=number, **{**values, "meta_json": meta}, **names, **nothing_yet)


def _kept(reason: str) -> str:
    """Return a venue's words in a way that every database keeps."""
    return reason.replace("\0", "").encode(errors="replace").decode()[:LONGEST_REASON]


def _working(order: Order) -> OrderStatus:
    """Return the state of an order that its venue works on."""
    return "PARTIALLY_FILLED" if order.filled_quantity else "NEW"


def _write(principal: Principal, work: Work, order: Order, changed: Mapping[str, Any]) -> Order:
    """Write what changes of an order, and tell of it; raises Invalid where its row is another one by now."""
    values = {**changed, "updated_at": work.now}
    if not work.connection.execute(_UPDATE, {"order": order.id, "before": order.status, **values}).rowcount:
        raise Invalid.of("no_longer", thing="order", uid=order.uid, state=order.status)
    after = msgspec.structs.replace(order, **values)
    step = STEPS[after.status] if after.status != order.status else ("given its number", None)
    _tell(principal, work, after, step, {"before": order.status})
    return after


def _tell(
    principal: Principal, work: Work, order: Order, step: tuple[str, str | None], besides: Mapping[str, object]
) -> None:
    """Write what follows from a step: the audit row, and the event where there is one."""
    action, routing_key = step
    said = {
        "status": order.status,
        "client_order_id": order.client_order_id,
        "broker_order_id": order.broker_order_id,
        "side": order.side,
        "type": order.type,
        "purpose": order.purpose,
        "leg": order.leg,
        "quantity": order.quantity,
        "filled_quantity": order.filled_quantity,
        "price": order.price,
        "stop_price": order.stop_price,
        "time_in_force": order.time_in_force,
        "reason": order.reason,
        **besides,
    }
    entry = audit.Entry(
        entity_type="order", entity_id=order.uid, action=action, details=said, account_id=order.account_id
    )
    audit.log(principal, work, entry)
    if routing_key is not None:
        where = {"symbol": order.symbol, "portfolio": order.portfolio_name, "is_live": order.is_live}
        publish(work, order.account_id, routing_key, {"order": order.uid, **said, **where})


def _values(work: Work, new: NewOrder, row: Row[Any]) -> dict[str, Any]:
    """Return an order's columns but its uid; raises NotFound for a reference that its user does not have."""
    for field in _REFERENCES:
        if getattr(new, field) is not None and getattr(row, field) is None:
            what = "order to protect in this account" if field == "parent" else field
            raise NotFound(what, getattr(new, field))
    taken_over = ("leg", "attempt", "purpose", "side", "type", "time_in_force", "quantity", "price", "stop_price")
    return {
        "portfolio_id": row.id,
        "account_id": row.account_id,
        **{f"{field}_id": getattr(row, field) for field in _REFERENCES},
        **{field: getattr(new, field) for field in taken_over},
        "status": "PENDING_NEW",
        "filled_quantity": ZERO,
        "client_order_id": client_order_id(new),
        "placed_at": work.now,
        "updated_at": work.now,
        "meta_json": dict(new.meta),
        "broker_boot": new.boot or None,
    }


def _same(order: Order, values: Mapping[str, object]) -> Order:
    """Return an order that is in the books already; raises Invalid where another one is asked for."""
    fields = set(values) - {"status", "filled_quantity", "placed_at", "updated_at", "meta_json", "broker_boot"}
    other = sorted(field for field in fields if getattr(order, field) != values[field])
    if other:
        raise Invalid.of("other_order", uid=order.uid, fields=", ".join(other))
    return order
