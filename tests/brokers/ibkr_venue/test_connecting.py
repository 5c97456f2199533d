"""Connecting to a gateway: proven, or refused with a word for why not."""

import asyncio
import socket

import pytest

from brokers.ibkr_venue.link import Link
from brokers.venue import Denied
from tests.brokers.ibkr_venue.pretend import NUMBER, PACE, gateway, is_well, link_to, until_well, why_not

LIVE = "U7654321"


@pytest.mark.parametrize("version", [176, 178])
def test_a_gateway_of_each_version_is_connected_to(version: int) -> None:
    async def play() -> None:
        async with gateway() as pretend, link_to(pretend) as link:
            await pretend.state(server_version=version)

            assert not is_well(link)
            assert await link.connect() is False
            assert is_well(link)
            assert link.ib.client.serverVersion() == version

    asyncio.run(play())


def test_a_connection_that_stands_is_not_made_again() -> None:
    async def play() -> None:
        async with gateway() as pretend, link_to(pretend) as link:
            await link.connect()
            ib = link.ib
            await link.connect()

            assert link.ib is ib

    asyncio.run(play())


def test_a_live_account_is_proven_to_be_one() -> None:
    async def play() -> None:
        async with gateway() as pretend, link_to(pretend, number=LIVE) as link:
            await pretend.state(account=LIVE)

            assert await link.connect() is True

    asyncio.run(play())


@pytest.mark.parametrize(("ours", "theirs"), [(NUMBER, LIVE), (LIVE, NUMBER), ("DU7777777", NUMBER)])
def test_another_account_than_ours_is_refused_before_anything_is_asked_of_it(ours: str, theirs: str) -> None:
    async def play() -> None:
        async with gateway() as pretend, link_to(pretend, number=ours) as link:
            await pretend.state(account=theirs)

            with pytest.raises(Denied, match="IB_ACCOUNT") as refused:
                await link.connect()
            assert refused.value.code == "wrong_account"
            assert ours not in str(refused.value)
            assert theirs not in str(refused.value)
            assert not is_well(link)
            assert "/executions" not in await pretend.asked()

    asyncio.run(play())


def test_where_nobody_listens_is_refused_at_once() -> None:
    async def play() -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            link = Link("127.0.0.1", taken.getsockname()[1], client_id=1, number=NUMBER, pace=PACE)

            assert await why_not(link) == "refused"

    asyncio.run(play())


def test_a_gateway_that_is_not_logged_in_is_silent() -> None:
    async def play() -> None:
        async with gateway() as pretend, link_to(pretend) as link:
            await pretend.fault("silent")

            assert await why_not(link) == "silent"
            await pretend.clear()
            assert await until_well(link) == []

    asyncio.run(play())


def test_a_client_id_that_is_taken_is_told_with_the_cure_and_not_waited_through() -> None:
    async def play() -> None:
        patient = PACE.__class__(open_s=30.0)
        async with gateway() as pretend, link_to(pretend) as first, link_to(pretend, pace=patient) as second:
            await first.connect()

            with pytest.raises(Denied, match="IB_CLIENT_ID") as refused:
                await asyncio.wait_for(second.connect(), 10)
            assert refused.value.code == "client_id_taken"
            assert is_well(first)

    asyncio.run(play())


def test_two_programs_with_numbers_of_their_own_are_both_served() -> None:
    async def play() -> None:
        async with gateway() as pretend, link_to(pretend) as first, link_to(pretend, client_id=2) as second:
            await first.connect()
            await second.connect()

            assert is_well(first)
            assert is_well(second)

    asyncio.run(play())


def test_a_gateway_that_takes_no_orders_is_refused_with_what_to_switch_off_and_not_waited_for() -> None:
    async def play() -> None:
        patient = PACE.__class__(open_s=30.0, answer_s=30.0)
        async with gateway() as pretend, link_to(pretend, pace=patient) as link:
            await pretend.fault("read_only")

            with pytest.raises(Denied, match="Read-Only API") as refused:
                await asyncio.wait_for(link.connect(), 10)
            assert refused.value.code == "read_only"

    asyncio.run(play())


@pytest.mark.parametrize("kind", ["positions", "openOrders", "accountUpdates", "executions"])
def test_a_list_that_never_comes_at_the_start_is_no_connection(kind: str) -> None:
    async def play() -> None:
        async with gateway() as pretend, link_to(pretend) as link:
            await pretend.fault("unanswered", path=kind)

            assert await why_not(link) == "silent"
            assert not is_well(link)
            await pretend.clear()
            assert await until_well(link) == []

    asyncio.run(play())


def test_an_old_gateway_is_told_to_be_too_old() -> None:
    async def old(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Be of a version that nobody speaks any more."""
        await reader.readuntil(b"API\0")
        said = "100\0" + "20200101 00:00:00 EST\0"
        writer.write(len(said).to_bytes(4, "big") + said.encode())
        await reader.read()
        writer.close()

    async def play() -> None:
        server = await asyncio.start_server(old, "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            link = Link("127.0.0.1", port, client_id=1, number=NUMBER, pace=PACE)

            assert await why_not(link) == "old_version"

    asyncio.run(play())


def test_an_address_that_is_not_trusted_is_cut_off_at_once() -> None:
    async def cut(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take nobody."""
        writer.close()

    async def play() -> None:
        server = await asyncio.start_server(cut, "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            link = Link("127.0.0.1", port, client_id=1, number=NUMBER, pace=PACE)

            assert await why_not(link) == "dropped"

    asyncio.run(play())
