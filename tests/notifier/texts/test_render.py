"""The lines and totals of the message, case by case as its specification lists them, each as a full text."""

import msgspec
import pytest

from bus.messages.rounds import Balance, Snapshot
from notifier.texts.message import render, to_html
from tests.golden_messages import BYBIT, IBKR, OKX, PLATFORMS, TBANK, VIEW, answers, close, last_known

replace = msgspec.structs.replace

EXAMPLE = """\
T\u2011Bank (RUB): 1,234,567 ₽
IBKR NLV (USD): $12,345.67
Crypto (USD): $8,901.23  [Bybit $5,000.00 | OKX $3,901.23]

TOTAL (USD): $34,619.59
TOTAL (RUB): 3,196,081 ₽  (rate: 92.32 RUB/USD, 2026-02-11 09:55)"""


def line(snapshot: Snapshot, start: str) -> str:
    """Return the message's line that starts so."""
    return next(line for line in render(snapshot, VIEW).splitlines() if line.startswith(start))


def test_the_example_is_the_example() -> None:
    assert render(close(answers()), VIEW) == EXAMPLE


def test_one_platform_failed() -> None:
    assert (
        render(close(answers(failed=["ibkr"])), VIEW)
        == """\
T\u2011Bank (RUB): 1,234,567 ₽
IBKR NLV (USD): ERROR (timeout)
Crypto (USD): $8,901.23  [Bybit $5,000.00 | OKX $3,901.23]

TOTAL (USD): ≥ $22,273.92  (without IBKR)
TOTAL (RUB): ≥ 2,056,329 ₽  (rate: 92.32 RUB/USD, 2026-02-11 09:55; without IBKR)"""
    )


def test_one_platform_failed_and_its_last_known_value_stands_in() -> None:
    assert (
        render(close(answers(failed=["ibkr"]), known=last_known(IBKR)), VIEW)
        == """\
T\u2011Bank (RUB): 1,234,567 ₽
IBKR NLV (USD): ERROR (timeout), last $12,345.67, 5 h ago
Crypto (USD): $8,901.23  [Bybit $5,000.00 | OKX $3,901.23]

TOTAL (USD): ≈ $34,619.59  (IBKR 5 h ago)
TOTAL (RUB): ≈ 3,196,081 ₽  (rate: 92.32 RUB/USD, 2026-02-11 09:55; IBKR 5 h ago)"""
    )


def test_one_exchange_failed() -> None:
    assert (
        render(close(answers(failed=["bybit"])), VIEW)
        == """\
T\u2011Bank (RUB): 1,234,567 ₽
IBKR NLV (USD): $12,345.67
Crypto (USD): ≥ $3,901.23  [Bybit ERROR (timeout) | OKX $3,901.23]

TOTAL (USD): ≥ $29,619.59  (without Bybit)
TOTAL (RUB): ≥ 2,734,481 ₽  (rate: 92.32 RUB/USD, 2026-02-11 09:55; without Bybit)"""
    )


def test_one_exchange_failed_and_another_platform_is_missing_so_missing_wins() -> None:
    assert (
        render(close(answers(failed=["ibkr", "bybit"]), known=last_known(BYBIT)), VIEW)
        == """\
T\u2011Bank (RUB): 1,234,567 ₽
IBKR NLV (USD): ERROR (timeout)
Crypto (USD): ≈ $8,901.23  [Bybit ERROR (timeout), last $5,000.00, 5 h ago | OKX $3,901.23]

TOTAL (USD): ≥ $22,273.92  (without IBKR; Bybit 5 h ago)
TOTAL (RUB): ≥ 2,056,329 ₽  (rate: 92.32 RUB/USD, 2026-02-11 09:55; without IBKR; Bybit 5 h ago)"""
    )


def test_both_exchanges_failed_and_one_has_a_last_known_value() -> None:
    assert (
        render(close(answers(failed=["bybit", "okx"]), known=last_known(BYBIT)), VIEW)
        == """\
T\u2011Bank (RUB): 1,234,567 ₽
IBKR NLV (USD): $12,345.67
Crypto (USD): ERROR (Bybit: timeout, last $5,000.00, 5 h ago | OKX: bad key)

TOTAL (USD): ≥ $30,718.36  (without OKX; Bybit 5 h ago)
TOTAL (RUB): ≥ 2,835,919 ₽  (rate: 92.32 RUB/USD, 2026-02-11 09:55; without OKX; Bybit 5 h ago)"""
    )


