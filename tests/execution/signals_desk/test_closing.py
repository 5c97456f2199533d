"""Closings: what came before them is refused or canceled first, then what is held is closed; never short."""

from decimal import Decimal

import pytest

from tests.execution.signals_desk.stage import BTC, Stage


def test_a_buy_that_waits_is_superseded(stage: Stage) -> None:
    """Fault T15a."""
    stage.venue.prices.clear()
    buy = stage.arrives("buy")
    stage.turn()
    sell = stage.arrives("sell")
    stage.turn()

    assert stage.end(buy) == ("SUPERSEDED", "SUPERSEDED")
    assert stage.end(sell) == ("DONE", "NOTHING_HELD")
    assert stage.made() == []


@pytest.mark.parametrize("is_mute", [False, True], ids=["works", "unknown"])
def test_a_buy_that_works_or_is_unknown_is_canceled_before_anything_is_closed(stage: Stage, is_mute: bool) -> None:
    """Fault T15a."""
    stage.venue.fills, stage.venue.is_mute = False, is_mute
    stage.arrives("buy")
    stage.turn()
    stage.passes(12)
    sell = stage.arrives("sell")
    stage.turn()
    stage.venue.is_mute = False
    stage.venue.fills = True
    stage.passes(20)

    assert stage.end(sell) == ("DONE", "NOTHING_HELD")
    assert [each.status for each in stage.made()] == ["CANCELED"]
    assert stage.held() == []


def test_a_buy_that_is_filled_while_it_is_canceled_is_closed(stage: Stage) -> None:
    """Fault T15a."""
    stage.venue.fills = False
    stage.arrives("buy")
    stage.turn()
    stage.venue.fill(stage.made()[0].client_order_id)
    sell = stage.arrives("sell")
    stage.venue.fills = True
    stage.turn(20)

    assert stage.end(sell) == ("DONE", None)
    assert stage.held() == []
    assert stage.venue.held[BTC] == 0


def test_a_sell_takes_the_protective_legs_away_first(stage: Stage) -> None:
    stage.arrives("buy", stop_loss="90", take_profit="120")
    stage.turn()
    stage.passes(3)
    legs = [each for each in stage.made() if each.leg in {"STOP_LOSS", "TAKE_PROFIT"}]
    stage.arrives("sell")
    stage.turn(20)
    stage.passes(20)

    assert len(legs) == 2
    assert {each.status for each in stage.made() if each.leg in {"STOP_LOSS", "TAKE_PROFIT"}} == {"CANCELED"}
    assert stage.held() == []
    assert stage.venue.held[BTC] == 0


def test_a_second_sell_finds_nothing_left(stage: Stage) -> None:
    stage.arrives("buy")
    stage.turn()
    first, second = stage.arrives("sell"), stage.arrives("sell")
    stage.turn(20)

    assert stage.end(first) == ("DONE", None)
    assert stage.end(second) == ("REJECTED", "NOTHING_HELD")
    assert stage.venue.held[BTC] == 0


def test_a_part_is_closed_where_the_strategy_counts_by_the_signal(stage: Stage) -> None:
    stage.set_params(by="signal")
    stage.arrives("buy", quantity="5")
    stage.turn()
    stage.arrives("sell", quantity="2", position="long")
    stage.turn()

    assert stage.held() == [("BTC-USDT", Decimal(3))]


def test_a_restart_at_any_moment_closes_once(stage: Stage) -> None:
    """Fault T10."""
    stage.arrives("buy", stop_loss="90")
    stage.turn()
    sell = stage.arrives("sell")
    for _ in range(15):
        stage.start()
        stage.turn(1)
        stage.time.move_on(0.5)
    stage.turn(10)

    assert stage.end(sell) == ("DONE", None)
    assert stage.venue.held[BTC] == 0
    assert len(stage.made("EXIT")) == 1
