"""A program of trading that dies at a chosen moment; what a test's launcher becomes instead of the program itself.

    python -m tests.faults.trading.dying execution

A file `deaths/<program>` names the moment, and is gone afterwards; it may be written while the program runs:

    webhook     `arrived`: the alert is kept, and nobody was told or answered
    execution   `<state of a signal> before` or `after`: around the commit of the transaction that gives it that state
    broker      `place before` or `after`: around the venue's taking an order; `said`: an event has been said;
                `hears`: it stands still when an order has come, and does not look at it before it is told to go on
"""

import contextlib
import os
import runpy
import signal
import sys
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from bus.connection import Bus
from bus.messages.base import Message
from bus.messages.trading import SignalArrived
from bus.messages.venues import OrderEvent, PlaceOrder, Said, Signed
from ledger.store import Ledger
from ledger.trading.enumerations import SignalState
from ledger.trading.flow import signals as flow
from ledger.trading.flow.records import NewSignal, Signal
from ledger.trading.flow.signals import TakenIn
from ledger.trading.principal import Principal
from ledger.trading.work import Work

DEATHS = Path("deaths")


def main() -> None:
    """Become the program, and die when its moment comes."""
    module = sys.argv[1]
    if module == "webhook":
        _watch_arrivals()
    elif module == "execution":
        _watch_commits()
    elif module == "brokers.paper":
        _watch_paper()
    elif module == "brokers.bingx":
        _watch_bingx()
    sys.argv = sys.argv[1:]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def reach(program: str, moment: str, number: signal.Signals = signal.SIGKILL) -> None:
    """Die, if a test has chosen this moment, or do what another signal does."""
    wanted = DEATHS / program
    if wanted.exists() and wanted.read_text(encoding="ascii") == moment:
        wanted.unlink()
        os.kill(os.getpid(), number)


def _watch_arrivals() -> None:
    publish = Bus.publish

    def die_first(bus: Bus, message: Message) -> None:
        if isinstance(message, SignalArrived):
            reach("webhook", "arrived")
        publish(bus, message)

    Bus.publish = die_first  # type: ignore[assignment, method-assign]  # the fault itself


def _watch_commits() -> None:
    move, take_in, writing = flow.move, flow.take_in, Ledger.writing
    states: list[str] = []

    def noted_move(principal: Principal, work: Work, signal: str | Signal, state: SignalState, **more: Any) -> Signal:
        states.append(state)
        return move(principal, work, signal, state, **more)

    def noted_take_in(principal: Principal, work: Work, new: NewSignal) -> TakenIn:
        states.append("RECEIVED")
        return take_in(principal, work, new)

    @contextlib.contextmanager
    def watched(ledger: Ledger) -> Iterator[Connection]:
        states.clear()
        with writing(ledger) as connection:
            yield connection
            _reach_each(states, "before")
        _reach_each(states, "after")

    flow.move, flow.take_in = noted_move, noted_take_in  # the fault itself
    Ledger.writing = watched  # type: ignore[assignment, method-assign]  # the fault itself


def _reach_each(states: list[str], when: str) -> None:
    for state in states:
        reach("execution", f"{state} {when}")


def _watch_paper() -> None:
    from brokers.paper_venue.venue import PaperVenue  # only its broker needs it

    place = PaperVenue.place

    async def placed(venue: PaperVenue, order: PlaceOrder) -> OrderEvent:
        return await _around("broker-paper", place(venue, order))

    PaperVenue.place = placed  # type: ignore[assignment, method-assign]  # the fault itself
    _watch_mailbox("broker-paper")


def _watch_bingx() -> None:
    from brokers.bingx_venue.venue import BingxVenue  # only its broker needs it

    place = BingxVenue.place

    async def placed(venue: BingxVenue, order: PlaceOrder) -> OrderEvent:
        return await _around("broker-bingx", place(venue, order))

    BingxVenue.place = placed  # type: ignore[assignment, method-assign]  # the fault itself
    _watch_mailbox("broker-bingx")


async def _around(program: str, placing: Coroutine[None, None, OrderEvent]) -> OrderEvent:
    """Place an order, unless death comes first."""
    reach(program, "place before")
    event = await placing
    reach(program, "place after")
    return event


def _watch_mailbox(program: str) -> None:
    from brokers.desk.mailbox import Mailbox  # only a broker needs it

    open_ = Mailbox.open
    say: Callable[[Mailbox, Said], None] = Mailbox.say  # type: ignore[assignment]  # says answers alone

    def opened(mailbox: Mailbox, envelope: Signed) -> Said | None:
        if b"placeorder" in envelope.content:
            reach(program, "hears", signal.SIGSTOP)
        return open_(mailbox, envelope)

    def said(mailbox: Mailbox, answer: Said) -> None:
        say(mailbox, answer)
        if isinstance(answer, OrderEvent):
            reach(program, "said")

    Mailbox.open = opened  # type: ignore[assignment, method-assign]  # the fault itself
    Mailbox.say = said  # type: ignore[assignment, method-assign]  # the fault itself


if __name__ == "__main__":
    main()
