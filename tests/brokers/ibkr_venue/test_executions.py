"""Executions of the TWS API as the bus says them."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from ib_async import CommissionReport, Fill, Stock
from ib_async import Execution as Made

from brokers.ibkr_venue.executions import client_id_of, execution_of, midnight, revision_of
from bus.messages.venues import Traded

AT = datetime(2026, 3, 4, 15, tzinfo=UTC)
AAPL = Traded(symbol="AAPL", asset_type="EQUITY", currency="USD", exchange="NASDAQ")


def fill(exec_id: str = "0000e0d5.6521a1b2.01.01", *, ref: str = "a1", perm_id: int = 7, liquidation: int = 0) -> Fill:
    """Return a fill of ten shares, whose commission has not come."""
    made = Made(
        execId=exec_id,
        time=AT,
        side="BOT",
        shares=10.0,
        price=271.48,
        permId=perm_id,
        orderRef=ref,
        liquidation=liquidation,
    )
    return Fill(Stock("AAPL", "SMART", "USD", primaryExchange="NASDAQ"), made, CommissionReport(), AT)


@pytest.mark.parametrize(
    ("exec_id", "name", "revision"),
    [
        ("0000e0d5.6521a1b2.01.01", "0000e0d5.6521a1b2.01", 1),
        ("0000e0d5.6521a1b2.01.02", "0000e0d5.6521a1b2.01", 2),
        ("0000e0d5.6521a1b2.01.12", "0000e0d5.6521a1b2.01", 12),
        ("odd", "odd", 0),
        ("odd.x", "odd.x", 0),
    ],
)
def test_a_correction_bears_the_name_of_what_it_corrects(exec_id: str, name: str, revision: int) -> None:
    assert revision_of(exec_id) == (name, revision)


def test_an_execution_whose_commission_has_not_come_has_no_fee_and_not_a_fee_of_zero() -> None:
    without = execution_of(fill(), CommissionReport(), AAPL)
    report = CommissionReport(execId="0000e0d5.6521a1b2.01.01", commission=1.0, currency="USD")
    with_it = execution_of(fill(), report, AAPL)

    assert (without.fee, without.fee_currency) == (None, None)
    assert (with_it.fee, with_it.fee_currency) == (Decimal(1), "USD")


def test_an_execution_made_by_hand_has_no_name_of_ours_and_a_liquidation_says_so() -> None:
    by_hand = execution_of(fill(ref="", perm_id=0, liquidation=1), None, AAPL)

    assert (by_hand.client_order_id, by_hand.broker_order_id) == (None, None)
    assert by_hand.note == "LIQUIDATION"


def test_an_order_that_was_made_smaller_keeps_our_name() -> None:
    assert (client_id_of("a1~"), client_id_of("a1"), client_id_of("")) == ("a1", "a1", "")


@pytest.mark.parametrize(
    ("now", "since"),
    [
        ((2026, 3, 4, 15), (2026, 3, 4, 5)),
        ((2026, 3, 4, 4, 59), (2026, 3, 3, 5)),
        ((2026, 3, 8, 18), (2026, 3, 8, 5)),  # the clocks of New York go forward on this day
        ((2026, 7, 1, 12), (2026, 7, 1, 4)),
    ],
)
def test_executions_reach_back_to_new_yorks_midnight(now: tuple[int, ...], since: tuple[int, ...]) -> None:
    assert midnight(datetime(*now, tzinfo=UTC)) == datetime(*since, tzinfo=UTC)  # type: ignore[arg-type,misc]
