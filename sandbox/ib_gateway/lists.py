"""Requests for what there is: orders, executions, positions, the account; follows the TWS API (read 2026-11)."""

from collections.abc import Iterable

from sandbox.ib_gateway import account_messages, order_messages
from sandbox.ib_gateway.gateway import Gateway
from sandbox.ib_gateway.orders import Execution, Order
from sandbox.ib_gateway.session import Session
from sandbox.ib_gateway.table import Table


def open_orders(gateway: Gateway, session: Session, _fields: list[str]) -> None:
    """Tell a client its own orders, and client 0 those made by hand."""
    mine = [each for each in gateway.book.working if each.ticket.client_id == session.client_id]
    _send_orders(gateway, session, mine)


def all_open_orders(gateway: Gateway, session: Session, _fields: list[str]) -> None:
    """Tell everybody's orders."""
    _send_orders(gateway, session, gateway.book.working)


def completed_orders(gateway: Gateway, session: Session, fields: list[str]) -> None:
    """Tell what is over, without what was made by hand where only the API's is wanted."""
    is_api_only = fields[1] == "1"
    for order in gateway.book.visible(gateway.book.ended):
        if order.ticket.client_id or not is_api_only:
            session.send(*order_messages.completed_order(order, session.version))
    session.send(102)


def executions(gateway: Gateway, session: Session, fields: list[str]) -> None:
    """Tell the day's executions and the commissions that are known."""
    request, client_id, _account, _since, symbol = fields[2:7]
    found = [
        each
        for each in gateway.book.holdings.since_midnight(gateway.service.now())
        if client_id in {"", "0", str(each.ticket.client_id)} and symbol in {"", each.ticket.instrument.symbol}
    ]
    _send_executions(gateway, session, request, found)


def positions(gateway: Gateway, session: Session, _fields: list[str]) -> None:
    """Tell the positions, and go on."""
    session.is_told_positions = True
    for held in gateway.book.holdings.positions.values():
        if held.quantity:
            session.send(*account_messages.position(held, gateway.state.account))
    session.send(62, 1)


def no_positions(_gateway: Gateway, session: Session, _fields: list[str]) -> None:
    """Tell positions no more."""
    session.is_told_positions = False


def account_updates(gateway: Gateway, session: Session, fields: list[str]) -> None:
    """Tell the account's values and portfolio, and go on."""
    session.is_told_account = fields[2] == "1"
    if session.is_told_account:
        gateway.send_values(session)
        session.send(54, 1, gateway.state.account)


def account_updates_multi(gateway: Gateway, session: Session, fields: list[str]) -> None:
    """Tell the account's values once."""
    request, book = fields[2], gateway.book
    for key, value, currency in [*account_messages.values(book), *account_messages.ledger(book)]:
        session.send(73, 1, request, gateway.state.account, "", key, value, currency)
    session.send(74, 1, request)


def summary(gateway: Gateway, session: Session, fields: list[str]) -> None:
    """Tell a summary, and go on."""
    session.summaries[fields[2]] = fields[4]
    gateway.send_summary(session, fields[2], fields[4])


def no_summary(_gateway: Gateway, session: Session, fields: list[str]) -> None:
    """Tell a summary no more."""
    session.summaries.pop(fields[2], None)


def gains(gateway: Gateway, session: Session, fields: list[str]) -> None:
    """Tell profit and loss, and go on."""
    session.gains.add(fields[1])
    gateway.send_gains(session, fields[1])


def no_gains(_gateway: Gateway, session: Session, fields: list[str]) -> None:
    """Tell profit and loss no more."""
    session.gains.discard(fields[1])


def _send_orders(gateway: Gateway, session: Session, orders: Iterable[Order]) -> None:
    """Send orders with their statuses, and the end."""
    for order in gateway.book.visible(orders):
        session.send(*order_messages.open_order(order, session.version))
        session.send(*order_messages.order_status(order))
    session.send(53, 1)


def _send_executions(gateway: Gateway, session: Session, request: str, found: list[Execution]) -> None:
    """Send executions as the answer to a request."""
    for execution in found:
        if gateway.book.visible([gateway.book.orders[execution.perm_id]]):
            session.send(*order_messages.execution_details(execution, session.version, request=request))
            if execution not in gateway.late:
                session.send(*order_messages.commission_report(execution))
    session.send(55, 1, request)


def send_end(session: Session, fields: list[str]) -> None:
    """Send the end of a list alone, as if there were nothing."""
    ends: dict[str, list[object]] = {
        "5": [53, 1],
        "16": [53, 1],
        "61": [62, 1],
        "99": [102],
        "7": [55, 1, *fields[2:3]],
    }
    session.send(*ends[fields[0]])


LISTS: Table = {
    "5": ("openOrders", open_orders),
    "6": ("accountUpdates", account_updates),
    "7": ("executions", executions),
    "16": ("openOrders/all", all_open_orders),
    "61": ("positions", positions),
    "62": ("accountSummary", summary),
    "63": ("accountSummary/cancel", no_summary),
    "64": ("positions/cancel", no_positions),
    "76": ("accountUpdates/multi", account_updates_multi),
    "92": ("pnl", gains),
    "93": ("pnl/cancel", no_gains),
    "99": ("completedOrders", completed_orders),
}
