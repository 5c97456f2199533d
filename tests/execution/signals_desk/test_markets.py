"""One symbol, two markets: a strategy's own says which is meant, and what was learned of one answers for no other."""

import pytest

from bus.messages.venues import AskInstrument
from execution.sizing import read_sizing
from ledger.trading.errors import Invalid
from ledger.trading.people.strategies import NewStrategy, create_strategy
from ledger.trading.people.users import list_users
from ledger.trading.principal import SYSTEM
from tests.execution.signals_desk.stage import Stage
from tests.ledger.trading.world import ask, do


def kinds(stage: Stage) -> list[str]:
    """Return what was opened, oldest first."""
    return [each.instrument.asset_type for each in stage.venue.placed.values() if each.leg == "ENTRY"]


def of_market(stage: Stage, market: str) -> str:
    """Make a strategy of a market, and return its uid."""
    [owner] = [each.uid for each in ask(stage.ledger, list_users, SYSTEM)]
    new = NewStrategy(name=market, portfolio=stage.portfolio, mode="auto", params={"market": market}, user=owner)
    return str(do(stage.ledger, create_strategy, SYSTEM, new).uid)


@pytest.mark.parametrize("order", [("", "futures", "spot"), ("futures", "", "spot")], ids="-".join)
def test_each_strategy_trades_its_own_market_whichever_was_learned_first(stage: Stage, order: tuple[str, ...]) -> None:
    strategies = {"": "", **{market: of_market(stage, market) for market in ("spot", "futures")}}
    for market in (*order, *order):
        stage.arrives("buy", "BTCUSDT", strategy=strategies[market])
        stage.turn()
    meant = {"": "CRYPTO", "spot": "CRYPTO", "futures": "FUTURE"}

    assert kinds(stage) == [meant[market] for market in (*order, *order)]


def test_a_futures_strategy_may_sell_short_what_a_spot_one_cannot(stage: Stage) -> None:
    stage.set_params(market="futures", reverse="yes")
    short = stage.arrives("sell", "BTCUSDT")
    stage.turn(20)

    assert stage.end(short) == ("DONE", None)
    assert [(each.side, each.instrument.asset_type) for each in stage.venue.placed.values()] == [("SELL", "FUTURE")]


def test_a_symbol_that_was_learned_is_asked_for_no_more(stage: Stage) -> None:
    stage.set_params(market="futures")
    stage.arrives("buy")
    stage.turn()
    before = len([each for each in stage.wire.ever if isinstance(each, AskInstrument)])
    stage.arrives("buy")
    stage.turn()
    asked = [each for each in stage.wire.ever if isinstance(each, AskInstrument)]

    assert {each.asset_type for each in asked} == {"FUTURE"}
    assert len(asked) == before


def test_a_market_that_the_venue_does_not_have_the_symbol_in_is_refused(stage: Stage) -> None:
    stage.set_params(market="spot")
    uid = stage.arrives("buy", "BTCUSDT.P")
    stage.turn()

    assert stage.end(uid) == ("REJECTED", "UNKNOWN_SYMBOL")


def test_a_market_is_spot_or_futures() -> None:
    assert (read_sizing({"market": "futures"}).kind, read_sizing({"market": "spot"}).kind) == ("FUTURE", "CRYPTO")
    assert read_sizing({}).kind is None
    with pytest.raises(Invalid):
        read_sizing({"market": "margin"})
