"""One stream of BingX's, and its listen key: silence, an end, a key that is gone."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from brokers.bingx_venue.frames import ConfigChanged, OrderChanged
from brokers.bingx_venue.listen_key import PATH, RENEWED_EVERY_S, ListenKeys
from brokers.bingx_venue.rest import Rest
from brokers.bingx_venue.stream import Opened, Stream
from brokers.venue import Busy, Denied, Malformed
from bus.messages.venues import AssetType
from sandbox.bingx.service import BingxService
from sandbox.faults import Fault
from tests.brokers.bingx_venue.pretend import Pretend, access, answering, called, pretend, says


class Clock:
    """Clocks of which one is set forward."""

    def __init__(self) -> None:
        """Begin at some moment."""
        self.passed_s = 0.0

    def now(self) -> datetime:
        """Return this machine's time."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return seconds."""
        return self.passed_s


def url(service: BingxService, path: str = "/swap-market") -> str:
    """Return where a stream is."""
    return f"{service.url.replace('http', 'ws', 1)}{path}"


@contextlib.asynccontextmanager
async def heard(
    *, silence_s: float = 5.0, spot: bool = False, **state: object
) -> AsyncIterator[tuple[Pretend, Stream]]:
    """Run the pretend BingX, and give a stream of its."""
    async with called(**state) as (bingx, rest):
        keys = ListenKeys(rest, time=Clock())
        path = "/market" if spot else "/swap-market"
        kind: AssetType = "CRYPTO" if spot else "FUTURE"
        yield bingx, Stream(url(bingx.service, path), keys, asset_type=kind, silence_s=silence_s)


async def ended(stream: Stream) -> Exception:
    """Return what a stream ends with."""
    try:
        async for _said in stream.messages():
            pass
    except (Busy, Denied, Malformed) as error:
        return error
    raise AssertionError("it ended without an error")


def test_a_stream_opens_and_tells_how_instruments_are_margined() -> None:
    async def play() -> list[object]:
        async with heard() as (_bingx, stream), contextlib.aclosing(stream.messages()) as messages:
            return [await anext(messages), await anext(messages)]

    opened, config = asyncio.run(play())

    assert opened == Opened()
    assert isinstance(config, ConfigChanged)


def test_spot_tells_of_orders_once_it_was_subscribed_to() -> None:
    async def play() -> object:
        async with heard(spot=True) as (bingx, stream), contextlib.aclosing(stream.messages()) as messages:
            await anext(messages)
            async with asyncio.timeout(10):
                await anext(messages)  # the subscription is answered
                await bingx.service.add(Fault("stream_silent", path="/swap-market"))
                async with Rest(access(bingx.service.url)) as rest:
                    await rest.change(
                        "POST",
                        "/openApi/spot/v1/trade/order",
                        symbol="BTC-USDT",
                        side="BUY",
                        type="MARKET",
                        quantity="0.01",
                        newClientOrderId="ab",
                    )
                async for said in messages:
                    if isinstance(said, OrderChanged):
                        return said
        raise AssertionError("nothing was told")

    said = asyncio.run(play())

    assert isinstance(said, OrderChanged)
    assert (said.asset_type, said.symbol, said.client_order_id) == ("CRYPTO", "BTC-USDT", "ab")


def test_a_stream_that_says_nothing_is_over() -> None:
    async def play() -> Exception:
        async with heard(silence_s=0.3) as (bingx, stream):
            await bingx.add(Fault("stream_silent", path="/swap-market", times=0))
            async with asyncio.timeout(10):
                return await ended(stream)

    error = asyncio.run(play())

    assert isinstance(error, Busy)
    assert error.code == "stream silent"


def test_a_heartbeat_that_is_answered_keeps_the_stream() -> None:
    async def play() -> int:
        async with heard(ping_every_s=0.2, config_every_s=0.4) as (_bingx, stream):
            count = 0
            async for _said in stream.messages():
                count += 1
                if count == 20:
                    return count
        return count

    assert asyncio.run(asyncio.wait_for(play(), 30)) == 20


def test_a_stream_that_is_cut_or_cannot_be_opened_is_busy() -> None:
    async def play() -> Exception:
        async with pretend() as bingx, Rest(access(bingx.service.url)) as rest:
            keys = ListenKeys(rest, time=Clock())
            return await ended(Stream("ws://127.0.0.1:9/swap-market", keys))

    assert isinstance(asyncio.run(play()), Busy)


def test_a_key_is_made_once_and_renewed_after_half_an_hour() -> None:
    async def play() -> tuple[str, str, str, int]:
        async with called() as (bingx, rest):
            clock = Clock()
            keys = ListenKeys(rest, time=clock)
            first = await keys.take()
            await keys.keep()
            before = bingx.asked(PATH)
            clock.passed_s += RENEWED_EVERY_S
            await keys.keep()
            return first, await keys.take(), f"{before} {bingx.asked(PATH)}", len(first)

    first, second, asked, signs = asyncio.run(play())

    assert first == second
    assert (asked, signs) == ("1 2", 64)


def test_a_key_that_bingx_does_not_know_any_more_is_made_anew() -> None:
    async def play() -> tuple[str, str]:
        async with called(listen_key_s=-1) as (_bingx, rest):
            clock = Clock()
            keys = ListenKeys(rest, time=clock)
            first = await keys.take()
            clock.passed_s += RENEWED_EVERY_S
            with pytest.raises(Busy, match="begins anew"):
                await keys.keep()
            return first, await keys.take()

    first, second = asyncio.run(play())

    assert first != second


def test_a_renewal_without_an_answer_is_tried_again_and_ends_nothing() -> None:
    async def play() -> tuple[str, str]:
        async with called() as (bingx, rest):
            clock = Clock()
            keys = ListenKeys(rest, time=clock)
            first = await keys.take()
            await bingx.fail("status", path=PATH, status=503)
            clock.passed_s += RENEWED_EVERY_S
            await keys.keep()
            return first, await keys.take()

    first, second = asyncio.run(play())

    assert first == second


def test_a_key_that_is_none_is_not_sent_anywhere() -> None:
    async def play() -> None:
        async with answering(says({"listenKey": "a&b=c"})) as server, Rest(access(server.url)) as rest:
            await ListenKeys(rest, time=Clock()).take()

    with pytest.raises(Malformed, match="listen key"):
        asyncio.run(play())
