"""What is opened where a venue lends: with which margin, within which cap, and never while nobody knows."""

import pytest

from bus.messages.venues import PlaceOrder
from ledger.trading.flow.margins import Margin, confirm, want
from ledger.trading.principal import SYSTEM
from ledger.trading.risk.limit_setting import NewLimit, set_limit
from ledger.trading.tables.catalogue import instruments
from tests.execution.signals_desk.stage import Stage
from tests.ledger.trading.world import do, rows

SYMBOL = "BTCUSDT.P"


@pytest.fixture
def lending(stage: Stage) -> Stage:
    """Give desks whose venue lends, and know the perpetual."""
    stage.venue.margins = {}
    return stage


def opened(stage: Stage, **body: str) -> str:
    """Let an alert open a long perpetual, and give it a moment."""
    uid = stage.arrives("long", SYMBOL, **body)
    stage.turn()
    return uid


def sent(stage: Stage) -> list[PlaceOrder]:
    """Return what was asked to be placed and opens something, each repetition too."""
    return [each for each in stage.wire.ever if isinstance(each, PlaceOrder) and each.leg == "ENTRY"]


def perpetual(stage: Stage) -> str:
    """Return the uid of the perpetual."""
    return next(str(row["uid"]) for row in rows(stage.ledger, instruments) if row["asset_type"] == "FUTURE")


def test_the_settings_the_accounts_row_the_instruments_row_and_the_signal_count_in_this_order(lending: Stage) -> None:
    opened(lending)
    do(lending.ledger, want, SYSTEM, lending.account, Margin(margin_mode="CROSS", leverage=3))
    opened(lending)
    own = Margin(margin_mode="ISOLATED", leverage=4)
    do(lending.ledger, confirm, SYSTEM, lending.account, own, instrument=perpetual(lending))
    opened(lending)
    opened(lending, leverage="2.9", margin_mode="cross")

    found = [(each.margin_mode, each.leverage) for each in sent(lending)]
    assert found == [("ISOLATED", 1), ("CROSS", 3), ("ISOLATED", 4), ("CROSS", 2)]


def test_a_repetition_carries_what_the_row_remembers_whatever_is_chosen_meanwhile(lending: Stage) -> None:
    lending.venue.is_deaf = True
    opened(lending, leverage="4", stop_loss="90", take_profit="120")
    do(lending.ledger, want, SYSTEM, lending.account, Margin(margin_mode="CROSS", leverage=2))
    lending.start()
    lending.passes(3)

    said = {(each.margin_mode, each.leverage, str(each.stop_loss), str(each.take_profit)) for each in sent(lending)}
    assert said == {("ISOLATED", 4, "90", "120")}


@pytest.mark.parametrize(("cap", "limit"), [(None, "5"), (3, "3"), (20, "5")])
def test_the_strictest_cap_refuses_more_leverage(lending: Stage, cap: int | None, limit: str) -> None:
    if cap is not None:
        new = NewLimit(portfolio=lending.portfolio, name="leverage_cap", value=cap)
        do(lending.ledger, set_limit, lending.boss, new)
    uid = opened(lending, leverage="6")

    assert lending.end(uid) == ("REJECTED", "LEVERAGE_CAP")
    assert f"Leverage 6 is over the cap {limit}." in lending.told()[-1]
    assert sent(lending) == []


def test_an_opening_is_held_while_nobody_knows_what_the_venue_has_and_then_refused(lending: Stage) -> None:
    """Fault T26."""
    opened(lending)
    lending.venue.margin_outcome, lending.venue.reads_margin = "UNKNOWN", True
    lending.wants("margin", symbol=SYMBOL, margin_mode="isolated", leverage="2")
    lending.turn(3)
    lending.venue.reads_margin = False
    held = opened(lending)
    state = lending.end(held)
    lending.passes(62, step_s=2.5)

    assert state == ("QUEUED", "NOT_KNOWN")
    assert lending.end(held)[0] in {"REJECTED", "EXPIRED"}
    assert "margin and leverage at the venue" in lending.told()[-1]
    assert len(sent(lending)) == 1


def test_what_was_held_is_opened_once_the_venue_has_said_what_it_has(lending: Stage) -> None:
    opened(lending)
    lending.venue.margin_outcome = "UNKNOWN"
    lending.venue.margins = {each.instrument: ("CROSS", 5) for each in sent(lending)}
    lending.wants("margin", symbol=SYMBOL, margin_mode="isolated", leverage="2")
    lending.turn(3)
    lending.venue.reads_margin = False
    held = opened(lending)
    lending.venue.reads_margin = True
    lending.passes(15)

    assert lending.end(held) == ("DONE", None)
    assert (sent(lending)[-1].margin_mode, sent(lending)[-1].leverage) == ("CROSS", 5)


def test_where_nothing_is_lent_an_opening_says_nothing_of_margin(stage: Stage) -> None:
    uid = opened(stage, leverage="20")
    spot = stage.arrives()
    stage.turn()

    assert stage.end(uid) == stage.end(spot) == ("DONE", None)
    assert {(each.margin_mode, each.leverage) for each in sent(stage)} == {(None, None)}


def test_what_is_not_lent_for_is_bought_whole_at_a_venue_that_lends(lending: Stage) -> None:
    lending.arrives(leverage="5")
    lending.turn()

    assert [(each.margin_mode, each.leverage) for each in sent(lending)] == [(None, None)]


def test_a_question_and_its_details_name_the_margin(lending: Stage) -> None:
    lending.set_mode("manual")
    opened(lending, leverage="3", stop_loss="90")
    question = lending.question()

    assert "Margin: isolated 3×" in question.text
    assert "Stop loss 90" in question.text
    assert (question.details["margin_mode"], question.details["leverage"]) == ("ISOLATED", 3)
    assert (question.details["stop_loss"], question.details["take_profit"]) == ("90", None)


def test_a_trial_names_the_margin(lending: Stage) -> None:
    alert = {"action": "long", "symbol": SYMBOL, "leverage": "3"}
    uid = lending.wants("simulate", strategy=lending.strategy, alert=alert)
    lending.turn()

    assert "Margin: isolated 3×" in lending.request(uid).result
