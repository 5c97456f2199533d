"""The pretend gateway itself: who is connected, who hears what of the book, and what its troubles make of that.

Follows the TWS API's rules of who sees which order (read 2026-11).

Quirks: an order's own client hears of it, and client 0 of what was made by hand; everybody else only asks. Positions,
values and summaries are told after each execution, where the real one takes up to three minutes.
"""

import asyncio
from collections import deque
from collections.abc import Callable

import msgspec

from sandbox.ib_gateway import account_messages, events, market_messages, order_messages
from sandbox.ib_gateway.book import Book
from sandbox.ib_gateway.listening import TcpService
from sandbox.ib_gateway.orders import Execution, Order
from sandbox.ib_gateway.session import Session
from sandbox.ib_gateway.state import State
from sandbox.service import Seen

_KEPT_FRAMES = 20_000
_SHOWN_ORDERS = 5
Moment = tuple[int, int]


class PlacedFrame(msgspec.Struct, frozen=True):
    """A placeOrder frame: when its bytes were complete, by the monotonic and the wall clock, nanoseconds."""

    client_id: int
    order_id: str
    ref: str
    monotonic_ns: int
    wall_ns: int


class Gateway:
    """The gateway.

    Attributes:
        service: Its port, faults and log.
        state: What tests may set.
        book: Orders, executions, positions.
        sessions: Who is connected, those before the handshake among them.
        placed: Each placeOrder frame that came.
        late: Executions whose commission waits to be told.
        waiting: Frames that came while the servers were lost.
        answer: Answers a frame; it is put in by whoever builds the gateway.
    """

    def __init__(self, service: TcpService, state: State) -> None:
        """Begin with nobody connected."""
        self.service = service
        self.state = state
        self.book = Book(state, service.now)
        self.sessions: list[Session] = []
        self.placed: deque[PlacedFrame] = deque(maxlen=_KEPT_FRAMES)
        self.late: list[Execution] = []
        self.waiting: list[tuple[Session, list[str]]] = []
        self.answer: Callable[[Session, list[str], Moment], None] = lambda _session, _fields, _moment: None

    def reset(self) -> None:
        """Be as new, with nobody connected."""
        self.drop_all()
        self.book.forget()
        self.placed.clear()
        self.late.clear()
        self.waiting.clear()

    def joined(self, session: Session) -> None:
        """Take a connection in."""
        self.sessions.append(session)
        if self.is_on("hang"):
            session.listen(to_it=False)

    def left(self, session: Session) -> None:
        """Let a connection go."""
        if session in self.sessions:
            self.sessions.remove(session)
        self._signal()

    def drop_all(self) -> None:
        """Cut all connections."""
        for session in list(self.sessions):
            session.drop()

    @property
    def ready(self) -> list[Session]:
        """Return the clients whose handshake is over."""
        return [each for each in self.sessions if each.is_ready]

    def is_taken(self, client_id: int) -> bool:
        """Tell whether a client has this number."""
        return any(each.client_id == client_id for each in self.sessions)

    def is_on(self, kind: str, path: str = "/") -> bool:
        """Tell whether a trouble is switched on for a path, and leave it on."""
        return any(fault.kind == kind and fault.path in path for fault in self.service.faults)

    def note(self, session: Session, what: str) -> None:
        """Write down what a client did."""
        seen = Seen(at=self.service.now(), method=f"client {session.client_id}", path=f"/{what}", status=200)
        self.service.requests.append(seen)
        self.service.request_count += 1
        self._signal()

    def _signal(self) -> None:
        """Tell whoever looks that something has come."""
        if self.service.on_traffic is not None:
            self.service.on_traffic()

    def take(self, session: Session, fields: list[str], moment: Moment) -> None:
        """Answer a frame."""
        self.answer(session, fields, moment)
        self.deliver()

    def deliver(self) -> None:
        """Tell what the book has to tell."""
        told, self.book.events = self.book.events, []
        if not told:
            return
        if self.service.take("backwards", "/orders") is not None:
            told.reverse()
        for event in told:
            self._deliver(event)
        if any(isinstance(event, events.Executed) for event in told):
            self.tell_account([event.execution for event in told if isinstance(event, events.Executed)])
        self._signal()

    def tell_account(self, executions: list[Execution]) -> None:
        """Tell positions and values to those who listen; positions only those of some executions."""
        changed = {each.ticket.instrument.con_id for each in executions}
        for session in self.ready:
            for con_id in changed if session.is_told_positions else ():
                session.send(*account_messages.position(self.book.holdings.positions[con_id], self.state.account))
            if session.is_told_account:
                self.send_values(session)
            for request, tags in session.summaries.items():
                self.send_summary(session, request, tags)
            for request in sorted(session.gains):
                self.send_gains(session, request)

    def send_values(self, session: Session) -> None:
        """Send the account's values and its portfolio."""
        account, holdings = self.state.account, self.book.holdings
        for key, value, currency in [*account_messages.values(self.book), *account_messages.ledger(self.book)]:
            session.send(6, 2, key, value, currency, account)
        for held in holdings.positions.values():
            session.send(*account_messages.portfolio(held, account, holdings.price(held)))
        session.send(8, 1, f"{self.service.now():%H:%M}")

    def send_summary(self, session: Session, request: str, tags: str) -> None:
        """Send the values of a summary."""
        for key, value, currency in account_messages.summary(self.book, tags):
            session.send(63, 1, request, self.state.account, key, value, currency)
        session.send(64, 1, request)

    def send_gains(self, session: Session, request: str) -> None:
        """Send profit and loss: of the day, open, closed."""
        open_gain, closed = account_messages.unrealized(self.book), account_messages.realized(self.book)
        session.send(94, request, open_gain + closed, open_gain, closed)

    def send_quote(self, session: Session, request: str, *, is_first: bool = False) -> None:
        """Send a quote of a stream, live or delayed as it may be; nothing where another session has the data."""
        instrument = session.streams[request]
        quote = self.state.quotes.get(instrument.name)
        if quote is None or self.is_on("competing") or self.is_on("lost_servers"):
            return
        is_delayed = quote.is_delayed or not self.has_data(instrument.name, has=instrument.has_data)
        kind = market_messages.DELAYED if is_delayed else market_messages.LIVE
        opening = market_messages.opening(request, instrument, kind) if is_first else []
        for message in [*opening, *market_messages.ticks(request, quote, kind)]:
            session.send(*message)

    def has_data(self, name: str, *, has: bool) -> bool:
        """Tell whether there is a subscription of live quotes for an instrument."""
        return has and not self.is_on("no_subscription", name)

    def look_again(self) -> None:
        """Look at orders that wait for the exchange's hours, as every second does and a change of the state."""
        self.book.look_again()
        self.deliver()

    def changed(self) -> None:
        """Let a changed state have its effect, and tell the account as it is now."""
        for session in self.ready:
            for request in session.streams:
                self.send_quote(session, request)
        self.look_again()
        self.tell_account([])

    def lines(self) -> list[str]:
        """Return what a person may want to see: who is connected, what is held, the newest orders."""
        clients = ", ".join(str(each.client_id) for each in self.ready) or "none"
        held = [each for each in self.book.holdings.positions.values() if each.quantity]
        newest = list(self.book.orders.values())[-_SHOWN_ORDERS:]
        return [
            f"Connected clients: {clients}",
            *(f"{each.instrument.name}: {each.quantity} at {each.average:.2f}" for each in held),
            *(_line_of(order) for order in reversed(newest)),
        ]

    def tick(self) -> None:
        """Let time pass: what is held may begin, and what is good for the day may end."""
        if self.state.hours == "calendar":
            self.look_again()

    def quote_moved(self, name: str) -> None:
        """Tell a quote to those who listen, then fill what it reaches."""
        for session in self.ready:
            for request, instrument in session.streams.items():
                if instrument.name == name:
                    self.send_quote(session, request)
            for request in sorted(session.gains):
                self.send_gains(session, request)
        self.book.look_again(name)
        self.deliver()

    def tell_commission(self, execution: Execution) -> None:
        """Tell the commission of an execution."""
        if execution in self.late:
            self.late.remove(execution)
        if not self.is_on("unheard", "/orders"):
            self._send(self._session_of(execution.ticket.client_id), order_messages.commission_report(execution))

    def _deliver(self, event: events.Event) -> None:
        """Tell one thing to its client, as its troubles want it."""
        is_answer = isinstance(event, events.Said | events.Estimated)
        if isinstance(event, events.Charged):
            self._charge(event.execution)
        elif is_answer or not self.is_on("unheard", "/orders"):
            session = self._session_of(events.client_of(event))
            messages = [] if session is None else order_messages.messages(event, session.version)
            is_twice = not is_answer and self.is_on("twice", "/orders")
            for message in [*messages, *(messages if is_twice else [])]:
                self._send(session, message)

    def _charge(self, execution: Execution) -> None:
        """Tell a commission now, later, or on command."""
        after_s = self.state.commissions_after_s
        if not after_s:
            self.tell_commission(execution)
            return
        self.late.append(execution)
        if after_s > 0:
            asyncio.get_running_loop().call_later(after_s, self._tell_late, execution)

    def _tell_late(self, execution: Execution) -> None:
        """Tell a commission that still waits."""
        if execution in self.late:
            self.tell_commission(execution)

    def _session_of(self, client_id: int) -> Session | None:
        """Return a client's connection."""
        return next((each for each in self.ready if each.client_id == client_id), None)

    def _send(self, session: Session | None, message: list[object]) -> None:
        """Send a message to a client, if it is there."""
        if session is not None:
            session.send(*message)


def _line_of(order: Order) -> str:
    """Return an order in a line."""
    ticket = order.ticket
    done = f", {order.filled} filled" if 0 < order.filled < ticket.quantity else ""
    return f"{ticket.action} {ticket.quantity} {ticket.instrument.name} {ticket.type}: {order.status}{done}"
