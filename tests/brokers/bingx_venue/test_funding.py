"""What funding costs and earns, read of BingX."""

import asyncio
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from aiohttp import web

from brokers.bingx_venue.funding import MOST_ROWS, Funding
from brokers.bingx_venue.rest import Rest
from brokers.bingx_venue.symbols import perpetual
from brokers.venue import Malformed
from bus.messages.venue_accounts import CashEvent
from tests.brokers.bingx_venue.pretend import SERVER_MS, access, answering, says

NOW = datetime.fromtimestamp(SERVER_MS / 1000, UTC)
ROW = {
    "symbol": "BTC-USDT",
    "incomeType": "FUNDING_FEE",
    "income": "-0.2292",
    "asset": "USDT",
    "info": "Funding Fee",
    "time": SERVER_MS - 3_600_000,
    "tranId": "170000001",
    "tradeId": "",
}


def events_of(data: object, *, since: datetime = NOW - timedelta(days=1)) -> tuple[CashEvent, ...]:
    """Return what is read of an answer."""

    async def play() -> tuple[CashEvent, ...]:
        async with answering(says({"code": 0, "msg": "", "data": data})) as server, Rest(access(server.url)) as rest:
            await rest.measure()
            return await Funding(rest).cash_events(since)

    return asyncio.run(play())


def test_what_was_paid_is_below_zero_and_named_by_bingxs_number() -> None:
    assert events_of([ROW]) == (
        CashEvent(
            id="170000001",
            type="FUNDING",
            amount=Decimal("-0.2292"),
            currency="USDT",
            at=NOW - timedelta(hours=1),
            instrument=perpetual("BTC-USDT"),
        ),
    )


def test_virtual_money_is_called_what_it_stands_for_and_a_row_without_a_number_has_a_name() -> None:
    (event,) = events_of([ROW | {"asset": "VST", "tranId": ""}])

    assert (event.currency, event.id) == ("USDT", f"{SERVER_MS - 3_600_000}:BTC-USDT")


def test_a_number_that_is_no_number_is_a_name_all_the_same() -> None:
    (event,) = events_of([ROW | {"tranId": "1700_2_6"}])

    assert event.id == "1700_2_6"


def test_other_income_is_left_out_and_no_rows_are_none() -> None:
    assert events_of([ROW | {"incomeType": "REALIZED_PNL"}]) == ()
    assert events_of(None) == ()
    assert events_of([]) == ()


def test_an_amount_that_is_missing_is_an_error() -> None:
    with pytest.raises(Malformed):
        events_of([ROW | {"income": ""}])


def test_more_rows_than_one_answer_holds_are_asked_for_in_halves() -> None:
    begins_at = NOW - timedelta(days=1)
    rows = [ROW | {"tranId": str(number), "time": SERVER_MS - 60_000 * number} for number in range(1, MOST_ROWS + 200)]

    async def answer(request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(0)
        first, last = int(request.query["startTime"]), int(request.query["endTime"])
        found = [each for each in rows if first <= int(str(each["time"])) <= last]
        return web.json_response({"code": 0, "msg": "", "data": found[:MOST_ROWS]})

    async def play() -> tuple[CashEvent, ...]:
        async with answering(answer) as server, Rest(access(server.url)) as rest:
            await rest.measure()
            return await Funding(rest).cash_events(begins_at)

    events = asyncio.run(play())

    assert {each.id for each in events} == {str(each["tranId"]) for each in rows}
    assert list(events) == sorted(events, key=lambda each: each.at)
