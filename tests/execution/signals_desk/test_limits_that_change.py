"""What a person changes of the limits holds for the next signal, without a restart; the settings' hold at first."""

from decimal import Decimal
from typing import Any

from ledger.trading.risk.limit_setting import NewLimit, set_limit
from ledger.trading.tables.risk import risk_policies
from tests.execution.signals_desk.stage import Stage
from tests.ledger.trading.world import do


def change(stage: Stage, name: str, value: Any, *, strategy: str | None = None) -> None:
    """Change a limit, as the chat does."""
    new = NewLimit(portfolio=stage.portfolio, strategy=strategy, name=name, value=value)
    do(stage.ledger, set_limit, stage.boss, new)


def buys(stage: Stage, symbol: str = "BTCUSDT") -> tuple[str, str | None]:
    """Let an alert come in that opens; return what became of it."""
    uid = stage.arrives("buy", symbol)
    stage.turn()
    return stage.end(uid)


def test_the_amount_of_the_settings_is_what_is_bought_until_a_person_sets_another_one(stage: Stage) -> None:
    first = buys(stage)
    change(stage, "buy_amount", Decimal(300))
    second = buys(stage)

    assert [first, second] == [("DONE", None)] * 2
    assert [each.quantity for each in stage.made("ENTRY")] == [Decimal(10), Decimal(3)]


def test_without_an_amount_a_strategy_that_has_none_of_its_own_buys_nothing(stage: Stage) -> None:
    change(stage, "buy_amount", None)
    refused = buys(stage)
    told = stage.told()[-1]
    stage.set_params(amount="500")

    assert refused == ("REJECTED", "NO_SIZE")
    assert "/set_amount" in told
    assert buys(stage) == ("DONE", None)
    assert [each.quantity for each in stage.made("ENTRY")] == [Decimal(5)]


def test_the_amount_stays_what_a_person_has_set_over_a_restart(stage: Stage) -> None:
    change(stage, "buy_amount", Decimal(300))
    stage.start()
    buys(stage)

    assert [each.quantity for each in stage.made("ENTRY")] == [Decimal(3)]


def test_a_limit_that_becomes_tighter_refuses_the_next_signal_and_one_that_is_taken_away_all(stage: Stage) -> None:
    change(stage, "max_order_value", Decimal(999))
    large = buys(stage)
    change(stage, "max_order_value", None)
    passed = buys(stage)
    change(stage, "max_daily_loss", None)
    without = buys(stage)

    assert [large, passed, without] == [("REJECTED", "MAX_ORDER_VALUE"), ("DONE", None), ("REJECTED", "NO_LIMITS")]


def test_the_budget_of_a_strategy_holds_for_its_next_signal(stage: Stage) -> None:
    change(stage, "budget", Decimal(1500), strategy=stage.strategy)

    assert [buys(stage), buys(stage)] == [("DONE", None), ("REJECTED", "BUDGET")]


def test_limits_that_cannot_be_read_open_nothing(stage: Stage) -> None:
    with stage.ledger.writing() as connection:
        connection.execute(risk_policies.update().values(config_json={"limit_of_tomorrow": "1"}))

    assert buys(stage) == ("REJECTED", "NO_LIMITS")
