"""Clock, aggregator and notifier as tasks of one process, on a false time and on a bus of lists, with one real ledger.

The parts are the product's own: `Clock`, `Aggregator`, `RoundStore`, `Stores`, `OutboxDispatcher`, `RoundRequests`.
What is not: sockets, processes, collectors and Telegram, whose places are taken by what is simplest and can be made to
fail. A death ends a task and everything that it has begun, at the next point where it waits, or at a message that it
was about to say.
"""

import asyncio
import html
import random
from collections import defaultdict
from collections.abc import Awaitable, Callable
from contextvars import ContextVar, copy_context
from decimal import Decimal
from types import SimpleNamespace

import httpx
from telegram.error import NetworkError, RetryAfter, TimedOut

from aggregator.__main__ import Aggregator
from aggregator.round_store import RoundStore
from aggregator.settings import Settings as AggregatorSettings
from bus.chats import ChatIds
from bus.codec import encode
from bus.messages.base import Message
from bus.messages.delivery import Alert, AlertStored, Delivered, NowRequested
from bus.messages.rounds import Balance, Failure, Platform, Rate, Snapshot, Tick
from bus.settings import Secret
from clock.__main__ import Clock
from clock.settings import Settings as ClockSettings
from collectors import bybit, ibkr, okx, tbank
from ledger.store import open_ledger
from notifier.commands.round_requests import RoundRequests
from notifier.delivery.outbox_dispatcher import OutboxDispatcher
from notifier.settings import Settings as NotifierSettings
from notifier.storage.stores import Stores
from tests.every_message import decode
from tests.faults.false_time import FalseTime

CHAT = "42"
PLATFORMS: tuple[Platform, ...] = (tbank.PLATFORM, ibkr.PLATFORM, bybit.PLATFORM, okx.PLATFORM)
AMOUNTS = {"tbank": Decimal(1_234_567), "ibkr": Decimal("12345.67"), "bybit": Decimal(5000), "okx": Decimal("3901.23")}
SOURCES = (*AMOUNTS, "fx")
OWNER: ContextVar[str] = ContextVar("OWNER", default="")

Main = Callable[["Line"], Awaitable[None]]


class Death(Exception):
    """A process dies in the middle of saying something."""


class Line:
    """One process's place on the bus, as much of `Bus` as the product's parts use."""

    def __init__(self, name: str, month: "Month") -> None:
        """Hear from now on."""
        self.last_round = ""
        self._name = name
        self._month = month
        self._heard: asyncio.Queue[Message] = asyncio.Queue()
        month.lines[name] = self

    def publish(self, message: Message) -> None:
        """Say something to everybody."""
        self._month.forward(self._name, message)

    async def receive(self, wait_s: float) -> Message | None:
        """Return the next message, None when none comes in time."""
        try:
            async with asyncio.timeout(max(0.001, wait_s)):
                return await self._heard.get()
        except TimeoutError:
            return None

    def put(self, message: Message) -> None:
        """Let it be heard."""
        self._heard.put_nowait(message)


class Telegram:
    """Takes messages, refuses them, or takes them and loses its answer; `Bot.send_message` and nothing else."""

    def __init__(self, month: "Month") -> None:
        """Be well."""
        self._month = month
        self.taken: list[str] = []
        self.trouble = ""

    async def send_message(self, _chat: str, text: str, *, parse_mode: str = "", **_: object) -> SimpleNamespace:
        """Do what the trouble of the moment wants."""
        await asyncio.sleep(0.1)
        if self.trouble == "refused":
            raise NetworkError("no connection") from httpx.ConnectError("refused")
        if self.trouble == "flood":
            raise RetryAfter(37)
        if self.trouble == "unavailable":
            raise NetworkError("Bad Gateway")
        self.taken.append(html.unescape(text) if parse_mode else text)
        if self.trouble == "silent":
            await asyncio.sleep(100)
        if self.trouble == "lost":
            raise TimedOut
        await asyncio.sleep(0.1)
        return SimpleNamespace(message_id=len(self.taken))


