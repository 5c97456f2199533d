"""The link while it stands, falls ill and is well again."""

import asyncio

import pytest

from brokers.ibkr_venue.connection import POSITIONS, TIME
from brokers.ibkr_venue.link import Link
from brokers.venue import Busy, VenueError
from tests.brokers.ibkr_venue.pretend import (
    PACE,
    Gateway,
    gateway,
    heard_by,
    is_well,
    link_to,
    until,
    until_well,
    why_not,
)


async def positions(link: Link) -> int:
    """Ask for the list of positions, into which news of them may come; return how many there are."""
    return len({each.contract.conId for each in await link.ask(POSITIONS, lambda ib: ib.reqPositionsAsync())})


async def cut_off(pretend: Gateway) -> None:
    """Cut all connections, and listen again."""
    await pretend.fault("refuse")
    await pretend.clear()


def test_a_link_that_is_cut_is_ill_until_the_loop_has_told_so() -> None:
    async def play() -> None:
        async with gateway() as pretend, link_to(pretend) as link:
            heard = heard_by(link)
            await link.connect()
            await cut_off(pretend)
            await until(lambda: not is_well(link))

            with pytest.raises(Busy) as refused:
                await link.turn()
            assert refused.value.code == "dropped"
            assert await why_not(link) == "dropped"
            assert not is_well(link)
            assert await why_not(link) == ""
            assert is_well(link)
            assert [each.kind for each in heard if each.kind in {"LOST", "WELL"}] == ["WELL", "LOST", "WELL"]

    asyncio.run(play())


def test_a_question_that_is_under_way_when_the_link_is_cut_has_no_answer() -> None:
    async def play() -> None:
        async with gateway() as pretend, link_to(pretend) as link:
            await link.connect()
            await pretend.fault("unanswered", path="positions")
            asking = asyncio.ensure_future(positions(link))
            await asyncio.sleep(0)
            await cut_off(pretend)

            with pytest.raises(VenueError) as failed:
                await asking
            assert failed.value.code == "dropped"

    asyncio.run(play())


def test_a_frozen_gateway_is_noticed_within_seconds_and_used_again_when_it_thaws() -> None:
    async def play() -> None:
        async with gateway() as pretend, link_to(pretend) as link:
            await link.connect()
            await pretend.fault("hang")

            assert await until(lambda: not is_well(link)) < 8 * (PACE.beat_s + PACE.silent_s)
            assert await why_not(link) == "silent"
            await pretend.clear()
            await until_well(link)
            assert await positions(link) == 0

    asyncio.run(play())


def test_a_list_that_does_not_come_is_an_error_and_never_empty() -> None:
    async def play() -> None:
        async with gateway() as pretend, link_to(pretend) as link:
            await link.connect()
            await pretend.order("trade", symbol="AAPL", quantity="3")
            await pretend.fault("unanswered", path="positions")

            with pytest.raises(Busy):
                await positions(link)
            await pretend.clear()
            await until(lambda: not is_well(link))
            await until_well(link)
            assert await positions(link) == 1

    asyncio.run(play())


def test_the_same_list_asked_for_by_many_at_once_is_whole_for_each() -> None:
    async def play() -> None:
        async with gateway() as pretend, link_to(pretend) as link:
            await link.connect()
            await pretend.order("trade", symbol="AAPL", quantity="3")
            await pretend.order("trade", symbol="MSFT", quantity="2")

            assert await asyncio.gather(*(positions(link) for _ in range(8))) == [2] * 8

    asyncio.run(play())


def test_who_gives_up_waiting_leaves_the_next_one_a_whole_list() -> None:
    async def play() -> None:
        async with gateway() as pretend, link_to(pretend) as link:
            await link.connect()
            await pretend.order("trade", symbol="AAPL", quantity="3")
            impatient = asyncio.ensure_future(positions(link))
            await asyncio.sleep(0)
            impatient.cancel()

            assert await positions(link) == 1

    asyncio.run(play())


def test_a_message_that_cannot_be_read_spoils_the_list_that_is_waited_for() -> None:
    async def play() -> None:
        async with gateway() as pretend, link_to(pretend) as link:
            await link.connect()

            def unread(ib: object) -> asyncio.Future[list[object]]:
                """Ask, and have one message come that is no message."""
                link.ib.client.decoder.interpret(["61", "3", "DU1234567", "not a number"])
                return link.ib.reqPositionsAsync()  # type: ignore[return-value]

            with pytest.raises(VenueError, match="bad answer"):
                await link.ask(POSITIONS, unread)
            assert is_well(link)
            assert await positions(link) == 0

    asyncio.run(play())


def test_more_than_may_be_sent_in_a_second_waits_for_its_turn() -> None:
    async def play() -> None:
        slow = PACE.__class__(most_sent=10, beat_s=60.0)
        async with gateway() as pretend, link_to(pretend, pace=slow) as link:
            await link.connect()
            loop = asyncio.get_running_loop()
            sent: list[float] = []
            for _ in range(25):
                await link.turn(can_wait=True)
                sent.append(loop.time())

            assert all(later - earlier >= 0.99 for earlier, later in zip(sent, sent[10:], strict=False))

    asyncio.run(play())


def test_an_order_does_not_wait_behind_questions() -> None:
    async def play() -> None:
        slow = PACE.__class__(most_sent=10, beat_s=60.0)
        async with gateway() as pretend, link_to(pretend, pace=slow) as link:
            await link.connect()
            waiting = [asyncio.ensure_future(link.turn(can_wait=True)) for _ in range(50)]
            await asyncio.sleep(0)
            began_s = asyncio.get_running_loop().time()
            await link.turn()

            assert asyncio.get_running_loop().time() - began_s < 0.5
            for each in waiting:
                each.cancel()

    asyncio.run(play())


def test_nothing_waits_in_a_queue_that_a_lost_connection_would_throw_away() -> None:
    async def play() -> None:
        async with gateway() as pretend, link_to(pretend) as link:
            await link.connect()
            for _ in range(60):
                link.ib.client.reqCurrentTime()

            await until(lambda: link.ib.client.conn.numMsgSent > 60)
            asked = await pretend.asked()
            assert asked.count("/time") >= 60

    asyncio.run(play())


def test_each_life_of_a_link_asks_for_the_time_by_itself() -> None:
    async def play() -> None:
        async with gateway() as pretend, link_to(pretend) as link:
            await link.connect()
            said = await link.ask(TIME, lambda ib: ib.reqCurrentTimeAsync())

            assert said.tzinfo is not None

    asyncio.run(play())
