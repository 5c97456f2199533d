"""How many signals a second one execution takes to the end, and several on the same PostgreSQL, in turn in one run.

All else is the same: one webhook, one paper broker, the same accounts, as many for each execution. Besides it is looked
again and again who holds the lock behind which one writer of the ledger comes after the other, and who waits for it.
"""

import contextlib
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec

from ledger.engine import WRITERS
from ledger.shares import LIVES, SPACE
from ledger.store import Ledger, open_ledger
from sandbox import trading_demo
from sandbox.control.client import Sandbox, start
from sandbox.system import running
from tools.bench.sending import Alert, Sent, alerts, send
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
        secrets = add_accounts(ledger, several.accounts, params={})
        time.sleep(4.0)  # secrets and limits of new accounts are copied every two seconds
        for secret in secrets[1:]:  # quotes and steps are known after it
            send(desk.port, _alerts(f"warm{secrets.index(secret)}", len(PAPER.symbols), [secret]), per_second=10)
        found: dict[int, list[float]] = {1: [], executions: []}
        for turn in range(ROUNDS):
            found[1].append(_burst(desk, server, f"one{turn}", _alerts(f"one{turn}", burst, secrets)))
            with elsewhere(home, *several.commands([desk.port])):
                _wait_shared(server, executions, len(secrets))
                name = f"several{turn}"
                found[executions].append(_burst(desk, server, name, _alerts(name, burst, secrets)))
            _wait_shared(server, 1, len(secrets))
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


def _alerts(prefix: str, count: int, secrets: list[str]) -> list[Alert]:
    """Make alerts to buy, of all accounts in turn."""
    made = [
        alerts(count // len(secrets), prefix=f"{prefix}-{place}", secret=secret, symbols=PAPER.symbols, action=_buy)
        for place, secret in enumerate(secrets)
    ]
    return [alert for together in zip(*made, strict=True) for alert in together]


def _buy(_turn: int) -> str:
    """Buy always."""
    return "buy"


def _burst(desk: Desk, server: Server, prefix: str, made: list[Alert]) -> float:
    """Send alerts at once, and print and return how many a second had ended when all had."""
    stop, looks = threading.Event(), Looks()
    looker = threading.Thread(target=_look, args=(server, stop, looks))
    looker.start()
    began_s = time.monotonic()
    sent: list[Sent] = send(desk.port, made)
    kept = sum(each.is_kept for each in sent)
    ended = desk.wait_until_ended(prefix, kept, within_s=WITHIN_S)
    rate = ended / (time.monotonic() - began_s)
    stop.set()
    looker.join()
    print(f"  {prefix:10} {rate:6.1f} signals a second   {looks}   ({desk.ended_by(prefix)})", flush=True)
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
