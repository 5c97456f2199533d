"""One run: the system, the venue and the disturbances, from the first alert to the verdict."""

import contextlib
import os
import random
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from ledger.store import Ledger, NotReady, open_ledger
from ledger.trading.people.strategies import list_strategies, new_version
from ledger.trading.principal import SYSTEM
from ledger.trading.work import Work
from ledger.unavailable import LedgerUnavailable
from sandbox import trading_demo
from sandbox.control.client import ControlError, Sandbox, start
from sandbox.system import NotStarted, System, prepare, supervised
from sandbox.telegram.chat import CHAT_ID
from tools.chaos.trading.alerts import Planned, Sender, plan
from tools.chaos.trading.bingx_venue import bingx_venue
from tools.chaos.trading.evidence import Books, read_books, unsent
from tools.chaos.trading.faults import Plan, World, disturb, lift_all
from tools.chaos.trading.ib_venue import ib_venue
from tools.chaos.trading.pretend.venue import pretend_venue
from tools.chaos.trading.several import Base, Several, add_accounts
from tools.chaos.trading.venue import TradedVenue
from tools.chaos.trading.verdict import ENDED, LEGS, OPEN, Evidence, Verdict, judge
from tools.machine import elsewhere

READY_S, SETTLE_S, QUIET_S = 90.0, 420.0, 8.0
AGAIN_S, LOOK_S, PROGRESS_S = 45.0, 1.0, 20.0
DISK, DISK_SIZE = "data", "64m"
LARGE, MANY = "1000000000", "10000"
SETTINGS = {
    "TRADING_DEFAULT_MODE": "auto",
    "WEBHOOK_ALLOWED_IPS": "127.0.0.1",
    "WEBHOOK_TRUSTED_PROXIES": "",
    "ORDERS_PER_SECOND": "50",
    "ORDER_TIMEOUT_SECONDS": "5",
    "DEFAULT_MAX_TOTAL_INVESTMENT": LARGE,
    "DEFAULT_MAX_DAILY_LOSS": LARGE,
    "DEFAULT_MAX_OPEN_POSITIONS": MANY,
    "DEFAULT_MAX_DAILY_BUYS": MANY,
    "DEFAULT_MAX_PER_TICKER": MANY,
}
SIZED = {"by": "signal"}
"""What a strategy is set to that takes the quantities of its alerts."""
Opening = Callable[[Path, Sandbox], AbstractContextManager[TradedVenue]]
VENUES: dict[str, Opening] = {
    "pretend": lambda home, _sandbox: pretend_venue(home),
    "ibkr": lambda _home, sandbox: ib_venue(sandbox),
    "bingx": lambda _home, sandbox: bingx_venue(sandbox, is_dual=True),
    "bingx-one-way": lambda _home, sandbox: bingx_venue(sandbox, is_dual=False),
}
"""Each venue that a run can be played at: how it is opened, in the system's folder and beside the pretend world."""


