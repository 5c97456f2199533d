"""The pretend BingX: what goes wrong on demand."""

from datetime import UTC, datetime
from decimal import Decimal

import httpx
import pytest

from sandbox.bingx.book import Book
from sandbox.bingx.journal import AccountTold, OrderTold, Told
from sandbox.bingx.orders import Ticket
from sandbox.bingx.state import BingxState
from tests.running import wait_until
from tests.sandbox.bingx.driving import BTC, ORDER, POSITIONS, SWAP, Client
from tests.sandbox.bingx.test_legs import LOSS, legs

PLACE = f"POST {ORDER}"
OPEN = {"symbol": BTC, "side": "BUY", "positionSide": "LONG", "type": "MARKET", "quantity": "0.01"}


def by_client_id(bingx: Client, client_id: str = "c1") -> object:
    """Return the code of a look-up."""
    return bingx.code("GET", ORDER, symbol=BTC, clientOrderId=client_id)


def test_an_answer_can_be_lost_after_the_order_was_taken(bingx: Client) -> None:
    bingx.sandbox.fault("bingx", "after", path=f"{PLACE} {BTC} c1", times=1)
    with pytest.raises(httpx.TransportError):
        bingx.ask("POST", ORDER, **OPEN, clientOrderId="c1")

    assert by_client_id(bingx) == 0


def test_a_refusal_or_an_error_can_come_although_the_order_was_taken(bingx: Client) -> None:
    bingx.sandbox.fault("bingx", "after", code="101481", path=PLACE, times=1)
    duplicate = bingx.refused("BUY", clientOrderId="c1")
    bingx.sandbox.fault("bingx", "after", status=504, path=PLACE, times=1)
    timed_out = bingx.ask("POST", ORDER, **OPEN, clientOrderId="c2")

    assert (duplicate, by_client_id(bingx), timed_out.status_code, by_client_id(bingx, "c2")) == (101481, 0, 504, 0)


def test_an_answer_can_be_late_after_the_order_was_taken(bingx: Client) -> None:
    bingx.sandbox.fault("bingx", "after", seconds=30, path=PLACE, times=1)
    impatient = httpx.Client(base_url=bingx.http.base_url, timeout=0.5, trust_env=False)
    with impatient, pytest.raises(httpx.ReadTimeout):
        Client(bingx.sandbox, impatient).ask("POST", ORDER, **OPEN, clientOrderId="c1")

    assert by_client_id(bingx) == 0


def test_before_it_is_taken_an_order_can_be_refused_by_whoever_stands_in_front(bingx: Client) -> None:
    bingx.sandbox.fault("bingx", "status", status=503, path="trade/order", times=1)
    gateway = bingx.ask("POST", ORDER, **OPEN, clientOrderId="c1")
    bingx.sandbox.fault("bingx", "code", code="100500", path=PLACE)

    assert (gateway.status_code, bingx.refused("BUY", clientOrderId="c1"), by_client_id(bingx)) == (503, 100500, 109421)


def test_an_order_can_be_unknown_for_a_while(bingx: Client) -> None:
    bingx.sandbox.fault("bingx", "forget", seconds=0.6, times=1)
    bingx.data("POST", ORDER, **OPEN, clientOrderId="c1")
    hidden = by_client_id(bingx), bingx.rows("orders", "allOrders", symbol=BTC)
    wait_until(lambda: by_client_id(bingx) == 0, what="the order is known")

    assert (hidden, bingx.refused("BUY", clientOrderId="c1")) == ((109421, []), 101481)


def test_fills_can_be_told_later_than_the_order(bingx: Client) -> None:
    bingx.sandbox.fault("bingx", "late_fills", seconds=0.6, times=1)
    order = bingx.order("BUY")
    early = bingx.fills(order)
    wait_until(lambda: len(bingx.fills(order)) == 1, what="its fill is told")

    assert (order["status"], early) == ("FILLED", [])


def test_half_of_an_order_can_be_filled(bingx: Client) -> None:
    bingx.sandbox.fault("bingx", "partly", times=1)
    order = bingx.order("BUY", "0.02", clientOrderId="c1")
    bingx.price(70_000)
    later = bingx.look_up(order)
    bingx.control("orders/c1/fill")

    assert (order["status"], order["executedQty"], later["executedQty"]) == ("PARTIALLY_FILLED", "0.01", "0.01")
    assert bingx.look_up(order)["status"] == "FILLED"


def test_half_of_an_order_that_rests_can_be_filled_later(bingx: Client) -> None:
    bingx.sandbox.fault("bingx", "partly", times=1)
    order = bingx.order("BUY", "0.0003", type="LIMIT", price=79_000)
    bingx.price(79_000)

    assert (bingx.look_up(order)["status"], bingx.look_up(order)["executedQty"]) == ("PARTIALLY_FILLED", "0.0001")


