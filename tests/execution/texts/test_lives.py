"""One message for each order, word for word, in each language."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bus.language import Language
from execution.texts.life_words import WORDS, Words
from execution.texts.lives import LONGEST, Asked, ToldLeg, ToldOrder, life, with_question
from execution.texts.moments import Reader
from execution.texts.orders import FilledOrder, Named
from ledger.trading.enumerations import OrderStatus

D = Decimal
AT = datetime(2026, 11, 27, 14, 30, 2, tzinfo=UTC)
ENTRY = Named(symbol="BTC-USDT", side="BUY", leg="ENTRY", quantity=D(2), is_live=False)
STOP = Named(symbol="BTC-USDT", side="SELL", leg="STOP_LOSS", quantity=D(2), is_live=False)
TARGET = Named(symbol="BTC-USDT", side="SELL", leg="TAKE_PROFIT", quantity=D(2), is_live=False)
FILL = FilledOrder(
    named=ENTRY,
    currency="USDT",
    filled=D(2),
    average_price=D("100.5"),
    expected_price=D(100),
    fees=(("USDT", D("0.2")),),
    fees_missing=0,
    held=D(2),
    held_price=D("100.5"),
    realized=D(0),
)
ASKED = Asked(asked_at=AT, executes=True, answered_at=AT + timedelta(seconds=38), answered_by="ann")


def leg(named: Named, price: Decimal, **changes: Any) -> ToldLeg:
    """Return a leg that works."""
    values: dict[str, Any] = {
        "named": named,
        "price": price,
        "status": "NEW",
        "since": AT + timedelta(seconds=41),
        "filled": D(0),
        "average_price": None,
        "realized": D(0),
        "currency": "USDT",
        "reason": "",
    }
    return ToldLeg(**{**values, **changes})


def order(**changes: Any) -> ToldOrder:
    """Return an order that was asked about, filled, and is protected."""
    values: dict[str, Any] = {
        "named": ENTRY,
        "status": "FILLED",
        "ordered_at": AT + timedelta(seconds=39),
        "since": AT + timedelta(seconds=40),
        "reason": "filled",
        "asked": ASKED,
        "fill": FILL,
        "last_fill_at": AT + timedelta(seconds=40),
        "legs": (leg(STOP, D(90)), leg(TARGET, D(120), status="REJECTED", reason="no limits")),
    }
    return ToldOrder(**{**values, **changes})


WHOLE: dict[Language, str] = {
    "en": "BTC-USDT: bought 2 @ 100.5 USDT (paper)\n"
    "Expected 100, slippage +0.5 (+0.5 %)\n"
    "Fee 0.2 USDT\n"
    "Position 2 @ 100.5\n"
    "stop loss 90: working, 11-27 15:30:43\n"
    "take profit 120: rejected: no limits, 11-27 15:30:43\n"
    "asked 2026-11-27 15:30:02 CET, Execute (ann) 15:30:40, ordered 15:30:41, filled 15:30:42",
    "ru": "BTC-USDT: куплено 2 @ 100.5 USDT (демо)\n"
    "Ожидалось 100, проскальзывание +0.5 (+0.5 %)\n"
    "Комиссия 0.2 USDT\n"
    "Позиция 2 @ 100.5\n"
    "стоп-лосс 90: работает, 11-27 15:30:43\n"
    "тейк-профит 120: отклонён: no limits, 11-27 15:30:43\n"
    "вопрос 2026-11-27 15:30:02 CET, Исполнить (ann) 15:30:40, заявка 15:30:41, исполнена 15:30:42",
}


@pytest.mark.parametrize("language", ["en", "ru"])
def test_a_whole_life(language: Language) -> None:
    assert life(order(), Reader(language, "Europe/Amsterdam")) == WHOLE[language]


def test_a_whole_life_in_german_has_each_line_of_the_english_one() -> None:
    english, german = (life(order(), Reader(each, "Europe/Amsterdam")).split("\n") for each in ("en", "de"))

    assert len(german) == len(english)
    assert german[4] == "Stop-Loss 90: aktiv, 11-27 15:30:43"
    assert german[-1] == (
        "gefragt 2026-11-27 15:30:02 CET, Ausführen (ann) 15:30:40, Auftrag 15:30:41, ausgeführt 15:30:42"
    )


@pytest.mark.parametrize(
    ("changes", "first", "last"),
    [
        ({"status": "PENDING_NEW"}, "BTC-USDT BUY 2 (paper): sent; the venue has not answered yet.", "ordered"),
        ({"status": "NEW"}, "BTC-USDT BUY 2 (paper): working at the venue.", "ordered"),
        ({"status": "CANCELED", "reason": "asked for"}, "BTC-USDT BUY 2 (paper) is canceled: asked for.", "canceled"),
        ({"status": "REJECTED", "reason": "no funds."}, "BTC-USDT BUY 2 (paper) is rejected: no funds.", "rejected"),
        ({"status": "NOT_PLACED", "reason": "lost"}, "BTC-USDT BUY 2 (paper) was not placed: lost.", "not found"),
        ({"waits": "it waits"}, "it waits", "ordered"),
    ],
)
def test_an_order_without_a_fill(changes: dict[str, Any], first: str, last: str) -> None:
    values = {"status": "PENDING_NEW", "fill": None, "last_fill_at": None, "legs": (), "asked": None, **changes}
    lines = life(order(**values), Reader("en", "Europe/Amsterdam")).split("\n")

    assert lines[0] == first
    assert lines[-1].split(", ")[-1].startswith(f"{last} ")
    assert len(lines) == 2


def test_a_part_that_works_on_and_one_of_which_nobody_knows_more() -> None:
    part = FilledOrder(**{name: getattr(FILL, name) for name in FILL.__struct_fields__} | {"filled": D(1)})
    works = life(order(status="PARTIALLY_FILLED", fill=part, legs=()), Reader("en", "Europe/Amsterdam"))
    unknown = life(order(status="UNKNOWN", fill=part, legs=()), Reader("en", "Europe/Amsterdam"))

    assert works.startswith("BTC-USDT: bought 1 of 2 @ 100.5 USDT (paper)\n")
    assert works.endswith("ordered 15:30:41, last fill 15:30:42")
    assert "\nBTC-USDT BUY 2 (paper): the venue's answer was lost." in unknown


def test_a_leg_that_filled_says_what_it_realized_and_when() -> None:
    done = leg(STOP, D(90), status="FILLED", filled=D(2), average_price=D("89.5"), realized=D(-22))

    assert "\nstop loss 90: sold 2 @ 89.5, Realized -22 USDT, 11-27 15:30:43\n" in life(
        order(legs=(done,)), Reader("en", "Europe/Amsterdam")
    )


def test_moments_are_told_in_the_users_zone_with_another_day_where_it_is_one() -> None:
    text = life(order(last_fill_at=AT + timedelta(days=1)), Reader("en", "Asia/Tokyo"))

    assert text.split("\n")[-1] == (
        "asked 2026-11-27 23:30:02 JST, Execute (ann) 23:30:40, ordered 23:30:41, filled 11-28 23:30:02"
    )


def test_what_became_of_a_signal_names_the_question_before() -> None:
    rejected = Asked(asked_at=AT, executes=False, answered_at=AT + timedelta(seconds=9), answered_by="ann")
    reader = Reader("en", "UTC")

    assert with_question("not ordered", None, reader) == "not ordered"
    assert with_question("not ordered", rejected, reader) == (
        "not ordered\nasked 2026-11-27 14:30:02 UTC, Reject (ann) 14:30:11"
    )


@pytest.mark.parametrize("language", get_args(Language))
def test_every_language_has_a_word_for_every_state(language: Language) -> None:
    words = WORDS[language]

    assert {*words.leg_states, "FILLED"} == set(get_args(OrderStatus))
    assert set(words.ended_at) == set(get_args(OrderStatus)) - {"FILLED", "NEW", "PENDING_NEW", "PARTIALLY_FILLED"}
    assert all(getattr(words, field) for field in Words._fields)


@given(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=400),
    st.integers(0, 40),
    st.sampled_from(get_args(OrderStatus)),
)
def test_a_life_always_fits_into_a_message(text: str, count: int, status: OrderStatus) -> None:
    named = Named(symbol=text or "?", side="BUY", leg="ENTRY", quantity=D(2), is_live=False)
    legs = tuple(leg(STOP, D(90), status="REJECTED", reason=text * 3) for _ in range(count))
    told = life(order(named=named, status=status, reason=text * 10, legs=legs), Reader("en", "UTC"))

    assert len(told.encode("utf-16-le")) // 2 <= LONGEST
