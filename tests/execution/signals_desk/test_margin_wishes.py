"""Margin mode and leverage from the chat: set at the venue, read back, told; half done, refused, or not known."""

import pytest

from bus.messages.venues import AskMargin, SetMargin
from ledger.inbox.opening import Inbox
from ledger.store import Ledger
from ledger.trading.flow.margins import MarginSetting, list_for
from ledger.trading.principal import SYSTEM
from ledger.trading.risk.limit_setting import NewLimit, set_limit
from tests.execution.signals_desk.stage import PERPETUAL, Stage
from tests.ledger.trading.world import ask, do

SYMBOL = "BTCUSDT.P"


@pytest.fixture
def lending(stage: Stage) -> Stage:
    """Give desks whose venue lends."""
    stage.venue.margins = {}
    return stage


def asks(stage: Stage, symbol: str = SYMBOL, mode: str = "isolated", leverage: str = "5") -> str:
    """Let a person want something, and give it a moment."""
    uid = stage.wants("margin", symbol=symbol, margin_mode=mode, leverage=leverage)
    stage.turn()
    return uid


def settings_of(stage: Stage) -> list[MarginSetting]:
    """Return what is chosen."""
    return list(ask(stage.ledger, list_for, SYSTEM, stage.account))


def shown(stage: Stage) -> list[tuple[str | None, str, int, bool]]:
    """Return symbol, mode, leverage, and whether it is confirmed."""
    return [(s.symbol, s.margin_mode, s.leverage, s.confirmed_at is not None) for s in settings_of(stage)]


def test_it_is_set_at_the_venue_read_back_and_told(lending: Stage) -> None:
    uid = asks(lending)

    assert lending.venue.margins == {PERPETUAL: ("ISOLATED", 5)}
    assert lending.request(uid).state == "DONE"
    assert shown(lending) == [("BTC-USDT", "ISOLATED", 5, True)]
    assert "✔ BTC-USDT: isolated 5×, set at the venue and read back." in lending.told()


def test_for_all_only_the_accounts_row_is_written_and_nothing_is_said_to_the_venue(lending: Stage) -> None:
    uid = asks(lending, "ALL", "cross", "3")

    assert lending.request(uid).state == "DONE"
    assert shown(lending) == [(None, "CROSS", 3, False)]
    assert not [each for each in lending.wire.ever if isinstance(each, (SetMargin, AskMargin))]
    assert "before the next order" in lending.told()[-1]


@pytest.mark.parametrize("outcome", ["REFUSED", "ROLLED_BACK"])
def test_what_the_venue_refuses_leaves_no_row_and_is_told_with_both_values(lending: Stage, outcome: str) -> None:
    lending.venue.margin_outcome = outcome
    uid = asks(lending)

    assert lending.request(uid).state == "REFUSED"
    assert shown(lending) == []
    assert "not set to isolated 5×. It is cross 20×. The venue: position exists" in lending.told()[-1]


def test_what_the_venue_refuses_leaves_the_row_before_as_it_was_read_back(lending: Stage) -> None:
    asks(lending, leverage="4")
    lending.venue.margin_outcome = "ROLLED_BACK"
    asks(lending, mode="cross", leverage="5")

    assert shown(lending) == [("BTC-USDT", "ISOLATED", 4, True)]


def test_what_nobody_knows_stays_unconfirmed_is_told_and_told_again_once_it_is_known(lending: Stage) -> None:
    """Fault T26."""
    lending.venue.margin_outcome = "UNKNOWN"
    uid = lending.wants("margin", symbol=SYMBOL, margin_mode="isolated", leverage="5")
    lending.turn(3)
    lending.venue.reads_margin = False
    lending.turn()
    told = lending.told()[-1]
    before = shown(lending)
    asked_before = len([each for each in lending.wire.ever if isinstance(each, AskMargin)])
    lending.passes(120)
    asked_since = len([each for each in lending.wire.ever if isinstance(each, AskMargin)]) - asked_before
    lending.start()
    lending.passes(10)
    still = shown(lending)
    lending.venue.reads_margin = True
    lending.passes(310, step_s=5)

    assert lending.request(uid).state == "REFUSED"
    assert 4 <= asked_since <= 7
    assert "nobody knows whether isolated 5× was set" in told
    assert before == still == [("BTC-USDT", "ISOLATED", 5, False)]
    assert shown(lending) == [("BTC-USDT", "CROSS", 20, True)]
    assert "⚠ BTC-USDT: the venue has cross 20×, not isolated 5×." in lending.told()[-1]
    asked = len([each for each in lending.wire.ever if isinstance(each, AskMargin)])
    lending.passes(60)
    assert len([each for each in lending.wire.ever if isinstance(each, AskMargin)]) == asked


