"""How BingX is called: signed, stamped by its own clock, once for each change, and never with a secret in sight."""

import asyncio
import functools
import io
import logging
import socket
import traceback
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as some

from brokers.bingx_venue import signing
from brokers.bingx_venue.access import Access
from brokers.bingx_venue.rest import LANDED_S, Rest
from brokers.bingx_venue.venue import BingxVenue
from brokers.venue import Busy, Denied, Malformed, Unknown, VenueError
from bus import log
from bus.settings import Secret
from bus.time_source import SYSTEM_TIME
from sandbox.bingx.state import API_KEY, API_SECRET
from sandbox.faults import Fault
from tests.brokers.bingx_venue.pretend import SERVER_MS, Later, access, answering, called, says

ORDER, POSITIONS = "/openApi/swap/v2/trade/order", "/openApi/swap/v2/user/positions"
BALANCE = "/openApi/swap/v3/user/balance"
MARKET = {"symbol": "BTC-USDT", "side": "BUY", "positionSide": "LONG", "type": "MARKET", "quantity": "0.001"}
SENT_AT = datetime(2026, 11, 20, tzinfo=UTC)
FINE = {"code": 0, "msg": "", "data": {}}
PROFIT = '{"type":"TAKE_PROFIT_MARKET","stopPrice":120000,"price":120000,"workingType":"MARK_PRICE"}'


async def error_of_change(rest: Rest, **parameters: str) -> VenueError:
    """Return what placing an order raises."""
    with pytest.raises(VenueError) as raised:
        await rest.change("POST", ORDER, **(parameters or MARKET))
    return raised.value


async def error_of_read(rest: Rest, path: str = POSITIONS) -> VenueError:
    """Return what asking raises."""
    with pytest.raises(VenueError) as raised:
        await rest.get(path)
    return raised.value


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        (
            {**MARKET, "recvWindow": "5000", "timestamp": "1767225600000"},
            "ee0daf42c6c9c394b79b433614cac18876bcc67c6077e452cb6472933db0b6f2",
        ),
        (
            {**MARKET, "takeProfit": PROFIT, "timestamp": "1767225600000"},
            "80fa01ad8ce7402622fcc33f1c2863afc1fdbaace2d98d7fd38116e22c552adc",
        ),
    ],
)
def test_the_signature_is_that_of_sorted_plain_values(parameters: dict[str, str], expected: str) -> None:
    assert signing.signature(signing.canonical(parameters), "testsecret") == expected
    assert signing.query(parameters, "testsecret").endswith(f"&signature={expected}")


@given(some.text(), some.sampled_from("&=?#\r\n"), some.text())
def test_a_value_that_could_pose_as_other_parameters_is_never_signed(before: str, sign: str, after: str) -> None:
    with pytest.raises(Malformed):
        signing.canonical({"symbol": before + sign + after})


def test_an_empty_value_is_left_out() -> None:
    assert signing.canonical({"b": "2", "a": "", "c": "3"}) == "b=2&c=3"


def test_the_pretend_bingx_takes_what_is_signed_with_legs_in_it() -> None:
    async def play() -> None:
        async with called() as (bingx, rest):
            legs = '{"type":"STOP_MARKET","stopPrice":70000,"workingType":"MARK_PRICE"}'
            answer = await rest.change("POST", ORDER, **MARKET, stopLoss=legs, clientOrderId="ab" * 16)

            assert b"orderId" in bytes(answer)
            assert bingx.asked(ORDER) == 1

    asyncio.run(play())


def test_only_listed_calls_are_ever_sent() -> None:
    async def play() -> None:
        async with answering(says(FINE)) as server, Rest(access(server.url)) as rest:
            for method, path in [("POST", POSITIONS), ("DELETE", "/openApi/swap/v2/trade/allOpenOrders")]:
                with pytest.raises(Malformed):
                    await rest.change(method, path)
            with pytest.raises(Malformed):
                await rest.get("/openApi/wallets/v1/capital/withdraw/apply")

            assert not server.seen

    asyncio.run(play())


def test_calls_are_stamped_by_the_servers_clock_and_public_ones_bear_no_key() -> None:
    async def play() -> None:
        async with answering(says(FINE)) as server, Rest(access(server.url)) as rest:
            await rest.get(POSITIONS)
            await rest.get("/openApi/swap/v2/quote/ticker", symbol="BTC-USDT")

            signed, public = server.seen
            assert 0 <= int(signed.query["timestamp"]) - SERVER_MS < 60_000
            assert signed.headers["X-BX-APIKEY"] == API_KEY
            assert "X-SOURCE-KEY" not in signed.headers
            assert "X-BX-APIKEY" not in public.headers
            assert "signature" not in public.query
            assert rest.clock.now() - datetime.fromtimestamp(SERVER_MS / 1000, UTC) < timedelta(minutes=1)

    asyncio.run(play())


