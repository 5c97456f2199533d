"""What stands above and below the numbers, and that a message always fits."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bus.messages.rounds import Platform, Snapshot
from notifier.texts.message import View, render
from tests.golden_messages import (
    IBKR,
    LAST_RATE,
    OKX,
    PARIS,
    SLOT,
    SOURCES,
    TBANK,
    VIEW,
    answers,
    balance,
    close,
    last_known,
)

replace = msgspec.structs.replace

NUMBERS = """\
T\u2011Bank (RUB): 1,234,567 ₽
IBKR NLV (USD): $12,345.67
Crypto (USD): $8,901.23  [Bybit $5,000.00 | OKX $3,901.23]

TOTAL (USD): $34,619.59
TOTAL (RUB): 3,196,081 ₽  (rate: 92.32 RUB/USD, 2026-02-11 09:55)"""


def hours_earlier(snapshot: Snapshot, hours: int) -> Snapshot:
    """Return the snapshot as if of an earlier slot."""
    earlier = timedelta(hours=hours)
    return replace(snapshot, scheduled_for=SLOT - earlier, closed_at=snapshot.closed_at - earlier)


def units(text: str) -> int:
    """Count UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2


def test_a_message_first_tried_more_than_two_minutes_after_its_slot_says_for_when_it_is() -> None:
    view = replace(VIEW, attempted_at=SLOT + timedelta(minutes=12, seconds=30))

    assert render(close(answers()), view) == f"For 10:00, delivered late at 10:12\n\n{NUMBERS}"


def test_two_minutes_are_not_late() -> None:
    assert render(close(answers()), replace(VIEW, attempted_at=SLOT + timedelta(minutes=2))) == NUMBERS


def test_a_message_told_on_another_day_says_both_days() -> None:
    view = replace(VIEW, attempted_at=SLOT + timedelta(hours=22))

    assert render(close(answers()), view).startswith(
        "For 2026-02-11 10:00, delivered late at 2026-02-12 08:00\n\nT\u2011Bank"
    )


def test_a_manual_round_has_no_slot_to_be_late_for() -> None:
    manual = replace(close(answers()), scheduled_for=None)

    assert render(manual, replace(VIEW, attempted_at=SLOT + timedelta(hours=1))) == NUMBERS


def test_a_repeat_says_so() -> None:
    view = replace(VIEW, repeat=True, attempted_at=SLOT + timedelta(minutes=1))

    assert render(close(answers()), view) == f"⟳ Repeat: the first delivery was not confirmed\n\n{NUMBERS}"


def test_older_rounds_are_told_a_line_each_below_the_late_and_repeat_lines() -> None:
    newest = hours_earlier(close(answers()), -4)
    folded = (hours_earlier(close(answers(failed=["ibkr"])), -2), close(answers()))
    view = replace(VIEW, repeat=True, attempted_at=SLOT + timedelta(hours=4, minutes=3), folded=folded)

    assert (
        render(newest, view)
        == f"""\
For 14:00, delivered late at 14:03
⟳ Repeat: the first delivery was not confirmed
10:00  $34,619.59 | 3,196,081 ₽
12:00  ≥ $22,273.92 | ≥ 2,056,329 ₽  (without IBKR)

{NUMBERS}"""
    )


def test_older_rounds_are_told_oldest_first_in_whatever_order_they_come() -> None:
    folded = tuple(hours_earlier(close(answers()), hours) for hours in (2, 3, 1))
    lines = render(close(answers()), replace(VIEW, folded=folded)).splitlines()

    assert [line[:5] for line in lines[:3]] == ["07:00", "08:00", "09:00"]


@pytest.mark.parametrize(
    ("older", "line"),
    [
        (close(answers(failed=["ibkr"]), known=last_known(IBKR)), "≈ $34,619.59 | ≈ 3,196,081 ₽  (IBKR 3 h ago)"),
        (close(answers(failed=["fx"])), "ERROR (FX unavailable)"),
        (close(answers(failed=SOURCES)), "ERROR (all sources failed)"),
        (close(answers(failed=["fx"], platforms=(IBKR,)), (IBKR,)), "$12,345.67 | ERROR (FX unavailable)"),
        (close(answers(failed=["fx"], platforms=(TBANK,)), (TBANK,)), "ERROR (FX unavailable) | 1,234,567 ₽"),
        (
            close(answers(failed=["fx", "okx"]), known_rate=LAST_RATE),
            "≥ $30,718.36 | ≥ 2,835,919 ₽  (without OKX; rate STALE)",
        ),
    ],
)
def test_the_line_of_an_older_round_keeps_its_marks(older: Snapshot, line: str) -> None:
    text = render(close(answers()), replace(VIEW, folded=(hours_earlier(older, 2),)))

    assert text == f"08:00  {line}\n\n{NUMBERS}"


def test_an_older_round_of_another_day_is_told_with_its_day() -> None:
    text = render(close(answers()), replace(VIEW, folded=(hours_earlier(close(answers()), 14),)))

    assert text == f"2026-02-10 20:00  $34,619.59 | 3,196,081 ₽\n\n{NUMBERS}"