class Run:
    """A run in a folder."""

    def __init__(
        self, home: Path, *, seed: int, broker: str, several: Several | None = None, base: Base | None = None
    ) -> None:
        """Start nothing yet.

        Args:
            home: The system's folder.
            seed: Of alerts and disturbances.
            broker: One of VENUES.
            several: How many executions and webhooks run; None for one of each.
            base: Where the ledger and the inbox are; None for files in the folder.
        """
        self._several = Several() if several is None else several
        self._base = base
        self._home = home
        self._seed = seed
        self._open = VENUES[broker]
        self._disk: Path | None = None
        self._lives = contextlib.ExitStack()
        self._done: list[str] = []

    def play(self, signals: int, *, per_second: float | None) -> Verdict:
        """Send all alerts while the system is disturbed, wait until everything has ended, and judge.

        Args:
            signals: How many alerts.
            per_second: How many in a second; None for what suits the venue.
        """
        ports = [trading_demo.free_port() for _ in range(self._several.webhooks)]
        url = self._base.url if self._base else f"sqlite:///{self._home}/data/portfolio.db"
        with (
            start(self._home) as sandbox,
            self._open(self._home, sandbox) as venue,
            open_ledger(url) as ledger,
            self._lives,
            contextlib.ExitStack() as stack,
        ):
            self._prepare(sandbox, venue, ports[0])
            self._disk = None if self._base else _mounted(self._home / DISK)
            venue.prepare(self._home)
            self._lives.enter_context(supervised(self._home, sandbox))
            system = System(self._home, sandbox)
            secrets = _make_ready(system, ledger, venue.broker, accounts=self._several.accounts)
            stack.enter_context(elsewhere(self._home, *self._several.commands(ports)))
            again = partial(self._kill_supervisord, sandbox)
            world = World(system=system, venue=venue, restart=again, disk=self._disk, base=self._base)
            sender = Sender(ports, secrets)
            planned = plan(signals, self._seed, per_second=per_second or venue.per_second, goods=venue.goods)
            stop = threading.Event()
            sending = threading.Thread(target=_send, args=(sender, planned, stop))
            sending.start()
            self._disturb(world, stop)
            sending.join()
            lift_all(world)
            books = _settled(ledger)
            texts = [sent.text for sent in sandbox.messages(CHAT_ID)]
            at_venue = venue.read(ledger)
            return judge(
                Evidence(planned=planned, accepted=sender.accepted(), books=books, venue=at_venue, texts=texts)
            )

    def _prepare(self, sandbox: Sandbox, venue: TradedVenue, port: int) -> None:
        """Make the system's folder; it trades at the venue."""
        sandbox.set_state("ibkr", polls_before_ready=0)
        settings = trading_demo.settings(sandbox, port) | SETTINGS | venue.settings
        settings |= self._base.settings() if self._base else {}
        prepare(self._home, sandbox, settings)

    def _disturb(self, world: World, stop: threading.Event) -> None:
        """Do one thing after the other until all alerts are sent; then let everything go on."""
        drawn = Plan(
            random.Random(self._seed),
            world.venue,
            disk=self._disk is not None,
            others=self._several.programs,
            server=self._base is not None,
        )
        began = time.monotonic()
        shown = began
        while not stop.is_set():
            disturbance = drawn.next()
            at = f"{datetime.now(UTC):%H:%M:%S}"
            self._done.append(f"{at} {disturbance}")
            with contextlib.suppress(ControlError, OSError):
                disturb(world, disturbance)
            stop.wait(disturbance.pause_s)
            if time.monotonic() - shown > PROGRESS_S:
                shown = time.monotonic()
                print(f"{at} {len(self._done)} disturbances, {shown - began:.0f} s", flush=True)
        (self._home / "disturbances.txt").write_text("\n".join(self._done) + "\n")

    def _kill_supervisord(self, sandbox: Sandbox) -> None:
        """Kill supervisord, and start it again as an owner does, once its programs have left."""
        with contextlib.suppress(OSError, ValueError):
            os.kill(int((self._home / "run" / "supervisord.pid").read_text()), signal.SIGKILL)
        self._lives.close()
        (self._home / "run" / "supervisor.sock").unlink(missing_ok=True)
        until = time.monotonic() + AGAIN_S
        while True:
            try:
                self._lives.enter_context(supervised(self._home, sandbox))
            except NotStarted:
                if time.monotonic() > until:
                    raise
                time.sleep(LOOK_S)
            else:
                return


def _mounted(folder: Path) -> Path | None:
    """Give the databases a small disk of their own, which can be filled; None where that is not allowed."""
    if os.geteuid() != 0:
        return None
    command = ["mount", "-t", "tmpfs", "-o", f"size={DISK_SIZE},mode=0700", "tmpfs", str(folder)]
    return folder if subprocess.run(command, capture_output=True, check=False).returncode == 0 else None


def _send(sender: Sender, planned: list[Planned], stop: threading.Event) -> None:
    """Send all alerts, wait for the last answer, and say that it is over."""
    try:
        sender.play(planned)
        sender.wait()
    finally:
        stop.set()


def _make_ready(system: System, ledger: Ledger, broker: str, *, accounts: int) -> list[str]:
    """Wait until the system trades, and let strategies take the quantities of their alerts; return their secrets."""
    system.wait_for_log("execution", "secrets in force", timeout_s=READY_S)
    system.wait_for_log(broker, "connected", timeout_s=READY_S)
    with ledger.writing() as connection:
        work = Work(connection, datetime.now(UTC))
        strategy = list_strategies(SYSTEM, connection)[0]
        new_version(SYSTEM, work, strategy.uid, SIZED)
    secrets = add_accounts(ledger, accounts, params=SIZED)
    time.sleep(3.0)  # execution copies the secret of the new version to the inbox every two seconds
    return secrets


def _settled(ledger: Ledger) -> Books:
    """Wait until nothing is under way any more, but not for ever; return the ledger's account."""
    until = time.monotonic() + SETTLE_S
    quiet_since = None
    while True:
        try:
            books: Books | None = read_books(ledger)
        except (LedgerUnavailable, NotReady):
            books = None
        now = time.monotonic()
        if books is None or _is_under_way(books):
            quiet_since = None
        elif quiet_since is None:
            quiet_since = now
        elif now - quiet_since > QUIET_S:
            return books
        if books is not None and now > until:
            return books
        time.sleep(LOOK_S)


def _is_under_way(books: Books) -> bool:
    """Tell whether a signal, an order or a message has not come to its end."""
    is_open = any(each.status in OPEN and each.leg not in LEGS for each in books.orders)
    return is_open or any(each.state not in ENDED for each in books.signals) or unsent(books) > 0
