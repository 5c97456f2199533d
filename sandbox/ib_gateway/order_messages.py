"""The messages of orders and executions, field by field.

Follows ib_async 2.1's decoder (read 2026-11): an openOrder has 135 fields at server 178 and 136 at 176.
A client drops a message with a wrong count and only logs it.
"""

from sandbox.ib_gateway import events
from sandbox.ib_gateway.codec import UNSET_DOUBLE, UNSET_INTEGER
from sandbox.ib_gateway.contracts import contract_fields
from sandbox.ib_gateway.hours import NEW_YORK, ZONE_NAME
from sandbox.ib_gateway.orders import Execution, Order, Ticket

Fields = list[object]
_PROFILE_UNTIL, _REVISION_SINCE = 177, 178
_UNSET_MARGINS = [UNSET_DOUBLE] * 9
_PEGGED: Fields = [""] * 5


def messages(event: events.Event, version: int) -> list[Fields]:
    """Return what a client of some version is sent for an event."""
    match event:
        case events.Shown(order):
            return [open_order(order, version), order_status(order)]
        case events.StatusChanged(order):
            return [order_status(order)]
        case events.Executed(execution):
            return [execution_details(execution, version)]
        case events.Charged(execution):
            return [commission_report(execution)]
        case events.Estimated():
            return [estimate(event, version)]
        case events.Said(_, order_id, code, text):
            return [[4, 2, order_id, code, text, ""]]


def open_order(order: Order, version: int) -> Fields:
    """Return an order in full."""
    state: Fields = [order.status, *_UNSET_MARGINS, *[UNSET_DOUBLE] * 3, "", ""]
    return _order(order.ticket, perm_id=order.perm_id, version=version, state=state)


def estimate(told: events.Estimated, version: int) -> Fields:
    """Return the answer to an order that only asks what it would do: half of its value is margin."""
    margin = told.value / 2
    figures = [0, 0, told.equity, margin, margin, 0, margin, margin, told.equity]
    commission = told.commission
    state: Fields = ["PreSubmitted", *figures, commission, commission, commission, told.ticket.instrument.currency, ""]
    return _order(told.ticket, perm_id=0, version=version, state=state)


def _order(ticket: Ticket, *, perm_id: int, version: int, state: Fields) -> Fields:
    """Return the message of an open order."""
    unset = UNSET_DOUBLE
    return [
        *(5, ticket.order_id, *contract_fields(ticket.instrument), *_terms(ticket)),
        *(0, ticket.ref, ticket.client_id, perm_id, ticket.outside_rth, 0, "0", "", "", "", "", ""),
        *_profile(version),
        *("", "", "", unset, "", "0", "", "-1", "0", unset, unset, unset, unset, unset),
        *("0", "0", "0", "0", UNSET_INTEGER, ticket.oca_type or 3, "0", "0", unset),
        *(ticket.parent_id, "0", unset, "0", "None", unset, "0", "", "", "", "?", "0", "0", ""),
        *("0", "0", unset, unset, unset, UNSET_INTEGER, "", "0", "0", "0"),
        *(UNSET_INTEGER, UNSET_INTEGER, unset, "", "0", "", "IB", "0", "0", "", "0"),
        ticket.what_if,
        *state,
        *("0", "0", "0", "None", unset, unset, unset, unset, unset, unset, "0"),
        *("", "", "", "", "0", "0", "0", "0"),
        *(UNSET_INTEGER, UNSET_INTEGER, "0", *_PEGGED),
    ]


def completed_order(order: Order, version: int) -> Fields:
    """Return an order that is over; it has no number and no client."""
    ticket, unset = order.ticket, UNSET_DOUBLE
    ended = (order.ended_at or order.at).astimezone(NEW_YORK)
    return [
        *(101, *contract_fields(ticket.instrument), *_terms(ticket)),
        *(0, ticket.ref, order.perm_id, ticket.outside_rth, 0, "0", "", "", "", ""),
        *_profile(version),
        *("", "", "", unset, "", "0", "", "-1", unset, unset, unset, unset, unset),
        *("0", "0", "0", UNSET_INTEGER, ticket.oca_type or 3, "0", unset, "0", "None", unset),
        *("0", "0", "0", "", "0", "0", unset, unset, "", "0", "0", "0"),
        *(UNSET_INTEGER, UNSET_INTEGER, unset, "", "", "IB", "0", "0", "", "0"),
        *(order.status, "0", "0", "0"),
        *(unset, unset, "0", "0", "0", "", order.filled, UNSET_INTEGER, "0", "", "0", "0"),
        *(UNSET_INTEGER, f"{ended:%Y%m%d %H:%M:%S} {ZONE_NAME}", order.ending, *_PEGGED),
    ]


def order_status(order: Order) -> Fields:
    """Return the status of an order."""
    ticket = order.ticket
    head: Fields = [3, ticket.order_id, order.status, order.filled, order.remaining, order.average, order.perm_id]
    return [*head, ticket.parent_id, order.last_price, ticket.client_id, "", "0.0"]


def execution_details(execution: Execution, version: int, *, request: str = "-1") -> Fields:
    """Return an execution; `request` is the one that it answers, -1 where it is news."""
    ticket = execution.ticket
    where, at = ticket.instrument.primary, execution.at.astimezone(NEW_YORK)
    return [
        *(11, request, ticket.order_id, *contract_fields(ticket.instrument, exchange=where)),
        *(execution.id, f"{at:%Y%m%d %H:%M:%S} {ZONE_NAME}", ticket.account, where, execution.side),
        *(execution.quantity, execution.price, execution.perm_id, ticket.client_id, execution.liquidation),
        *(execution.cumulative, execution.average, ticket.ref, "", "", "", "2"),
        *(["0"] if version >= _REVISION_SINCE else []),
    ]


def commission_report(execution: Execution) -> Fields:
    """Return the commission of an execution; what opened has realized nothing."""
    realized = UNSET_DOUBLE if execution.realized is None else execution.realized
    return [59, "1", execution.id, execution.commission, "USD", realized, UNSET_DOUBLE, ""]


def _terms(ticket: Ticket) -> Fields:
    """Return what is ordered, from the action to the field of opening and closing."""
    prices = [ticket.limit or "0.0", ticket.stop or "0.0"]
    return [ticket.action, ticket.quantity, ticket.type, *prices, ticket.tif, ticket.oca_group, ticket.account, ""]


def _profile(version: int) -> Fields:
    """Return the field that servers before 177 have."""
    return [""] if version < _PROFILE_UNTIL else []
