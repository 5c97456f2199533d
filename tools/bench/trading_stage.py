"""What the trading benchmark measures: a system that trades on paper, and the plain bot, both behind the same port."""

import contextlib
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec

from bus.connection import Bus
from bus.messages.base import topic
from bus.messages.venues import PlaceOrder, Signed
from bus.process import join
from ledger.store import Ledger
from sandbox import trading_demo
from sandbox.control.client import Sandbox
from sandbox.system import ROOT, System
from tools.bench.plain_bot import SECRET_NAME
from tools.bench.sending import Sent, alerts, send
from tools.bench.traded import PAPER, Traded

SECRET = trading_demo.SECRET
LARGE, MANY = "1000000000", "10000"
LOOK_S = 0.1
READY_S = 90.0
_decode = msgspec.msgpack.Decoder(PlaceOrder).decode

ENDED = "('DONE', 'REJECTED', 'EXPIRED', 'DUPLICATE', 'SUPERSEDED')"
COUNT = f"SELECT count(*) FROM signals WHERE external_id LIKE '%s-%%' AND state IN {ENDED}"
ORDERED = """SELECT orders.client_order_id, signals.external_id FROM orders
    JOIN signals ON signals.id = orders.signal_id WHERE signals.external_id LIKE '%s-%%'"""
STATES = "SELECT state, code, count(*) FROM signals WHERE external_id LIKE '%s-%%' GROUP BY state, code"
BOOKED = """SELECT signals.external_id, signals.updated_at FROM signals
    WHERE signals.external_id LIKE '%s-%%' AND state = 'DONE'"""


def settings(sandbox: Sandbox, port: int) -> dict[str, str]:
    """Return the variables of a system that trades on paper by itself, with limits that nothing meets.

    Args:
        sandbox: The pretend world.
        port: Where its webhook listens.
    """
    return trading_demo.settings(sandbox, port) | {
        "TRADING_DEFAULT_MODE": "auto",
        "WEBHOOK_ALLOWED_IPS": "127.0.0.1",
        "WEBHOOK_TRUSTED_PROXIES": "",
        "ORDERS_PER_SECOND": "1000",
        "OPENING_MAX_AGE_SECONDS": "3600",
        "PAPER_START_CASH": LARGE,
        "DEFAULT_MAX_TOTAL_INVESTMENT": LARGE,
        "DEFAULT_MAX_DAILY_LOSS": LARGE,
        "DEFAULT_MAX_OPEN_POSITIONS": MANY,
        "DEFAULT_MAX_DAILY_BUYS": MANY,
        "DEFAULT_MAX_PER_TICKER": MANY,
    }


class Desk:
    """A system that trades: sends it alerts, and looks what has become of them."""

    def __init__(self, system: System, port: int, ledger: Ledger, traded: Traded) -> None:
        """Look at a system.

        Args:
            system: It runs.
            port: Where its webhook listens.
            ledger: Its ledger, which is only read.
            traded: Where it trades.
        """
        self.system = system
        self.port = port
        self.ledger = ledger
        self.traded = traded

    def wait_until_ready(self) -> None:
        """Send alerts until one of each symbol was traded: quotes and steps are known then."""
        self.system.wait_for_log("execution", "secrets in force", timeout_s=READY_S)
        self.wait_until_ended("warm", len(self.send("warm", len(self.traded.symbols), per_second=10)), within_s=READY_S)

    def send(self, prefix: str, count: int, *, per_second: float | None = None) -> list[Sent]:
        """Send alerts to buy, of all symbols in turn."""
        made = alerts(count, prefix=prefix, secret=SECRET, symbols=self.traded.symbols, action=lambda _: "buy")
        return send(self.port, made, per_second=per_second)

    def wait_until_ended(self, prefix: str, count: int, *, within_s: float) -> int:
        """Wait until signals have ended; return how many have, fewer than `count` where the time was over."""
        until = time.monotonic() + within_s
        while (ended := self._count(prefix)) < count and time.monotonic() < until:
            time.sleep(LOOK_S)
        return ended

    def _count(self, prefix: str) -> int:
        """Return how many signals have ended."""
        return int(str(self.rows(COUNT % prefix)[0][0]))

    def ended_by(self, prefix: str) -> str:
        """Say how many signals are in which state."""
        found = self.rows(STATES % prefix)
        return ", ".join(f"{state}{f' {code}' if code else ''} {count}" for state, code, count in found)

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """Return what a query finds."""
        with self.ledger.reading() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(query.replace("%", "%%"))]


