"""What BingX's account of perpetuals holds, read whole or not at all."""

import asyncio
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some
from msgspec import Raw

from brokers.bingx_venue.account import Account
from brokers.bingx_venue.amounts import amount, number_text, optional_amount
from brokers.bingx_venue.rest import Rest
from brokers.venue import Malformed
from bus.messages.venue_accounts import Cash, Held
from tests.brokers.bingx_venue.pretend import access, answering, called, says

BLANK = {"asset": "USDC", "userId": "77", "balance": "", "equity": "", "availableMargin": ""}
USED = {"asset": "USDT", "userId": "77", "balance": "100.5", "equity": 99.25, "availableMargin": "80"}
BTC = {"symbol": "BTC-USDT", "positionSide": "LONG", "positionAmt": "0.0100", "avgPrice": "82000.10"}


def balances_of(data: object, *, is_live: bool = True) -> tuple[Cash, ...]:
    """Return what is read of an answer."""

    async def play() -> tuple[Cash, ...]:
        body = {"code": 0, "msg": "", "data": data}
        async with answering(says(body)) as server, Rest(access(server.url)) as rest:
            return await Account(rest, is_live=is_live).balances()

    return asyncio.run(play())


def positions_of(data: object) -> tuple[Held, ...]:
    """Return what is read of an answer."""

    async def play() -> tuple[Held, ...]:
        body = {"code": 0, "msg": "", "data": data}
        async with answering(says(body)) as server, Rest(access(server.url)) as rest:
            return await Account(rest, is_live=True).positions()

    return asyncio.run(play())


def test_money_of_perpetuals_lies_in_its_own_wallet_and_unused_assets_are_left_out() -> None:
    assert balances_of([USED, BLANK]) == (
        Cash(
            currency="USDT",
            cash=Decimal("100.5"),
            available=Decimal(80),
            equity=Decimal("99.25"),
            wallet="FUTURES",
        ),
    )


@pytest.mark.sampled(7)
@pytest.mark.parametrize("name", ["balance", "equity", "availableMargin"])
@pytest.mark.parametrize("value", ["", None, "NaN", "1e30", "a", [], True])
def test_an_amount_that_is_missing_or_none_in_a_used_row_is_no_zero(name: str, value: object) -> None:
    with pytest.raises(Malformed):
        balances_of([{**USED, name: value}])


@pytest.mark.parametrize("data", [[], None, {}, "x", [{}], [1]])
def test_an_account_without_a_row_is_not_read_as_one_without_money(data: object) -> None:
    with pytest.raises(Malformed):
        balances_of(data)


def test_virtual_money_is_told_as_usdt_in_the_demo_and_is_no_money_of_a_live_account() -> None:
    virtual = {**USED, "asset": "VST"}

    assert [each.currency for each in balances_of([virtual, {**USED, "balance": "1"}], is_live=False)] == ["USDT"]
    assert balances_of([virtual, BLANK]) == ()


def test_a_short_position_is_below_zero_whatever_sign_it_is_written_with() -> None:
    short = {**BTC, "positionSide": "SHORT"}

    held = positions_of([BTC, short, {**short, "positionAmt": "-0.01"}])

    assert [each.quantity for each in held] == [Decimal("0.01"), Decimal("-0.01"), Decimal("-0.01")]
    assert {each.instrument.asset_type for each in held} == {"FUTURE"}
    assert held[0].average_price == Decimal("82000.1")


def test_in_one_way_mode_the_sign_counts_where_the_side_is_both() -> None:
    both = {**BTC, "positionSide": "BOTH", "positionAmt": "-0.01"}

    assert [each.quantity for each in positions_of([both])] == [Decimal("-0.01")]


def test_a_position_of_both_sides_that_wins_when_the_price_falls_is_not_read_as_long() -> None:
    both = {**BTC, "positionSide": "BOTH", "avgPrice": "82000", "markPrice": "81000"}

    assert positions_of([{**both, "unrealizedProfit": "-10"}])[0].quantity > 0
    with pytest.raises(Malformed):
        positions_of([{**both, "unrealizedProfit": "10"}])


def test_no_position_is_an_empty_list_that_bingx_said() -> None:
    assert positions_of([]) == ()


@pytest.mark.parametrize(
    "row",
    [{**BTC, "positionAmt": ""}, {**BTC, "positionSide": "NET"}, {"symbol": "BTC-USDT"}, {**BTC, "avgPrice": "x"}],
)
def test_a_position_that_cannot_be_read_is_not_left_out(row: dict[str, object]) -> None:
    with pytest.raises(Malformed):
        positions_of([BTC, row])


def test_null_instead_of_a_list_is_not_flat() -> None:
    with pytest.raises(Malformed):
        positions_of(None)


def test_the_pretend_bingx_is_read() -> None:
    async def play() -> None:
        async with called() as (_bingx, rest):
            account = Account(rest, is_live=True)

            assert [(each.currency, each.cash) for each in await account.balances()] == [("USDT", Decimal(10_000))]
            assert await account.positions() == ()

    asyncio.run(play())


def test_rows_of_different_accounts_have_no_number() -> None:
    async def play() -> None:
        body = {"code": 0, "msg": "", "data": [USED, {**BLANK, "userId": "78"}]}
        async with answering(says(body)) as server, Rest(access(server.url)) as rest:
            with pytest.raises(Malformed):
                await Account(rest, is_live=True).number()

    asyncio.run(play())


@given(some.decimals(min_value=-(10**18), max_value=10**18, places=8))
def test_amounts_are_read_exactly_as_texts_and_as_numbers(value: Decimal) -> None:
    written = format(value, "f")

    assert amount(Raw(f'"{written}"'.encode())) == value
    assert amount(Raw(written.encode())) == value


@given(some.text())
def test_no_text_makes_an_amount_raise_anything_but_its_own_error(text: str) -> None:
    raw = Raw(('"' + text.replace("\\", "").replace('"', "") + '"').encode(errors="replace"))
    for read in (optional_amount, number_text):
        try:
            read(raw)
        except Malformed:
            continue
