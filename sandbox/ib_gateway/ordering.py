"""Requests that make and end orders; follows the TWS API (read 2026-11)."""

from datetime import timedelta

import msgspec

from sandbox.ib_gateway import events
from sandbox.ib_gateway.contracts import find, query_of
from sandbox.ib_gateway.gateway import Gateway
from sandbox.ib_gateway.orders import Order, Refused, read_ticket
from sandbox.ib_gateway.session import Session
from sandbox.ib_gateway.table import Table

_REF = 26
_REJECTED, _READ_ONLY, _NO_CONTRACT = 201, 321, 200
_READ_ONLY_TEXT = "Error validating request.-'bT' : cause - The API interface is currently in Read-Only mode."


def place(gateway: Gateway, session: Session, fields: list[str]) -> None:
    """Take an order, as the troubles want it."""
    service, path = gateway.service, f"/placeOrder/{fields[_REF] if len(fields) > _REF else ''}"
    if service.take("lose_order", path) is not None:
        session.drop()
        return
    dropped = service.take("drop_after_order", path)
    if dropped is not None:
        session.drop()
    try:
        _place(gateway, session, fields, path)
    except Refused as refused:
        session.say(fields[1], refused.code, str(refused))


def _place(gateway: Gateway, session: Session, fields: list[str], path: str) -> None:
    """Give an order to the book.

    Raises:
        Refused: It cannot be read, or means no contract.
    """
    service, book = gateway.service, gateway.book
    if gateway.is_on("read_only"):
        raise Refused(_READ_ONLY, _READ_ONLY_TEXT)
    found = find(query_of(fields[2:14]))
    if len(found) != 1:
        raise Refused(_NO_CONTRACT, "No security definition has been found for the request")
    ticket = read_ticket(fields, version=session.version, client_id=session.client_id, instrument=found[0])
    if not ticket.account:
        ticket = msgspec.structs.replace(ticket, account=gateway.state.account)
    refusal = None
    fault = service.take("reject", path)
    if fault is not None:
        refusal = Refused(int(fault.code or _REJECTED), f"Order rejected - reason:{fault.body or 'NO REASON IS GIVEN'}")
    hidden = service.take("forget", path)
    is_perm_id_late = service.take("late_perm_id", path) is not None
    order = book.place(ticket, refusal=refusal)
    if order is not None and is_perm_id_late:
        before = Order(ticket=ticket, perm_id=0, at=order.at, status="PendingSubmit")
        book.events.insert(0, events.StatusChanged(before))
    if order is not None and hidden is not None:
        order.hidden_until = service.now() + timedelta(seconds=hidden.seconds)


def cancel(gateway: Gateway, session: Session, fields: list[str]) -> None:
    """Cancel an order, as the troubles want it."""
    if gateway.is_on("read_only"):
        session.say(fields[2], _READ_ONLY, _READ_ONLY_TEXT)
        return
    order = gateway.book.find(session.client_id, int(fields[2]))
    path = f"/cancelOrder/{order.ticket.ref if order is not None else ''}"
    refused = gateway.service.take("refuse_cancel", path)
    is_pending = gateway.service.take("slow_cancel", path) is not None
    code = 0 if refused is None else int(refused.code or "10148")
    gateway.book.cancel(session.client_id, int(fields[2]), code=code, is_pending=is_pending)


def cancel_all(gateway: Gateway, _session: Session, _fields: list[str]) -> None:
    """Cancel all orders, whoever made them."""
    gateway.book.cancel_all()


ORDERING: Table = {
    "3": ("placeOrder", place),
    "4": ("cancelOrder", cancel),
    "58": ("globalCancel", cancel_all),
}
