"""The suite on its own strategy: what it sends, limits and tells, with a webhook that answers as a test wants."""

from collections.abc import Callable

import pytest

from execution.signal.following import follow
from execution.signal.scenarios import SCENARIOS, Scenario
from execution.signal.sending import Alert
from execution.signal.stage import STRATEGY, NoStage, set_stage
from execution.signal.suite import NotKnown, Played, Suite, table
from ledger.store import Ledger
from ledger.trading.people.strategies import list_strategies
from ledger.trading.principal import SYSTEM
from ledger.trading.risk.limits import Limits
from ledger.trading.risk.policies import policies
from tests.execution.signal.conftest import Answer, Pretend, Still, Webhook

Tell = Callable[..., None]


def suite_on(ledger: Ledger, webhook: Webhook, clock: Still, scenarios: tuple[Scenario, ...]) -> list[Played]:
    """Play scenarios on a stage of their own."""
    with set_stage(ledger) as stage:
        return list(Suite(ledger, stage, webhook.port, clock=clock).play(scenarios))


def test_each_scenario_is_sent_its_way_and_its_end_is_told(
    ledger: Ledger, webhook: Webhook, clock: Still, tell: Tell
) -> None:
    limits: list[dict[str, object]] = []
    taken: set[str] = set()

    def answer(request: Pretend) -> Answer:
        if request.peer != "127.0.0.1":
            return 403, {"error": "not TradingView"}
        if not request.content.endswith(b"}"):
            return 400, {"error": "no JSON"}
        alert = request.alert
        if alert["secret"].startswith("not-"):
            return 401, {"error": "no such secret"}
        if "action" not in alert:
            return 422, {"error": "no action"}
        is_new = alert["id"] not in taken
        taken.add(alert["id"])
        with ledger.reading() as connection:
            limits.extend(each.limits.set_ones for each in policies(SYSTEM, connection))
            is_limited = bool(policies(SYSTEM, connection))
        if is_new:
            tell(alert["id"], "RECEIVED")
            tell(alert["id"], *(("REJECTED", "MAX_DAILY_BUYS") if is_limited else ("DONE",)))
        return 200, {"status": "accepted" if is_new else "duplicate", "id": alert["id"]}

    webhook.answer = answer
    wanted = ("wrong secret", "not from TradingView", "no JSON", "max_daily_buys", "buy", "sell, sent twice")
    played = suite_on(ledger, webhook, clock, tuple(each for each in SCENARIOS if each.name in wanted))

    assert [each.name for each in played] == list(wanted)
    assert [each.got for each in played] == [
        "401",
        "403",
        "400",
        "200 REJECTED MAX_DAILY_BUYS",
        "200 DONE",
        "200 DONE",
    ]
    assert all(each.is_well for each in played)
    assert limits == [{"max_daily_buys": 0}]


def test_the_stage_is_on_paper_and_nothing_of_it_stays_in_force(
    ledger: Ledger, webhook: Webhook, clock: Still, portfolio: str
) -> None:
    for _ in range(2):
        with set_stage(ledger) as stage, stage.limited({"budget": "1"}), ledger.reading() as connection:
            shown = list_strategies(SYSTEM, connection)[0]
            assert (shown.name, shown.mode, shown.portfolio) == (STRATEGY, "auto", portfolio)
    with ledger.reading() as connection:
        left = list_strategies(SYSTEM, connection)

        assert left == ()
        assert policies(SYSTEM, connection) == ()


def test_without_a_portfolio_on_paper_there_is_no_stage(ledger: Ledger) -> None:
    with pytest.raises(NoStage, match="TRADING=paper"), set_stage(ledger):
        pass


def test_a_webhook_that_never_learns_the_secret_ends_the_suite(
    ledger: Ledger, webhook: Webhook, clock: Still, portfolio: str
) -> None:
    webhook.answer = lambda _: (403, {"error": "not TradingView"})
    with pytest.raises(NotKnown, match="WEBHOOK_TRUSTED_PROXIES"):
        suite_on(ledger, webhook, clock, SCENARIOS)


def test_a_repetition_that_is_no_duplicate_is_told(
    ledger: Ledger, webhook: Webhook, clock: Still, portfolio: str
) -> None:
    webhook.answer = lambda _: (200, {"status": "accepted", "id": f"signal {len(webhook.seen)}"})
    twice = Scenario(name="twice", alert=Alert(symbol="X", action="sell"), how="twice", expected=("200 DONE",))
    played = suite_on(ledger, webhook, clock, (twice,))

    assert [each.got for each in played] == ["the second: 200 accepted"]
    assert table(played)[-2:] == ["✗  twice     200 DONE  the second: 200 accepted", "0 of 1 as expected"]


def test_a_signal_that_nobody_takes_in_is_told(ledger: Ledger, webhook: Webhook, clock: Still, portfolio: str) -> None:
    webhook.answer = lambda _: (200, {"status": "accepted", "id": "nobody's"})
    played = suite_on(ledger, webhook, clock, (Scenario(name="buy", expected=("200 DONE",)),))

    assert [each.got for each in played] == ["200 never taken in"]


@pytest.mark.parametrize("state", ["DONE", "REJECTED", "AWAITING_CONFIRMATION", "WAITING_FOR_MARKET"])
def test_a_signal_is_followed_step_by_step_until_it_ends_or_rests(
    ledger: Ledger, clock: Still, tell: Tell, state: str
) -> None:
    tell("one", "RECEIVED")
    life = follow(ledger, "one", within_s=60, clock=clock)
    states = [next(life).state]
    tell("one", "VALIDATED")
    tell("one", state)
    states += [event.state for event in life]

    assert states == ["RECEIVED", "VALIDATED", state]


def test_a_signal_that_stands_still_is_followed_for_its_time(ledger: Ledger, clock: Still, tell: Tell) -> None:
    tell("one", "QUEUED")
    states = [event.state for event in follow(ledger, "one", within_s=5, clock=clock)]

    assert states == ["QUEUED"]
    assert clock.seconds == pytest.approx(5, abs=0.3)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda each: each.name)
def test_each_limit_of_a_scenario_is_one_of_a_policys(scenario: Scenario) -> None:
    assert set(scenario.limits) <= set(Limits.__struct_fields__)
    assert scenario.expected
