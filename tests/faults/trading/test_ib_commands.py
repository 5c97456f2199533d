"""All commands of the owner's bot over a whole system at the pretend gateway: up, down, and after its nightly restart.

What the gateway has appears to the digit; what is not known is said so, with since when; nothing is doubled after it.
"""

import re
import shutil
import tempfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from tests.faults.trading.ib_system import ACCOUNT, GATEWAY, IbStage, at_gateway, running
from tests.notifier.trading.stage import buttons
from tests.running import flat

pytestmark = [pytest.mark.faults, pytest.mark.timeout(420)]
SETTERS = {
    "/set_amount": ("Buy amount", "600.00", "590"),
    "/set_max_positions": ("Positions", "5", "4"),
    "/set_max_daily": ("Openings a day", "1000", "900"),
    "/set_max_invest": ("Invested", "90,000.00", "80000"),
    "/set_max_per_ticker": ("Openings per symbol", "1000", "900"),
    "/set_max_loss": ("Loss of a day", "500.00", "400"),
    "/set_reserve": ("Cash reserve", "100.00", "200"),
}
"""What each is called, is at first, and is tightened to."""
SECONDS_AWAY = 20
NOBODY = "Nobody listens at its address: the gateway does not run"
HELD = re.compile("buy AAPL · default\n  (IBKR is not connected|not known: )")


@pytest.fixture(scope="module")
def stage() -> Iterator[IbStage]:
    """Run one system: three shares are held by hand, two are bought."""
    home = Path(tempfile.mkdtemp(prefix="ib-", dir="/tmp"))
    try:
        with at_gateway(home) as made:
            made.order_gateway("trade", symbol="MSFT", quantity="3", price="480.5")
            with running(made):
                made.buy("bought", symbol="AAPL")
                made.wait_done("bought")
                made.wait_until(lambda: "now 271.48" in made.told("/positions"), what="the price is known", within_s=90)
                yield made
    finally:
        shutil.rmtree(home, ignore_errors=True)


def amounts(stage: IbStage) -> tuple[str, str]:
    """Return the gateway's equity and cash as the chat writes them."""
    at = stage.gateway()
    equity = at.cash + at.positions["AAPL"] * Decimal("271.48") + at.positions["MSFT"] * Decimal("485.10")
    return f"Equity: {equity:,.2f} USD", f"Cash: {at.cash:,.2f} USD"


def figures_are_the_gateways(stage: IbStage) -> bool:
    """Tell whether `/status` has the gateway's money, as of a connected venue."""
    lines = stage.told("/status").splitlines()
    return {*amounts(stage), "IBKR: connected"} <= set(lines)


def test_with_the_gateway_up_each_figure_is_the_gateways(stage: IbStage) -> None:
    stage.wait_until(lambda: figures_are_the_gateways(stage), what="the money after the fill is known", within_s=90)
    status, positions = stage.told("/status"), stage.told("/positions")
    day, week = flat(stage.told("/pnl")), flat(stage.told("/pnl_week"))
    market, queue, settings = (stage.told(text) for text in ("/market", "/queue", "/settings"))

    assert status.startswith(f"Trading: paper · ib\nib, IBKR {ACCOUNT}\n\nIBKR: connected\n  since ")
    assert "Invested: 89,457.00 of 90,000.00 USD" in status
    assert {"Positions: 1", "  at cost 543.00 USD", "Open orders: 0", "Executions: 1"} <= set(status.splitlines())
    assert "Realized: -1.00 USD" in status
    assert positions.startswith("ib · paper\nAAPL  2 @ 271.5\n  now 271.48, -0.04 USD\n  default")
    assert "MSFT  3 · /adopt MSFT\n  not ours, held at the venue\n  at 480.5 on average" in positions
    assert "Net: -1.00 USD Gross: nothing Fees: 1.00 USD Executions: 1" in day
    assert "not known yet" not in day
    assert week.startswith("P&L: 7 days · paper ib")
    assert "IBKR, shares: open" in market
    assert queue == "ib · paper\nNothing waits."
    assert f"ib, IBKR {ACCOUNT}" in settings
    assert all(f"{called}: {value}" in settings for called, value, _ in SETTERS.values())


def test_start_and_help_list_each_command(stage: IbStage) -> None:
    start, help_ = stage.asked_all("/start", 2), stage.asked_all("/help", 2)

    assert "It also trades, paper" in flat(start)
    assert [text for text in (*SETTERS, "/status", "/sell_all", "/clear_queue", "/kill") if text not in help_] == []


