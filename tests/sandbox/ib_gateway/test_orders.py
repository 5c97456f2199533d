"""Orders at the pretend gateway, as ib_async's trades see them."""

import asyncio
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from ib_async import IB, Contract, Forex, LimitOrder, MarketOrder, Order, StopLimitOrder, StopOrder, Trade

from sandbox.ib_gateway.hours import next_open, session_of
from tests.sandbox.ib_gateway.conftest import Play
from tests.sandbox.ib_gateway.driving import World, share, until


async def is_now(trade: Trade, status: str) -> None:
    """Wait until a trade has a status."""
    await until(lambda: trade.orderStatus.status == status)


async def held(ib: IB) -> dict[str, float]:
    """Return the positions, asked anew."""
    return {each.contract.localSymbol: each.position for each in await ib.reqPositionsAsync()}


def test_a_market_order_is_shown_filled_and_charged_in_the_true_sequence(drive: Play) -> None:
    async def script(world: World) -> None:
        trade = world.ib.placeOrder(share(), MarketOrder("BUY", 10, orderRef="one"))
        await until(lambda: trade.fills and trade.fills[0].commissionReport.execId)
        fill = trade.fills[0]

        assert [each.status for each in trade.log] == ["PendingSubmit", "PreSubmitted", "PreSubmitted", "Filled"]
        assert (trade.orderStatus.filled, trade.orderStatus.remaining) == (10, 0)
        assert trade.orderStatus.permId == trade.order.permId == fill.execution.permId > 0
        assert (fill.execution.side, fill.execution.shares, fill.execution.price) == ("BOT", 10, 271.50)
        assert (fill.execution.orderRef, fill.execution.acctNumber) == ("one", "DU1234567")
        assert fill.commissionReport.commission == 1.0
        await until(world.ib.positions)

        assert await held(world.ib) == {"AAPL": 10}

    drive(script)


def test_cash_and_values_follow_a_fill(drive: Play) -> None:
    async def script(world: World) -> None:
        await world.ib.accountSummaryAsync()
        trade = world.ib.placeOrder(share(), MarketOrder("BUY", 10))
        await is_now(trade, "Filled")

        def cash() -> set[str]:
            summed = {each.value for each in world.ib.wrapper.acctSummary.values() if each.tag == "TotalCashValue"}
            return summed | {each.value for each in world.ib.accountValues() if each.tag == "TotalCashValue"}

        await until(lambda: cash() == {"97284.00"})

        assert [(each.position, each.averageCost) for each in world.ib.portfolio()] == [(10, 271.5)]

    drive(script)


def test_a_sale_realizes_what_it_gained(drive: Play) -> None:
    async def script(world: World) -> None:
        bought = world.ib.placeOrder(share(), MarketOrder("BUY", 10))
        await is_now(bought, "Filled")
        world.move("AAPL", "281.50", "281.52")
        sold = world.ib.placeOrder(share(), MarketOrder("SELL", 10))
        await until(lambda: sold.fills and sold.fills[0].commissionReport.execId)

        assert sold.fills[0].commissionReport.realizedPNL == pytest.approx(99.0)
        assert bought.fills[0].commissionReport.realizedPNL == 0
        assert await held(world.ib) == {}

    drive(script)


def test_a_limit_rests_until_the_quote_reaches_it(drive: Play) -> None:
    async def script(world: World) -> None:
        trade = world.ib.placeOrder(share(), LimitOrder("BUY", 5, 270.00))
        await is_now(trade, "Submitted")
        world.move("AAPL", "269.95", "269.97")
        await is_now(trade, "Filled")

        assert trade.orderStatus.avgFillPrice == 269.97

    drive(script)


def test_a_stop_is_presubmitted_and_filled_once_it_is_triggered(drive: Play) -> None:
    async def script(world: World) -> None:
        stop = world.ib.placeOrder(share(), StopOrder("SELL", 5, 265.00))
        both = world.ib.placeOrder(share(), StopLimitOrder("SELL", 5, 264.00, 265.00))
        await is_now(both, "PreSubmitted")
        world.move("AAPL", "263.00", "263.02")
        await is_now(stop, "Filled")
        await is_now(both, "Submitted")
        world.move("AAPL", "264.50", "264.52")
        await is_now(both, "Filled")

        assert (stop.orderStatus.avgFillPrice, both.orderStatus.avgFillPrice) == (263.0, 264.5)

    drive(script)


