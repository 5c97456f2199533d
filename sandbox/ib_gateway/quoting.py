"""Requests for contracts, quotes, the time; follows the TWS API (read 2026-11)."""

from sandbox.ib_gateway.contracts import Instrument, details_fields, find, query_of
from sandbox.ib_gateway.gateway import Gateway
from sandbox.ib_gateway.session import Session
from sandbox.ib_gateway.table import Table

_CONTRACT = slice(3, 15)
_TEXTS = {
    200: "No security definition has been found for the request",
    10089: "Requested market data requires additional subscription for API. See link in 'Market Data Connections' "
    "dialog for more details.Delayed market data is available.",
    10167: "Requested market data is not subscribed. Displaying delayed market data.",
    10168: "Requested market data is not subscribed. Delayed market data is not enabled.",
    10197: "No market data during competing live session",
}
_DELAYED_WANTED = frozenset({3, 4})


def details(gateway: Gateway, session: Session, fields: list[str]) -> None:
    """Tell all that a contract may mean."""
    request, query = fields[2], query_of(fields[_CONTRACT])
    found = find(query)
    if not found:
        session.say(request, 200, _TEXTS[200])
        return
    for each in found:
        session.send(
            *details_fields(request, each, gateway.state.hours, gateway.service.now(), exchange=query.exchange)
        )
    session.send(52, 1, request)


def quote(gateway: Gateway, session: Session, fields: list[str]) -> None:
    """Tell a quote once, or from now on."""
    request, found = fields[2], find(query_of(fields[_CONTRACT]))
    is_snapshot = fields[-3] == "1"
    if len(found) != 1:
        session.say(request, 200, _TEXTS[200])
        return
    code = _code_of(gateway, session, found[0])
    if code:
        session.say(request, code, _TEXTS[code])
    if code in {10089, 10168}:
        return
    session.streams[request] = found[0]
    gateway.send_quote(session, request, is_first=True)
    if is_snapshot and code != 10197:
        session.send(57, 1, request)
        del session.streams[request]


def _code_of(gateway: Gateway, session: Session, instrument: Instrument) -> int:
    """Return the code that stands before a quote, 0 for none."""
    if gateway.is_on("competing"):
        return 10197
    if gateway.has_data(instrument.name, has=instrument.has_data):
        return 0
    if session.data_kind in _DELAYED_WANTED:
        return 10167
    fault = next((each for each in gateway.service.faults if each.kind == "no_subscription" and each.code), None)
    return int(fault.code) if fault is not None else 10089


def no_quote(_gateway: Gateway, session: Session, fields: list[str]) -> None:
    """Tell a quote no more."""
    session.streams.pop(fields[2], None)


def kind_of_data(_gateway: Gateway, session: Session, fields: list[str]) -> None:
    """Take delayed quotes where there are no live ones, or not."""
    session.data_kind = int(fields[2])


def time_now(gateway: Gateway, session: Session, _fields: list[str]) -> None:
    """Tell the gateway's clock."""
    session.send(49, 1, int(gateway.service.now().timestamp()))


def next_id(gateway: Gateway, session: Session, _fields: list[str]) -> None:
    """Tell the next order id."""
    session.send(9, 1, gateway.book.next_id)


def accounts(gateway: Gateway, session: Session, _fields: list[str]) -> None:
    """Tell the account's number."""
    session.send(15, 1, gateway.state.account)


def bars(_gateway: Gateway, session: Session, fields: list[str]) -> None:
    """Say that there are no bars."""
    session.say(fields[1], 162, "Historical Market Data Service error message:HMDS query returned no data")


def nothing(_gateway: Gateway, _session: Session, _fields: list[str]) -> None:
    """Take what has no answer."""


QUOTING: Table = {
    "1": ("marketData", quote),
    "2": ("marketData/cancel", no_quote),
    "8": ("ids", next_id),
    "9": ("contractDetails", details),
    "15": ("openOrders/auto", nothing),
    "20": ("bars", bars),
    "25": ("bars/cancel", nothing),
    "17": ("accounts", accounts),
    "49": ("time", time_now),
    "59": ("marketDataType", kind_of_data),
}
