"""What came of a run, in numbers: what was answered, what the venue has and what Telegram got against the ledger."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

import msgspec

from tools.chaos.trading.alerts import MALFORMED, Planned
from tools.chaos.trading.evidence import Books, Notice, Signal
from tools.chaos.trading.venue import AtVenue

ENDED = frozenset({"DONE", "REJECTED", "EXPIRED", "DUPLICATE", "SUPERSEDED"})
OPEN = frozenset({"PENDING_NEW", "NEW", "PARTIALLY_FILLED", "PENDING_CANCEL", "UNKNOWN"})
TOLD = {"REJECTED": "rejected", "EXPIRED": "expired", "SUPERSEDED": "superseded"}
"""The ends that a message tells, by the word in its name."""
UNFILLED = frozenset({"REJECTED", "EXPIRED", "NOT_PLACED"})
"""The ends of an order that a message tells whether or not a part of it was filled."""
LEGS = frozenset({"STOP_LOSS", "TAKE_PROFIT"})


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a verdict rests on: `accepted` are the numbers of alerts that were answered with 200."""

    planned: list[Planned]
    accepted: set[int]
    books: Books
    venue: AtVenue
    texts: list[str]


class Trouble(msgspec.Struct, frozen=True):
    """Something that must not be."""

    kind: str
    text: str


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """The run in numbers; `by_end` counts the signals by how they ended."""

    accepted: int
    ordered: int
    refused: int
    by_end: Mapping[str, int]
    troubles: tuple[Trouble, ...]

    def count(self, kind: str) -> int:
        """Count the troubles of a kind."""
        return sum(trouble.kind == kind for trouble in self.troubles)


def judge(evidence: Evidence) -> Verdict:
    """Compare the three accounts."""
    signals = {each.number: each for each in evidence.books.signals}
    with_orders = {each.external_id for each in evidence.books.orders}
    kept = [signals[number] for number in evidence.accepted if number in signals]
    ordered = sum(each.external_id in with_orders for each in kept if each.state in ENDED)
    refused = sum(each.external_id not in with_orders and bool(each.code) for each in kept if each.state in ENDED)
    return Verdict(
        accepted=len(evidence.accepted),
        ordered=ordered,
        refused=refused,
        by_end=Counter(f"{each.state} {each.code or ''}".strip() for each in evidence.books.signals),
        troubles=(
            *_lost(evidence, signals),
            *_doubled_orders(evidence),
            *_executions(evidence),
            *_positions(evidence),
            *(Trouble("audit", f"{each.chain} {each.sequence}: {each.reason}") for each in evidence.books.found.audit),
            *_messages(evidence),
        ),
    )


def _lost(evidence: Evidence, signals: Mapping[int, Signal]) -> Iterator[Trouble]:
    """Yield accepted alerts that are nowhere, have not ended, or ended without an order and without a reason."""
    with_orders = {each.external_id for each in evidence.books.orders}
    for number in sorted(evidence.accepted):
        signal = signals.get(number)
        if signal is None:
            yield Trouble("lost", f"alert {number} was accepted and is no signal")
        elif signal.state not in ENDED:
            yield Trouble("lost", f"alert {number}, signal {signal.uid}, is still {signal.state} {signal.code or ''}")
        elif signal.external_id not in with_orders and not signal.code:
            yield Trouble("lost", f"alert {number}, signal {signal.uid}, is {signal.state} without order or reason")
    for planned in evidence.planned:
        if planned.kind in MALFORMED and planned.number in evidence.accepted | signals.keys():
            yield Trouble("lost", f"alert {planned.number} is {planned.kind} and was accepted")