def test_a_read_whose_time_is_refused_is_asked_again_by_the_measured_clock() -> None:
    async def play() -> None:
        async with called() as (bingx, rest):
            await rest.get(POSITIONS)
            bingx.service.skew_s = 3600.0

            assert bytes(await rest.get(POSITIONS)) == b"[]"

    asyncio.run(play())


def test_a_change_whose_time_is_refused_is_surely_not_done_and_the_next_one_is_right() -> None:
    async def play() -> None:
        async with called() as (bingx, rest):
            await rest.measure()
            bingx.service.skew_s = -3600.0

            error = await error_of_change(rest)

            assert (type(error), error.code) == (Busy, "100421")
            assert bingx.asked(ORDER) == 1
            await rest.change("POST", ORDER, **MARKET)

    asyncio.run(play())


@pytest.mark.parametrize("kind", ["reset", "reset_after", "cut", "truncated", "garbage", "html", "empty"])
def test_a_change_without_a_whole_answer_is_unknown_and_sent_once(kind: str) -> None:
    async def play() -> None:
        async with called() as (bingx, rest):
            await rest.measure()
            await bingx.fail(kind, times=-1)

            assert isinstance(await error_of_change(rest), Unknown)
            assert bingx.asked(ORDER) == 1

    asyncio.run(play())


@pytest.mark.parametrize("kind", ["reset", "cut", "truncated", "garbage", "html", "huge"])
def test_a_read_without_a_whole_answer_is_never_nothing(kind: str) -> None:
    async def play() -> None:
        async with called() as (bingx, rest):
            await rest.measure()
            await bingx.fail(kind)

            assert isinstance(await error_of_read(rest), Busy | Malformed)

    asyncio.run(play())


def test_an_empty_list_with_an_error_beside_it_is_an_error() -> None:
    async def play() -> None:
        async with called() as (bingx, rest):
            for code in ("100500", "0"):
                await bingx.add(Fault("empty_with_error", code=code, body="query failed", times=1))

                assert isinstance(await error_of_read(rest), Busy)

    asyncio.run(play())


def test_where_nobody_listens_a_change_is_surely_not_done() -> None:
    async def play() -> None:
        async with called() as (bingx, rest):
            await rest.measure()
            await bingx.fail("refuse")
            await error_of_read(rest)

            assert isinstance(await error_of_change(rest), Busy)

    asyncio.run(play())


def unused_address() -> str:
    """Return an address where nobody listens."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{held.getsockname()[1]}"


def test_after_a_connection_that_failed_the_next_call_goes_to_the_twin() -> None:
    async def play() -> None:
        async with answering(says(FINE)) as twin, Rest(access(unused_address(), twin.url)) as rest:
            assert isinstance(await error_of_read(rest), Busy)
            await rest.get(POSITIONS)

            assert len(twin.seen) == 1

    asyncio.run(play())


def test_after_an_order_that_may_have_left_no_call_goes_to_the_twin() -> None:
    async def lost(request: web.Request) -> web.StreamResponse:
        """Cut the connection."""
        assert request.transport is not None
        request.transport.close()
        return web.Response()

    async def play() -> None:
        async with answering(says(FINE)) as twin:
            async with answering(lost) as first:
                rest = Rest(access(first.url, twin.url))
                assert isinstance(await error_of_change(rest), Unknown)
            async with rest:
                for _ in range(3):
                    assert isinstance(await error_of_read(rest), Busy)

            assert not twin.seen

    asyncio.run(play())


def test_while_an_order_is_under_way_no_failed_connection_of_another_call_moves_to_the_twin() -> None:
    heard = asyncio.Event()

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Hear a call, and never answer; the caller hangs up."""
        await reader.readuntil(b"\r\n\r\n")
        heard.set()
        await reader.read()
        writer.close()
        await writer.wait_closed()

    async def play() -> None:
        async with answering(says(FINE)) as twin:
            first = await asyncio.start_server(take, "127.0.0.1")
            port = first.sockets[0].getsockname()[1]
            async with Rest(access(f"http://127.0.0.1:{port}", twin.url)) as rest:
                rest.clock.take(SERVER_MS, asked_at_s=SYSTEM_TIME.monotonic())
                sending = asyncio.ensure_future(rest.change("POST", ORDER, **MARKET))
                await heard.wait()
                first.close()
                for _ in range(3):
                    assert isinstance(await error_of_read(rest), Busy)
                sending.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await sending
            await first.wait_closed()

            assert not twin.seen

    asyncio.run(play())


