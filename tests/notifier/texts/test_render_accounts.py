"""One account of several that could not be read: its platform's line, the totals, and whatever else is said beside."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bus.messages.rounds import Account, Balance, Snapshot
from notifier.texts.message import View, render
from tests.golden_messages import (
    CLOSED_AT,
    IBKR,
    LAST_AT,
    OKX,
    PARIS,
    SLOT,
    TBANK,
    VIEW,
    account,
    answers,
    answers_with,
    balance_of,
    close,
)

replace = msgspec.structs.replace

WHOLE = balance_of(TBANK, account("1234", "1034567"), account("4321", "200000"), fetched_at=LAST_AT)
BLOCKED = balance_of(TBANK, account("1234", "1034567"), account("4321"))
CRYPTO = "Crypto (USD): $8,901.23  [Bybit $5,000.00 | OKX $3,901.23]"
RATE = "rate: 92.32 RUB/USD, 2026-02-11 09:55"


def played(*said: Balance, known: Sequence[Balance] = (), failed: str = "") -> Snapshot:
    """Return the example round with these answers, and what was known before it."""
    answered = answers_with(*said) if said else answers(failed=[failed])
    return close(answered, known={each.platform: each for each in known})


def line(snapshot: Snapshot, start: str, *, view: View = VIEW) -> str:
    """Return the message's line that starts so."""
    return next(line for line in render(snapshot, view).splitlines() if line.startswith(start))


def stands_in(ending: str, amount: str, *, hours: int = 5, reason: str = "no permission") -> Account:
    """Return an account with a last known amount of so many hours ago."""
    fetched_at = CLOSED_AT - timedelta(hours=hours)
    return replace(account(ending, reason=reason), last_amount=Decimal(amount), last_fetched_at=fetched_at)


def test_an_account_that_cannot_be_read_is_named_and_marks_its_line_and_the_totals() -> None:
    """Faults N3 and N5: the message."""
    assert (
        render(played(BLOCKED), VIEW)
        == f"""\
T\u2011Bank (RUB): ≥ 1,034,567 ₽  (without …4321: no permission)
IBKR NLV (USD): $12,345.67
{CRYPTO}

TOTAL (USD): ≥ $32,453.21  (without T\u2011Bank …4321)
TOTAL (RUB): ≥ 2,996,081 ₽  ({RATE}; without T\u2011Bank …4321)"""
    )


def test_its_own_last_known_amount_stands_in() -> None:
    """Faults N3 and N5: the last known amount."""
    assert (
        render(played(BLOCKED, known=[WHOLE]), VIEW)
        == f"""\
T\u2011Bank (RUB): ≈ 1,234,567 ₽  (…4321: no permission, last 200,000 ₽, 5 h ago)
IBKR NLV (USD): $12,345.67
{CRYPTO}

TOTAL (USD): ≈ $34,619.59  (T\u2011Bank …4321 5 h ago)
TOTAL (RUB): ≈ 3,196,081 ₽  ({RATE}; T\u2011Bank …4321 5 h ago)"""
    )


def test_an_account_that_is_not_told_of_any_more_is_missing_likewise() -> None:
    gone = balance_of(TBANK, account("1234", "1034567"))

    assert render(played(gone, known=[WHOLE]), VIEW) == render(played(BLOCKED, known=[WHOLE]), VIEW)


def test_of_accounts_of_both_kinds_missing_wins() -> None:
    said = balance_of(TBANK, account("1234", "1034567"), account("4321"), account("8765", reason="bad answer"))
    snapshot = played(said, known=[WHOLE])

    assert line(snapshot, "T\u2011Bank") == (
        "T\u2011Bank (RUB): ≥ 1,234,567 ₽  (without …8765: bad answer; …4321: no permission, last 200,000 ₽, 5 h ago)"
    )
    assert (
        line(snapshot, "TOTAL (USD)")
        == "TOTAL (USD): ≥ $34,619.59  (without T\u2011Bank …8765; T\u2011Bank …4321 5 h ago)"
    )


