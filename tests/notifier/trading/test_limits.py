"""Limits in the chat: what is shown, what is done at once, what is asked about, and what is refused."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from execution.limit_checks import MANDATORY
from ledger.trading.principal import SYSTEM
from ledger.trading.risk.limits import LIMITS, Limits
from ledger.trading.risk.policies import NewPolicy, limits_for, set_policy
from ledger.trading.tables.records import audit_log
from notifier.trading.limit_values import COMMANDS, SETTERS, typed_again
from notifier.trading.tables.settings import SETTINGS
from tests.ledger.trading.world import ALICE, MALLORY, VERA, rows
from tests.notifier.trading.stage import GROUP, Stage, buttons
from tests.running import flat

AT_FIRST = {"buy_amount": "1000", "max_daily_loss": "500", "reserve": "50", "max_open_positions": 5}


@pytest.fixture
def limited(stage: Stage) -> Stage:
    """Give a chat in which Alice's portfolio has the limits of the settings, as a start of execution makes them."""
    new = NewPolicy(scope_type="PORTFOLIO", scope=stage.main.uid, name=LIMITS, config=AT_FIRST)
    stage.do(lambda work: set_policy(SYSTEM, work, new))
    return stage


def limits(stage: Stage) -> Limits:
    """Return what holds for Alice's strategy in her portfolio."""
    with stage.harness.ledger.reading() as connection:
        return limits_for(SYSTEM, connection, portfolio=stage.main.uid, strategy=stage.strategy.uid).limits


def audits(stage: Stage) -> list[dict[str, Any]]:
    """Return the audit rows of limits, oldest first."""
    return [each for each in rows(stage.harness.ledger, audit_log) if each["entity_type"] == "risk_policy"]


def test_a_command_alone_says_the_value_its_source_what_it_means_and_how_it_is_changed(limited: Stage) -> None:
    with limited.notifier():
        loss = flat(limited.answer("/set_max_loss").text)
        daily = flat(limited.answer("/set_max_daily").text)

    assert loss == (
        "Loss of a day, Main (paper) Loss of a day, realized and not, after which nothing is opened. "
        "Now: 500.00 USD (.env at first) To change: /set_max_loss 1000.50 "
        "From 0 to 1,000,000,000, written like 1000.50, with two decimals at most. "
        "off: it is not set, and nothing is opened."
    )
    assert "Now: not set To change: /set_max_daily 3" in daily
    assert len(audits(limited)) == 1


def test_a_tighter_limit_is_set_at_once_and_told_with_both_values(limited: Stage) -> None:
    with limited.notifier():
        told = limited.answer("/set_max_loss 400.50")
        again = flat(limited.answer("/set_max_loss 400.5").text)
        source = flat(limited.answer("/set_max_loss").text)
        other = flat(limited.answer("/set_reserve").text)

    assert flat(told.text) == ("Loss of a day, Main (paper): 500.00 USD → 400.50 USD It holds from the next signal on.")
    assert buttons(told) == []
    assert "as before. Nothing was changed." in again
    assert "(this portfolio)" in source
    assert "50.00 USD (.env at first)" in other
    assert limits(limited).max_daily_loss == Decimal("400.5")
    assert [each["user_id"] is None for each in audits(limited)] == [True, False]


def test_a_looser_limit_is_asked_about_once_with_a_button(limited: Stage) -> None:
    with limited.notifier():
        asked = limited.answer("/set_max_loss 900")
        before = limits(limited).max_daily_loss
        limited.press(asked)
        told = flat(limited.edited(asked))

    assert flat(asked.text) == ("That lets more be opened. Loss of a day, Main (paper): 500.00 USD → 900.00 USD?")
    assert [each[0] for each in buttons(asked)] == ["Loss of a day: 900.00 USD", "No"]
    assert before == 500
    assert told == "Loss of a day, Main (paper): 500.00 USD → 900.00 USD It holds from the next signal on."
    assert limits(limited).max_daily_loss == 900
    assert len(audits(limited)) == 2


def test_the_button_is_of_the_one_who_was_asked_and_no_does_nothing(limited: Stage) -> None:
    with limited.notifier():
        asked = limited.answer("/set_reserve 0", chat=GROUP, by=ALICE)
        limited.press(asked, by=MALLORY)
        limited.press(asked, buttons(asked)[1][1], by=ALICE)
        told = limited.edited(asked)

    assert told == "Nothing was done."
    assert limits(limited).reserve == 50


