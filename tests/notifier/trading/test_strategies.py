"""Strategies from the chat: their modes, and the addresses of their alerts."""

import re

from ledger.trading.people.strategies import find_strategy
from ledger.trading.people.strategy_rows import Strategy
from ledger.trading.people.strategy_tokens import find_by_token_hash, token_hash
from ledger.trading.principal import SYSTEM
from tests.ledger.trading.world import MALLORY, VERA
from tests.notifier.trading.stage import GROUP, Stage
from tests.running import flat

SECRET = re.compile(r"/webhook/tradingview/([\w-]+)")


def trend(stage: Stage, name: str = "trend") -> Strategy:
    """Return Alice's strategy."""
    with stage.harness.ledger.reading() as connection:
        return find_strategy(stage.alice, connection, name)


def test_modes_are_shown_and_set_with_and_without_a_name(stage: Stage) -> None:
    with stage.notifier():
        before = stage.answer("/mode").text
        alone = flat(stage.answer("/mode manual").text)
        named = flat(stage.answer("/mode trend closing_only").text)
        wrong = flat(stage.answer("/mode trend sometimes").text)

    assert before == "trend: auto"
    assert alone == "trend: manual from now on, for signals that wait too."
    assert named.startswith("trend: closing_only")
    assert wrong == "a mode is auto, manual, closing_only, off; not 'sometimes'"
    assert trend(stage).mode == "closing_only"


def test_a_viewer_and_another_trader_change_no_mode(stage: Stage) -> None:
    with stage.notifier():
        viewer = flat(stage.answer("/mode trend off", by=VERA).text)
        other = flat(stage.answer("/mode trend off", by=MALLORY).text)

    assert (viewer, other) == ("there is no strategy trend", "there is no strategy trend")
    assert trend(stage).mode == "auto"


def test_a_new_strategy_has_an_address_that_is_shown_once_and_can_be_changed(stage: Stage) -> None:
    with stage.notifier():
        made = stage.answer("/strategy new Wave one")
        first = SECRET.findall(made.text)[0]
        again = flat(stage.answer("/strategy url Wave one").text)
        second = SECRET.findall(stage.answer("/strategy rotate Wave one").text)[0]
        listed = stage.answer("/strategy").text

    with stage.harness.ledger.reading() as connection:
        found = find_by_token_hash(SYSTEM, connection, token_hash(second))
    assert found.name == "Wave one"
    assert first != second
    assert first not in again
    assert listed.splitlines() == ["Strategies", "Wave one: off, version 1, 🔑", "trend: auto, version 1, –"]


def test_a_secret_is_never_said_in_a_group(stage: Stage) -> None:
    with stage.notifier():
        told = [flat(stage.answer(f"/strategy {what} trend", chat=GROUP).text) for what in ("new", "rotate")]

    assert set(told) == {"Only in your private chat with this bot: the address is a secret."}
    assert not trend(stage).has_token


def test_a_strategy_is_switched_off_and_what_is_not_understood_is_told(stage: Stage) -> None:
    with stage.notifier():
        usage = flat(stage.answer("/strategy of trend").text)
        off = flat(stage.answer("/strategy off trend").text)
        gone = stage.answer("/strategy list").text

    assert usage.startswith("Write /strategy")
    assert off == "The strategy trend is off, its address worth nothing. Positions stay."
    assert flat(gone) == "There is no strategy yet: /strategy new NAME"


def test_all_strategies_of_the_portfolio_in_use_have_their_mode_set_at_once(stage: Stage) -> None:
    with stage.notifier():
        stage.answer("/strategy new wave")
        stage.answer("/portfolio new Second")
        stage.answer("/portfolio Second")
        stage.answer("/strategy new elsewhere")
        none_here = flat(stage.answer("/mode all off", by=MALLORY).text)
        stage.answer("/portfolio Main")
        done = flat(stage.answer("/mode ALL manual").text)

    assert none_here.startswith(("there is no portfolio", "Write /mode"))
    assert done == "trend, wave: manual from now on, for signals that wait too."
    assert [trend(stage, name).mode for name in ("trend", "wave", "elsewhere")] == ["manual", "manual", "off"]


def test_a_strategy_may_be_of_spot_or_of_futures(stage: Stage) -> None:
    with stage.notifier():
        stage.answer("/strategy new Wave one market=FUTURES")
        wrong = flat(stage.answer("/strategy new Wave two market=moon").text)
        nameless = flat(stage.answer("/strategy new market=spot").text)
        listed = stage.answer("/strategy").text

    assert trend(stage, "Wave one").params == {"market": "futures"}
    assert wrong.startswith("Write /strategy")
    assert nameless.startswith("Write /strategy")
    assert "Wave one: off, version 1, 🔑\n  market=futures\ntrend" in listed
