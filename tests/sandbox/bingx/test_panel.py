"""The pretend BingX in the panel: each mode is what it says, and what its buttons do is seen."""

import httpx
import pytest

from sandbox.control.client import PanelControl, Sandbox
from sandbox.page.panel_controls import PANEL_CONTROLS
from tests.sandbox.bingx.asking import ask, buy
from tests.sandbox.bingx.driving import ORDER, POSITIONS
from tests.sandbox.bingx.listening import ear

MODES = [mode.name for control in PANEL_CONTROLS if control.name == "bingx" for mode in control.modes]
LEVERAGE = "/openApi/swap/v2/trade/leverage"
BTC = {"symbol": "BTC-USDT"}


def card(sandbox: Sandbox) -> PanelControl:
    """Return BingX's card, which has to be shown."""
    return next(each for each in sandbox.panel_controls() if each.name == "bingx")


def test_the_card_comes_with_the_first_use_of_the_account_and_tells_of_it(sandbox: Sandbox) -> None:
    before = [each.name for each in sandbox.panel_controls()]
    buy(sandbox)
    shown = card(sandbox)

    assert "bingx" not in before
    assert shown.lines == [
        "Key: reads, trades spot, trades perpetuals",
        "Hedge mode, money is USDT",
        "Stream: 0 listening",
        "BTC-USDT: CROSSED, 10×, 10×",
        "ETH-USDT: CROSSED, 10×, 10×",
        "SOL-USDT: CROSSED, 10×, 10×",
        "BTC-USDT LONG: 0.001 at 82318.7",
        "BUY 0.001 BTC-USDT MARKET: FILLED",
    ]


@pytest.mark.parametrize("mode", MODES)
def test_each_mode_is_taken_and_left(sandbox: Sandbox, mode: str) -> None:
    buy(sandbox)
    sandbox.set_panel_control("bingx", mode=mode)
    taken = card(sandbox).mode
    sandbox.all_well()

    assert (taken, card(sandbox).mode) == (mode, "works")
    assert buy(sandbox)["code"] == 0


def test_the_next_order_is_refused_and_then_all_is_well(sandbox: Sandbox) -> None:
    buy(sandbox)
    sandbox.set_panel_control("bingx", mode="rejects")

    assert [buy(sandbox)["code"] for _time in range(2)] == [101204, 0]
    assert card(sandbox).mode == "works"


def test_no_leverage_is_set_where_it_is_refused(sandbox: Sandbox) -> None:
    buy(sandbox)
    sandbox.set_panel_control("bingx", mode="leverage")

    assert ask(sandbox, "POST", LEVERAGE, **BTC, side="LONG", leverage="5")["code"] == 109400
    assert ask(sandbox, "GET", LEVERAGE, **BTC)["code"] == 0


def test_a_price_that_is_set_fills_what_waits_for_it(sandbox: Sandbox) -> None:
    buy(sandbox, type="LIMIT", price="80000")
    sandbox.set_panel_control("bingx", figures={"BTC-USDT": "79000"})

    assert "BUY 0.001 BTC-USDT LIMIT: FILLED" in card(sandbox).lines


def test_what_rests_is_filled_by_its_button(sandbox: Sandbox) -> None:
    sandbox.set_panel_control("bingx", mode="holds")
    buy(sandbox)
    before = card(sandbox).lines[-1]
    sandbox.set_panel_control("bingx", action="fill")

    assert (before, card(sandbox).lines[-1]) == (
        "BUY 0.001 BTC-USDT MARKET: NEW",
        "BUY 0.001 BTC-USDT MARKET: FILLED",
    )


def test_a_position_is_liquidated_by_its_button(sandbox: Sandbox) -> None:
    buy(sandbox)
    sandbox.set_panel_control("bingx", action="liquidate-BTC-USDT-LONG")

    assert ask(sandbox, "GET", POSITIONS, **BTC)["data"] == []
    assert "SELL 0.001 BTC-USDT MARKET: FILLED" in card(sandbox).lines


def test_funding_is_paid_by_its_button_and_told(sandbox: Sandbox) -> None:
    buy(sandbox)
    with ear(sandbox) as listener:
        sandbox.set_panel_control("bingx", action="funding-BTC-USDT-LONG")
        event = listener.event("ACCOUNT_UPDATE")

    assert isinstance(event["a"], dict)
    assert (event["a"]["m"], event["a"]["B"][0]["bc"]) == ("FUNDING_FEE", "-0.00823105")


def test_the_money_of_each_wallet_can_be_set(sandbox: Sandbox) -> None:
    buy(sandbox)
    sandbox.set_panel_control("bingx", figures={"wallet": "500", "spot-USDT": "70"})

    assert {"500", "70"} <= {figure.value for figure in card(sandbox).figures}


def test_the_answer_to_an_order_can_be_lost(sandbox: Sandbox) -> None:
    buy(sandbox)
    sandbox.set_panel_control("bingx", mode="lost")
    with pytest.raises(httpx.TransportError):
        buy(sandbox, clientOrderId="lost1")

    assert ask(sandbox, "GET", ORDER, **BTC, clientOrderId="lost1")["code"] == 0