def test_a_limit_that_is_needed_is_unset_at_once_and_set_again_with_a_button(limited: Stage) -> None:
    with limited.notifier():
        unset = flat(limited.answer("/set_max_positions off").text)
        then = limits(limited).max_open_positions
        asked = limited.answer("/set_max_positions 2")
        limited.press(asked)
        limited.edited(asked)

    assert "5 → not set" in unset
    assert "nothing is opened" in unset
    assert then is None
    assert limits(limited).max_open_positions == 2


def test_a_limit_that_may_be_absent_is_set_at_once_and_taken_away_with_a_button(limited: Stage) -> None:
    with limited.notifier():
        limited.answer("/set_leverage_cap 3")
        then = limits(limited).leverage_cap
        asked = limited.answer("/set_leverage_cap none")
        limited.press(asked)
        told = flat(limited.edited(asked))

    assert then == 3
    assert "×3 → not set" in told
    assert "there is no such limit" in told
    assert limits(limited).leverage_cap is None


def test_a_budget_is_of_a_strategy(limited: Stage) -> None:
    with limited.notifier():
        none = flat(limited.answer("/set_budget").text)
        done = flat(limited.answer("/set_budget trend 300").text)
        one = flat(limited.answer("/set_budget trend").text)
        asked = limited.answer("/set_budget trend 301")
        limited.press(asked)
        looser = flat(limited.edited(asked))
        unknown = flat(limited.answer("/set_budget other 300").text)
        wrong = flat(limited.answer("/set_budget trend much").text)

    assert "trend: not set" in none
    assert "/set_budget STRATEGY 1000.50" in none
    assert done.startswith("Budget, trend, Main (paper): not set → 300.00 USD")
    assert "Now: 300.00 USD (the strategy)" in one
    assert looser.startswith("Budget, trend, Main (paper): 300.00 USD → 301.00 USD")
    assert unknown == "there is no strategy other"
    assert wrong.startswith("Nothing was changed: much is no value of Budget.")
    assert limits(limited).budget == 301


def test_a_stricter_limit_of_an_admin_is_named_and_stays(limited: Stage) -> None:
    new = NewPolicy(scope_type="USER", scope=limited.main.user, name="careful", config={"max_daily_loss": "100"})
    limited.do(lambda work: set_policy(SYSTEM, work, new))
    with limited.notifier():
        told = flat(limited.answer("/set_max_loss 300").text)

    assert told.endswith("⚠ A stricter one holds: 100.00 USD (the machine).")
    assert limits(limited).max_daily_loss == 100


def test_a_zero_says_what_it_does(limited: Stage) -> None:
    with limited.notifier():
        told = flat(limited.answer("/set_max_positions 0").text)

    assert told.endswith("⚠ With 0 nothing is opened.")


def test_viewers_are_refused_and_others_reach_their_own_portfolio_alone(limited: Stage) -> None:
    with limited.notifier():
        viewer = flat(limited.answer("/set_max_loss 1", by=VERA).text)
        other = flat(limited.answer("/set_max_loss 1", by=MALLORY).text)
        budget = flat(limited.answer("/set_budget trend 1", by=MALLORY).text)

    assert "A viewer changes nothing" in viewer
    assert "there is no portfolio of yours yet" in other
    assert budget == "there is no strategy trend"
    assert limits(limited).max_daily_loss == 500


def test_a_value_that_is_none_is_refused_with_what_to_write(limited: Stage) -> None:
    wrong = ("NaN", "Infinity", "-1", "1e3", "1,000", "1 000", "0x10", "1000.505", "١٢", "<b>", "9999999999", "0")
    with limited.notifier():
        told = [flat(limited.answer(f"/set_amount {each}").text) for each in wrong]

    assert all(each.startswith("Nothing was changed:") and "/set_amount 1000.50" in each for each in told)
    assert limits(limited).buy_amount == 1000
    assert len(audits(limited)) == 1


TEXTS = st.text(max_size=30) | st.decimals().map(str) | st.integers().map(str) | st.sampled_from(["off", "NONE", "1.5"])


@pytest.mark.parametrize("command", SETTERS)
@given(text=TEXTS)
@example(text="1" * 5000)
@example(text="125")
def test_any_text_is_a_value_within_the_bounds_or_itself(command: str, text: str) -> None:
    setter = SETTERS[command]
    value = setter.read(text)
    if isinstance(value, str):
        assert value == text
    elif value is None:
        assert text.lower() in {"off", "none"}
    else:
        assert setter.least <= value <= setter.most
        assert setter.read(typed_again(value)) == value
        assert replace(Limits(), **{setter.limit: value}) != Limits()


def test_every_limit_that_is_needed_has_the_command_that_its_refusal_names() -> None:
    assert {name: f"/{COMMANDS[name]}" for name in MANDATORY} == MANDATORY
    assert set(SETTERS) < {each.name for each in SETTINGS}
