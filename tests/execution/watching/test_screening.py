"""Screeners: what meets all conditions is listed, what is not known is named, and neither is taken for the other."""

from decimal import Decimal
from typing import Any

import pytest

from execution.watching.screening import Known, screened
from ledger.trading.flow.records import NewRequest
from ledger.trading.flow.requests import ask as ask_for
from ledger.trading.principal import SYSTEM
from ledger.trading.watching.screeners import Condition, ScreenerConfig, list_screeners, switch_screener
from tests.execution.signals_desk.stage import AAPL, BTC, TSLA
from tests.execution.watching.stage import WatchingStage
from tests.ledger.trading.world import ask, do

CHEAP: dict[str, Any] = {"figure": "price", "compare": "below", "value": "150"}
HELD: dict[str, Any] = {"figure": "position_value", "compare": "above", "value": "0"}


def config(*conditions: tuple[str, str, str], **more: Any) -> ScreenerConfig:
    """Return what is wanted."""
    wanted = tuple(Condition(figure=a, compare=b, value=Decimal(c)) for a, b, c in conditions)  # type: ignore[arg-type]
    return ScreenerConfig(conditions=wanted, **more)


def known(**figures: str | None) -> Known:
    """Return what is known of an instrument."""
    return {name: None if value is None else Decimal(value) for name, value in figures.items()}  # type: ignore[misc]


def answer(stage: WatchingStage) -> str:
    """Return the last answer to a request."""
    return [each for each in stage.told() if each[0] in "✔✖"][-1]


def test_all_conditions_must_be_met_and_the_highest_comes_first() -> None:
    rows = {
        "A": known(price="10", spread_percent="0.1"),
        "B": known(price="20", spread_percent="0.2"),
        "C": known(price="30", spread_percent="0.9"),
        "D": known(price="5", spread_percent="0.1"),
    }
    wanted = config(("price", "above", "5"), ("spread_percent", "below", "0.5"), order_by="price")

    assert [symbol for symbol, _ in screened(wanted, rows).found] == ["B", "A"]
    assert screened(config(("price", "above", "0"), most=2, order_by="price"), rows).found[0][0] == "C"


def test_what_is_not_known_is_neither_met_nor_not() -> None:
    rows = {"A": known(price="10"), "B": known(), "C": known(price="1")}
    result = screened(config(("price", "above", "5"), ("volume", "above", "1")), rows)

    assert result.found == ()
    assert result.unknown == ("A", "B")


def test_what_is_not_held_meets_no_condition_of_a_position() -> None:
    rows = {"A": known(price="1", unrealized_percent=None), "B": known(price="1", unrealized_percent="3")}
    result = screened(config(("unrealized_percent", "above", "-5")), rows)

    assert ([symbol for symbol, _ in result.found], result.unknown) == (["B"], ())


def test_a_run_lists_what_was_found_with_its_figures_and_names_what_nobody_quotes(stage: WatchingStage) -> None:
    for each in (BTC, AAPL, TSLA):
        stage.instrument(each)
    uid = stage.screener(conditions=[CHEAP], symbols=["btcusdt", "AAPL", "TSLA", "NOPE"])
    request = stage.wants("screen", screener=uid)
    stage.turn(4)
    soon = stage.request(request).state
    stage.passes(6)

    assert soon == "WORKING"
    assert answer(stage) == "✔ screener 1: 1 of 4\nBTC-USDT  100\nnot known: TSLA, NOPE"
    assert stage.request(request).state == "DONE"
    assert ask(stage.ledger, list_screeners, SYSTEM)[0].last_run_at is not None


def test_a_run_is_answered_as_soon_as_all_is_known(stage: WatchingStage) -> None:
    stage.instrument()
    request = stage.wants("screen", screener=stage.screener(conditions=[CHEAP]))
    stage.turn(4)

    assert stage.request(request).state == "DONE"


def test_what_is_held_is_found_without_being_named(stage: WatchingStage) -> None:
    stage.instrument(AAPL)
    stage.arrives()
    stage.turn()
    stage.costs("110")
    stage.wants("screen", screener=stage.screener(conditions=[HELD], order_by="position_value"))
    stage.turn(6)

    assert answer(stage) == "✔ screener 2: 1 of 2\nBTC-USDT  1100"


def test_a_screener_that_finds_nothing_says_so(stage: WatchingStage) -> None:
    stage.instrument()
    stage.wants("screen", screener=stage.screener(conditions=[HELD]))
    stage.turn(4)

    assert answer(stage) == "✔ screener 1: none of 1"


@pytest.mark.parametrize("arguments", [{}, {"screener": "0" * 32}])
def test_a_screener_that_is_not_there_is_refused(stage: WatchingStage, arguments: dict[str, str]) -> None:
    request = stage.wants("screen", **arguments)
    stage.turn(4)

    assert stage.request(request).state == "REFUSED"


def test_a_screener_that_is_off_is_refused_with_how_it_is_switched_on(stage: WatchingStage) -> None:
    uid = stage.screener(conditions=[CHEAP])
    do(stage.ledger, switch_screener, SYSTEM, uid, on=False)
    stage.wants("screen", screener=uid)
    stage.turn(4)

    assert answer(stage) == "✖ screener 1 is off; /screen on screener 1"


def test_the_screener_of_another_user_is_not_there(stage: WatchingStage) -> None:
    alice, hers = stage.alice()
    uid = stage.screener(conditions=[CHEAP])
    new = NewRequest(kind="screen", portfolio=hers, key="alices", arguments={"screener": uid})
    asked = do(stage.ledger, ask_for, alice, new).request.uid
    stage.turn(4)

    assert stage.request(asked).state == "REFUSED"