def test_several_accounts_are_named_one_after_the_other() -> None:
    accounts = (account("0003", "11000"), account("0001", "100"), account("0002", "200.50"))
    known = balance_of(IBKR, *accounts, fetched_at=LAST_AT)
    ibkr = balance_of(IBKR, account("0003", "12000"), account("0001"), account("0002", reason="statement not ready"))
    tbank = balance_of(TBANK, account("1234", "1034567"), account("4321"), account("8765", reason="bad answer"))
    snapshot = played(ibkr, tbank, known=[known])

    assert line(snapshot, "T\u2011Bank") == (
        "T\u2011Bank (RUB): ≥ 1,034,567 ₽  (without …4321: no permission, …8765: bad answer)"
    )
    assert line(snapshot, "IBKR") == (
        "IBKR NLV (USD): ≈ $12,300.50"
        "  (…0001: no permission, last $100.00, 5 h ago; …0002: statement not ready, last $200.50, 5 h ago)"
    )
    assert line(snapshot, "TOTAL (RUB)").endswith(
        "; without T\u2011Bank …4321, T\u2011Bank …8765; IBKR …0001 5 h ago, IBKR …0002 5 h ago)"
    )


def test_of_many_accounts_three_of_a_kind_are_named_and_the_others_counted() -> None:
    known = [stands_in(f"000{number}", "10", hours=number) for number in range(1, 8)]
    said = balance_of(TBANK, account("1234", "5"), *(replace(each, last_amount=None) for each in known))
    lost = replace(said, accounts=(said.accounts[0], *(account(f"100{number}") for number in range(5))))
    before = balance_of(TBANK, account("1234", "5"), *known)

    assert line(played(said, known=[before]), "T\u2011Bank") == (
        "T\u2011Bank (RUB): ≈ 75 ₽  (…0001: no permission, last 10 ₽, 1 h ago; "
        "…0002: no permission, last 10 ₽, 2 h ago; …0003: no permission, last 10 ₽, 3 h ago; "
        "4 more, last 40 ₽, up to 7 h ago)"
    )
    assert line(played(said, known=[before]), "TOTAL (USD)").endswith(
        "(T\u2011Bank …0001 1 h ago, T\u2011Bank …0002 2 h ago, T\u2011Bank …0003 3 h ago, "
        "4 more of T\u2011Bank up to 7 h ago)"
    )
    assert line(played(lost), "T\u2011Bank") == (
        "T\u2011Bank (RUB): ≥ 5 ₽  (without …1000: no permission, …1001: no permission, …1002: no permission, 2 more)"
    )
    assert line(played(lost), "TOTAL (USD)").endswith(
        "(without T\u2011Bank …1000, T\u2011Bank …1001, T\u2011Bank …1002, 2 more of T\u2011Bank)"
    )


def test_a_jump_of_what_was_read_is_marked_right_behind_the_number() -> None:
    known = balance_of(TBANK, account("1234", "100000"), account("4321", "200000"), fetched_at=LAST_AT)
    snapshot = played(BLOCKED, known=[known])

    assert line(snapshot, "T\u2011Bank") == (
        "T\u2011Bank (RUB): ≈ 1,234,567 ₽ ⚠ check  (…4321: no permission, last 200,000 ₽, 5 h ago)"
    )
    assert line(snapshot, "TOTAL (USD)") == "TOTAL (USD): ≈ $34,619.59 ⚠ check  (T\u2011Bank …4321 5 h ago)"


def test_an_older_close_and_a_missing_account_share_a_bracket() -> None:
    said = replace(balance_of(IBKR, account("0001", "12345.67"), account("0002")), close_of=date(2026, 2, 6))

    assert line(played(said), "IBKR") == (
        "IBKR NLV (USD): ≥ $12,345.67  (close of 2026-02-06; without …0002: no permission)"
    )


