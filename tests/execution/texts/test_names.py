"""Names that people and venues give, in every message that execution writes: inert, on one line, cut."""

import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from execution.refusal import refuse
from execution.texts import lives, orders, signals
from execution.texts.moments import Reader
from execution.texts.names import LONGEST, shown
from execution.texts.order_words import EN
from execution.texts.orders import Difference, Named
from execution.texts.refusals import render
from ledger.trading.flow.records import Signal
from ledger.trading.hours import Closed
from tests.execution.texts import test_lives
from tests.execution.texts.test_signals_texts import ASKED, SIGNAL

D = Decimal
READER = Reader("en", "UTC")
AT = datetime(2026, 11, 27, 14, 30, tzinfo=UTC)
ODD = {
    "markup": "<b>bold</b> & *stars* [link](tg://user?id=1)",
    "lines": "first\nsecond\r\n\tthird",
    "turned": "AAPL\u202e000,1$ tluser",
    "unseen": "A\u200bA\u2066P\ufeffL\x00",
    "hebrew": "שלום",
    "emoji": "👨‍👩‍👧 rocket 🚀",
    "long": "x" * 200,
    "command": "/kill now",
    "person": "@somebody",
    "address": "https://evil.example/x t.me/evil",
}


def named(name: str) -> Named:
    """Return an order of an instrument with a name."""
    return Named(symbol=name, side="BUY", leg="ENTRY", quantity=D(2), is_live=False)


def of(name: str) -> Signal:
    """Return a signal whose symbol and strategy have a name."""
    return msgspec.structs.replace(SIGNAL, symbol=name, strategy_name=name)


def fill(name: str) -> orders.FilledOrder:
    """Return a fill of an instrument with a name."""
    return msgspec.structs.replace(test_lives.FILL, named=named(name))


def life(name: str) -> str:
    """Return the message of an order that a person with a name has let through."""
    asked = msgspec.structs.replace(test_lives.ASKED, answered_by=name)
    return lives.life(test_lives.order(named=named(name), fill=fill(name), asked=asked), READER)


def question(name: str) -> str:
    """Return a question about a signal with a name."""
    return signals.question(of(name), ASKED, READER)


TOLD: dict[str, Callable[[str], str]] = {
    "a life": life,
    "filled": lambda name: orders.filled(fill(name), EN),
    "filled, in short": lambda name: orders.brief(fill(name), EN),
    "ended": lambda name: orders.ended(named(name), EN.rejected, "no funds", EN),
    "a rest": lambda name: orders.rest_ended(named(name), D(1), "no funds", EN),
    "an order waits": lambda name: orders.waits(named(name), "Monday", "a" * 32, EN),
    "unprotected": lambda name: orders.unprotected(named(name), ("STOP_LOSS",), EN),
    "liquidated": lambda name: orders.liquidated(named(name), D(1), EN),
    "differences": lambda name: orders.differences(
        name, [Difference(symbol=name, of=name, books=D(1), venue=D(2))], EN
    ),
    "refused": lambda name: signals.not_ordered(of(name), refuse("STRATEGY_OFF", strategy=name), "en"),
    "refused, in words": lambda name: render(refuse("NO_STOP", symbol=name), "de"),
    "a signal waits": lambda name: signals.waits(of(name), Closed(AT, AT), READER),
    "a question": question,
    "missing": lambda name: signals.may_be_missing(of(name), refuse("MISSING_ALERT", told=D(1), held=D(2)), "en"),
    "no heartbeat": lambda name: signals.heartbeat_missing(name, timedelta(hours=2), "en"),
}


@pytest.mark.parametrize("name", ODD.values(), ids=ODD)
@pytest.mark.parametrize("told", TOLD.values(), ids=TOLD)
def test_an_odd_name_is_inert_and_cut_in_every_message(told: Callable[[str], str], name: str) -> None:
    """Fault T40."""
    text, usual = told(name), told("AAPL")

    assert shown(name) in text
    assert text.count("\n") == usual.count("\n")
    assert len(text) <= len(usual) + 4 * (LONGEST + 8)
    assert not any(unicodedata.category(sign) in {"Cc", "Co", "Cn"} for sign in text if sign != "\n")
    assert "\u202e" not in text
    assert "/kill" not in text
    assert "@somebody" not in text
    assert "://" not in text
    assert "t.me/" not in text


@given(st.text(max_size=300))
def test_a_name_is_one_short_line_that_turns_nothing_around_it(name: str) -> None:
    told = shown(name)
    marks = [sign for sign in told if unicodedata.category(sign) == "Cf"]

    assert len(told.encode("utf-16-le")) // 2 <= 4 * LONGEST
    assert told.splitlines() in ([], [told])
    assert set(marks) <= {"\u2060", "\u2068", "\u2069", "\u200d"}
    assert (told.count("\u2068"), told.count("\u2069")) in {(0, 0), (1, 1)}


@pytest.mark.parametrize("name", ["BTC-USDT", "BRK.B", "BTCUSDT.P", "BTC/USDT", "my strategy v1.rsi", "Стратегия 1"])
def test_a_usual_name_stays_as_it_is_so_that_it_can_be_copied(name: str) -> None:
    assert shown(name) == name
