"""Trying an alert in the chat: read as the webhook reads it, asked of execution without its secret."""

from functools import partial

from ledger.trading.people.strategies import NewStrategy, create_strategy
from ledger.trading.people.strategy_rows import Strategy
from ledger.trading.principal import Principal
from ledger.trading.tables.flow import trading_requests
from ledger.trading.tables.records import audit_log
from ledger.trading.work import Work
from tests.ledger.trading.world import ALICE, BOSS, VERA, account, portfolio, rows
from tests.notifier.trading.stage import Stage
from tests.running import flat

ALERT = '{"action": "buy", "ticker": "BTCUSDT",\n "qty": "2", "mine": 1.50}'
SECRET = "a-secret-that-nobody-keeps-1"


def let_boss_trade(stage: Stage, *names: str) -> list[str]:
    """Give the admin a portfolio with strategies; return their uids."""
    boss = stage.people.boss
    inside = account(stage.harness.ledger, boss)
    mine = portfolio(stage.harness.ledger, boss, inside)
    made = [NewStrategy(name=name, params={}, portfolio=mine.uid, mode="auto") for name in names]
    return [stage.do(partial(create_strategy_of, boss, new)).uid for new in made]


def create_strategy_of(who: Principal, new: NewStrategy, work: Work) -> Strategy:
    """Make a strategy of somebody's."""
    return create_strategy(who, work, new)


def test_an_alert_is_read_and_asked_of_execution_for_the_only_strategy(stage: Stage) -> None:
    [uid] = let_boss_trade(stage, "trend")
    with stage.notifier():
        told = flat(stage.answer(f"/simulate {ALERT}", by=BOSS).text)

    [found] = stage.requests()
    assert told == "Taken: a trial for trend; nothing is ordered. The result comes as a message."
    assert (found.kind, found.arguments["strategy"]) == ("simulate", uid)
    assert found.arguments["alert"] == {"action": "buy", "symbol": "BTCUSDT", "quantity": "2", "mine": "1.50"}


def test_where_there_are_several_strategies_one_has_to_be_named(stage: Stage) -> None:
    uids = let_boss_trade(stage, "trend", "other one")
    with stage.notifier():
        which = flat(stage.answer(f"/simulate {ALERT}", by=BOSS).text)
        wrong = flat(stage.answer(f"/simulate trnd {ALERT}", by=BOSS).text)
        stage.answer(f"/simulate other one {ALERT}", by=BOSS)

    assert which == "Whose alert is it? Write /simulate STRATEGY and the alert. There is: other one, trend."
    assert wrong == which
    assert [each.arguments["strategy"] for each in stage.requests()] == [uids[1]]


def test_what_is_wrong_is_said_with_its_field_and_the_cure(stage: Stage) -> None:
    let_boss_trade(stage, "trend")
    wrong = {
        '{"action": "buy", "symbol": "A", "quantity": "1,5"}': "quantity: write a number",
        '{"action": "jump", "symbol": "A"}': "action: write one of buy, sell",
        '{"action": "buy"}': "symbol: it is missing",
        '{"action": "{{strategy.order.action}}", "symbol": "A"}': "action: TradingView left the placeholder",
        '{"action": "buy", "symbol": "A", "quantity": NaN}': "quantity: write a number",
        "{no json": "it is no JSON at line 1",
        '{"action": "buy", "action": "sell", "symbol": "A"}': "action: a name stands there twice",
    }
    with stage.notifier():
        for text, cure in wrong.items():
            told = flat(stage.answer(f"/simulate {text}", by=BOSS).text)

            assert told.startswith(f"The alert cannot be read. {cure}"), told

    assert stage.requests() == ()


def test_a_secret_is_taken_out_and_kept_nowhere(stage: Stage) -> None:
    let_boss_trade(stage, "trend")
    with stage.notifier() as notifier:
        right = flat(
            stage.answer(f'/simulate {ALERT[:-1]}, "secret": "{SECRET}", "API_Token": "{SECRET}2"}}', by=BOSS).text
        )
        twice = flat(
            stage.answer(f'/simulate {ALERT[:-1]}, "secret": "{SECRET}", "comment": "{SECRET}"}}', by=BOSS).text
        )
        logged = notifier.text()

    kept = repr(rows(stage.harness.ledger, trading_requests)) + repr(rows(stage.harness.ledger, audit_log))
    assert right.endswith("Its secret was taken out and is not kept: delete your message.")
    assert "the secret stands in a second place" in twice
    assert SECRET not in kept + right + twice + logged


def test_an_alert_of_any_day_is_tried_as_if_it_came_now(stage: Stage) -> None:
    let_boss_trade(stage, "trend")
    with stage.notifier():
        told = flat(stage.answer(f'/simulate {ALERT[:-1]}, "time": "2026-01-05T14:30:00Z"}}', by=BOSS).text)

    assert told.startswith("Taken: ")


def test_without_an_alert_the_usage_is_told(stage: Stage) -> None:
    with stage.notifier():
        told = flat(stage.answer("/simulate", by=BOSS).text)

    assert 'such as: /simulate {"action": "buy", "symbol": "BTCUSDT"} Nothing is ordered.' in told


def test_only_admins_try_alerts(stage: Stage) -> None:
    with stage.notifier():
        told = [flat(stage.answer(f"/simulate {ALERT}", by=who).text) for who in (ALICE, VERA)]

    assert not any(each.startswith("Taken") for each in told)
    assert stage.requests() == ()
