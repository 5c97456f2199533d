"""Thirty days of slots with a fault at random in most of them, in seconds: fault 73 and the invariants I1 to I4.

The month has the end of summer time in it. A seed makes everything happen again; another one: MONTH_SEED=7.
"""

import asyncio
import gc
import logging
import os
import random
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import pytest

from bus.connection import memory_kb
from bus.messages.delivery import NowRequested
from bus.messages.rounds import Snapshot
from clock.schedule import next_slot, round_id, slots_between
from clock.settings import Settings as ClockSettings
from ledger.migrate import migrate
from ledger.portfolio import documents
from sandbox.telegram.text import as_read
from tests.faults.false_time import FalseLoop, FalseTime
from tests.faults.month import DOOMED_AT, SOURCES, Month
from tools.chaos.reading import Told, misadded, read

pytestmark = [
    pytest.mark.faults,
    pytest.mark.timeout(600),
    pytest.mark.filterwarnings(
        "ignore::telegram.warnings.PTBDeprecationWarning"
    ),  # the product reads either kind of pause
]
START = datetime(2026, 10, 10, 5, 0, tzinfo=UTC)
DAYS = 30
SEED = int(os.environ.get("MONTH_SEED", "73"))
ZONE = ZoneInfo(ClockSettings().timezone)
SCHEDULE = ClockSettings().schedule()


class Lived(msgspec.Struct):
    """What is left of the month."""

    month: Month
    until: datetime
    memory_kb: list[int]
    objects: list[int]
    faults: Counter[str]
    path: Path

    def rows(self, query: str) -> list[tuple[str, ...]]:
        """Ask the ledger."""
        with closing(sqlite3.connect(self.path)) as connection:
            return connection.execute(query).fetchall()

    def snapshots(self) -> dict[str, Snapshot]:
        """Return all rounds by name."""
        rows = self.rows("SELECT document FROM snapshots")
        found = [documents.read(text) for (text,) in rows]
        return {snapshot.round_id: snapshot for snapshot in found}

    def messages(self) -> list[Told]:
        """Return what Telegram took of rounds, in order."""
        return [read(text) for text in map(as_read, self.month.telegram.taken) if "TOTAL (USD)" in text]


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lived]:
    """Live the month, once for the file."""
    folder = tmp_path_factory.mktemp("month")
    outside = Path.cwd()
    os.chdir(folder)
    logging.disable()  # pytest would keep every line
    time = FalseTime(START)
    month = Month(time, "sqlite:///portfolio.db", random.Random(SEED))
    migrate(month.url)
    found = Lived(month=month, until=START, memory_kb=[], objects=[], faults=Counter(), path=folder / "portfolio.db")
    with asyncio.Runner(loop_factory=lambda: FalseLoop(time)) as runner:
        runner.get_loop().set_task_factory(month.task_of)  # type: ignore[arg-type]
        runner.run(live(found))
    logging.disable(logging.NOTSET)
    yield found
    os.chdir(outside)


async def live(lived: Lived) -> None:
    """Play slot after slot, until thirty days are over and everything is told."""
    month = lived.month
    tasks = [asyncio.create_task(month.supervise(name)) for name in month.mains]
    while not lived.rows("SELECT value FROM settings WHERE name = 'due_since'"):
        await asyncio.sleep(0)  # slots are due from then on
    day = START
    while (now := month.time.now()) < START + timedelta(days=DAYS):
        slot = next_slot(SCHEDULE, now)
        lead_s = month.chance.uniform(3, 20)
        month.time.move_on(max(0.0, (slot - now).total_seconds() - lead_s))
        faults = [month.chance.choice(tuple(FAULTS)) for _ in range(month.chance.choice((0, 1, 1, 2)))]
        lived.faults.update(faults)
        await asyncio.gather(*(FAULTS[each](month) for each in faults), asyncio.sleep(lead_s + 8))
        await settled(lived, patience_s=300 if month.chance.random() < 0.8 else 5)
        if month.time.now() - day > timedelta(days=5):
            day = month.time.now()
            gc.collect()
            lived.memory_kb.append(memory_kb())
            lived.objects.append(len(gc.get_objects()))
    month.telegram.trouble = ""
    await settled(lived, patience_s=1200)
    now = month.time.now()
    month.time.move_on((next_slot(SCHEDULE, now) - now).total_seconds())  # tells what the last one left as missed
    await settled(lived, patience_s=1200)
    lived.until = month.time.now()
    for task in tasks:
        task.cancel()
    for name in month.mains:
        month.kill(name)