def test_older_rounds_that_do_not_fit_are_counted_in_one_line_and_the_newest_of_them_kept() -> None:
    folded = tuple(hours_earlier(close(answers()), hours) for hours in range(1, 501))
    lines = render(close(answers()), replace(VIEW, folded=folded)).splitlines()
    dropped = int(lines[0].split()[0])

    assert 300 < dropped < 500
    assert len(lines) == 1 + (500 - dropped) + 1 + len(NUMBERS.splitlines())
    assert lines[0].startswith(f"{dropped} earlier rounds, 2026-01-21 14:00 to 2026-02-")
    assert lines[500 - dropped] == "09:00  $34,619.59 | 3,196,081 ₽"


@pytest.mark.parametrize(
    ("missed", "line"),
    [
        ([SLOT - timedelta(hours=2)], "Missed: 08:00 (not running)"),
        ([SLOT - timedelta(hours=2), SLOT], "Missed: 08:00, 10:00 (not running)"),
        (
            [SLOT - timedelta(hours=14), SLOT - timedelta(hours=2), SLOT],
            "Missed: 2026-02-10 20:00, 08:00, 10:00 (not running)",
        ),
        (
            [SLOT - timedelta(hours=hours) for hours in (48, 14, 2, 0)],
            "Missed: 4 slots, 2026-02-09 10:00 to 2026-02-11 10:00 (not running)",
        ),
    ],
)
def test_missed_slots_are_named_up_to_three_and_counted_above(missed: list[datetime], line: str) -> None:
    snapshot = replace(close(answers()), missed=tuple(missed), missed_count=len(missed))

    assert render(snapshot, VIEW) == f"{NUMBERS}\n\n{line}"


def test_more_missed_slots_than_are_listed_are_counted() -> None:
    ends = (SLOT - timedelta(hours=48), SLOT - timedelta(hours=2))
    snapshot = replace(close(answers()), missed=ends, missed_count=14)

    assert render(snapshot, VIEW).splitlines()[-1] == (
        "Missed: 14 slots, 2026-02-09 10:00 to 2026-02-11 08:00 (not running)"
    )


def test_missed_slots_of_an_older_round_are_told_with_it() -> None:
    older = replace(hours_earlier(close(answers()), 2), missed=(SLOT - timedelta(hours=14),), missed_count=1)
    newest = replace(close(answers()), missed=(SLOT - timedelta(hours=1),), missed_count=1)

    assert render(newest, replace(VIEW, folded=(older,))).splitlines()[-1] == (
        "Missed: 2026-02-10 20:00, 09:00 (not running)"
    )


def test_a_snapshot_that_is_not_recorded_says_why_below_all_else() -> None:
    snapshot = replace(
        close(answers()),
        recorded=False,
        not_recorded_because="disk\nfull",
        missed=(SLOT - timedelta(hours=2),),
        missed_count=1,
    )

    assert render(snapshot, VIEW) == f"{NUMBERS}\n\nMissed: 08:00 (not running)\n⚠ Not recorded: disk full"


def test_the_footers_stand_in_one_block() -> None:
    snapshot = replace(close(answers(failed=SOURCES)), recorded=False, missed=(SLOT,), missed_count=1)

    assert render(snapshot, VIEW).endswith(
        """\
TOTAL (USD): ERROR (all sources failed)
TOTAL (RUB): ERROR (all sources failed)

All sources failed in this run
Missed: 10:00 (not running)
⚠ Not recorded: reason unknown"""
    )


def test_times_are_in_the_readers_zone() -> None:
    view = View(timezone=UTC, attempted_at=SLOT + timedelta(minutes=5))

    assert render(close(answers()), view) == (
        f"For 09:00, delivered late at 09:05\n\n{NUMBERS}".replace("02-11 09:55", "02-11 08:55")
    )


@given(
    labels=st.lists(st.text(max_size=30), min_size=1, max_size=12),
    words=st.text(max_size=3000),
    amount=st.decimals("-999999999999999", "999999999999999", places=8),
    failed=st.sets(st.integers(0, 11)),
    folded=st.integers(0, 300),
)
def test_a_snapshot_always_fits_one_message(
    labels: list[str], words: str, amount: Decimal, failed: set[int], folded: int
) -> None:
    """Fault 45: a message that fits."""
    platforms = [
        Platform(name=f"p{number}", label=label, heading=f"{label} {number % 5}", currency="USD", position=number)
        for number, label in enumerate(labels)
    ]
    said = [
        replace(balance(platform, str(amount)), covers=words)
        for number, platform in enumerate(platforms)
        if number not in failed
    ]
    known = {platform.name: balance(platform, str(amount)) for platform in platforms}
    snapshot = replace(
        close(said, platforms, known=known, known_rate=LAST_RATE),
        recorded=False,
        not_recorded_because=words,
        missed_count=10**6,
        missed=(SLOT,),
    )
    older = tuple(hours_earlier(snapshot, hours) for hours in range(1, folded + 1))
    text = render(snapshot, View(timezone=PARIS, attempted_at=SLOT + timedelta(days=9), repeat=True, folded=older))

    assert units(text) <= 4096
    assert "TOTAL (RUB): " in text


def test_a_text_beyond_all_reason_is_cut_to_fit() -> None:
    platforms = [replace(OKX, name=f"p{number}", label="𝔹" * 60) for number in range(90)]
    text = render(close([], platforms), VIEW)

    assert units(text) <= 4096
    assert text.endswith("…")
