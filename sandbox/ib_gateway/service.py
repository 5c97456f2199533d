"""The pretend IB Gateway: TWS's protocol on a TCP port, and what tests may order of it on the control port.

Follows the TWS API's documentation and the frames of ib_async 2.1 (read 2026-11). ib_async's own client, unmodified, is
driven against it in the tests.

On the control port, NAME being an orderRef or a permId:

    GET  /ibgateway                          all: clients, orders, executions, positions, cash, each placeOrder frame
    POST /ibgateway/quotes/SYMBOL            bid, ask, last, is_delayed, halted; what is not given stays
    POST /ibgateway/orders/NAME/fill         quantity, price; nothing given is what remains, at the quote
    POST /ibgateway/orders/NAME/cancel       reason
    POST /ibgateway/orders/NAME/reject       reason
    POST /ibgateway/orders/NAME/correct      quantity, price: the last execution's, under the next revision
    POST /ibgateway/orders/NAME/bust         the last execution is of nothing
    POST /ibgateway/orders/NAME/commission   what waits is told now
    POST /ibgateway/trade                    symbol, quantity (below zero sells), price; limit lets it rest: by hand
    POST /ibgateway/liquidate                symbol, quantity (all that is held), price: by the broker itself
    POST /ibgateway/restart                  seconds, roll_back_ids

Its troubles are FAULTS, whose `path` is `/placeOrder/REF`, `/cancelOrder/REF` or a list's name; how it behaves when all
is well is its state (`sandbox/ib_gateway/state.py`).
"""

import asyncio

from sandbox.ib_gateway import troubles
from sandbox.ib_gateway.control import routes
from sandbox.ib_gateway.gateway import Gateway
from sandbox.ib_gateway.listening import TcpService
from sandbox.ib_gateway.requests import answer_to, resume
from sandbox.ib_gateway.session import Session
from sandbox.ib_gateway.state import State
from sandbox.service import Service

FAULTS: dict[str, str] = {
    "refuse": "the port does not listen, open connections are cut",
    "restart": "as at night: connections are cut, and refused for `seconds`; a `body` rolls the order ids back",
    "hang": "nothing is read and nothing answered until cleared",
    "lost_servers": "1100; 1102 when cleared, or `code` 1101 with streams lost; a `body` loses orders sent meanwhile",
    "competing": "10197: another session of the same user has the quotes; they go on when cleared",
    "farm": "`code` 2103 (default), 2105, 2157 or 2110 for all; when cleared, that it is well again",
    "silent": "connections are accepted, and the handshake has no answer: nobody is logged in",
    "client_id_taken": "326 for whoever connects",
    "unanswered": "a request has no answer; `path` is its name: positions, openOrders, completedOrders, executions, …",
    "empty": "a list has its end and nothing else; `path` is its name, as for unanswered",
    "lose_order": "the connection is cut before an order is taken",
    "drop_after_order": "the connection is cut after an order was taken, before any answer",
    "half_frame": "half of the next message, and then nothing more on that connection",
    "reject": "an order is refused: `code` (201), and `body` as the reason",
    "late_perm_id": "an order is PendingSubmit with permId 0 first",
    "forget": "an order is taken, and lists do not have it for `seconds`",
    "refuse_cancel": "a cancel is refused: `code` 10148 (default), 10147, 161 or 135",
    "slow_cancel": "a cancel is taken and PendingCancel, until a test ends or fills the order",
    "no_subscription": "no live quotes of a symbol (`path`): 10089, or `code` 10168, where delayed ones are not wanted",
    "read_only": "321 for whatever touches orders",
    "unheard": "nothing is told of orders and executions; lists have them",
    "twice": "all that is told of orders and executions is told twice",
    "backwards": "what an order gives rise to is told in the opposite order",
}


def create() -> list[Service]:
    """Build the pretend gateway."""
    service, _gateway = build()
    return [service]


def build() -> tuple[TcpService, Gateway]:
    """Build the pretend gateway, and give what stands behind its port."""
    state = State()
    service = TcpService("ibgateway", state=state, faults=FAULTS)
    gateway = Gateway(service, state)
    gateway.answer = lambda session, fields, moment: answer_to(gateway, session, fields, moment)

    def connect() -> asyncio.Protocol:
        """Make one connection's session."""
        return Session(gateway)

    service.connect = connect
    service.on_begun = lambda fault: troubles.begin(gateway, fault)
    service.on_ended = lambda faults: troubles.end(gateway, faults, lambda: resume(gateway))
    service.on_changed = gateway.changed
    service.lines = gateway.lines
    service.on_tick = gateway.tick
    service.drop_all = gateway.drop_all
    service.on_reset.append(gateway.reset)
    service.control_routes = routes(gateway)
    return service, gateway