class Month:
    """The processes, who of them lives, and what the bus does to their messages."""

    def __init__(self, time: FalseTime, url: str, chance: random.Random) -> None:
        """Nothing runs yet."""
        self.time = time
        self.url = url
        self.chance = chance
        self.lines: dict[str, Line] = {}
        self.telegram = Telegram(self)
        self.deaths: dict[str, type] = {}
        self.mute: set[str] = set()
        self.loss = 0.0
        self.off = False
        self.fetched: dict[tuple[str, Decimal], set[str]] = defaultdict(set)
        self.crashes: list[BaseException] = []
        self.mains: dict[str, Main] = {
            "clock": self._clock,
            "aggregator": self._aggregator,
            "notifier": self._notifier,
        } | {name: self._collector_of(name) for name in SOURCES}
        self._owned: dict[str, set[asyncio.Task[object]]] = defaultdict(set)
        self._number = 0

    def task_of(self, loop: asyncio.AbstractEventLoop, coro: object, context: object = None) -> "asyncio.Task[object]":
        """Make a task and remember whose it is; the loop's task factory."""
        owner = copy_context().get(OWNER, "")
        task: asyncio.Task[object] = asyncio.Task(coro, loop=loop, context=context)  # type: ignore[arg-type]
        self._owned[owner].add(task)
        task.add_done_callback(self._owned[owner].discard)
        return task

    def forward(self, sender: str, message: Message) -> None:
        """Carry a message to everybody else, or lose it, or say it twice; or let its sender die instead."""
        if isinstance(message, self.deaths.get(sender, ())):
            del self.deaths[sender]
            raise Death(sender)
        _, body = encode(message)
        for name, line in self.lines.items():
            if name != sender and self.chance.random() >= self.loss:
                line.put(decode(body))
                if self.chance.random() < 0.02:
                    line.put(decode(body))

    def kill(self, name: str) -> None:
        """End a process with everything that it has begun."""
        for task in tuple(self._owned[name]):
            task.cancel()

    async def supervise(self, name: str) -> None:
        """Run a process; start it again whenever it ends."""
        while True:
            OWNER.set(name)
            main = asyncio.create_task(self._live(name))
            OWNER.set("")
            await asyncio.wait({main})
            error = None if main.cancelled() else main.exception()
            if not (error is None or _is_death(error)):
                self.crashes.append(error)
            self.kill(name)
            await asyncio.sleep(self.chance.uniform(1, 3))
            while self.off:
                await asyncio.sleep(1)

    async def _live(self, name: str) -> None:
        try:
            await self.mains[name](Line(name, self))
        finally:
            self.lines.pop(name, None)

    async def _clock(self, line: Line) -> None:
        clock = Clock(ClockSettings(), line, time=self.time)  # type: ignore[arg-type]
        while True:
            clock.handle(await line.receive(clock.wait_s()))
            clock.turn()

    async def _aggregator(self, line: Line) -> None:
        settings = AggregatorSettings(telegram_chat_id=ChatIds((CHAT,)), database_url=Secret(self.url))
        with open_ledger(self.url) as ledger:
            round_store = RoundStore(ledger, settings, time=self.time)
            while round_store.is_opening:  # in a thread, in true time
                await asyncio.sleep(0)
                round_store.recover()
            aggregator = Aggregator(
                settings,
                PLATFORMS,
                round_store=round_store,
                bus=line,  # type: ignore[arg-type]
                time=self.time,
            )
            while True:
                aggregator.handle(await line.receive(aggregator.wait_s()))
                aggregator.turn()

    async def _notifier(self, line: Line) -> None:
        chat = ChatIds((CHAT,))
        settings = NotifierSettings(
            telegram_bot_token=Secret("1:a"), telegram_chat_id=chat, database_url=Secret(self.url)
        )
        with open_ledger(self.url) as ledger:
            stores = Stores(ledger, (CHAT,), time=self.time)
            delivery = OutboxDispatcher(
                self.telegram,  # type: ignore[arg-type]
                settings,
                stores=stores,
                bus=line,  # type: ignore[arg-type]
                time=self.time,
            )
            round_requests = RoundRequests(stores.requests, line, (CHAT,))  # type: ignore[arg-type]
            async with asyncio.TaskGroup() as group:
                group.create_task(delivery.run())
                group.create_task(round_requests.run())
                while True:
                    message = await line.receive(1.0)
                    if isinstance(message, Snapshot):
                        stores.outbox.offer(message)
                        delivery.wake()
                        round_requests.wake()
                    elif isinstance(message, NowRequested):
                        round_requests.take(message)
                    elif isinstance(message, Alert):
                        stores.alerts.add(message)
                        line.publish(AlertStored(id=message.id))

    def _collector_of(self, name: str) -> Main:
        async def collect(line: Line) -> None:
            answers: dict[str, Balance | Rate | Failure] = {}
            waiting: list[str] = []
            until = 0.0
            while True:
                message = await line.receive(0.1 if waiting else 1.0)
                if isinstance(message, Tick) and message.round_id in answers:
                    line.publish(answers[message.round_id])
                elif isinstance(message, Tick) and message.round_id not in waiting and name not in self.mute:
                    if not waiting:
                        until = self.time.monotonic() + self.chance.uniform(0.1, 3)
                    waiting.append(message.round_id)
                if waiting and self.time.monotonic() >= until:
                    for answer in self._fetch(name, waiting):
                        answers[answer.round_id] = answer
                        line.publish(answer)
                    waiting.clear()

        return collect

    def _fetch(self, name: str, rounds: list[str]) -> list[Balance | Rate | Failure]:
        """Return a number that was never there before, for each round that waits; one source never fails."""
        self._number += 1
        now = self.time.now()
        if name != "bybit" and self.chance.random() < 0.03:
            return [Failure(round_id=each, platform=name, reason="unreachable") for each in rounds]
        if name == "fx":
            rate = 90 + Decimal(self._number % 1000) / 100
            return [
                Rate(round_id=each, rate=rate, source="CBR", valid_for=now.date(), fetched_at=now) for each in rounds
            ]
        amount = AMOUNTS[name] + Decimal(self._number) * (1 if name == "tbank" else Decimal("0.01"))
        self.fetched[name, amount].update(rounds)
        currency = "RUB" if name == "tbank" else "USD"
        return [
            Balance(
                round_id=each,
                platform=name,
                amount=amount,
                currency=currency,
                as_of=now,
                fetched_at=now,
                wallets=("trading",),
            )
            for each in rounds
        ]


def _is_death(error: BaseException) -> bool:
    if isinstance(error, BaseExceptionGroup):
        return all(map(_is_death, error.exceptions))
    return isinstance(error, Death)


DOOMED_AT: tuple[tuple[str, type], ...] = (("aggregator", Snapshot), ("notifier", Delivered), ("clock", Tick))
"""Who can die in front of which message: after a commit, after an acceptance, before an announcement."""
