"""Margin mode and leverage: set whole, read back, taken back where a half fails, and never guessed."""

import asyncio
from collections.abc import Callable, Coroutine

import pytest

from brokers.bingx_venue.contracts import Contracts
from brokers.bingx_venue.margin import KEPT_S, Margin
from brokers.venue import Busy, Refused
from bus.messages.venues import AskMargin, MarginMode, SetMargin
from tests.brokers.bingx_venue.perpetual import ACCOUNT, BITCOIN, Trader, closing, order, trader
from tests.brokers.bingx_venue.pretend import Later

LEVERAGE, MARGIN_TYPE = "POST /openApi/swap/v2/trade/leverage", "POST /openApi/swap/v2/trade/marginType"
READS = ["GET swap/v2/trade/marginType", "GET swap/v2/trade/leverage"]
ASKED = AskMargin(id="r", account=ACCOUNT, instrument=BITCOIN)


def wanted(mode: MarginMode = "ISOLATED", leverage: int = 20) -> SetMargin:
    """Return what is to be set."""
    return SetMargin(id="m", account=ACCOUNT, instrument=BITCOIN, margin_mode=mode, leverage=leverage)


def at_venue(life: Trader) -> tuple[str, int, int]:
    """Return how bitcoin is margined at BingX."""
    holdings = life.bingx.service.gateway.book.holdings
    leverages = holdings.leverages["BTC-USDT"]
    return holdings.margin_modes["BTC-USDT"], leverages.long, leverages.short


def in_a_life(story: Callable[[Trader], Coroutine[None, None, None]], **state: object) -> None:
    """Play a story before the pretend BingX."""

    async def run() -> None:
        async with trader(**state) as life:
            await story(life)

    asyncio.run(run())


@pytest.mark.parametrize("is_dual", [True, False])
def test_both_are_set_for_both_sides_and_read_back(is_dual: bool) -> None:
    async def story(life: Trader) -> None:
        state = await life.margin.set(wanted())
        again = await life.margin.read(ASKED)

        assert (state.outcome, state.margin_mode, state.leverage, state.most_leverage) == ("SET", "ISOLATED", 20, 125)
        assert (again.outcome, again.margin_mode, again.leverage) == ("READ", "ISOLATED", 20)
        assert at_venue(life) == ("ISOLATED", 20, 20)

    in_a_life(story, is_dual=is_dual)


def test_what_is_so_already_changes_nothing() -> None:
    async def story(life: Trader) -> None:
        await life.margin.set(wanted())
        life.calls()
        state = await life.margin.set(wanted())

        assert state.outcome == "SET"
        assert not [each for each in life.calls() if each.startswith("POST")]

    in_a_life(story)


def test_more_than_bingx_allows_is_refused_with_both_numbers_and_changes_nothing() -> None:
    async def story(life: Trader) -> None:
        before = at_venue(life)
        state = await life.margin.set(wanted(leverage=60))

        assert (state.outcome, state.most_leverage) == ("REFUSED", 50)
        assert "60" in state.reason
        assert "50" in state.reason
        assert at_venue(life) == before

    in_a_life(story, max_leverage=50)


def test_a_mode_that_is_refused_changes_nothing() -> None:
    async def story(life: Trader) -> None:
        before = at_venue(life)
        await life.bingx.fail("code", path=MARGIN_TYPE, code="109400")
        state = await life.margin.set(wanted())

        assert (state.outcome, bool(state.reason)) == ("REFUSED", True)
        assert at_venue(life) == before

    in_a_life(story)


def test_a_leverage_that_is_refused_after_the_mode_was_set_takes_the_mode_back() -> None:
    """Fault T26."""

    async def story(life: Trader) -> None:
        before = at_venue(life)
        await life.bingx.fail("code", path=LEVERAGE, code="101209")
        state = await life.margin.set(wanted())

        assert (state.outcome, state.margin_mode, state.code) == ("ROLLED_BACK", "CROSS", "101209")
        assert at_venue(life) == before

    in_a_life(story)


