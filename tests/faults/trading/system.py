"""A whole system that trades on paper under supervisord, in a folder of its own, and what it must hold at the end.

    with trading(home) as stage:
        stage.buy("1")
        stage.wait_done("1")
        stage.must_be_right()

Alerts are sent as TradingView's reach the webhook, through a proxy on this machine. The venue's own memory says what
was really traded: it is read here as the paper broker has written it, without the broker.
"""

import contextlib
import http.client
import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import msgspec

from bus.messages.venue_accounts import Held
from sandbox.control.client import Sandbox, start
from sandbox.system import System, clean_environment, prepare, supervised
from sandbox.trading_demo import SECRET, free_port, settings
from sandbox.tradingview.alerts import ADDRESSES
from tests.disks import Disk, mounted
from tests.running import flat, wait_until
from tests.webhook.running import PATH

PROGRAMS = ("hub", "clock", "aggregator", "notifier", "sentinel", "webhook", "execution", "broker-paper")
OTHERS = ("OKX_API_KEY", "OKX_API_SECRET", "OKX_API_PASSPHRASE", "TBANK_TOKEN", "TBANK_BASE_URL", "IBKR_FLEX_TOKEN")
LEFT_OUT = dict.fromkeys((*OTHERS, "IBKR_FLEX_QUERY_ID", "IBKR_FLEX_BASE_URL", "OKX_BASE_URL"), "")
"""One platform is enough beside trading."""
SETTINGS = {
    "TRADING_DEFAULT_MODE": "auto",
    "DEFAULT_BUY_AMOUNT_USD": "50",
    "DEFAULT_MAX_DAILY_BUYS": "1000",
    "DEFAULT_MAX_TOTAL_INVESTMENT": "90000",
    "DEFAULT_MAX_PER_TICKER": "1000",
    "OPENING_MAX_AGE_SECONDS": "300",
    "ORDER_TIMEOUT_SECONDS": "300",
    "ORDERS_PER_SECOND": "100",
    "SCHEDULE_CRON": "0 3 1 1 *",
    "COLLECT_DEADLINE_SECONDS": "12",
    "LOG_LEVEL": "DEBUG",
}
"""Nothing may expire on a slow machine, and no limit but those that a test sets may be in the way."""
ENDED_SIGNALS = {"DONE", "REJECTED", "EXPIRED", "SUPERSEDED", "DUPLICATE"}
SYMBOL = "ETHUSDT"
WITHIN_S = 60.0
_held = msgspec.msgpack.Decoder(Held)


class Sent(msgspec.Struct, frozen=True):
    """What the webhook answered."""

    status: int
    answer: Mapping[str, object]


