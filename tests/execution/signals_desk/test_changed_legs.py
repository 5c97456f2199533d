"""Change under a question: where the legs go counts everywhere then, and the signal's row stays as it was."""

from decimal import Decimal

import pytest

from bus.messages.venues import PlaceOrder
from ledger.trading.errors import Invalid
from tests.execution.signals_desk.stage import BTC, Stage


@pytest.fixture
def manual(stage: Stage) -> Stage:
    """Give desks whose strategy asks first."""
    stage.set_mode("manual")
    return stage


def legs(stage: Stage) -> dict[str, Decimal | None]:
    """Return the price of each leg that was ever written."""
    return {each.leg: each.stop_price or each.price for each in stage.made() if each.leg != "ENTRY"}


def opening(stage: Stage) -> tuple[Decimal | None, Decimal | None]:
    """Return where the legs go, as the opening says it to the venue."""
    said = [each for each in stage.wire.ever if isinstance(each, PlaceOrder) and each.leg == "ENTRY"]
    return said[-1].stop_loss, said[-1].take_profit


def test_changed_prices_are_asked_about_and_count_for_the_opening_and_its_legs(manual: Stage) -> None:
    uid = manual.arrives(stop_loss="90", take_profit="120")
    manual.turn()
    first = manual.question()
    manual.changes(first, stop_loss="95", take_profit="110")
    manual.turn()
    second = manual.question()
    manual.answers(second)
    manual.turn()

    assert first.details["changes"] == ["quantity", "amount", "stop_loss", "take_profit"]
    assert "Stop loss 95, Take profit 110" in second.text
    assert "Buy 10 @" in second.text
    assert opening(manual) == (Decimal(95), Decimal(110))
    assert legs(manual) == {"STOP_LOSS": Decimal(95), "TAKE_PROFIT": Decimal(110)}
    assert (manual.signal(uid).stop_loss, manual.signal(uid).take_profit) == (Decimal(90), Decimal(120))


def test_legs_may_be_wanted_where_the_signal_has_none_and_taken_away_where_it_has_some(manual: Stage) -> None:
    manual.arrives(take_profit="120")
    manual.turn()
    manual.changes(manual.question(), stop_loss="95", take_profit="none")
    manual.turn()
    manual.answers(manual.question())
    manual.turn()

    assert opening(manual) == (Decimal(95), None)
    assert legs(manual) == {"STOP_LOSS": Decimal(95)}


def test_a_stop_loss_where_no_signal_ever_wanted_one_is_placed_too(manual: Stage) -> None:
    manual.arrives()
    manual.turn()
    manual.changes(manual.question(), stop_loss="95")
    manual.turn()
    manual.answers(manual.question())
    manual.turn()

    assert legs(manual) == {"STOP_LOSS": Decimal(95)}


def test_a_price_on_the_wrong_side_is_refused_with_both_numbers_and_the_one_before_is_asked_about(
    manual: Stage,
) -> None:
    manual.arrives(stop_loss="90")
    manual.turn()
    manual.changes(manual.question(), stop_loss="105")
    manual.turn()
    second = manual.question()

    assert "105" in second.text
    assert "100" in second.text
    assert "Stop loss 90" in second.text
    assert manual.made() == []


def test_size_and_prices_change_one_after_the_other_and_survive_a_restart_and_a_price_that_moves(
    manual: Stage,
) -> None:
    """Fault T27."""
    manual.arrives(stop_loss="90")
    manual.turn()
    manual.changes(manual.question(), stop_loss="80")
    manual.start()
    manual.turn()
    manual.changes(manual.question(), amount="500")
    manual.turn()
    manual.venue.prices[BTC] = Decimal(125)
    manual.passes(6)
    manual.start()
    manual.answers(manual.question())
    manual.turn()
    moved = manual.question()
    manual.start()
    manual.answers(moved)
    manual.turn()

    assert "Buy 4 @ about 125" in moved.text
    assert "Stop loss 80" in moved.text
    assert legs(manual) == {"STOP_LOSS": Decimal(80)}
    assert [each.quantity for each in manual.made("ENTRY")] == [Decimal(4)]


def test_what_is_sized_by_its_risk_is_sized_by_the_changed_stop_loss(manual: Stage) -> None:
    manual.set_params(by="risk", risk_percent="1")
    manual.arrives(stop_loss="90")
    manual.turn()
    first = manual.question()
    manual.changes(first, stop_loss="80")
    manual.turn()
    second = manual.question()

    assert Decimal(second.details["quantity"]) * 2 == Decimal(first.details["quantity"])


def test_a_closing_has_no_legs_to_change(manual: Stage) -> None:
    manual.set_mode("auto")
    manual.arrives(stop_loss="90")
    manual.turn()
    manual.set_mode("manual")
    manual.arrives("sell")
    manual.turn()
    question = manual.question()
    manual.changes(question, stop_loss="95")
    manual.turn()

    assert question.details["changes"] == ["quantity"]
    assert "Stop loss" not in manual.question().text


@pytest.mark.parametrize("wanted", [{"stop_loss": "0"}, {"take_profit": "-1"}])
def test_a_price_is_above_zero(manual: Stage, wanted: dict[str, str]) -> None:
    manual.arrives()
    manual.turn()
    with pytest.raises(Invalid, match="above zero"):
        manual.changes(manual.question(), **wanted)