@pytest.mark.parametrize("with_breakdown", [True, False])
def test_inside_a_bracket_the_account_stays_with_its_platform(with_breakdown: bool) -> None:
    snapshot = played(balance_of(OKX, account("0001", "3901.23"), account("0002")))
    view = replace(VIEW, include_crypto_breakdown=with_breakdown)

    assert line(snapshot, "Crypto", view=view) == (
        "Crypto (USD): ≥ $8,901.23  [Bybit $5,000.00 | OKX ≥ $3,901.23 (without …0002: no permission)]"
    )


def test_a_last_known_number_that_was_not_whole_itself_is_marked() -> None:
    lacking = replace(BLOCKED, fetched_at=LAST_AT)
    snapshot = played(known=[lacking], failed="tbank")

    assert line(snapshot, "T\u2011Bank") == (
        "T\u2011Bank (RUB): ERROR (timeout), last ≥ 1,034,567 ₽ (without …4321: no permission), 5 h ago"
    )
    assert (
        line(snapshot, "TOTAL (USD)") == "TOTAL (USD): ≥ $32,453.21  (without T\u2011Bank …4321; T\u2011Bank 5 h ago)"
    )


def test_a_last_known_number_that_had_a_last_known_amount_inside_says_both_ages() -> None:
    lacking = balance_of(TBANK, account("1234", "1034567"), stands_in("4321", "200000", hours=20), fetched_at=LAST_AT)
    snapshot = played(known=[lacking], failed="tbank")

    assert line(snapshot, "T\u2011Bank") == (
        "T\u2011Bank (RUB): ERROR (timeout), last ≈ 1,234,567 ₽"
        " (…4321: no permission, last 200,000 ₽, 20 h ago), 5 h ago"
    )
    assert line(snapshot, "TOTAL (USD)") == (
        "TOTAL (USD): ≈ $34,619.59  (T\u2011Bank 5 h ago, T\u2011Bank …4321 20 h ago)"
    )


def test_an_older_round_that_is_told_with_a_newer_one_names_its_missing_accounts() -> None:
    older = replace(played(BLOCKED), scheduled_for=SLOT - timedelta(hours=2))
    text = render(played(failed="none"), replace(VIEW, folded=(older,)))

    assert text.startswith("08:00  ≥ $32,453.21 | ≥ 2,996,081 ₽  (without T\u2011Bank …4321)\n\n")


def test_amounts_with_more_digits_than_are_shown_are_added_before_they_are_rounded() -> None:
    known = balance_of(TBANK, account("1234", "1"), account("4321", "0.4"), fetched_at=LAST_AT)
    said = balance_of(TBANK, account("1234", "1.4"), account("4321"))

    assert line(played(said, known=[known]), "T\u2011Bank") == (
        "T\u2011Bank (RUB): ≈ 2 ₽  (…4321: no permission, last 0 ₽, 5 h ago)"
    )


ACCOUNTS = st.lists(
    st.tuples(st.text(max_size=20), st.none() | st.decimals("-1e12", "1e12", places=6), st.booleans()),
    min_size=1,
    max_size=40,
)


@given(drawn=ACCOUNTS, older=st.integers(0, 200), fails=st.booleans())
def test_with_any_accounts_the_message_fits_and_has_its_totals(
    drawn: list[tuple[str, Decimal | None, bool]], older: int, fails: bool
) -> None:
    """Fault 45: many accounts."""
    read, kept = [], []
    for number, (ending, amount, known) in enumerate(drawn):
        each = replace(account("4321", reason="no USD rate in statement"), key=f"{number}", ending=ending)
        read.append(each if amount is None else replace(each, amount=amount, reason=""))
        kept.append(replace(each, amount=Decimal(10) ** 11, reason="") if known else each)
    said = balance_of(TBANK, account("0000", "1"), *read)
    before = balance_of(TBANK, account("0000", "1"), *kept, fetched_at=LAST_AT)
    snapshot = played(known=[before], failed="tbank") if fails else played(said, known=[before])
    folded = tuple(replace(snapshot, scheduled_for=SLOT - timedelta(hours=hours)) for hours in range(1, older + 1))
    text = render(snapshot, View(timezone=PARIS, folded=folded))

    assert len(text.encode("utf-16-le")) // 2 <= 4096
    assert "\nTOTAL (RUB): " in text
