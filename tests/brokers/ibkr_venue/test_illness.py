"""What the gateway says of its own servers and of other sessions: states with words, and well again."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from brokers.ibkr_venue.connection import POSITIONS
from brokers.ibkr_venue.heard import Heard
from brokers.ibkr_venue.link import Link
from brokers.venue import Busy, VenueError
from tests.brokers.ibkr_venue.pretend import gateway, heard_by, is_well, link_to, until_well, why_not


@asynccontextmanager
async def well_link() -> AsyncIterator[Link]:
    """Give a link that is connected."""
    async with gateway() as pretend, link_to(pretend) as link:
        await link.connect()
        yield link


def say(link: Link, number: int) -> None:
    """Let a message of the gateway come."""
    link.ib.client.decoder.interpret(["4", "2", "-1", str(number), "words", ""])


@pytest.mark.parametrize("back", [1101, 1102])
def test_servers_that_are_lost_are_told_until_they_are_back(back: int) -> None:
    async def play() -> None:
        async with well_link() as link:
            say(link, 1100)

            assert [await why_not(link) for _ in range(3)] == ["lost_servers"] * 3
            say(link, back)
            assert not is_well(link)
            assert await why_not(link) == ""
            assert is_well(link)

    asyncio.run(play())


@pytest.mark.parametrize("back", [1101, 1102])
def test_servers_that_were_lost_between_two_looks_are_told_once_all_the_same(back: int) -> None:
    """Execution compares orders, executions and positions only after it was told of a loss."""

    async def play() -> None:
        async with well_link() as link:
            say(link, 1100)
            say(link, back)

            assert not is_well(link)
            assert [await why_not(link) for _ in range(2)] == ["lost_servers", ""]

    asyncio.run(play())


def test_servers_that_are_back_though_nobody_heard_of_their_loss_are_told_too() -> None:
    async def play() -> None:
        async with well_link() as link:
            heard = heard_by(link)
            say(link, 1102)

            assert [await why_not(link) for _ in range(2)] == ["lost_servers", ""]
            assert [each.kind for each in heard] == ["LOST", "ERROR", "WELL"]

    asyncio.run(play())


def test_nothing_is_sent_or_read_while_the_servers_are_lost() -> None:
    async def play() -> None:
        async with well_link() as link:
            say(link, 1100)

            for refused in (link.turn(), link.ask(POSITIONS, lambda ib: ib.reqPositionsAsync())):
                with pytest.raises(Busy) as busy:
                    await refused
                assert busy.value.code == "lost_servers"

    asyncio.run(play())


def test_a_list_that_comes_after_the_servers_were_lost_is_not_believed() -> None:
    async def play() -> None:
        async with well_link() as link:
            asking = asyncio.ensure_future(link.ask(POSITIONS, lambda ib: ib.reqPositionsAsync()))
            await asyncio.sleep(0)
            say(link, 1100)

            with pytest.raises(VenueError) as refused:
                await asking
            assert refused.value.code == "lost_servers"

    asyncio.run(play())


def test_a_connection_that_is_made_anew_knows_nothing_of_an_older_loss() -> None:
    async def play() -> None:
        async with gateway() as pretend, link_to(pretend) as link:
            await link.connect()
            say(link, 1100)
            assert await why_not(link) == "lost_servers"
            await pretend.fault("refuse")
            await pretend.clear()

            assert set(await until_well(link)) <= {"lost_servers", "dropped"}
            assert is_well(link)

    asyncio.run(play())


def test_another_session_hinders_quotes_and_nothing_else() -> None:
    async def play() -> None:
        async with well_link() as link:
            assert link.hindrance() is None
            say(link, 10197)

            hindrance = link.hindrance()
            assert hindrance is not None
            assert hindrance.code == "competing"
            assert is_well(link)
            assert await why_not(link) == ""

    asyncio.run(play())


@pytest.mark.parametrize("number", [2104, 2106, 2158, 2107, 2103, 399, 10167])
def test_messages_about_data_farms_and_orders_make_no_illness(number: int) -> None:
    async def play() -> None:
        async with well_link() as link:
            say(link, number)

            assert is_well(link)

    asyncio.run(play())


def test_an_error_in_a_listener_gives_the_connection_up_and_is_not_swallowed() -> None:
    async def play() -> None:
        async with well_link() as link:

            def stumble(heard: Heard) -> None:
                """Fail at a message."""
                raise ValueError(heard.text)

            link.listen(stumble)
            say(link, 2104)
            await asyncio.sleep(0.05)

            assert not is_well(link)
            assert await why_not(link) == "dropped"

    asyncio.run(play())