def test_an_order_that_is_held_rests_until_it_is_filled_in_parts(drive: Play) -> None:
    async def script(world: World) -> None:
        trade = world.ib.placeOrder(share(), MarketOrder("BUY", 10, orderRef="slow"))
        await is_now(trade, "Submitted")
        book = world.gateway.book
        order = book.named("slow")

        assert order is not None
        book.fill(order, quantity=Decimal(3))
        world.gateway.deliver()
        await until(lambda: trade.orderStatus.filled == 3)

        assert (trade.orderStatus.status, trade.orderStatus.remaining) == ("Submitted", 7)
        book.fill(order, price=Decimal(272))
        world.gateway.deliver()
        await is_now(trade, "Filled")

        assert trade.orderStatus.avgFillPrice == pytest.approx(271.85)
        assert [each.execution.cumQty for each in trade.fills] == [3, 10]

    drive(script, hold_fills=True)


def test_a_share_is_filled_at_once_and_the_rest_waits(drive: Play) -> None:
    async def script(world: World) -> None:
        trade = world.ib.placeOrder(share(), MarketOrder("BUY", 10))
        await until(lambda: trade.orderStatus.filled == 4)

        assert trade.orderStatus.status == "Submitted"
        world.ib.cancelOrder(trade.order)
        await is_now(trade, "Cancelled")

        assert (trade.orderStatus.filled, await held(world.ib)) == (4, {"AAPL": 4})

    drive(script, fill_share="0.4")


@pytest.mark.parametrize(
    ("contract", "order", "code"),
    [
        (share(), LimitOrder("BUY", 1, 100.005), 110),
        (share(), MarketOrder("BUY", 1.5), 10243),
        (share(), MarketOrder("BUY", 10_000), 201),
        (share("NOPE"), MarketOrder("BUY", 1), 200),
        (share("DUAL"), MarketOrder("BUY", 1), 200),
        (share(), Order(action="BUY", totalQuantity=1, orderType="TRAIL", auxPrice=1), 387),
        (share(), MarketOrder("BUY", 1, account="DU0000000"), 321),
        (share(), MarketOrder("BUY", 1, cashQty=100), 10244),
        (share(), MarketOrder("BUY", 0), 434),
    ],
    ids=lambda value: str(value) if isinstance(value, int) else "",
)
def test_what_cannot_be_ordered_is_refused(drive: Play, contract: Contract, order: Order, code: int) -> None:
    async def script(world: World) -> None:
        trade = world.ib.placeOrder(contract, order)
        await until(lambda: world.codes)
        await world.ib.reqCurrentTimeAsync()

        assert world.codes == [code]
        is_warning = code in {321, 434}  # ib_async takes these two for warnings

        assert trade.orderStatus.status == {201: "Inactive"}.get(code, "ValidationError" if is_warning else "Cancelled")
        assert await held(world.ib) == {}
        assert await world.ib.reqAllOpenOrdersAsync() == []
        order.orderId = order.permId = 0

    drive(script)


def test_fractions_are_for_what_allows_them_unless_the_account_may_not(drive: Play) -> None:
    async def script(world: World) -> None:
        first = world.ib.placeOrder(share("FRAC"), MarketOrder("BUY", 0.1234))
        await is_now(first, "Filled")
        world.service.change({"refuses_fractions": True})
        world.ib.placeOrder(share("FRAC"), MarketOrder("BUY", 0.5))
        await until(lambda: world.codes == [10243])

        assert await held(world.ib) == {"FRAC": 0.1234}

    drive(script)


