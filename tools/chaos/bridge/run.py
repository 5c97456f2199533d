"""The run: a writer, a bridge, who listens, and what is done to them."""

import contextlib
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from sqlalchemy import func, select

from bus.messages.trading import OutboxFilled
from bus.process import join
from bus.time_source import SYSTEM_TIME
from ledger.migrate import migrate
from ledger.store import Ledger, open_ledger
from ledger.trading.events import publish
from ledger.trading.people.accounts import NewAccount, create_account
from ledger.trading.people.users import first_admins
from ledger.trading.principal import SYSTEM
from ledger.trading.tables.flow import events_out
from ledger.trading.tables.people import accounts
from ledger.trading.work import Work
from sandbox.system import clean_environment
from tools.chaos.bridge.listener import Listener
from tools.chaos.bridge.verdict import Times, Verdict, compare, times
from tools.private_rabbitmq import PASSWORD, USER, Server

ACCOUNTS: Final = 5
KEYS: Final = ("signals.raw", "signals.validated", "orders.placed", "orders.executed")
HEAP: Final = 4000
"""So many are published at last, undisturbed."""
END_WITHIN_S: Final = 300.0
LOOK_S: Final = 0.2
WELL, AWAY = "RabbitMQ well", "RabbitMQ disturbed"


class Run:
    """One run, in a folder that is the current one."""

    def __init__(self, home: Path, broker: Server, *, seed: int) -> None:
        """Make the ledger and who listens; nothing is written yet.

        Args:
            home: The folder.
            broker: A RabbitMQ that runs.
            seed: Of chance.
        """
        self._home = home
        self._broker = broker
        self._chance = random.Random(seed)
        self._listener = Listener(broker)
        self._bridge: subprocess.Popen[bytes] | None = None
        self._written: dict[str, list[int]] = {}
        self._spent: dict[str, list[float]] = {WELL: [], AWAY: []}
        self._now = WELL
        self._done: Counter[str] = Counter()
        for folder in ("run", "data", "logs"):
            (home / folder).mkdir(mode=0o700)
        self._url = f"sqlite:///{home}/data/portfolio.db"
        migrate(self._url)

    def play(self, count: int, *, per_second: float) -> Verdict:
        """Write, disturb, wait, and judge.

        Args:
            count: How many events are written among disturbances.
            per_second: How many of them in a second.

        Returns:
            The numbers.
        """
        self._settle()
        self._listener.start()
        try:
            with self._program("bus.hub"):
                self._start_bridge()
                try:
                    self._disturb(count, per_second)
                    rate = self._publish_heap()
                finally:
                    self._kill_bridge()
        finally:
            self._listener.stop()
        return self._verdict(rate)

    def _settle(self) -> None:
        """Make accounts."""
        with open_ledger(self._url) as ledger, ledger.writing() as connection:
            work = Work(connection, SYSTEM_TIME.now())
            owner = first_admins(work, [101])[0].uid
            for number in range(ACCOUNTS):
                name = f"account {number}"
                new = NewAccount(broker="PAPER", name=name, base_currency="USD", is_live=False, user=owner)
                create_account(SYSTEM, work, new)

    def _disturb(self, count: int, per_second: float) -> None:
        """Write in a thread, and disturb until it is done; then lift all and wait for the rest."""
        writer = threading.Thread(target=self._write, args=(count, per_second))
        writer.start()
        needed = self._chance.sample(self._disturbances, len(self._disturbances))
        while writer.is_alive() or needed:
            disturbance = needed.pop() if needed else self._chance.choice(self._disturbances)
            name = disturbance.__name__.strip("_")
            print(f"{len(self._listener.came)} came; {name}", flush=True)
            self._now = AWAY
            disturbance()
            self._now = WELL
            self._done[name] += 1
            time.sleep(self._chance.uniform(1, 4))
        writer.join()
        self._wait(lambda: self._waiting() == 0, "all events are out")

    @property
    def _disturbances(self) -> list[Callable[[], None]]:
        """All of them."""
        return [
            self._rabbitmq_killed,
            self._rabbitmq_ended,
            self._rabbitmq_without_disk,
            self._rabbitmq_frozen,
            self._exchange_deleted,
            self._bridge_killed,
            self._both_killed,
        ]

    def _rabbitmq_killed(self) -> None:
        """Kill RabbitMQ, and start it after a while."""
        self._broker.kill()
        self._pause(1, 6)
        self._broker.start()

    def _rabbitmq_ended(self) -> None:
        """End RabbitMQ in order, and start it after a while."""
        self._broker.stop()
        self._pause(1, 6)
        self._broker.start()

    def _rabbitmq_without_disk(self) -> None:
        """Let RabbitMQ find its disk full for a while."""
        self._broker.fill_disk()
        self._pause(4, 15)
        self._broker.clear_disk()

    def _rabbitmq_frozen(self) -> None:
        """Let RabbitMQ stand still for a while."""
        self._broker.freeze()
        self._pause(2, 25)
        self._broker.thaw()

    def _exchange_deleted(self) -> None:
        """Delete the exchange; who listens binds again a while after somebody has made it."""
        self._listener.delete_exchange()
        self._pause(1, 4)
        self._wait(self._listener.bind_again, "the exchange is there again")

    def _bridge_killed(self) -> None:
        """Kill the bridge, and start it at once, as supervisord does."""
        self._kill_bridge()
        self._start_bridge()

    def _both_killed(self) -> None:
        """Kill RabbitMQ, and the bridge that waits for it."""
        self._broker.kill()
        self._pause(0, 2)
        self._bridge_killed()
        self._pause(0, 2)
        self._broker.start()

    def _pause(self, least_s: float, most_s: float) -> None:
        """Let some seconds pass."""
        time.sleep(self._chance.uniform(least_s, most_s))

    def _write(self, count: int, per_second: float) -> None:
        """Write events, one to three in a transaction, as execution does."""
        chance, begun_s, done = random.Random(self._chance.random()), time.monotonic(), 0
        with open_ledger(self._url) as ledger, join("execution", signals=False) as bus:
            while done < count:
                many = min(count - done, chance.randint(1, 3))
                at_s = time.monotonic()
                self._add(ledger, many, chance)
                self._spent[self._now].append(time.monotonic() - at_s)
                bus.publish(OutboxFilled())
                done += many
                time.sleep(max(0.0, begun_s + done / per_second - time.monotonic()))

    def _add(self, ledger: Ledger, many: int, chance: random.Random) -> None:
        """Write events in one transaction."""
        with ledger.writing() as connection:
            work = Work(connection, SYSTEM_TIME.now())
            rows = connection.execute(select(accounts.c.id, accounts.c.uid)).all()
            for _ in range(many):
                account = chance.choice(rows)
                numbers = self._written.setdefault(account.uid, [])
                said = {"number": len(numbers), "at_s": str(time.monotonic())}
                publish(work, account.id, chance.choice(KEYS), said)
                numbers.append(len(numbers))

    def _publish_heap(self) -> float:
        """Publish a heap of events undisturbed, and return how many in a second."""
        with open_ledger(self._url) as ledger:
            self._add(ledger, HEAP, self._chance)
        begun_s = time.monotonic()
        self._wait(lambda: self._waiting() == 0, "the heap is out")
        rate = HEAP / (time.monotonic() - begun_s)
        written = sum(map(len, self._written.values()))
        self._wait(lambda: len({each.uid for each in self._listener.came}) >= written, "all have come", or_go_on=True)
        return rate

    def _waiting(self) -> int:
        """Return how many events have not gone out."""
        with open_ledger(self._url) as ledger, ledger.reading() as connection:
            counted = select(func.count()).where(events_out.c.published_at.is_(None))
            return int(connection.execute(counted).scalar_one())

    def _wait(self, true: Callable[[], bool], what: str, *, or_go_on: bool = False) -> None:
        """Wait for a condition."""
        until_s = time.monotonic() + (20.0 if or_go_on else END_WITHIN_S)
        while not true():
            if time.monotonic() > until_s and or_go_on:
                return
            if time.monotonic() > until_s:
                raise TimeoutError(f"not within {END_WITHIN_S} s: {what}")
            time.sleep(LOOK_S)

    def _verdict(self, rate: float) -> Verdict:
        """Judge."""
        came = self._listener.came
        troubles, lost, out_of_order = compare(self._written, came)
        again = len(came) - len({each.uid for each in came})
        redelivered = sum(each.is_redelivered for each in came)
        writing: dict[str, Times] = {name: times(spent) for name, spent in self._spent.items()}
        return Verdict(
            troubles=troubles,
            written=sum(map(len, self._written.values())),
            came=len(came),
            lost=lost,
            out_of_order=out_of_order,
            repeated=again,
            redelivered=redelivered,
            longest_wait_s=max((each.waited_s for each in came), default=0.0),
            writing=writing,
            disturbances=self._done,
            per_second=rate,
        )

    @contextlib.contextmanager
    def _program(self, module: str) -> Iterator[subprocess.Popen[bytes]]:
        """Run a program until the end of the `with`."""
        process = self._started(module)
        try:
            yield process
        finally:
            process.kill()
            process.wait()

    def _start_bridge(self) -> None:
        """Start a bridge."""
        self._bridge = self._started("bridge")

    def _kill_bridge(self) -> None:
        """Kill the bridge."""
        if self._bridge is not None:
            self._bridge.kill()
            self._bridge.wait()
            self._bridge = None

    def _started(self, module: str) -> "subprocess.Popen[bytes]":
        """Start a program; it writes into a log of its own."""
        told = {"TRADING": "paper", "BROKER_HOST": "127.0.0.1", "BROKER_PORT": str(self._broker.port)}
        told |= {"BROKER_USERNAME": USER, "BROKER_PASSWORD": PASSWORD, "DATABASE_URL": self._url}
        environment = clean_environment() | {"LOG_LEVEL": "INFO"} | (told if module == "bridge" else {})
        with (self._home / "logs" / f"{module}.log").open("ab") as log:
            command = [sys.executable, "-m", module]
            return subprocess.Popen(command, cwd=self._home, env=environment, stdout=log, stderr=log)
