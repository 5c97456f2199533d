"""Change under a question about an opening: quantity, stop loss and take profit, pressed or typed, each once."""

from decimal import Decimal

import pytest

from ledger.trading.flow.records import NO_PRICE, Question
from notifier.trading.leg_prices import Leg
from sandbox.telegram.chat import Sent
from tests.ledger.trading.world import ALICE, MALLORY
from tests.notifier.trading.stage import GROUP, Stage, buttons
from tests.notifier.trading.test_changing import change
from tests.notifier.trading.test_margins import press
from tests.notifier.trading.test_questions import found, shown
from tests.running import flat

STOP, PROFIT = "Stop loss", "Take profit"


def opening(stage: Stage, *, action: str = "buy", price: str | None = "100") -> Question:
    """Ask Alice about an opening with a stop loss and no take profit."""
    return stage.question(action=action, price=price, stop_loss="95", take_profit=None)


def labels(message: Sent) -> list[str]:
    """Return what stands on the buttons under a message."""
    return [label for label, _ in buttons(message)]


def leg(name: str = "stop_loss", *, price: str | None = "100", is_short: bool = False) -> Leg:
    """Return a leg of what would be opened at a hundred."""
    return Leg(name=name, price=None if price is None else Decimal(price), is_short=is_short)


@pytest.mark.parametrize(
    ("of", "typed", "where"),
    [
        (leg(), "95.5", Decimal("95.5")),
        (leg(), "2%", Decimal(98)),
        (leg(), "-2 %", Decimal(98)),
        (leg(is_short=True), "2%", Decimal(102)),
        (leg("take_profit"), "+10%", Decimal(110)),
        (leg("take_profit", is_short=True), "10%", Decimal(90)),
        (leg(price="0.000123456"), "1%", Decimal("0.000122221")),
        (leg(), "none", NO_PRICE),
        (leg(), "Keiner", NO_PRICE),
        (leg(), "100%", None),
        (leg(), "0", None),
        (leg(), "1,5", None),
        (leg(), "-5", None),
        (leg(price=None), "2%", None),
    ],
)
def test_where_a_leg_goes_is_a_price_a_distance_on_its_own_side_or_none(of: Leg, typed: str, where: object) -> None:
    assert of.read(typed, "Keiner") == where


@pytest.mark.parametrize("name", ["stop_loss", "take_profit"])
@pytest.mark.parametrize("is_short", [False, True])
def test_each_ready_made_distance_lies_on_the_legs_side(name: str, is_short: bool) -> None:
    of = leg(name, is_short=is_short)
    words = [button.data for row in of.choices("None") for button in row]

    assert words[-1] == "none"
    assert all(of.is_beyond(Decimal(of.read(word) or 0)) for word in words[:-1])


def test_a_leg_is_changed_by_two_presses_in_one_message(stage: Stage) -> None:
    question = opening(stage)
    with stage.notifier():
        asked = change(stage, shown(stage, question), question)
        kinds, first = labels(asked), flat(asked.text)
        where = press(stage, asked, STOP)
        done = flat(press(stage, where, "−2 %").text)

    answered = found(stage, question)
    assert first.startswith("Change what, for: Buy ETH <1>? Press it, or write another size right away")
    assert kinds == ["Quantity", STOP, PROFIT, "Cancel"]
    assert flat(where.text).startswith("Stop loss instead of 95, for: Buy ETH <1>?")
    assert labels(where) == ["−1 %", "−2 %", "−5 %", "None", "Cancel"]
    assert done == "Taken: Stop loss: 98. You are asked again in a moment."
    assert (answered.answer, answered.details["instead"]) == ("change", {"stop_loss": "98"})


def test_a_leg_may_be_taken_away_and_one_of_a_short_lies_on_the_other_side(stage: Stage) -> None:
    question, short = opening(stage), opening(stage, action="short")
    with stage.notifier():
        asked = change(stage, shown(stage, question), question)
        press(stage, asked, STOP)
        press(stage, asked, "None")
        asked = change(stage, shown(stage, short), short)
        where = press(stage, asked, PROFIT)
        press(stage, where, "−10 %")

    assert found(stage, question).details["instead"] == {"stop_loss": "none"}
    assert flat(where.text).startswith("Take profit instead of none")
    assert found(stage, short).details["instead"] == {"take_profit": "90"}


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("much", "much is no price. Write a price, such as 98, a distance, such as 2%, or none."),
        ("<b>1", "<b>1 is no price."),
        ("101", "Stop loss 101 lies not below the price, 100. Write a lower one."),
    ],
)
def test_a_price_that_cannot_be_is_asked_for_again_with_the_buttons(stage: Stage, typed: str, told: str) -> None:
    question = opening(stage)
    with stage.notifier():
        press(stage, change(stage, shown(stage, question), question), STOP)
        again = stage.answer(typed)
        stage.answer("97.5")

    assert flat(again.text).startswith(told)
    assert "−5 %" in labels(again)
    assert found(stage, question).details["instead"] == {"stop_loss": "97.5"}


def test_a_distance_needs_a_price_and_a_size_may_be_typed_at_once_or_after_its_button(stage: Stage) -> None:
    question, other = opening(stage, price=None), opening(stage)
    with stage.notifier():
        shown(stage, question)
        shown(stage, other)
        first, second = stage.harness.wait_for_texts(2, ALICE)
        where = press(stage, change(stage, first, question), STOP)
        no_price = flat(stage.answer("2%").text)
        change(stage, first, question)
        stage.answer("3")
        press(stage, change(stage, second, other), "Quantity")
        stage.answer("4")

    assert labels(where) == ["None", "Cancel"]
    assert no_price.startswith("No price is known here to measure a distance from.")
    assert found(stage, question).details["instead"] == {"quantity": "3"}
    assert found(stage, other).details["instead"] == {"quantity": "4"}


def test_in_a_group_nobody_else_presses_and_after_a_restart_it_goes_on(stage: Stage) -> None:
    question = opening(stage)
    with stage.notifier():
        asked = change(stage, shown(stage, question, GROUP), question)
        data = next(data for label, data in buttons(asked) if label == STOP)
        stage.press(asked, data, by=MALLORY)
        note = stage.toasts(2)[-1]
    with stage.notifier():
        where = press(stage, asked, STOP, by=ALICE)
        told = flat(stage.reply("-5%", where).text)
        stage.press(where, data)
        late = stage.toasts(4)[-1]

    assert note == late == "That is not asked any more, or not of you."
    assert told == "Taken: Stop loss: 95. You are asked again in a moment."
    assert found(stage, question).details["instead"] == {"stop_loss": "95"}
