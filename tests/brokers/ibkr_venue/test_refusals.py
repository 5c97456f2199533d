"""What the gateway's errors about an order mean."""

import pytest

from brokers.ibkr_venue.refusals import MOST_SIGNS, Trouble, reason_of


@pytest.mark.parametrize(
    ("code", "text", "reason"),
    [
        (10243, "Fractional-sized order cannot be placed via API.", "IB_FRACTIONAL"),
        (201, "Order rejected - reason:YOUR AVAILABLE FUNDS [1 USD] MUST EXCEED THE INITIAL MARGIN", "funds"),
        (201, "Order rejected - reason:No trading permission for this product", "Trading Permissions"),
        (203, "The security SPY is not available or allowed for this account.", "Trading Permissions"),
        (321, "Error validating request.-'b' : cause - The API interface is currently in Read-Only mode.", "Read-Only"),
        (110, "The price does not conform to the minimum price variation for this contract.", "price step"),
        (201, "Order rejected - reason:Something<br>new", "Something new"),
        (
            399,
            "Order Message:\nBUY 1 AAPL\nWarning: held until 2026-11-30 09:30:00 US/Eastern",
            "held until 2026-11-30",
        ),
    ],
)
def test_a_reason_is_short_and_names_the_cure(code: int, text: str, reason: str) -> None:
    told = reason_of(Trouble(code, text))

    assert reason in told
    assert "\n" not in told


def test_a_cancel_without_a_reason_has_none() -> None:
    assert reason_of(Trouble(202, "Order Canceled - reason:")) == ""
    assert reason_of(Trouble(202, "Order Canceled - reason:End of day")) == "End of day"


def test_a_reason_of_the_venues_own_is_cut() -> None:
    assert len(reason_of(Trouble(201, "x" * 1000))) == MOST_SIGNS


@pytest.mark.parametrize(("code", "lives"), [(399, True), (404, True), (2109, True), (201, False), (10147, False)])
def test_some_errors_are_said_of_orders_that_live(code: int, lives: bool) -> None:
    assert Trouble(code, "").is_news is lives