async def settled(lived: Lived, *, patience_s: float) -> None:
    """Wait until nothing is open and nothing waits to be told, or for as long as the patience lasts."""
    ends_at = lived.month.time.monotonic() + patience_s
    while lived.month.time.monotonic() < ends_at:
        waiting = lived.rows("SELECT count(*) FROM outbox WHERE state IN ('pending', 'sending')")[0][0]
        open_requests = lived.rows("SELECT count(*) FROM requests WHERE answered_by IS NULL")[0][0]
        newest = slots_between(SCHEDULE, START, until=lived.month.time.now(), most=1).newest
        names = [name for (name,) in lived.rows("SELECT round_id FROM snapshots")]
        if not int(waiting) + int(open_requests) and newest and round_id(newest[-1]) in names:
            return
        await asyncio.sleep(5)


async def a_death(month: Month) -> None:
    """Kill somebody."""
    await asyncio.sleep(month.chance.uniform(0, 25))
    month.kill(month.chance.choice(tuple(month.mains)))


async def a_death_in_front_of_a_message(month: Month) -> None:
    """Let somebody die before the next message of a kind: after a commit, after an acceptance, before a tick."""
    name, kind = month.chance.choice(DOOMED_AT)
    month.deaths[name] = kind


async def a_lossy_bus(month: Month) -> None:
    """Lose a third of all messages, or all of them, for a while."""
    await asyncio.sleep(month.chance.uniform(0, 15))
    month.loss = month.chance.choice((0.3, 1.0))
    await asyncio.sleep(month.chance.uniform(1, 20))
    month.loss = 0.0


async def a_mute_platform(month: Month) -> None:
    """Let one source or two say nothing to new rounds."""
    month.mute = {each for each in month.chance.sample(SOURCES, 2) if each != "bybit"}
    await asyncio.sleep(60)
    month.mute = set()


async def a_trouble_with_telegram(month: Month) -> None:
    """Let Telegram refuse, lose answers, fall silent, or want a pause."""
    await asyncio.sleep(month.chance.uniform(0, 20))
    month.telegram.trouble = month.chance.choice(("refused", "lost", "silent", "unavailable", "flood"))
    await asyncio.sleep(month.chance.uniform(1, 60))
    month.telegram.trouble = ""


async def hours_without_telegram(month: Month) -> None:
    """Let Telegram refuse over two slots."""
    month.telegram.trouble = "refused"
    for _ in range(2):
        await asyncio.sleep(90)
        now = month.time.now()
        month.time.move_on((next_slot(SCHEDULE, now) - now).total_seconds() - 5)
    await asyncio.sleep(90)
    month.telegram.trouble = ""


async def a_machine_that_is_off(month: Month) -> None:
    """Stop everybody for minutes or hours."""
    month.off = True
    for name in month.mains:
        month.kill(name)
    await asyncio.sleep(1)
    month.time.move_on(month.chance.choice((60, 600, 3600, 4 * 3600)))
    month.off = False


async def a_clock_set_forward(month: Month) -> None:
    """Set the wall clock forward, by minutes or hours."""
    await asyncio.sleep(month.chance.uniform(0, 10))
    month.time.step(timedelta(minutes=month.chance.choice((1, 20, 130, 250))))


async def a_clock_set_back(month: Month) -> None:
    """Set the wall clock back."""
    await asyncio.sleep(month.chance.uniform(0, 10))
    month.time.step(-timedelta(minutes=month.chance.choice((1, 20, 130))))


async def a_request(month: Month) -> None:
    """Ask for a message, again and again, as a terminal does."""
    await asyncio.sleep(month.chance.uniform(0, 15))
    asked = NowRequested(id=f"now-{month.chance.random()}", asked_at=month.time.now())
    for _ in range(20):
        month.forward("terminal", asked)
        await asyncio.sleep(1)