class Wire:
    """The bus, heard from aside: when each order was first said to the broker."""

    def __init__(self, bus: Bus) -> None:
        """Have heard nothing."""
        self._bus = bus
        self.said_at_s: dict[str, float] = {}

    def listen(self, seconds: float) -> None:
        """Take in what is said for a while."""
        until = time.monotonic() + seconds
        while (left_s := until - time.monotonic()) > 0:
            message = self._bus.receive(left_s)
            if isinstance(message, Signed):
                with contextlib.suppress(msgspec.DecodeError):  # another word than an order
                    self.said_at_s.setdefault(_decode(message.content).client_order_id, time.time())


@contextlib.contextmanager
def wire(home: Path, broker: str) -> Iterator[Wire]:
    """Listen on the bus of a system for what its broker is told; its folder is this process's own meanwhile."""
    with contextlib.chdir(home), join("bench", topic(Signed, broker)) as bus:
        yield Wire(bus)


class PlainBot:
    """The plain bot, running."""

    def __init__(self, pid: int, port: int, database: Path) -> None:
        """Look at a running bot."""
        self.pid = pid
        self.port = port
        self._database = database

    def send(self, prefix: str, count: int, *, per_second: float | None = None) -> list[Sent]:
        """Send it alerts to buy."""
        made = alerts(count, prefix=prefix, secret=SECRET, symbols=PAPER.symbols, action=lambda _: "buy")
        return send(self.port, made, per_second=per_second)

    def wait_until_filled(self, prefix: str, count: int, *, within_s: float) -> int:
        """Wait until alerts have become orders; return how many have."""
        until = time.monotonic() + within_s
        while (filled := len(self.filled_at_s(prefix))) < count and time.monotonic() < until:
            time.sleep(LOOK_S)
        return filled

    def filled_at_s(self, prefix: str) -> dict[str, float]:
        """Return when each alert's order was filled, seconds since 1970."""
        with contextlib.closing(sqlite3.connect(f"{self._database.as_uri()}?mode=ro", uri=True)) as database:
            query = "SELECT alert, filled_at FROM orders WHERE alert LIKE ?"
            return dict(database.execute(query, (f"{prefix}-%",)).fetchall())


@contextlib.contextmanager
def plain_bot(folder: Path, sandbox: Sandbox) -> Iterator[PlainBot]:
    """Run the plain bot for as long as the `with` lasts.

    Args:
        folder: Where its database goes.
        sandbox: Has the quotes.
    """
    port, database = trading_demo.free_port(), folder / "plain_bot.db"
    command = [sys.executable, "-m", "tools.bench.plain_bot", "--port", str(port), "--database", str(database)]
    command += ["--quotes", sandbox.addresses["bingx"]]
    environment = {**os.environ, SECRET_NAME: SECRET, "PYTHONOPTIMIZE": "2"}
    with subprocess.Popen(command, cwd=ROOT, env=environment) as process:
        try:
            bot = PlainBot(process.pid, port, database)
            _wait_until_it_runs(bot, process, database)
            yield bot
        finally:
            process.terminate()


def _wait_until_it_runs(bot: PlainBot, process: "subprocess.Popen[bytes]", database: Path) -> None:
    """Wait until the plain bot keeps an alert; raises RuntimeError where it does not."""
    until = time.monotonic() + READY_S
    while not (database.exists() and bot.send("warm", len(PAPER.symbols))[0].is_kept):
        if process.poll() is not None or time.monotonic() > until:
            raise RuntimeError("the plain bot does not run")
        time.sleep(LOOK_S)