def test_a_fill_can_cross_a_cancel(bingx: Client) -> None:
    order = bingx.order("BUY", type="LIMIT", price=79_000)
    bingx.sandbox.fault("bingx", "crosses", times=1)

    assert bingx.code("DELETE", ORDER, symbol=BTC, orderId=order["orderId"]) == 109421
    assert bingx.look_up(order)["status"] == "FILLED"


def test_a_leg_can_be_refused_or_never_be_made(bingx: Client) -> None:
    bingx.sandbox.fault("bingx", "lose_leg", times=1)
    bingx.order("BUY", stopLoss=LOSS)
    bingx.sandbox.fault("bingx", "refuse_leg", code="110422", times=1)
    refused = bingx.refused("SELL", positionSide="LONG", type="STOP_MARKET", stopPrice=79_000)

    assert (legs(bingx), refused, len(bingx.positions())) == ({}, 110422, 1)


def test_leverage_can_be_refused_after_the_margin_mode_was_set(bingx: Client) -> None:
    path = f"{SWAP}/v2/trade/leverage"
    bingx.sandbox.fault("bingx", "code", code="101209", path=f"POST {path}", times=1)
    bingx.data("POST", f"{SWAP}/v2/trade/marginType", symbol=BTC, marginType="ISOLATED")

    assert bingx.code("POST", path, symbol=BTC, side="LONG", leverage=5) == 101209
    assert bingx.code("GET", path, symbol=BTC) == 0


def test_positions_can_be_an_empty_list_with_an_error_beside_it(bingx: Client) -> None:
    bingx.order("BUY")
    bingx.sandbox.fault("bingx", "empty_with_error", times=1)
    answer = bingx.tell("GET", POSITIONS)

    assert (answer["code"], answer["data"], len(bingx.positions())) == (100500, [], 1)


def test_the_balance_can_be_empty_texts(bingx: Client) -> None:
    bingx.sandbox.fault("bingx", "empty_balances", times=1)

    assert (bingx.balance()["equity"], bingx.balance()["equity"]) == ("", "10000")


def test_lists_can_be_null_where_they_are_empty_and_fills_can_be_bare(bingx: Client) -> None:
    bingx.sandbox.set_state("bingx", empty_is_null=True, bare_fills=True)
    nothing = bingx.data("GET", f"{SWAP}/v2/trade/openOrders")
    (fill,) = bingx.fills(bingx.order("BUY"))

    assert (nothing, "side" in fill, fill["volume"]) == ({"orders": None}, False, "0.01")


def test_calls_over_the_limit_are_refused_and_a_ban_can_follow_that_grows(bingx: Client) -> None:
    bingx.sandbox.set_state("bingx", has_limits=True, limits={f"GET {POSITIONS}": {"requests": 1, "span_s": 60}})
    first = [bingx.code("GET", POSITIONS) for _ in range(2)]
    free = by_client_id(bingx)
    bingx.sandbox.set_state("bingx", ban_s=60)
    second = [bingx.code("GET", POSITIONS), by_client_id(bingx)]

    assert (first, free, second) == ([0, 100410], 109421, [100410, 100410])


def test_everything_can_be_refused_for_a_while(bingx: Client) -> None:
    bingx.sandbox.fault("bingx", "ban", seconds=0.6, times=1)
    refused = by_client_id(bingx)

    assert refused == 100410
    wait_until(lambda: by_client_id(bingx) == 109421, what="the ban is over")


def test_a_reset_forgets_orders_positions_and_bans(bingx: Client) -> None:
    bingx.order("BUY", clientOrderId="c1")
    bingx.sandbox.fault("bingx", "ban", seconds=60, times=1)
    bingx.code("GET", POSITIONS)
    bingx.sandbox.reset()

    assert (bingx.positions(), by_client_id(bingx), bingx.balance()["balance"]) == ([], 109421, "10000")


def test_the_journal_tells_what_happens_before_anything_is_answered() -> None:
    state, told = BingxState(), list[Told]()
    book = Book(state, lambda: datetime(2026, 11, 28, tzinfo=UTC))
    book.journal.listeners.append(told.append)
    ticket = Ticket(symbol=BTC, side="BUY", position_side="LONG", type="MARKET", quantity=Decimal("0.01"))
    book.place(ticket)

    assert [each.execution_type if isinstance(each, OrderTold) else "account" for each in told] == [
        "NEW", "account", "TRADE",
    ]  # fmt: skip
    assert [each.order.status for each in told if isinstance(each, OrderTold)] == ["NEW", "FILLED"]
    assert [each.positions[0].quantity for each in told if isinstance(each, AccountTold)] == [Decimal("0.01")]