FAULTS: dict[str, Callable[[Month], "asyncio.Future[None]"]] = {
    each.__name__: each  # type: ignore[misc]
    for each in (
        *(a_death, a_death, a_death_in_front_of_a_message, a_lossy_bus, a_mute_platform, a_trouble_with_telegram),
        *(hours_without_telegram, a_machine_that_is_off, a_clock_set_forward, a_clock_set_back, a_request),
    )
}


def test_the_month_was_one_of_faults_and_nobody_crashed(lived: Lived) -> None:
    """Fault 73: what was played."""
    assert lived.faults.keys() == FAULTS.keys()
    assert lived.month.crashes == []
    assert len(lived.month.telegram.taken) > 100
    assert any(told.repeated for told in lived.messages())


def test_every_due_slot_was_told_once_or_is_listed_as_missed(lived: Lived) -> None:
    """Faults 73 and I1."""
    due = set(slots_between(SCHEDULE, START, until=lived.until, most=5000).newest)
    snapshots = lived.snapshots()
    rows = lived.rows("SELECT round_id, state FROM outbox WHERE round_id IS NOT NULL")
    states = {name: state for name, state in rows}  # noqa: C416 - rows are of any length
    told = [each.scheduled_for for each in snapshots.values() if each.scheduled_for]
    missed = [slot for each in snapshots.values() for slot in each.missed]

    assert set(told) | set(missed) == due
    assert not set(told) & set(missed)
    assert max(Counter(missed).values(), default=1) == 1
    assert set(states.values()) <= {"sent", "folded"}
    assert {name for name, each in snapshots.items() if each.scheduled_for or each.missed} <= states.keys()


def test_every_message_reached_telegram_and_every_second_one_is_marked(lived: Lived) -> None:
    """Faults 73 and I2; rounds that were open together, a request's and a slot's, may share all fetches and say one."""
    rows = lived.rows("SELECT text FROM outbox WHERE state = 'sent' AND round_id IS NOT NULL")
    owed = Counter(read(text).core for (text,) in rows)
    taken = Counter(told.core for told in lived.messages())
    unmarked = Counter(told.core for told in lived.messages() if not told.repeated)

    assert taken.keys() == owed.keys()
    assert owed - taken == Counter()
    assert unmarked - owed == Counter()


def test_every_folded_round_has_its_line_in_the_message_that_it_was_folded_into(lived: Lived) -> None:
    """Faults 73 and I1: after hours without Telegram."""
    folded = lived.rows(
        "SELECT old.round_id, new.text FROM outbox old JOIN outbox new ON new.id = old.folded_into "
        "WHERE old.state = 'folded'"
    )
    snapshots = lived.snapshots()
    missing = [
        name
        for name, text in folded
        if (at := snapshots[name].scheduled_for) and f"{at.astimezone(ZONE):%H:%M}  " not in text
    ]

    assert folded
    assert missing == []


def test_every_fresh_number_was_fetched_for_its_round(lived: Lived) -> None:
    """Faults 73 and I3."""
    shown = [
        (name, part.platform.name, part.balance.amount)
        for name, snapshot in lived.snapshots().items()
        for part in snapshot.parts
        if part.balance is not None
    ]

    assert len(shown) > 500
    assert [each for each in shown if each[0] not in lived.month.fetched[each[1], each[2]]] == []


def test_every_message_adds_up(lived: Lived) -> None:
    """Faults 73 and I4."""
    wrong = [(told.core, misadded(told)) for told in lived.messages() if misadded(told)]
    totals = [each.usd.amount for each in lived.snapshots().values() if each.usd.amount is not None]

    assert wrong == []
    assert all(isinstance(total, Decimal) for total in totals)


def test_memory_does_not_grow_over_the_month(lived: Lived) -> None:
    """Fault 73: memory, of the three parts together, from the tenth day on; what the allocator keeps comes in steps."""
    _, first_kb, *later_kb = lived.memory_kb
    _, first, *later = lived.objects

    assert len(later) >= 3
    assert max(later) < first * 1.1
    assert max(later_kb) < first_kb * 1.25
