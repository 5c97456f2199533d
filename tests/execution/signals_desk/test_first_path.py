"""From the inbox to the books."""

from decimal import Decimal

from tests.execution.signals_desk.stage import Stage


def test_a_buy_is_taken_in_ordered_and_filled(stage: Stage) -> None:
    uid = stage.arrives("buy")
    stage.turn()

    assert stage.end(uid) == ("DONE", None)
    assert stage.held() == [("BTC-USDT", Decimal(10))]
    assert stage.in_inbox(uid).state == "DONE"