def test_a_silent_venue_is_asked_again_and_a_restart_goes_on(lending: Stage) -> None:
    lending.venue.margin_outcome = ""
    uid = asks(lending)
    lending.passes(20)
    said = [each.id for each in lending.wire.ever if isinstance(each, SetMargin)]
    lending.start()
    lending.passes(4)
    state, row = lending.request(uid).state, shown(lending)
    lending.venue.margin_outcome = "SET"
    lending.passes(5)

    assert set(said) == {uid}
    assert 5 <= len(said) <= 8
    assert (state, row) == ("WORKING", [("BTC-USDT", "ISOLATED", 5, False)])
    assert lending.request(uid).state == "DONE"
    assert shown(lending) == [("BTC-USDT", "ISOLATED", 5, True)]


def test_a_refusal_after_a_restart_still_knows_what_was_there_before(lending: Stage) -> None:
    asks(lending, leverage="4")
    lending.venue.margin_outcome = ""
    asks(lending, leverage="5")
    lending.start()
    lending.venue.margin_outcome = "REFUSED"
    lending.passes(5)

    assert shown(lending) == [("BTC-USDT", "ISOLATED", 4, True)]


def test_more_than_any_limit_allows_is_refused_before_the_venue_is_touched(lending: Stage) -> None:
    new = NewLimit(portfolio=lending.portfolio, name="leverage_cap", value=4)
    first = asks(lending, leverage="6")
    do(lending.ledger, set_limit, lending.boss, new)
    second = asks(lending, leverage="5")

    assert [lending.request(each).state for each in (first, second)] == ["REFUSED", "REFUSED"]
    assert "MAX_LEVERAGE 5" in lending.request(first).result
    assert "leverage_cap 4" in lending.request(second).result
    assert shown(lending) == []
    assert not [each for each in lending.wire.ever if isinstance(each, SetMargin)]


def test_more_than_the_venue_lends_is_refused(books: Ledger, inbox: Inbox) -> None:
    stage = Stage(books, inbox, max_leverage=125)
    stage.venue.margins = {}
    uid = asks(stage, leverage="60")

    assert "at most 50 times, not 60" in stage.request(uid).result
    assert shown(stage) == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"symbol": "AAPL"}, "is not known"),
        ({"symbol": "NOSUCH.P"}, "is not known"),
        ({"mode": "both"}, "no margin mode"),
        ({"leverage": "0"}, "no leverage"),
        ({"leverage": "2.5"}, "no leverage"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_the_cure(lending: Stage, arguments: dict[str, str], said: str) -> None:
    uid = asks(lending, **arguments)

    assert lending.request(uid).state == "REFUSED"
    assert said in lending.request(uid).result
    assert shown(lending) == []


def test_a_venue_that_lends_nothing_refuses_and_one_that_does_not_answer_is_not_waited_for_for_ever(
    stage: Stage,
) -> None:
    first = asks(stage)
    stage.venue.margins, stage.venue.reads_margin = {}, False
    second = asks(stage)
    working = stage.request(second).state
    stage.passes(31)

    assert "lends nothing" in stage.request(first).result
    assert working == "WORKING"
    assert "has not answered within 30 s" in stage.request(second).result


def test_a_second_change_of_a_symbol_waits_for_nobody_and_is_refused_while_the_first_is_under_way(
    lending: Stage,
) -> None:
    lending.venue.margin_outcome = ""
    asks(lending)
    second = asks(lending, leverage="2")

    assert "under way" in lending.request(second).result
