"""Fees that are taken from the coins themselves: less is held than was bought, and what no order can sell is named."""

from decimal import Decimal

import pytest

from ledger.inbox.opening import Inbox
from ledger.store import Ledger
from tests.execution.signals_desk.stage import BTC, Stage

D = Decimal


@pytest.fixture
def coins(books: Ledger, inbox: Inbox) -> Stage:
    """Return a stage whose venue keeps half of a thousandth of the coins as its fee: 10 bought are 9.995 held."""
    stage = Stage(books, inbox)
    stage.venue.coin_fee = D("0.0005")
    return stage


def bought(stage: Stage, **legs: str) -> None:
    """Buy ten coins."""
    uid = stage.arrives("buy", **legs)
    stage.turn(20)

    assert stage.end(uid) == ("DONE", None)
    assert stage.held() == [("BTC-USDT", D("9.995"))]
    stage.passes(1)  # what is filled at one instant has no order


def test_a_sell_sells_what_is_held_down_to_the_step_and_is_done(coins: Stage) -> None:
    bought(coins)
    uid = coins.arrives("sell")
    coins.turn(20)

    assert coins.end(uid) == ("DONE", None)
    assert [each.quantity for each in coins.made("EXIT")] == [D("9.99")]
    assert coins.held() == [("BTC-USDT", D("0.005"))]
    assert coins.venue.held[BTC] == D("0.005")
    assert "Position 0.005 @ ≈100.05002501\nThat is less than can be sold" in coins.told()[-1]


def test_legs_never_sell_more_than_is_held_and_dust_needs_none(coins: Stage) -> None:
    bought(coins, stop_loss="90", take_profit="120")
    coins.passes(3)
    legs = [each for each in coins.made() if each.leg in {"STOP_LOSS", "TAKE_PROFIT"}]
    coins.arrives("sell")
    coins.turn(20)
    coins.passes(20)

    assert [each.quantity for each in legs] == [D("9.99"), D("9.99")]
    assert {each.status for each in coins.made() if each.leg in {"STOP_LOSS", "TAKE_PROFIT"}} == {"CANCELED"}
    assert not [each for each in coins.told() if "UNPROTECTED" in each]


def test_a_stop_that_fills_leaves_dust_and_takes_its_sibling_along(coins: Stage) -> None:
    bought(coins, stop_loss="90", take_profit="120")
    coins.passes(3)
    stop = next(each for each in coins.made() if each.leg == "STOP_LOSS")
    coins.says(coins.venue.fill(stop.client_order_id))
    coins.passes(5)

    assert coins.held() == [("BTC-USDT", D("0.005"))]
    assert [(each.leg, each.status) for each in coins.made()[1:]] == [
        ("STOP_LOSS", "FILLED"),
        ("TAKE_PROFIT", "CANCELED"),
    ]
    assert not [each for each in coins.told() if "UNPROTECTED" in each]


def test_a_sell_of_dust_alone_is_refused_by_its_name(coins: Stage) -> None:
    bought(coins)
    coins.arrives("sell")
    coins.turn(20)
    again = coins.arrives("sell")
    coins.turn(20)

    assert coins.end(again) == ("REJECTED", "DUST")
    assert "BTC-USDT: 0.005 is left, less than the smallest that can be sold (0.01)" in coins.told()[-1]


def test_close_says_what_dust_remains_and_is_done(coins: Stage) -> None:
    bought(coins)
    asked = [coins.wants("close", symbol="BTCUSDT")]
    coins.turn(20)
    asked.append(coins.wants("close", symbol="BTCUSDT"))
    coins.turn(20)
    first, second = (coins.request(uid) for uid in asked)

    assert (first.state, first.result) == (
        "DONE",
        "BTC-USDT: 9.99 closed. 0.005 is left, less than can be sold; it goes with the next one.",
    )
    assert (second.state, second.result[:24]) == ("REFUSED", "BTC-USDT: 0.005 is left,")


def test_the_next_one_takes_the_dust_along(coins: Stage) -> None:
    bought(coins)
    for action in ("sell", "buy", "sell"):
        uid = coins.arrives(action)
        coins.turn(20)
        coins.passes(1)

        assert coins.end(uid) == ("DONE", None)
    assert [each.quantity for each in coins.made()] == [D(10), D("9.99"), D(10), D(10)]
    assert coins.held() == []


def test_dust_takes_no_place_and_openings_before_it_count_no_more(books: Ledger, inbox: Inbox) -> None:
    coins = Stage(books, inbox, default_max_open_positions=1, default_max_per_ticker=1)
    coins.venue.coin_fee = D("0.0005")
    bought(coins)
    coins.passes(2)
    too_much = coins.arrives("buy")
    coins.turn(20)
    coins.passes(2)
    coins.arrives("sell")
    coins.turn(20)
    coins.passes(2)
    other, same = coins.arrives("buy", "BTCUSDT.P"), ""
    coins.turn(20)
    coins.arrives("sell", "BTCUSDT.P")
    coins.turn(20)
    coins.passes(2)
    same = coins.arrives("buy")
    coins.turn(20)

    assert coins.end(too_much) == ("REJECTED", "MAX_PER_TICKER")
    assert (coins.end(other), coins.end(same)) == (("DONE", None), ("DONE", None))