def test_a_mode_that_cannot_be_taken_back_is_unknown_and_no_opening_trusts_it() -> None:
    """Fault T26."""

    async def story(life: Trader) -> None:
        await life.bingx.fail("code", path=LEVERAGE, code="101209", times=-1)

        async def refuse_the_mode() -> None:
            while at_venue(life)[0] != "ISOLATED":
                await asyncio.sleep(0.01)
            await life.bingx.fail("code", path=MARGIN_TYPE, code="104103", times=-1)

        state, _ = await asyncio.gather(life.margin.set(wanted()), refuse_the_mode())
        opening = order(margin_mode="CROSS", leverage=10)
        with pytest.raises(Refused):
            await life.perpetuals.place(opening)

        assert state.outcome == "UNKNOWN"
        assert not life.orders

    in_a_life(story)


def test_a_leverage_whose_answer_was_lost_is_read_back() -> None:
    async def story(life: Trader) -> None:
        await life.bingx.fail("after", path=LEVERAGE)
        state = await life.margin.set(wanted())

        assert state.outcome in {"SET", "ROLLED_BACK"}
        assert (state.outcome == "SET") == (at_venue(life) == ("ISOLATED", 20, 20))

    in_a_life(story)


def test_an_opening_goes_out_only_once_its_margin_is_read_back() -> None:
    async def story(life: Trader) -> None:
        opening = order(margin_mode="ISOLATED", leverage=20)
        event = await life.perpetuals.place(opening)
        life.calls()
        await life.perpetuals.place(order("a2", margin_mode="ISOLATED", leverage=20))

        assert event.status == "FILLED"
        assert at_venue(life) == ("ISOLATED", 20, 20)
        assert not [each for each in life.calls() if each in READS]

    in_a_life(story)


def test_what_was_changed_elsewhere_is_read_again_and_set_before_the_next_opening() -> None:
    async def story(life: Trader) -> None:
        await life.margin.ensure(order(margin_mode="CROSS", leverage=20))
        life.bingx.service.gateway.book.holdings.leverages["BTC-USDT"].long = 3
        life.margin.forget("BTC-USDT")
        await life.perpetuals.place(order(margin_mode="CROSS", leverage=20))

        assert at_venue(life) == ("CROSSED", 20, 20)

    in_a_life(story)


def test_what_was_changed_elsewhere_while_no_stream_was_heard_is_read_again_soon() -> None:
    async def story(life: Trader) -> None:
        time = Later()
        margin = Margin(life.rest, Contracts(life.rest, has_spot=False), time=time)
        await margin.ensure(order(margin_mode="CROSS", leverage=20))
        life.bingx.service.gateway.book.holdings.leverages["BTC-USDT"].long = 125
        time.ahead_s = KEPT_S
        await margin.ensure(order("a2", margin_mode="CROSS", leverage=20))

        assert at_venue(life) == ("CROSSED", 20, 20)

    in_a_life(story)


def test_an_opening_whose_margin_cannot_be_read_or_set_is_surely_not_placed() -> None:
    async def story(life: Trader) -> None:
        await life.bingx.fail("code", path="GET /openApi/swap/v2/trade/leverage", code="100500")
        with pytest.raises(Busy):
            await life.perpetuals.place(order(margin_mode="ISOLATED", leverage=20))
        with pytest.raises(Refused, match="200 is over BingX's most for BTC-USDT, 125"):
            await life.perpetuals.place(order("a2", margin_mode="ISOLATED", leverage=200))

        assert not life.orders

    in_a_life(story)


def test_a_closing_asks_for_no_margin() -> None:
    async def story(life: Trader) -> None:
        await life.perpetuals.place(order())
        life.calls()
        await life.perpetuals.place(closing(margin_mode="ISOLATED", leverage=20))

        assert not [each for each in life.calls() if each in READS]

    in_a_life(story)


def test_sides_of_different_leverage_have_none_together() -> None:
    async def story(life: Trader) -> None:
        life.bingx.service.gateway.book.holdings.leverages["BTC-USDT"].long = 3
        state = await life.margin.read(ASKED)

        assert state.leverage is None

    in_a_life(story)
