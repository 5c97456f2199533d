"""The requests of clients, and how the pretend gateway answers each.

Follows the TWS API's requests as ib_async 2.1 writes them (read 2026-11).

Quirks: a request that is in no table is left without an answer, as its client's deadline then shows. While IB's servers
are lost, orders wait, contracts and quotes have no answer, and lists are answered from what the gateway knows.
"""

from sandbox.ib_gateway.gateway import Gateway, Moment, PlacedFrame
from sandbox.ib_gateway.lists import LISTS, send_end
from sandbox.ib_gateway.ordering import ORDERING
from sandbox.ib_gateway.quoting import QUOTING
from sandbox.ib_gateway.session import Session
from sandbox.ib_gateway.table import Table

_TABLE: Table = LISTS | ORDERING | QUOTING
_NEED_SERVERS = frozenset({"1", "9"})
_NEED_WRITING = frozenset({"5", "16", "99"})
_HAVE_AN_END = frozenset({"5", "7", "16", "61", "99"})
_PLACE, _REF = "3", 26
_READ_ONLY = "Error validating request.-'bS' : cause - The API interface is currently in Read-Only mode."
_BAD_REQUEST = "Error reading request. Unable to parse data."


def answer_to(gateway: Gateway, session: Session, fields: list[str], moment: Moment) -> None:
    """Answer one frame.

    Args:
        gateway: The gateway.
        session: Whose frame it is.
        fields: The frame's.
        moment: When its bytes were complete: by the monotonic and the wall clock, nanoseconds.
    """
    number = fields[0]
    if number == _PLACE and len(fields) > _REF:
        gateway.placed.append(PlacedFrame(session.client_id, fields[1], fields[_REF], *moment))
    name, handler = _TABLE.get(number, (number, None))
    gateway.note(session, name)
    if handler is None or gateway.service.take("unanswered", f"/{name}") is not None:
        return
    if number in _HAVE_AN_END and gateway.service.take("empty", f"/{name}") is not None:
        send_end(session, fields)
    elif number in _NEED_WRITING and gateway.is_on("read_only"):
        session.say(-1, 321, _READ_ONLY)
    elif gateway.is_on("lost_servers") and (number in ORDERING or number in _NEED_SERVERS):
        if number in ORDERING:
            gateway.waiting.append((session, fields))
    else:
        _handle(gateway, session, fields)


def resume(gateway: Gateway) -> None:
    """Take the orders that came while the servers were lost."""
    waited, gateway.waiting = gateway.waiting, []
    for session, fields in waited:
        _handle(gateway, session, fields)
    gateway.deliver()


def _handle(gateway: Gateway, session: Session, fields: list[str]) -> None:
    """Answer one request that is in the table."""
    try:
        _TABLE[fields[0]][1](gateway, session, fields)
    except (ValueError, IndexError):
        session.say(-1, 320, _BAD_REQUEST)
