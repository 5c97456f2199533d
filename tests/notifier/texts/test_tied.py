"""Where a message may wrap on a phone: never inside a number, nor between a number and its name, sign or unit."""

from datetime import timedelta
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.texts.line_wrap import TIED_COLUMNS, tied
from notifier.texts.message import render
from sandbox.telegram.text import as_read
from tests.golden_messages import PLATFORMS, SLOT, VIEW, Case, answers, balance, cases, close, snapshot

JOINER = "\u2060"


@pytest.mark.parametrize(
    "shown",
    [
        "Crypto~(USD):~$8,901.23  [Bybit~$5,000.00~| OKX~$3,901.23]",
        "TOTAL~(RUB):~≥~3,196,081~₽  (rate: 92.32~RUB/USD, 2026-02-11~09:55; without IBKR)",
        "IBKR NLV~(USD):~ERROR~(timeout), last~$12,345.67, 5~h~ago",
        "TOTAL~(USD):~≈~$34,619.59  (IBKR~12~min~ago)",
        "T\u2011Bank~(RUB):~≈~7~₽  (…4321: no permission, last~2~₽, 5~h~ago)",
        "TOTAL~(USD):~$34.00  (T\u2011Bank~…4321~5~h~ago)",
        "IBKR NLV~(USD):~$1.00  (close of~2026-02-06)",
        "For~10:00, delivered late at~10:12",
        "08:00  ≥~$22,273.92~| ≥~2,056,329~₽  (without IBKR)",
        "OKX~-$3,901.23~⚠~check]",
        "[Bybit~-$999,999,999,999,999.99~| OKX~$1.00]",
        "IBKR NLV (USD): ≥~-$999,999,999,999,999.99 ⚠~check",
    ],
)
def test_a_line_wraps_between_its_members_alone(shown: str) -> None:
    """`~` stands for a space that does not break; what would be too long for a line is parted from its name."""
    assert tied(shown.replace("~", " ")).replace(JOINER, "").replace("\u00a0", "~") == shown


def test_no_wrap_is_left_behind_a_hyphen_a_slash_or_dots() -> None:
    shown = tied("-$1.00 2026-02-11 RUB/USD …4321")

    assert [f"{sign}{JOINER}" in shown for sign in "-/…"] == [True] * 3
    assert shown.count(JOINER) == 5


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.title)
def test_a_tied_message_reads_the_same(case: Case) -> None:
    text = render(snapshot(case), VIEW)

    assert as_read(tied(text)) == text


@given(
    amount=st.decimals("-999999999999999", "999999999999999", places=2),
    folded=st.integers(0, 300),
)
def test_however_large_the_numbers_no_piece_is_wider_than_a_phone_and_the_message_fits(
    amount: Decimal, folded: int
) -> None:
    """Fault 45: the joiners count."""
    said = [balance(platform, f"{amount}") for platform in PLATFORMS]
    newest = close([*said, answers()[-1]])
    older = tuple(
        msgspec.structs.replace(newest, scheduled_for=SLOT - timedelta(days=hours)) for hours in range(1, folded + 1)
    )
    shown = tied(render(newest, msgspec.structs.replace(VIEW, folded=older)))

    assert len(shown.encode("utf-16-le")) // 2 <= 4096
    assert max(len(as_read(piece)) for piece in shown.replace("\n", " ").split(" ")) <= TIED_COLUMNS
