"""The pretend gateway's troubles that begin and end with a word to every client; follows the TWS API's message codes
(read 2026-11).

Quirks: what came while IB's servers were lost is taken when they are back, unless it was to be lost; a client that
connects meanwhile is told 2110.
"""

from collections.abc import Callable

from sandbox.ib_gateway.gateway import Gateway
from sandbox.service import Fault

_WORDS = {
    1100: "Connectivity between IBKR and Trader Workstation has been lost.",
    1101: "Connectivity between IBKR and Trader Workstation has been restored - data lost.",
    1102: "Connectivity between IBKR and Trader Workstation has been restored - data maintained.",
    2103: "Market data farm connection is broken:usfarm",
    2104: "Market data farm connection is OK:usfarm",
    2105: "HMDS data farm connection is broken:ushmds",
    2106: "HMDS data farm connection is OK:ushmds",
    2110: "Connectivity between Trader Workstation and server is broken. It will be restored automatically.",
    2157: "Sec-def data farm connection is broken:secdefil",
    2158: "Sec-def data farm connection is OK:secdefil",
    10197: "No market data during competing live session",
}
_WELL_AGAIN = {2103: 2104, 2105: 2106, 2157: 2158, 2110: 1102}
Resume = Callable[[], None]


def begin(gateway: Gateway, fault: Fault) -> None:
    """Let a trouble begin."""
    match fault.kind:
        case "lost_servers":
            say(gateway, 1100)
        case "farm":
            say(gateway, int(fault.code or "2103"))
        case "competing":
            _take_quotes(gateway)
        case "hang":
            _listen(gateway, to_them=False)
        case "silent":
            gateway.drop_all()
        case "restart":
            if fault.body:
                gateway.book.roll_back()
            gateway.service.restart(fault)


def end(gateway: Gateway, faults: list[Fault], resume: Resume) -> None:
    """Let troubles end.

    Args:
        gateway: The gateway.
        faults: Those that were on.
        resume: Takes the frames that waited.
    """
    for fault in faults:
        match fault.kind:
            case "lost_servers":
                _find_servers(gateway, fault, resume)
            case "farm":
                say(gateway, _WELL_AGAIN.get(int(fault.code or "2103"), 2104))
            case "competing":
                _send_quotes(gateway)
            case "hang":
                _listen(gateway, to_them=True)
            case "silent" | "half_frame":
                _drop_what_is_stuck(gateway)


def say(gateway: Gateway, code: int) -> None:
    """Tell every client a message that is about no request."""
    for session in gateway.ready:
        session.say(-1, code, _WORDS[code])


def _listen(gateway: Gateway, *, to_them: bool) -> None:
    """Read what clients send, or leave it in their sockets."""
    for session in gateway.sessions:
        session.listen(to_it=to_them)


def _drop_what_is_stuck(gateway: Gateway) -> None:
    """Cut connections that wait for the handshake, or for the other half of a message."""
    for session in list(gateway.sessions):
        if session.is_mute or not session.is_ready:
            session.drop()


def _take_quotes(gateway: Gateway) -> None:
    """Tell each stream that another session has the quotes."""
    for session in gateway.ready:
        for request in session.streams:
            session.say(request, 10197, _WORDS[10197])


def _find_servers(gateway: Gateway, fault: Fault, resume: Resume) -> None:
    """Tell that IB's servers are back, and take what waited."""
    are_quotes_lost = fault.code == "1101"
    say(gateway, 1101 if are_quotes_lost else 1102)
    if are_quotes_lost:
        for session in gateway.ready:
            session.streams.clear()
    if fault.body:
        gateway.waiting.clear()
    resume()
    _send_quotes(gateway)


def _send_quotes(gateway: Gateway) -> None:
    """Send each stream its quote."""
    for session in gateway.ready:
        for request in session.streams:
            gateway.send_quote(session, request)
