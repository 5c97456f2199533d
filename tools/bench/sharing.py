"""How many signals a second one execution takes to the end, and several on the same PostgreSQL, in turn in one run.

All else is the same: one paper broker, the same accounts, the same number of signals of each. They are put into the
inbox in one transaction, so that nothing but what comes after it is measured. Besides it is looked again and again who
holds the lock behind which one writer of the ledger comes after the other, and who waits for it.
"""

import contextlib
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from bus.connection import Bus
from bus.messages.base import topic
from bus.messages.trading import SignalArrived
from bus.process import join
from ledger.engine import WRITERS
from ledger.inbox.inbox import accept
from ledger.inbox.opening import Inbox, open_inbox
from ledger.inbox.records import NewSignal
from ledger.shares import LIVES, SPACE
from ledger.store import Ledger, open_ledger
from ledger.trading.people.strategies import list_strategies
from ledger.trading.principal import SYSTEM
from ledger.trading.work import Work
from sandbox import trading_demo
from sandbox.control.client import Sandbox, start
from sandbox.system import running
from tools.bench.traded import PAPER
from tools.bench.trading_stage import Desk, settings
from tools.chaos.trading.several import Base, Several, add_accounts
from tools.machine import elsewhere
from tools.private_postgresql import Server, serve

ROUNDS = 3
WITHIN_S, LOOK_S, SHARED_S = 300.0, 0.02, 60.0
HELD = """SELECT count(*) FILTER (WHERE granted), count(*) FILTER (WHERE NOT granted) FROM pg_locks
    WHERE locktype = 'advisory' AND classid = %s AND objid = %s AND objsubid = 1"""
TAKEN = "SELECT objid < %s, count(DISTINCT pid), count(*) FROM pg_locks WHERE classid = %s AND objsubid = 2 GROUP BY 1"


class Looks(msgspec.Struct):
    """How the writers' lock was found: how often it was held, and how many waited for it."""

    held: list[bool] = []
    waiting: list[int] = []

    def __str__(self) -> str:
        """Say it in a line."""
        if not self.held:
            return "not looked at"
        share, waiting = statistics.mean(self.held), statistics.mean(self.waiting)
        return f"writers' lock held {share:.0%} of the time, {waiting:.2f} wait for it"


def measure(executions: int, burst: int) -> None:
    """Measure bursts with one execution and with several, in turn, and print what came of each.

    Args:
        executions: How many share the accounts.
        burst: How many alerts at once.
    """
    with serve("shared_buffers=64MB") as server, contextlib.ExitStack() as stack:
        base = Base(server=server, database=server.new_database())
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pb-")))
        sandbox = stack.enter_context(start(home))
        desk, ledger = stack.enter_context(_trading(home, sandbox, base.url))
        several = Several(executions=executions)
        desk.wait_until_ready()
        add_accounts(ledger, several.accounts, params={})
        time.sleep(4.0)  # limits of new accounts are written every two seconds
        inbox = stack.enter_context(open_inbox(base.url))
        stack.enter_context(contextlib.chdir(home))
        place = Place(inbox=inbox, bus=stack.enter_context(join("bench", topic(SignalArrived))), desk=desk)
        place.burst("warm", 2 * several.accounts * len(PAPER.symbols))  # quotes, steps and balances are known after it
        found: dict[int, list[float]] = {1: [], executions: []}
        for turn in range(ROUNDS):
            found[1].append(_burst(place, server, f"one{turn}", burst))
            with elsewhere(home, *several.commands([desk.port])):
                _wait_shared(server, executions, several.accounts)
                found[executions].append(_burst(place, server, f"several{turn}", burst))
            _wait_shared(server, 1, several.accounts)
        one, many = statistics.median(found[1]), statistics.median(found[executions])
        print(f"  medians: {one:.1f} with one, {many:.1f} with {executions}: ratio {many / one:.2f}", flush=True)


@contextlib.contextmanager
def _trading(home: Path, sandbox: Sandbox, url: str) -> Iterator[tuple[Desk, Ledger]]:
    """Run a system that trades on paper."""
    sandbox.set_state("ibkr", polls_before_ready=0)
    port = trading_demo.free_port()
    wanted = settings(sandbox, port) | {"DATABASE_URL": url, "INBOX_DATABASE_URL": url}
    with running(home, sandbox, wanted) as system, open_ledger(url) as ledger:
        yield Desk(system, port, ledger, PAPER), ledger


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where signals are put, and looked for."""

    inbox: Inbox
    bus: Bus
    desk: Desk

    def burst(self, prefix: str, count: int) -> float:
        """Put signals of all strategies in turn into the inbox at once; return how many a second had ended."""
        with self.desk.ledger.reading() as connection:
            strategies = [each.uid for each in list_strategies(SYSTEM, connection)]
        with self.inbox.writing() as connection:
            work = Work(connection, datetime.now(UTC))
            for number in range(count):
                turn, at = divmod(number, len(strategies))
                symbol = PAPER.symbols[turn % len(PAPER.symbols)]
                new = NewSignal(
                    strategy_uid=strategies[at],
                    peer="127.0.0.1",
                    body={"symbol": symbol, "action": "buy"},
                    external_id=f"{prefix}-{number}",
                    symbol=symbol,
                    action="buy",
                )
                uid = accept(work, new).uid
        began_s = time.monotonic()
        self.bus.publish(SignalArrived(uid=uid))
        return self.desk.wait_until_ended(prefix, count, within_s=WITHIN_S) / (time.monotonic() - began_s)


def _burst(place: Place, server: Server, prefix: str, count: int) -> float:
    """Measure one burst, and print and return how many signals a second had ended."""
    stop, looks = threading.Event(), Looks()
    looker = threading.Thread(target=_look, args=(server, stop, looks))
    looker.start()
    try:
        rate = place.burst(prefix, count)
    finally:
        stop.set()
        looker.join()
    print(f"  {prefix:10} {rate:6.1f} signals a second   {looks}   ({place.desk.ended_by(prefix)})", flush=True)
    return rate


def _look(server: Server, stop: threading.Event, looks: Looks) -> None:
    """Look who holds the writers' lock, and who waits, until told to stop."""
    high, low = divmod(WRITERS, 2**32)
    with server.connect() as connection:
        while not stop.wait(LOOK_S):
            held, waiting = connection.execute(HELD, (high, low)).fetchone() or (0, 0)
            looks.held.append(bool(held))
            looks.waiting.append(int(str(waiting)))


def _wait_shared(server: Server, executions: int, accounts: int) -> None:
    """Wait until so many executions hold all accounts; raises TimeoutError where they do not."""
    until = time.monotonic() + SHARED_S
    while time.monotonic() < until:
        with server.connect() as connection:
            rows = {
                bool(is_slot): (int(str(pids)), int(str(locks)))
                for is_slot, pids, locks in connection.execute(TAKEN, (LIVES, SPACE))
            }
        if rows.get(True) == (executions, accounts):
            return
        time.sleep(0.2)
    raise TimeoutError(f"{executions} executions do not share {accounts} accounts")