@pytest.mark.parametrize(
    ("known", "text"),
    [
        ({}, "Crypto (USD): ERROR (timeout)"),
        (last_known(BYBIT), "Crypto (USD): ERROR (timeout), last $5,000.00, 5 h ago"),
    ],
)
def test_the_only_exchange_configured_failed(known: dict[str, Balance], text: str) -> None:
    snapshot = close(answers(failed=["bybit"], platforms=(IBKR, BYBIT)), (IBKR, BYBIT), known=known)

    assert line(snapshot, "Crypto") == text


def test_the_only_exchange_configured_keeps_its_bracket() -> None:
    assert (
        render(close(answers(platforms=(BYBIT,)), (BYBIT,)), VIEW)
        == """\
Crypto (USD): $5,000.00  [Bybit $5,000.00]

TOTAL (USD): $5,000.00
TOTAL (RUB): 461,600 ₽  (rate: 92.32 RUB/USD, 2026-02-11 09:55)"""
    )


def test_without_a_rate_neither_total_is_said() -> None:
    assert (
        render(close(answers(failed=["fx", "okx"]), known=last_known(OKX)), VIEW)
        == """\
T\u2011Bank (RUB): 1,234,567 ₽
IBKR NLV (USD): $12,345.67
Crypto (USD): ≈ $8,901.23  [Bybit $5,000.00 | OKX ERROR (bad key), last $3,901.23, 5 h ago]

TOTAL (USD): ERROR (FX unavailable)
TOTAL (RUB): ERROR (FX unavailable)"""
    )


def test_where_no_roubles_are_configured_the_dollar_total_stands_without_a_rate() -> None:
    platforms = (IBKR, BYBIT, OKX)

    assert (
        render(close(answers(failed=["fx", "ibkr"], platforms=platforms), platforms), VIEW)
        == """\
IBKR NLV (USD): ERROR (timeout)
Crypto (USD): $8,901.23  [Bybit $5,000.00 | OKX $3,901.23]

TOTAL (USD): ≥ $8,901.23  (without IBKR)
TOTAL (RUB): ERROR (FX unavailable)"""
    )


def test_where_only_roubles_are_configured_the_rouble_total_stands_without_a_rate() -> None:
    assert (
        render(close(answers(failed=["fx"], platforms=(TBANK,)), (TBANK,)), VIEW)
        == """\
T\u2011Bank (RUB): 1,234,567 ₽

TOTAL (USD): ERROR (FX unavailable)
TOTAL (RUB): 1,234,567 ₽"""
    )


def test_all_platforms_failed_whatever_is_known_from_before() -> None:
    assert (
        render(close(answers(failed=["tbank", "ibkr", "bybit", "okx"]), known=last_known(TBANK)), VIEW)
        == """\
T\u2011Bank (RUB): ERROR (timeout), last 1,234,567 ₽, 5 h ago
IBKR NLV (USD): ERROR (timeout)
Crypto (USD): ERROR (Bybit: timeout | OKX: bad key)

TOTAL (USD): ERROR (all sources failed)
TOTAL (RUB): ERROR (all sources failed)

All sources failed in this run"""
    )


def test_a_platform_that_is_not_configured_is_never_named() -> None:
    platforms = (TBANK, OKX)

    assert (
        render(close(answers(platforms=platforms), platforms), VIEW)
        == """\
T\u2011Bank (RUB): 1,234,567 ₽
Crypto (USD): $3,901.23  [OKX $3,901.23]

TOTAL (USD): $17,273.92
TOTAL (RUB): 1,594,729 ₽  (rate: 92.32 RUB/USD, 2026-02-11 09:55)"""
    )


def test_lines_are_ordered_by_position_whatever_the_order_of_parts() -> None:
    snapshot = close(answers())

    assert render(replace(snapshot, parts=snapshot.parts[::-1]), VIEW) == EXAMPLE
    assert len(snapshot.parts) == len(PLATFORMS)


def test_html_escapes_markup_and_nothing_else() -> None:
    """Fault 46: markup."""
    assert to_html("<b> & \"T\u2011Bank\" '≥ 1 ₽'") == "&lt;b&gt; &amp; \"T\u2011Bank\" '≥ 1 ₽'"
