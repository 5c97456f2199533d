"""Orders by hand in a whole system: a press is one order, however often it comes and whoever dies."""

from decimal import Decimal

import pytest

from sandbox.telegram.chat import Sent
from tests.faults.trading.system import Stage
from tests.notifier.trading.stage import buttons, first_button

pytestmark = [pytest.mark.faults, pytest.mark.timeout(180)]
SYMBOL, AT_VENUE = "SOLUSDT", "SOL-USDT"


def asked(stage: Stage, text: str) -> tuple[Sent, str]:
    """Type a command that asks; return its question, and the data of the button that does it."""
    typed = stage.world.type(text).message_id
    question = stage.world.wait_for_message(lambda each: each.message_id > typed and bool(buttons(each)), timeout_s=60)
    return question, first_button(question)


def requests(stage: Stage, kind: str) -> list[str]:
    """Return the states of what was asked of execution."""
    found = stage.rows("SELECT state FROM trading_requests WHERE kind = ? ORDER BY id", kind)
    return [str(state) for (state,) in found]


@pytest.mark.parametrize("moment", ["RECEIVED before", "RECEIVED after", "QUEUED after", "ORDERED after"])
def test_a_press_is_one_order_whoever_dies_between(stage: Stage, moment: str) -> None:
    """Faults T10 and T27: an order by hand, pressed twice, execution dies at a step, the notifier beside it."""
    held, before = stage.held().get(AT_VENUE, Decimal(0)), stage.executions()
    count = len(requests(stage, "buy"))
    question, data = asked(stage, f"/buy {SYMBOL} 20")
    stage.die("execution", moment)
    for _ in range(2):
        stage.world.press(question.message_id, data)
    stage.wait_until(lambda: stage.has_died("execution"), what=f"execution dies: {moment}")
    stage.kill("notifier")
    stage.wait_until(lambda: stage.executions() == before + 1, what="it is bought")
    stage.wait_until(lambda: stage.held().get(AT_VENUE, Decimal(0)) > held, what="it is in the books")

    assert requests(stage, "buy")[count:] == ["DONE"]
    stage.must_be_right()


def test_what_was_bought_by_hand_is_sold_by_hand_and_an_alert_is_tried_between(stage: Stage) -> None:
    at_first = stage.executions()
    question, data = asked(stage, f"/buy {SYMBOL} 30")
    stage.world.press(question.message_id, data)
    stage.wait_until(lambda: stage.executions() == at_first + 1, what="it is bought")
    stage.wait_until(lambda: stage.held().get(AT_VENUE, Decimal(0)) > 0, what="it is in the books")
    before = stage.executions()
    stage.world.type(f'/simulate {{"action": "buy", "symbol": "{SYMBOL}"}}')
    told = stage.said("Trial: buy SOLUSDT")
    after = stage.executions()
    question, data = asked(stage, f"/sell {SYMBOL} all")
    stage.world.press(question.message_id, data)
    stage.wait_until(lambda: AT_VENUE not in stage.held(), what="it is sold")

    assert "Order: BUY" in told
    assert after == before
    stage.must_be_right()
