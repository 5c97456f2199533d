"""Accounts and portfolios from the chat: made, chosen, renamed, put away; and how the venues are."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bus.connection import Bus
from bus.messages.trading import BrokerHealth, TradingState
from ledger.trading.errors import NotFound
from ledger.trading.people.accounts import list_accounts
from ledger.trading.people.portfolios import list_portfolios, portfolio_in_use
from notifier.trading.naming import named, renaming, with_place
from tests.ledger.trading.world import ALICE, BOSS, MALLORY, VERA, account, ask, portfolio, write_order
from tests.notifier.trading.stage import Stage, buttons
from tests.running import flat, wait_until


class Thing(msgspec.Struct):
    """Something with a name."""

    name: str


WORDS = st.lists(st.sampled_from("abc"), min_size=1, max_size=3)
THINGS = st.lists(WORDS.map(lambda words: Thing(" ".join(words))), unique_by=lambda each: each.name)


def said(stage: Stage, *texts: str, by: int = ALICE) -> list[str]:
    """Let somebody type something, and return the answers."""
    return [flat(stage.answer(text, by=by).text) for text in texts]


def names(stage: Stage) -> tuple[list[str], list[str]]:
    """Return the names of Alice's accounts and portfolios."""
    accounts = ask(stage.harness.ledger, list_accounts, stage.alice)
    return [each.name for each in accounts], [
        each.name for each in ask(stage.harness.ledger, list_portfolios, stage.alice)
    ]


def in_use(stage: Stage) -> str:
    """Return the name of the portfolio that Alice's commands act on."""
    return ask(stage.harness.ledger, portfolio_in_use, stage.alice).name


def test_an_account_on_paper_and_a_portfolio_in_it_are_made_chosen_and_renamed(stage: Stage) -> None:
    with stage.notifier():
        made = said(stage, "/accounts new Second one paper eur", "/portfolio new Coins Second one", "/portfolio coins")
        renamed = said(stage, "/accounts rename Second one Third", "/portfolio rename Coins Big coins")
        listed = stage.answer("/accounts").text
        page = stage.answer("/portfolio list").text

    assert made[0].startswith("The account Second one is made: PAPER, EUR, paper.")
    assert made[1].startswith("The portfolio Coins is made, in the account Second one (paper).")
    assert made[2] == "In use from now on: Coins (paper)."
    assert renamed == ["The account Second one is called Third now.", "The portfolio Coins is called Big coins now."]
    assert names(stage) == (["Paper", "Third"], ["Main", "Big coins"])
    assert listed.splitlines()[-3:] == ["Third", "  PAPER · EUR · paper", "  portfolios: Big coins"]
    assert page.splitlines()[1:6] == ["Main", "  Paper · paper", "  default", "▸ Big coins", "  Third · paper"]


def test_live_accounts_and_those_with_keys_are_made_on_the_machine(stage: Stage) -> None:
    with stage.notifier():
        told = said(stage, "/accounts new Big PAPER USD live", "/accounts new Big IBKR USD", "/accounts new Big")
        wrong = said(stage, "/accounts new Big PAPER dollars!", "/accounts new Paper PAPER USD")

    assert told[0].startswith("Live accounts are made on the machine")
    assert "make account NAME=… BROKER=IBKR OWNER=…" in told[1]
    assert told[2].startswith("Write /accounts")
    assert wrong[0].startswith("a currency is")
    assert wrong[1].startswith("there is an account Paper already")
    assert names(stage)[0] == ["Paper"]


def test_a_button_chooses_where_there_are_several_and_only_among_ones_own(stage: Stage) -> None:
    inside = account(stage.harness.ledger, stage.alice, "Other")
    portfolio(stage.harness.ledger, stage.alice, inside, "Second")
    with stage.notifier():
        alone = stage.answer("/portfolio new Own", by=MALLORY)
        page = stage.answer("/portfolio")
        stage.press(page, buttons(page)[1][1])
        after = stage.edited(page)
        stage.press(stage.answer("/version", by=MALLORY), buttons(page)[0][1], by=MALLORY)
        notes = stage.toasts(2)

    assert flat(alone.text) == "There is no account yet: /accounts new NAME PAPER USD"
    assert [label for label, _ in buttons(page)] == ["Main", "Second"]
    assert "▸ Second" in after
    assert notes[1].startswith("there is no portfolio")
    assert in_use(stage) == "Second"