def _doubled_orders(evidence: Evidence) -> Iterator[Trouble]:
    """Yield what the venue has twice, and what it has that the ledger does not know, or has not ended."""
    opened = Counter(order.quantity for order in evidence.venue.orders if order.opens)
    doubled = Counter(each.number for each in evidence.books.signals)
    for planned in evidence.planned:
        times = max(opened[planned.quantity] if planned.kind == "buy" else 0, doubled[planned.number])
        if times > 1:
            yield Trouble("order", f"alert {planned.number} was ordered {times} times")
    known = {each.client_order_id: each.status for each in evidence.books.orders}
    for name, times in Counter(order.client_id for order in evidence.venue.orders).items():
        if times > 1:
            yield Trouble("order", f"the venue has {name} {times} times")
        if name not in known:
            yield Trouble("order", f"the venue has {name}, which is in no row")
        elif known[name] == "NOT_PLACED":
            yield Trouble("order", f"the venue has {name}, which is said to be nowhere")
    for each in evidence.books.orders:
        if each.status in OPEN and each.leg not in LEGS:
            yield Trouble("lost", f"order {each.client_order_id} is still {each.status}")


def _executions(evidence: Evidence) -> Iterator[Trouble]:
    """Yield executions that the ledger has twice, has not, or has alone."""
    told = Counter(each.broker_trade_id for each in evidence.books.trades)
    at_venue = set(evidence.venue.executions)
    for name, times in told.items():
        if times > 1 or name not in at_venue:
            yield Trouble("execution", f"execution {name} stands {times} times in the ledger, or not at the venue")
    for name in sorted(at_venue - told.keys()):
        yield Trouble("position", f"execution {name} of the venue is not in the ledger")


def _positions(evidence: Evidence) -> Iterator[Trouble]:
    """Yield positions that are not what their executions say, or not what the venue holds."""
    found = evidence.books.found
    for each in found.positions:
        yield Trouble("position", f"position {each.uid}: {each.what} is {each.stored}, computed {each.computed}")
    for name in (*found.orphans, *found.orders):
        yield Trouble("position", f"{name} is in no position, or not filled as its executions say")
    for symbol in sorted(evidence.books.held.keys() | evidence.venue.held.keys()):
        ours, theirs = evidence.books.held.get(symbol, Decimal(0)), evidence.venue.held.get(symbol, Decimal(0))
        if ours != theirs:
            yield Trouble("position", f"{symbol}: the ledger holds {ours}, the venue {theirs}")


def _messages(evidence: Evidence) -> Iterator[Trouble]:
    """Yield what must have been told and was not: every end, with an order and without; all that was written."""
    names = [each.name for each in evidence.books.notices]
    with_orders = {each.external_id for each in evidence.books.orders}
    for signal in evidence.books.signals:
        word = TOLD.get(signal.state)
        if word is None or signal.external_id in with_orders:
            continue
        if not any(name.startswith(f"signal-{signal.uid}-{word}") for name in names):
            yield Trouble("message", f"nobody was told of signal {signal.uid}, {signal.state} {signal.code}")
    told = {name.split("-")[1] for name in names if name.startswith("order-")}
    for order in evidence.books.orders:
        if order.leg not in LEGS and order.status in UNFILLED and order.uid not in told:
            yield Trouble("message", f"nobody was told of order {order.uid}, {order.status}")
    filled = len({name.split("-")[1] for name in names if name.startswith("trade-")})
    whole = sum(order.status == "FILLED" for order in evidence.books.orders)
    if filled < whole:
        yield Trouble("message", f"{whole} orders filled, and messages of {filled}")
    everything = "\n".join(evidence.texts)
    for each in _last_told(evidence.books.notices):
        if each.text and each.text not in everything:
            yield Trouble("message", f"{each.name} is {each.state}, and Telegram has not got it: {each.text[:60]!r}")


def _last_told(notices: Sequence[Notice]) -> Iterator[Notice]:
    """Yield all messages; of a subject the newest form that was sent: it stands in the place of the older ones."""
    sent = {each.subject: each for each in notices if each.state == "sent"}
    for each in notices:
        if each.subject is None or each is sent.get(each.subject) or each.state not in {"sent", "folded"}:
            yield each