@pytest.mark.parametrize("command", SETTERS)
def test_each_setting_says_its_value_and_is_tightened_at_once(stage: IbStage, command: str) -> None:
    called, value, tighter = SETTERS[command]
    alone, changed, after = flat(stage.told(command)), flat(stage.told(f"{command} {tighter}")), stage.told("/settings")

    assert f"{called}, of the portfolio ib (paper)" in alone or "(paper)" in alone
    assert value in alone
    assert called in changed
    assert f"{called}: {Decimal(tighter):,.2f} USD" in after or f"{called}: {tighter}" in after


def test_pause_refuses_an_opening_and_resume_lets_it_pass(stage: IbStage) -> None:
    paused = flat(stage.told("/pause"))
    stage.buy("paused", symbol="AAPL")
    stage.wait_state("REJECTED", "paused")
    status = stage.told("/status")
    resumed = stage.pressed("/resume")

    assert paused.startswith("⏸ No openings")
    assert "⏸ No openings for the portfolio ib" in status
    assert resumed.startswith("Buying goes on")
    assert "⏸" not in stage.told("/status")


def test_what_waits_for_an_answer_is_in_the_queue_and_can_be_cleared(stage: IbStage) -> None:
    stage.told("/mode manual")
    stage.buy("asked", symbol="AAPL")
    stage.wait_state("AWAITING_CONFIRMATION", "asked")
    queue = flat(stage.told("/queue"))
    cleared = stage.pressed("/clear_queue")
    stage.wait_state("REJECTED", "asked")
    stage.pressed_if_asked("/mode auto")

    assert re.search(r"ib · paper \w{8} \d+ (s|min) buy AAPL · default waits for the answer$", queue)
    assert cleared.startswith("Taken: /clear_queue")
    assert stage.told("/clear_queue") == "Nothing waits in ib (paper)."


def test_a_kill_stops_all_and_an_unkill_with_a_button_ends_it(stage: IbStage) -> None:
    killed = flat(stage.told("/kill"))
    stage.sell("killed", symbol="AAPL")
    stage.wait_state("REJECTED", "killed")
    status = stage.told("/status")
    again = stage.pressed("/unkill")

    assert killed.startswith("🛑 Killed, for everybody: nothing more is ordered, and nothing that was sent before")
    assert "🛑 Killed for everybody" in status
    assert again.startswith("Trading goes on")


def test_with_the_gateway_down_each_command_answers_and_marks_what_is_not_known(stage: IbStage) -> None:
    before = amounts(stage)
    stage.world.fault(GATEWAY, "refuse")
    try:
        stage.wait_until(lambda: "IBKR: ⚠ not connected" in stage.told("/status"), what="it is known to be away")
        stage.wait_until(lambda: NOBODY in flat(stage.told("/status")), what="it was tried")
        status, positions = stage.told("/status"), flat(stage.told("/positions"))
        others = [flat(stage.told(text)) for text in ("/market", "/queue", "/settings", "/pnl", "/pnl_week", *SETTERS)]
        sell, close = stage.question("/sell_all"), stage.question("/close AAPL")
        paused, resumed = flat(stage.told("/pause")), stage.pressed("/resume")
        killed, unkilled = flat(stage.told("/kill")), stage.pressed("/unkill")
        nothing, started = stage.told("/clear_queue"), stage.asked_all("/start", 2)
        stage.buy("meanwhile", symbol="AAPL")
        stage.wait_until(lambda: bool(stage.state("meanwhile")), what="the alert is taken in")
        stage.wait_until(lambda: HELD.search(stage.told("/queue")) is not None, what="the queue says what holds it")
    finally:
        stage.world.clear(GATEWAY)

    assert "attempts to connect: " in status
    assert set(before) <= set(status.splitlines())
    assert "⚠ still as of " in status
    assert positions.startswith("ib · paper AAPL 2 @ 271.5")
    assert positions.endswith("⚠ IBKR is not connected: /status")
    assert all(others)
    assert [flat(each.text).count("IBKR is not connected: nothing is ordered") for each in (sell, close)] == [1, 1]
    assert "What the books do not have stays: MSFT 3" in flat(sell.text)
    assert buttons(sell)[0][0] == "Close all: 1"
    assert paused.startswith("⏸")
    assert resumed.startswith("Buying goes on")
    assert killed.startswith("🛑 Killed")
    assert unkilled.startswith("Trading goes on")
    assert nothing.startswith("Nothing waits")
    assert "It also trades, paper" in flat(started)