def test_an_order_is_nowhere_only_once_a_clock_that_nobody_sets_says_that_it_cannot_arrive_any_more() -> None:
    heard = asyncio.Event()

    async def silent(_request: web.Request) -> web.StreamResponse:
        """Hear an order, and never answer."""
        heard.set()
        await asyncio.Event().wait()
        raise AssertionError

    async def play() -> None:
        time = Later()
        async with answering(silent) as server, Rest(access(server.url), time=time) as rest:
            venue = BingxVenue(rest, access(server.url), time=time)
            long_ago, now = SENT_AT, SENT_AT + timedelta(hours=1)
            nowhere = functools.partial(venue.is_surely_nowhere, placed_at=long_ago, looked=2, now=now)

            assert not nowhere()  # an earlier life may just have sent it

            time.ahead_s = LANDED_S

            assert nowhere()

            sending = asyncio.ensure_future(rest.change("POST", ORDER, **MARKET))
            await heard.wait()
            sending.cancel()
            with pytest.raises(asyncio.CancelledError):
                await sending

            assert not nowhere()

            time.ahead_s += LANDED_S

            assert nowhere()

    asyncio.run(play())


def test_a_rate_limit_pauses_that_call_alone_and_the_pause_grows() -> None:
    async def play() -> None:
        async with called() as (bingx, rest):
            await rest.measure()
            await bingx.fail("code", path=f"GET {POSITIONS}", code="100410", times=-1)

            first, second = await error_of_read(rest), await error_of_read(rest)

            assert (first.code, first.retry_after_s) == ("100410", 1.0)
            assert (second.code, bingx.asked(POSITIONS)) == ("pause", 1)
            await rest.get(BALANCE)

    asyncio.run(play())


def test_after_too_many_wrong_orders_none_is_sent_until_bingx_says() -> None:
    async def play() -> None:
        async with called() as (bingx, rest):
            await rest.measure()
            until_ms = rest.clock.milliseconds() + 60_000
            text = f"too many invalid requests, can retry after time: {until_ms}"
            await bingx.add(Fault("code", code="109429", body=text, path=f"POST {ORDER}"))

            assert isinstance(await error_of_change(rest), Denied)
            later = await error_of_change(rest)
            assert (type(later), round(later.retry_after_s or 0)) == (Busy, 60)
            assert bingx.asked(ORDER) == 1

    asyncio.run(play())


@pytest.mark.parametrize("status", [418, 429])
def test_a_ban_pauses_every_call(status: int) -> None:
    async def play() -> None:
        async with called() as (bingx, rest):
            await rest.measure()
            await bingx.fail("status", status=status, path=POSITIONS)

            assert (await error_of_read(rest)).retry_after_s == 1.0
            assert isinstance(await error_of_change(rest), Busy)
            assert bingx.asked(ORDER) == 0

    asyncio.run(play())


def test_more_calls_than_the_limit_wait_and_none_is_refused() -> None:
    async def play() -> None:
        async with called() as (bingx, rest):
            await asyncio.gather(*(rest.get(BALANCE) for _ in range(8)))

            assert bingx.asked(BALANCE) == 8

    asyncio.run(play())


@pytest.mark.parametrize("key", ["with space", "with\nline", "ключ", ""])
def test_a_key_that_cannot_be_a_header_is_refused_before_it_is_sent(key: str) -> None:
    async def play() -> None:
        async with answering(says(FINE)) as server:
            odd = Access(key=Secret(key), secret=Secret("x"), hosts=(server.url,))
            async with Rest(odd) as rest:
                assert isinstance(await error_of_read(rest), Denied)

            assert not server.seen

    asyncio.run(play())


def test_neither_key_nor_secret_nor_signature_is_ever_in_a_log_an_error_or_a_repr() -> None:
    async def play() -> list[str]:
        told: list[str] = []
        async with called() as (bingx, rest):
            told += [repr(rest), repr(access(bingx.service.url))]
            for kind in ("reset", "html", "garbage"):
                await bingx.fail(kind)
                told += traceback.format_exception(await error_of_change(rest))
            bingx.service.change({"api_secret": "another"})
            told += traceback.format_exception(await error_of_change(rest))
            await bingx.fail("refuse")
            told += traceback.format_exception(await error_of_read(rest))
        return told

    lines = io.StringIO()
    handler = logging.StreamHandler(lines)
    root = logging.getLogger()
    before = root.level
    for name in log.SILENCED:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        told = asyncio.run(play())
    finally:
        root.removeHandler(handler)
        root.setLevel(before)
        for name in log.SILENCED:
            logging.getLogger(name).setLevel(logging.NOTSET)
    seen = lines.getvalue() + "".join(told)

    assert seen
    assert API_KEY not in seen
    assert API_SECRET not in seen
    assert "signature=" not in seen
