"""What the stream of BingX says is read by REST: once, until it is known, and told when it is news."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import datetime
from decimal import Decimal

from brokers.bingx_venue.hearing import Hearing
from brokers.bingx_venue.listen_key import ListenKeys
from brokers.bingx_venue.stream import Stream
from brokers.bingx_venue.symbols import perpetual
from brokers.bingx_venue.watching import Name, Pauses
from brokers.venue import Busy, OrderName, VenueError
from bus.messages.venues import AtVenue, Execution, OrderEvent
from bus.time_source import SYSTEM_TIME, SystemTime
from sandbox.faults import Fault
from tests.brokers.bingx_venue.pretend import Pretend, called

QUICK = Pauses(away_s=0.2, first_again_s=0.02, longest_again_s=0.05, first_connect_s=0.05, longest_connect_s=0.1)
OURS = "00" * 16


class Books:
    """Orders at BingX as a test has them: each question takes the next answer, the last of them stays."""

    def __init__(self, *answers: OrderEvent | VenueError | None) -> None:
        """Keep the answers."""
        self.answers = list(answers)
        self.asked: list[OrderName] = []

    async def find(self, account: str, order: OrderName) -> OrderEvent | None:  # noqa: ARG002 - the protocol's
        """Answer the next."""
        await asyncio.sleep(0)
        self.asked.append(order)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, VenueError):
            raise answer
        return answer

    async def executions(self, account: str, since: datetime) -> tuple[Execution, ...]:  # noqa: ARG002
        """Answer that there are none."""
        await asyncio.sleep(0)
        return ()


class Later(SystemTime):
    """This machine's clocks, of which one is set forward."""

    ahead_s = 0.0

    def monotonic(self) -> float:
        """Return seconds."""
        return super().monotonic() + self.ahead_s


def event(status: AtVenue, *, client_order_id: str = OURS) -> OrderEvent:
    """Return what BingX has of an order."""
    return OrderEvent(
        account="acc-1",
        client_order_id=client_order_id,
        broker_order_id="1893",
        status=status,
        at=SYSTEM_TIME.now(),
        filled_quantity=Decimal(0),
    )


@contextlib.asynccontextmanager
async def hearing(books: Books, **state: object) -> AsyncIterator[tuple[Pretend, Hearing, list[str]]]:
    """Run the pretend BingX, and listen to it; gives what is heard of margins too."""
    changed: list[str] = []
    async with called(config_every_s=0.1, **state) as (bingx, rest):
        stream = Stream(f"{bingx.service.url.replace('http', 'ws', 1)}/swap-market", ListenKeys(rest, time=SYSTEM_TIME))
        heard = Hearing((stream,), books, config_changed=changed.append, time=SYSTEM_TIME, pauses=QUICK)
        heard.remember("acc-1")
        yield bingx, heard, changed


def name(client_order_id: str = OURS) -> Name:
    """Return what names an order."""
    return Name(client_order_id=client_order_id, broker_order_id="1893", instrument=perpetual("BTC-USDT"))


async def first(heard: Hearing) -> OrderEvent:
    """Return what is told first."""
    async with asyncio.timeout(20):
        async for told in heard.events():
            return told
    raise AssertionError("nothing was told")


def test_an_order_that_rests_is_read_when_the_stream_opens_and_told_when_it_has_changed() -> None:
    async def play() -> OrderEvent:
        async with hearing(Books(event("NEW"), event("FILLED"))) as (_bingx, heard, _changed):
            heard.learn(name(), event("NEW"))
            return await first(heard)

    assert asyncio.run(play()).status == "FILLED"


def test_an_order_that_cannot_be_read_or_does_not_add_up_is_read_until_it_does() -> None:
    books = Books(Busy("busy"), event("UNKNOWN"), None, event("CANCELED"))

    async def play() -> OrderEvent:
        async with hearing(books) as (_bingx, heard, _changed):
            heard.learn(name(), event("NEW"))
            return await first(heard)

    assert asyncio.run(play()).status == "CANCELED"
    assert len(books.asked) == 4


def test_an_order_whose_call_is_under_way_is_left_to_the_call() -> None:
    books = Books(event("FILLED"))

    async def play() -> tuple[int, OrderEvent]:
        async with hearing(books) as (_bingx, heard, _changed):
            heard.learn(name(), event("NEW"))
            with heard.calling(name()):
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(0.7):
                        await anext(heard.events())
                asked = len(books.asked)
            return asked, await first(heard)

    asked, told = asyncio.run(play())

    assert asked == 0
    assert told.status == "FILLED"


def test_margins_are_told_once_though_the_stream_says_them_again_and_again() -> None:
    async def play() -> list[str]:
        async with hearing(Books(None)) as (bingx, heard, changed):
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(1.5):
                    await anext(heard.events())
            assert any(each.path == "/swap-market" for each in bingx.service.requests) or changed
            return changed

    changed = asyncio.run(play())

    assert sorted(changed) == sorted(set(changed))
    assert "BTC-USDT" in changed


def test_a_stream_that_is_lost_is_an_error_once_and_is_opened_again() -> None:
    async def play() -> tuple[str, OrderEvent]:
        async with hearing(Books(event("FILLED")), listen_key_s=1.0) as (_bingx, heard, _changed):
            try:
                await first(heard)
            except VenueError as error:
                heard.learn(name(), event("NEW"))
                return error.code, await first(heard)
        raise AssertionError("it was not lost")

    code, told = asyncio.run(play())

    assert code == "listen key expired"
    assert told.status == "FILLED"


def test_a_stream_that_is_away_for_a_minute_is_a_hindrance() -> None:
    async def play() -> tuple[VenueError | None, VenueError | None]:
        async with called() as (bingx, rest):
            await bingx.service.add(Fault("status", path="/swap-market", status=503, times=0))
            time = Later()
            stream = Stream(f"{bingx.service.url.replace('http', 'ws', 1)}/swap-market", ListenKeys(rest, time=time))
            heard = Hearing((stream,), Books(None), config_changed=lambda _symbol: None, time=time, pauses=QUICK)
            before = heard.hindrance()
            time.ahead_s = 61.0
            return before, heard.hindrance()

    before, after = asyncio.run(play())

    assert before is None
    assert isinstance(after, Busy)
    assert "stream is away" in after.reason