def test_working_purchases_count_against_the_free_cash(drive: Play) -> None:
    async def script(world: World) -> None:
        first = world.ib.placeOrder(share(), LimitOrder("BUY", 300, 250.00))
        await is_now(first, "Submitted")
        second = world.ib.placeOrder(share(), LimitOrder("BUY", 200, 250.00))
        await is_now(second, "Inactive")

        assert "MUST EXCEED THE INITIAL MARGIN" in world.errors[-1][2]
        values = {each.tag: each.value for each in await world.ib.accountSummaryAsync()}

        assert values["BuyingPower"] == "25000.00"

    drive(script)


def test_a_rejection_told_for_an_order_comes_with_its_code_and_reason(drive: Play) -> None:
    async def script(world: World) -> None:
        await world.on("reject", body="NO TRADING PERMISSION", times=1)
        trade = world.ib.placeOrder(share(), MarketOrder("BUY", 1))
        await is_now(trade, "Inactive")

        assert world.errors[-1][1:] == (201, "Order rejected - reason:NO TRADING PERMISSION")
        again = world.ib.placeOrder(share(), MarketOrder("BUY", 1))
        await is_now(again, "Filled")
        statuses = [each.orderStatus.status for each in await world.ib.reqCompletedOrdersAsync(apiOnly=True)]

        assert statuses == ["Inactive", "Filled"]

    drive(script)


def test_a_closed_exchange_holds_orders_with_399_until_it_opens(drive: Play) -> None:
    async def script(world: World) -> None:
        trade = world.ib.placeOrder(share(), MarketOrder("BUY", 1))
        await until(lambda: world.codes == [399])

        assert trade.orderStatus.status == "ValidationError"  # ib_async's word, while the order lives
        assert [each.orderStatus.status for each in await world.ib.reqAllOpenOrdersAsync()] == ["PreSubmitted"]
        world.service.change({"hours": "always"})
        await is_now(trade, "Filled")

        assert world.codes == [399]

    drive(script, hours="closed")


def an_hour(world: World, *, before: bool, ends: bool) -> None:
    """Set the gateway's clock to an hour before or after a session begins or ends."""
    now = datetime.now(UTC)
    begins = next_open(now + timedelta(days=1), "calendar")
    assert begins is not None
    session = session_of(begins.date(), "calendar")
    assert session is not None
    world.service.skew_s = (session[1 if ends else 0] - now).total_seconds() + (-3600 if before else 3600)


def test_a_held_order_fills_when_new_york_opens(drive: Play) -> None:
    async def script(world: World) -> None:
        an_hour(world, before=True, ends=False)
        trade = world.ib.placeOrder(share(), MarketOrder("BUY", 1))
        await until(lambda: world.codes == [399])
        an_hour(world, before=False, ends=False)
        await is_now(trade, "Filled")

        assert "09:30:00 US/Eastern" in world.errors[-1][2]

    drive(script, hours="calendar")


def test_what_is_good_for_the_day_ends_with_it_and_the_rest_stays(drive: Play) -> None:
    async def script(world: World) -> None:
        an_hour(world, before=True, ends=True)
        day, stays = LimitOrder("BUY", 1, 100), LimitOrder("BUY", 1, 100, tif="GTC")
        trades = [world.ib.placeOrder(share(), each) for each in (day, stays)]
        await is_now(trades[1], "Submitted")
        an_hour(world, before=False, ends=True)
        await is_now(trades[0], "Cancelled")

        assert [each.order.tif for each in await world.ib.reqAllOpenOrdersAsync()] == ["GTC"]

    drive(script, hours="calendar")


def test_a_cancel_is_told_with_202_and_a_second_one_with_10148(drive: Play) -> None:
    async def script(world: World) -> None:
        trade = world.ib.placeOrder(share(), LimitOrder("BUY", 1, 100))
        await is_now(trade, "Submitted")
        world.ib.cancelOrder(trade.order)
        await is_now(trade, "Cancelled")
        world.ib.client.cancelOrder(trade.order.orderId)
        world.ib.client.cancelOrder(987)
        await until(lambda: len(world.codes) == 3)

        assert world.codes == [202, 10148, 10147]

    drive(script)


