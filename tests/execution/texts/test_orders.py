"""What is told of orders, word for word."""

from decimal import Decimal
from typing import Any

import pytest

from execution.orders_desk.desk import ASKED_FOR
from execution.orders_desk.protection import NO_LONGER_FITS
from execution.orders_desk.sending import NOT_FILLED, NOT_TAKEN
from execution.orders_desk.steps import NOWHERE_NOW
from execution.signals_desk import desk, requests
from execution.texts import orders
from execution.texts.order_words import DE, EN, REASONS, RU, in_words, words_of
from execution.texts.orders import Difference, FilledOrder, Named

D = Decimal
NAMED = Named(symbol="AAPL", side="BUY", leg="ENTRY", quantity=D(10), is_live=True)


def told(**changes: Any) -> FilledOrder:
    """Return a fill of ten."""
    values: dict[str, Any] = {
        "named": NAMED,
        "currency": "USD",
        "filled": D(10),
        "average_price": D("100.5"),
        "expected_price": D(100),
        "fees": (("USD", D("1.25")),),
        "fees_missing": 0,
        "held": D(10),
        "held_price": D("100.5"),
        "realized": D(0),
    }
    return FilledOrder(**{**values, **changes})


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        (
            {},
            "AAPL: bought 10 @ 100.5 USD\nExpected 100, slippage +0.5 (+0.5 %)\nFee 1.25 USD\nPosition 10 @ 100.5",
        ),
        (
            {"filled": D(4), "held": D(4), "expected_price": None, "fees": (), "fees_missing": 1},
            "AAPL: bought 4 of 10 @ 100.5 USD\nFee not known yet\nPosition 4 @ 100.5",
        ),
        (
            {"filled": D(4), "held": D(4), "expected_price": None, "reason": "asked for"},
            "AAPL: bought 4 of 10 @ 100.5 USD\nFee 1.25 USD\nPosition 4 @ 100.5\n"
            "The rest, 6, is not filled: asked for.",
        ),
        (
            {"named": Named(symbol="AAPL", side="SELL", leg="STOP_LOSS", quantity=D(10), is_live=False)}
            | {
                "held": D(0),
                "realized": D("-35.5"),
                "average_price": D(99),
                "fees": (("USD", D(1)), ("BNB", D("0.1"))),
            },
            "AAPL stop loss: sold 10 @ 99 USD (paper)\nExpected 100, slippage +1 (+1 %)\nFee 1 USD + 0.1 BNB\n"
            "Position flat\nRealized -35.5 USD",
        ),
        (
            {"average_price": D(100) / D(3), "expected_price": None, "is_correction": True},
            "AAPL: bought 10 @ ≈33.33333333 USD\nThe venue has corrected a fill.\nFee 1.25 USD\nPosition 10 @ 100.5",
        ),
        (
            {"average_price": D(100)},
            "AAPL: bought 10 @ 100 USD\nExpected 100, slippage 0 (0 %)\nFee 1.25 USD\nPosition 10 @ 100.5",
        ),
    ],
    ids=["whole", "part", "rest", "stop", "long", "as expected"],
)
def test_a_fill(changes: dict[str, Any], text: str) -> None:
    assert orders.filled(told(**changes), EN) == text


def test_a_fill_in_russian() -> None:
    text = orders.filled(told(filled=D(4), reason="не исполнена вовремя"), RU)

    assert text == (
        "AAPL: куплено 4 из 10 @ 100.5 USD\nОжидалось 100, проскальзывание +0.5 (+0.5 %)\nКомиссия 1.25 USD\n"
        "Позиция 10 @ 100.5\nОстаток 6 не исполнен: не исполнена вовремя."
    )


def test_a_fill_in_german() -> None:
    text = orders.filled(told(filled=D(4), reason="nicht rechtzeitig ausgeführt"), DE)

    assert text == (
        "AAPL: gekauft 4 von 10 @ 100.5 USD\nErwartet 100, Slippage +0.5 (+0.5 %)\nGebühr 1.25 USD\n"
        "Position 10 @ 100.5\nDer Rest, 6, wird nicht ausgeführt: nicht rechtzeitig ausgeführt."
    )


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("canceled", "AAPL BUY 10 is canceled: no funds."),
        ("expired", "AAPL BUY 10 has expired: no funds."),
        ("rejected", "AAPL BUY 10 is rejected: no funds."),
        ("not_placed", "AAPL BUY 10 was not placed: no funds."),
        (
            "unknown",
            "AAPL BUY 10: the venue's answer was lost. It is looked up until it is found; it is not sent twice.",
        ),
    ],
)
def test_an_end(word: str, text: str) -> None:
    assert orders.ended(NAMED, getattr(EN, word), "no funds.", EN) == text


def test_an_unprotected_position() -> None:
    assert orders.unprotected(NAMED, ("STOP_LOSS", "TAKE_PROFIT"), EN) == (
        "⚠ UNPROTECTED: AAPL 10 has no working stop loss, take profit. Close it, or place the stop at the venue."
    )


def test_a_difference_adds_up() -> None:
    found = [Difference(symbol="AAPL", of="AAPL", books=D(2), venue=D(-1))]

    assert orders.differences("Main", found, EN) == (
        "Main. Venue and books differ:\nAAPL: the books hold 2, the venue -1. -3 was not made here; it stays as it is. "
        "/adopt AAPL takes it in."
    )


def test_every_reason_of_ours_to_end_an_order_is_worded() -> None:
    ours = {NOT_FILLED, NOT_TAKEN, ASKED_FOR, NOWHERE_NOW, NO_LONGER_FITS, requests.CANCEL_REASON, desk.CANCEL_REASON}

    assert ours <= set(REASONS["ru"]) & set(REASONS["de"])


def test_our_own_reasons_are_translated_and_a_venues_are_not() -> None:
    assert in_words("asked for", "ru") == REASONS["ru"]["asked for"]
    assert in_words("asked for", "de") == REASONS["de"]["asked for"]
    assert in_words("margin too low", "ru") == "margin too low"
    assert in_words("asked for", "en") == in_words("asked for", "fr") == "asked for"


def test_a_language_that_has_no_words_is_told_in_english() -> None:
    assert [words_of(language) for language in ("en", "ru", "de", "fr")] == [EN, RU, DE, EN]