class Stage:
    """A system that trades, and the world in which it does."""

    def __init__(self, home: Path, world: Sandbox, port: int) -> None:
        """Watch a system in a folder, whose webhook listens at a port."""
        self.home = home
        self.world = world
        self.port = port
        self.system = System(home, world)
        self.disk: Disk | None = None
        """What its data is on, where that is small and of its own."""

    def buy(self, number: str, **differing: object) -> Sent:
        """Send an alert to buy."""
        return self.send(number, "buy", **differing)

    def sell(self, number: str, **differing: object) -> Sent:
        """Send an alert to sell what is held."""
        return self.send(number, "sell", **differing)

    def send(self, number: str, action: str, **differing: object) -> Sent:
        """Send an alert once.

        Raises:
            OSError: Nobody answered.
        """
        return self.post(self.body(number, action, **differing))

    def body(self, number: str, action: str, **differing: object) -> bytes:
        """Return the body of an alert that is made now."""
        said = {"secret": SECRET, "id": number, "symbol": SYMBOL, "action": action}
        said |= {"time": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"}
        return json.dumps(said | differing).encode()

    def post(self, body: bytes, *, peer: str = ADDRESSES[0], path: str = PATH) -> Sent:
        """Send a body as TradingView's reach the webhook."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        with contextlib.closing(connection):
            connection.request("POST", path, body, {"X-Forwarded-For": peer})
            answer = connection.getresponse()
            return Sent(answer.status, json.loads(answer.read()))

    def bring(self, number: str, action: str = "buy", **differing: object) -> Sent:
        """Send an alert again and again until it is kept, as TradingView does where nobody answers for it."""
        found: list[Sent] = []

        def is_kept() -> bool:
            with contextlib.suppress(OSError, http.client.HTTPException):
                found.append(self.send(number, action, **differing))
            return bool(found) and found[-1].status == 200

        self.wait_until(is_kept, what=f"alert {number} is kept")
        return found[-1]

    def rows(self, query: str, *values: object) -> list[tuple[object, ...]]:
        """Ask the ledger."""
        return self._ask(self.home / "data/portfolio.db", query, *values)

    def state(self, number: str) -> str:
        """Return what has become of an alert, empty where the ledger does not know it yet."""
        found = self.rows("SELECT state FROM signals WHERE external_id = ?", number)
        return str(found[0][0]) if found else ""

    def orders(self, number: str) -> list[str]:
        """Return the states of the orders that were made of an alert."""
        query = "SELECT status FROM orders WHERE signal_id IN (SELECT id FROM signals WHERE external_id = ?)"
        return [str(status) for (status,) in self.rows(query, number)]

    def wait_done(self, *numbers: str, within_s: float = WITHIN_S) -> None:
        """Wait until each alert is an order that has been filled."""
        self.wait_state("DONE", *numbers, within_s=within_s)

    def wait_state(self, state: str, *numbers: str, within_s: float = WITHIN_S) -> None:
        """Wait until alerts are in a state."""
        self.wait_until(
            lambda: all(self.state(each) == state for each in numbers), what=f"{numbers} are {state}", within_s=within_s
        )

    def wait_until(self, true: Callable[[], bool], *, what: str, within_s: float = WITHIN_S) -> None:
        """Wait for a condition; the error of one that did not come true ends with the signals and the logs."""
        try:
            wait_until(true, what=what, within_s=within_s)
        except TimeoutError as error:
            states = self.rows("SELECT external_id, state, code FROM signals ORDER BY id DESC LIMIT 5")
            logs = {path.name: path.read_text()[-1500:] for path in (self.home / "logs").glob("*.log")}
            told = "\n".join(f"== {name}\n{text}" for name, text in logs.items())
            raise TimeoutError(f"{error}\n{states}\n{told}") from None

    def wait_well(self) -> None:
        """Wait until everybody runs, and execution can trade."""
        self.wait_until(lambda: all(map(self.system.pid, PROGRAMS)), what="everybody runs")
        self.wait_until(lambda: self._health() == "pass", what="the webhook says that all is well")

    def kill(self, program: str, number: signal.Signals = signal.SIGKILL) -> None:
        """Send a program a signal, once it runs."""
        self.wait_until(lambda: self.system.pid(program) != 0, what=f"{program} runs")
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.system.pid(program), number)

    def die(self, program: str, moment: str) -> None:
        """Choose the moment of a program's death, see `tests.faults.trading.dying`."""
        (self.home / "deaths" / program).write_text(moment, encoding="ascii")

    def has_died(self, program: str) -> bool:
        """Tell whether a chosen death has come."""
        return not (self.home / "deaths" / program).exists()

    def command(self, *arguments: str) -> str:
        """Run one of the owner's commands on the ledger, and return what it prints."""
        done = subprocess.run(
            [sys.executable, "-m", "launch", "ledger", *arguments],
            cwd=self.home,
            env=clean_environment(),
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        return done.stdout

    @contextlib.contextmanager
    def locked(self, file: str = "portfolio.db") -> Iterator[None]:
        """Hold the write lock of a database for as long as the `with` lasts."""
        with contextlib.closing(sqlite3.connect(self.home / "data" / file, isolation_level=None, timeout=20)) as held:
            held.execute("BEGIN IMMEDIATE")
            yield
            held.execute("ROLLBACK")

    def said(self, wanted: str, *, within_s: float = WITHIN_S) -> str:
        """Wait until the bot has said something, and return the text."""
        found: list[str] = []

        def is_said() -> bool:
            found[:] = [text for text in self.texts() if wanted in text]
            return bool(found)

        self.wait_until(is_said, what=f"the bot says {wanted!r}", within_s=within_s)
        return found[-1]

    def texts(self) -> list[str]:
        """Return what the bot has said, oldest first, each on one line."""
        return [flat(sent.text) for sent in self.world.messages()]

    def executions(self) -> int:
        """Return how many executions the venue has made."""
        [(count,)] = self._ask(self.home / "data/state/broker-paper.db", "SELECT count(*) FROM executions")
        return int(str(count))

    def must_be_right(self, numbers: Collection[str] = ()) -> None:
        """Make sure that nothing is doubled, lost or wrong.

        Args:
            numbers: Alerts of which each must be one order that is filled.

        Raises:
            AssertionError: Something is.
        """
        for number in numbers:
            if (found := self.orders(number)) != ["FILLED"]:
                raise AssertionError(f"alert {number} is not one filled order but {found}")
        at_venue = self._ask(self.home / "data/state/broker-paper.db", "SELECT broker_trade_id FROM executions")
        in_books = self.rows("SELECT broker_trade_id FROM trades")
        if sorted(map(str, at_venue)) != sorted(map(str, in_books)):
            raise AssertionError(f"{len(at_venue)} executions at the venue, {len(in_books)} in the books")
        if (held := self.held_at_venue()) != (books := self.held()):
            raise AssertionError(f"the venue holds {held}, the books {books}")
        self.command("verify-books")

    def held(self) -> dict[str, Decimal]:
        """Return what the books hold, by the venue's symbol."""
        query = "SELECT symbol, quantity FROM positions JOIN instruments ON instruments.id = instrument_id"
        found: dict[str, Decimal] = {}
        for symbol, quantity in self.rows(f"{query} WHERE is_open"):
            found[str(symbol)] = found.get(str(symbol), Decimal(0)) + Decimal(str(quantity))
        return found

    def held_at_venue(self) -> dict[str, Decimal]:
        """Return what the venue holds, by its symbol."""
        rows = self._ask(self.home / "data/state/broker-paper.db", "SELECT content FROM positions")
        held = [_held.decode(content) for (content,) in rows if isinstance(content, bytes)]
        return {each.instrument.symbol: each.quantity for each in held if each.quantity}

    def is_listening(self) -> bool:
        """Tell whether the webhook answers."""
        return bool(self._health())

    def _health(self) -> str:
        with contextlib.suppress(OSError, http.client.HTTPException, ValueError, KeyError):
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
            with contextlib.closing(connection):
                connection.request("GET", "/health")
                return str(json.loads(connection.getresponse().read())["status"])
        return ""

    @staticmethod
    def _ask(path: Path, query: str, *values: object) -> list[tuple[object, ...]]:
        with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=20)) as opened:
            return opened.execute(query, values).fetchall()


@contextlib.contextmanager
def trading(home: Path) -> Iterator[Stage]:
    """Run a system that trades on paper, and the world in which it does; it can trade when it is given.

    Args:
        home: An empty folder with a short path.

    Yields:
        The stage; its data is on a small disk, where this user may mount one.
    """
    with start(home) as world, contextlib.ExitStack() as stack:
        stage = prepared(home, world)
        if os.geteuid() == 0:
            stage.disk = stack.enter_context(mounted(home / "data", size="32m"))
        with supervised(home, world):
            stage.wait_well()
            yield stage


def prepared(home: Path, world: Sandbox, **variables: str) -> Stage:
    """Make a system that is not started yet.

    Args:
        home: Its folder.
        world: Where it trades.
        variables: Of its `.env`, in place of the usual ones.
    """
    port = free_port()
    prepare(home, world, settings(world, port) | SETTINGS | LEFT_OUT | variables)
    (home / "deaths").mkdir()
    path = home / "supervisord.conf"
    path.write_text(path.read_text().replace("-m launch", "-m tests.faults.trading.launched"))
    return Stage(home, world, port)