@pytest.mark.parametrize("code", ["10147", "10148", "161", "135"])
def test_a_refused_cancel_looks_cancelled_to_ib_async_while_the_order_lives(drive: Play, code: str) -> None:
    async def script(world: World) -> None:
        trade = world.ib.placeOrder(share(), LimitOrder("BUY", 1, 100))
        await is_now(trade, "Submitted")
        await world.on("refuse_cancel", code=code, times=1)
        world.ib.cancelOrder(trade.order)
        await until(lambda: world.codes == [int(code)])

        assert trade.orderStatus.status == "Cancelled"
        assert [each.orderStatus.status for each in await world.ib.reqAllOpenOrdersAsync()] == ["Submitted"]

    drive(script)


def test_a_fill_that_crosses_with_a_cancel_wins(drive: Play) -> None:
    async def script(world: World) -> None:
        await world.on("slow_cancel")
        trade = world.ib.placeOrder(share(), LimitOrder("BUY", 1, 100, orderRef="crossing"))
        await is_now(trade, "Submitted")
        world.ib.cancelOrder(trade.order)
        order = world.gateway.book.named("crossing")
        await until(lambda: order is not None and order.status == "PendingCancel")

        assert order is not None
        world.gateway.book.fill(order, price=Decimal(100))
        world.gateway.deliver()
        await is_now(trade, "Filled")

        assert await held(world.ib) == {"AAPL": 1}

    drive(script)


def test_an_order_can_be_changed_while_it_works_and_not_afterwards(drive: Play) -> None:
    async def script(world: World) -> None:
        trade = world.ib.placeOrder(share(), LimitOrder("BUY", 1, 100))
        await is_now(trade, "Submitted")
        trade.order.lmtPrice = 272
        world.ib.placeOrder(share(), trade.order)
        await is_now(trade, "Filled")
        world.ib.client.placeOrder(trade.order.orderId, share(), trade.order)
        await until(lambda: world.codes == [104])

        assert await held(world.ib) == {"AAPL": 1}

    drive(script)


def test_a_global_cancel_ends_everybodys_orders(drive: Play) -> None:
    async def script(world: World) -> None:
        other = await world.connect(2)
        mine = world.ib.placeOrder(share(), LimitOrder("BUY", 1, 100))
        theirs = other.placeOrder(share(), LimitOrder("BUY", 1, 100))
        await is_now(mine, "Submitted")
        await is_now(theirs, "Submitted")
        world.ib.reqGlobalCancel()
        await is_now(mine, "Cancelled")
        await is_now(theirs, "Cancelled")

    drive(script)


def test_what_an_order_would_do_is_told_without_an_order(drive: Play) -> None:
    async def script(world: World) -> None:
        state = await world.ib.whatIfOrderAsync(share(), MarketOrder("BUY", 10))

        assert (float(state.initMarginChange), state.commission, state.commissionCurrency) == (1357.5, 1.0, "USD")
        assert not world.gateway.book.orders

    drive(script)


def test_a_pair_of_currencies_is_traded_in_cents(drive: Play) -> None:
    async def script(world: World) -> None:
        trade = world.ib.placeOrder(Forex("EURUSD"), LimitOrder("BUY", 1000.5, 1.16))
        await is_now(trade, "Filled")

        assert await held(world.ib) == {"EUR.USD": 1000.5}

    drive(script)


def test_a_permid_may_come_late(drive: Play) -> None:
    async def script(world: World) -> None:
        await world.on("late_perm_id")
        trade = world.ib.placeOrder(share(), LimitOrder("BUY", 1, 100))
        seen: list[int] = []
        trade.statusEvent += lambda each: seen.append(each.orderStatus.permId)
        await is_now(trade, "Submitted")

        assert seen[0] == 0
        assert seen[-1] > 0

    drive(script)


def test_every_order_frame_is_kept_with_the_moment_at_which_it_was_complete(drive: Play) -> None:
    async def script(world: World) -> None:
        trade = world.ib.placeOrder(share(), MarketOrder("BUY", 1, orderRef="timed"))
        await is_now(trade, "Filled")
        await asyncio.sleep(0)
        (frame,) = world.gateway.placed

        assert (frame.client_id, frame.order_id, frame.ref) == (1, str(trade.order.orderId), "timed")
        assert 0 < frame.monotonic_ns < frame.wall_ns

    drive(script)