def test_after_the_nightly_restart_the_figures_are_back_and_nothing_is_doubled(stage: IbStage) -> None:
    stage.wait_until(lambda: figures_are_the_gateways(stage), what="it is back", within_s=120)
    stage.wait_until(lambda: stage.state("meanwhile") in {"DONE", "REJECTED", "EXPIRED"}, what="the alert has ended")
    stage.order_gateway("restart", seconds=SECONDS_AWAY)
    stage.wait_until(lambda: "IBKR: ⚠ not connected" in stage.told("/status"), what="it is known to be away")
    in_between = [stage.told(text) for text in ("/positions", "/pnl", "/market", "/queue", "/settings")]
    stage.bring("again", "buy", symbol="AAPL")
    stage.wait_until(lambda: figures_are_the_gateways(stage), what="it is back", within_s=120)
    stage.wait_done("again", within_s=90)
    stage.wait_until(lambda: figures_are_the_gateways(stage), what="the money after it is known", within_s=120)
    stage.must_agree()
    positions = flat(stage.told("/positions"))

    assert all(in_between)
    assert in_between[0].endswith("⚠ IBKR is not connected: /status")
    assert "MSFT 3 · /adopt MSFT" in positions
    assert positions.count("AAPL") == 1
    assert f"AAPL {stage.gateway().positions['AAPL']:f} @ " in positions


def test_sell_all_names_what_it_does_and_does_it_once(stage: IbStage) -> None:
    held = stage.held()
    question = flat(stage.question("/sell_all").text)
    done = stage.pressed("/sell_all")
    stage.wait_until(lambda: not stage.held(), what="all is sold", within_s=90)
    stage.must_agree()
    positions, day = flat(stage.told("/positions")), flat(stage.told("/pnl"))

    assert all(f"{symbol} {quantity.normalize():f}" in question for symbol, quantity in held.items())
    assert question.startswith("Close everything in ib (paper), of all strategies, at the market? Held: ")
    assert done == "Taken: /sell_all. The result comes as a message."
    assert "MSFT 3" in positions
    assert "AAPL" not in positions
    assert stage.gateway().positions == {"MSFT": Decimal(3)}
    assert "Executions: " in day


def test_what_is_held_by_hand_is_taken_in_and_sold_and_its_orders_have_their_lives(stage: IbStage) -> None:
    asked = flat(stage.question("/adopt MSFT").text)
    stage.pressed("/adopt MSFT")
    stage.wait_until(lambda: stage.held() == {"MSFT": Decimal(3)}, what="it is in the books")
    adopted = flat(stage.told("/positions"))
    buy, sell = flat(stage.question("/buy FRAC 150").text), flat(stage.question("/sell MSFT 1").text)
    stage.pressed("/buy FRAC 150")
    stage.wait_until(lambda: "FRAC" in stage.held(), what="it is bought")
    stage.pressed("/sell MSFT 1")
    stage.wait_until(lambda: stage.held()["MSFT"] == Decimal(2), what="one is sold")
    stage.wait_until(lambda: "FRAC  1 @ 100.02\n  now 100, -0.02 USD" in stage.told("/positions"), what="its price")
    stage.pressed("/close MSFT")
    stage.wait_until(lambda: "MSFT" not in stage.held(), what="the rest is closed", within_s=90)
    [(uid,)] = stage.rows("SELECT uid FROM signals WHERE symbol = 'FRAC'")
    life, nothing_left = stage.told(f"/why {str(uid)[:8]}"), flat(stage.told("/adopt"))

    assert asked.startswith("Book +3 MSFT in ib (paper), as made by hand at the venue, which holds 3?")
    assert "not ours" not in adopted
    assert buy.startswith("Buy FRAC as the venue knows it, for 150 USD at the market, in ib (paper)?")
    assert sell.startswith("Sell 1 of MSFT (EQUITY) at the market, in ib (paper)? Bought by hand: 3.")
    assert "ib · paper" in life
    assert "DONE" in life
    assert "BROKER_LOST" not in life
    assert nothing_left.endswith("Books and venue differ in: –.")
    assert {symbol: held for symbol, held in stage.gateway().positions.items() if held} == {"FRAC": Decimal(1)}