def test_a_portfolio_with_an_open_order_is_not_put_away(stage: Stage) -> None:
    """Fault T39."""
    [inside] = ask(stage.harness.ledger, list_accounts, stage.alice)
    second = portfolio(stage.harness.ledger, stage.alice, inside, "Second")
    write_order(stage.harness.ledger, second.uid)
    with stage.notifier():
        told = said(stage, "/portfolio archive Second", "/portfolio archive Main", "/accounts archive Paper")

    assert told[0] == "portfolio Second is in use (open orders: 1, open positions: 0); cancel and close them first"
    assert told[1].startswith("portfolio Main is in use (open orders: 0, open positions: 1)")
    assert told[2] == "account Paper is in use (open orders: 1, open positions: 1); cancel and close them first"
    assert names(stage) == (["Paper"], ["Main", "Second"])


def test_what_is_put_away_is_chosen_no_longer_and_the_default_is_kept(stage: Stage) -> None:
    with stage.notifier():
        told = said(
            stage,
            "/portfolio new Second",
            "/portfolio Second",
            "/portfolio default Second",
            "/portfolio archive Second",
            "/portfolio default Main",
            "/portfolio archive second",
        )

    assert told[2] == "Second is the default from now on. In use: Second."
    assert told[3].startswith("portfolio Second is the default; make another one the default first")
    assert told[5].startswith("The portfolio Second is archived.")
    assert in_use(stage) == "Main"


def test_several_accounts_are_not_guessed_among(stage: Stage) -> None:
    account(stage.harness.ledger, stage.alice, "Other")
    with stage.notifier():
        told = said(stage, "/portfolio new Coins", "/portfolio Nothing", "/portfolio new", "/accounts rename Paper")

    assert told[0] == "There are several accounts; write one behind the name: Paper, Other."
    assert told[1] == "there is no portfolio Nothing"
    assert told[2].startswith("Write /portfolio")
    assert told[3].startswith("Write /accounts")
    assert names(stage)[1] == ["Main"]


def test_a_viewer_makes_nothing(stage: Stage) -> None:
    with stage.notifier():
        told = said(stage, "/accounts new Big PAPER USD", "/portfolio new Big", "/accounts rename a b", by=VERA)

    assert {text.split(";")[0] for text in told} == {"a viewer changes nothing"}


def test_brokers_tells_an_admin_how_each_venue_is(stage: Stage, wire: Bus) -> None:
    state = TradingState(
        mode="paper",
        killed="",
        waiting=0,
        oldest_at=None,
        brokers=(BrokerHealth(name="broker-paper", state="connected"),),
    )
    account(stage.harness.ledger, stage.alice, "Big", broker="BINGX", is_live=True)
    with stage.notifier():
        silent = stage.answer("/brokers", by=BOSS).text

        def heard() -> bool:
            """Say it again, and look whether it was heard."""
            wire.publish(state)
            return "connected" in stage.answer("/brokers", by=BOSS).text

        wait_until(heard, what="the state")
        told = stage.answer("/brokers", by=BOSS).text

    assert "execution does not answer" in flat(silent)
    assert sorted(told.split("\n", 1)[1].replace("\n  ", " / ").splitlines()) == [
        "BINGX BingX / no program runs for it / accounts: 0 paper, 1 live",
        "PAPER Paper / connected / accounts: 1 paper, 0 live",
    ]


@given(THINGS, st.lists(st.sampled_from("abc"), min_size=1, max_size=5))
def test_names_are_never_guessed(things: list[Thing], words: list[str]) -> None:
    meant = renaming(things, words)
    new, place = with_place(things, words)

    assert meant is None or f"{meant[0].name} {meant[1]}" == " ".join(words)
    assert " ".join([new, *([place.name] if place else [])]) == " ".join(words)
    assert all(named(things, each.name, what="thing") is each for each in things)


@pytest.mark.parametrize(("written", "found"), [("Main", "Main"), ("main", "main"), ("other", "Other")])
def test_a_name_is_found_in_other_letters_where_only_one_can_be_meant(written: str, found: str) -> None:
    things = [Thing(name) for name in ("Main", "main", "Other")]

    assert named(things, written, what="thing").name == found
    with pytest.raises(NotFound):
        named(things, "MAIN", what="thing")
