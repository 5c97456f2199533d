"""What is told of signals, word for word."""

from datetime import timedelta
from decimal import Decimal

import msgspec
import pytest

from bus.language import Language
from execution.refusal import refuse
from execution.texts import signals as texts
from execution.texts.moments import Reader
from ledger.trading.flow.records import Signal
from ledger.trading.hours import Closed
from tests.ledger.trading.world import NOW

EN = Reader("en", "UTC")
SIGNAL = Signal(
    id=1,
    uid="0123456789abcdef0123456789abcdef",
    user_id=1,
    portfolio="p",
    portfolio_name="main",
    account="a",
    account_id=1,
    broker="PAPER",
    is_live=False,
    strategy="s",
    strategy_name="trend",
    instrument=None,
    inbox_uid=None,
    external_id=None,
    action="buy",
    symbol="BTCUSDT",
    exchange=None,
    quantity=None,
    amount=None,
    percent=None,
    price=None,
    stop_loss=None,
    take_profit=None,
    body={},
    state="QUEUED",
    code=None,
    received_at=NOW,
    updated_at=NOW,
)
ASKED = texts.Asked(
    move="OPEN_LONG",
    quantity=Decimal("0.5"),
    price=Decimal(100),
    value=Decimal(50),
    currency="USDT",
    until=NOW,
    limit=Decimal(1),
)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (
            "en",
            "✖ buy BTCUSDT, trend (paper): not ordered\n"
            "A short is not possible here: spot and equities only close. Trade a future for it.\n"
            "/why 01234567",
        ),
        (
            "ru",
            "✖ buy BTCUSDT, trend (демо): заявки нет\n"
            "Шорт здесь невозможен: спот и акции только закрываются. Используйте фьючерс.\n"
            "/why 01234567",
        ),
        (
            "de",
            "✖ buy BTCUSDT, trend (Paper): keine Order\n"
            "Short ist hier nicht möglich: Spot und Aktien werden nur geschlossen. Dafür einen Future handeln.\n"
            "/why 01234567",
        ),
    ],
)
def test_a_refusal(language: Language, text: str) -> None:
    assert texts.not_ordered(SIGNAL, refuse("NO_SHORTS"), language) == text


def test_an_expired_one_says_so() -> None:
    live = msgspec.structs.replace(SIGNAL, is_live=True)

    assert texts.not_ordered(live, refuse("CLEARED"), "en", has_expired=True).startswith(
        "⌛ buy BTCUSDT, trend: expired"
    )


def test_a_question() -> None:
    assert texts.question(SIGNAL, ASKED, EN) == (
        "❓ buy BTCUSDT, trend (paper)\nBuy 0.5 @ about 100 = 50 USDT\nAnswer until 2026-11-27 14:30 UTC."
    )


def test_a_question_that_is_asked_again_in_russian() -> None:
    again = msgspec.structs.replace(ASKED, moved_from=Decimal(95))

    assert texts.question(SIGNAL, again, Reader("ru", "Europe/Moscow")) == (
        "❓ buy BTCUSDT, trend (демо)\nКупить 0.5 @ около 100 = 50 USDT\n"
        "⚠ Цена сдвинулась больше чем на 1 % с тех пор, как был вопрос при 95.\n"
        "Ответьте до 2026-11-27 17:30 MSK."
    )


def test_a_question_without_a_price_names_no_value() -> None:
    bare = msgspec.structs.replace(ASKED, move="CLOSE", price=None, value=None)

    assert texts.question(SIGNAL, bare, EN).splitlines()[1] == "Close 0.5"


def test_a_signal_that_waits() -> None:
    assert texts.waits(SIGNAL, Closed(NOW, NOW + timedelta(hours=6)), EN) == (
        "⏳ buy BTCUSDT, trend (paper): the market opens 2026-11-27 14:30 UTC. It waits; "
        "an opening expires at 2026-11-27 20:30 UTC. /queue"
    )


def test_a_signal_that_waits_for_a_day_that_nobody_knows() -> None:
    assert texts.waits(SIGNAL, Closed(None, None), EN) == (
        "⏳ buy BTCUSDT, trend (paper): the market is closed until a day that nobody knows: no session is near. "
        "It waits. See MARKET_CLOSED_DAYS. /queue"
    )


def test_a_day_that_nobody_knows_in_german() -> None:
    assert texts.waits(SIGNAL, Closed(None, None), Reader("de", "Europe/Berlin")).startswith(
        "⏳ buy BTCUSDT, trend (Paper): Der Markt ist geschlossen bis auf Weiteres: keine Sitzung in Sicht."
    )


def test_a_silent_heartbeat() -> None:
    assert texts.heartbeat_missing("trend", timedelta(hours=26, minutes=59), "en") == (
        "⚠ trend has sent no heartbeat for 26 h. Look at its alert at TradingView: it may have ended."
    )


def test_a_missing_alert() -> None:
    missing = refuse("MISSING_ALERT", told=Decimal(5), held=Decimal(0))

    assert texts.may_be_missing(SIGNAL, missing, "en") == (
        "buy BTCUSDT, trend (paper)\n"
        "⚠ an alert may be missing: the strategy says 5 was held, here it is 0. Compare with the tester."
    )
