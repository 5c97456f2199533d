"""The opening flush: in order, within the rate, looked at again, and told in one message whatever restarts."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from bus.trading_settings import Days
from execution.texts.flushes import WORDS, Flush, flush_told
from execution.watching.flushes import Flushes
from ledger.inbox.opening import Inbox
from ledger.portfolio.tables import outbox
from ledger.store import Ledger
from ledger.trading.flow.halts import halt
from ledger.trading.principal import SYSTEM
from tests.execution.signals_desk.stage import AAPL, TSLA
from tests.execution.watching.stage import WatchingStage
from tests.ledger.trading.world import do, rows

OPENING = datetime(2026, 11, 30, 14, 30, tzinfo=UTC)


class FlushStage(WatchingStage):
    """Execution that follows its openings; it sends two orders a second, and the market has closed for the weekend."""

    def start(self) -> None:
        """Begin a new life of the program."""
        self.settings = msgspec.structs.replace(self.settings, orders_per_second=2)
        super().start()
        self.flushes = Flushes(self.watching._around, open_signals=lambda: self.desk.open_signals)

    def turn(self, turns: int = 12) -> None:
        """Let everybody hear, answer and go on."""
        super().turn(turns)
        self.flushes.turn()

    def waiting(self, count: int, **body: Any) -> list[str]:
        """Let signals come that wait for Monday."""
        found = []
        for _ in range(count):
            found.append(self.arrives(symbol="AAPL", **body))
            self.time.move_on(1)
            self.turn(2)
        return found

    def until(self, moment: datetime, seconds: float = 0) -> None:
        """Let it be so many seconds after a moment."""
        self.time.move_on((moment - self.time.now()).total_seconds())
        self.passes(seconds, step_s=1.0)

    def flushed(self) -> list[str]:
        """Return what was told of openings."""
        return [text for text in self.told() if text.startswith("🔓")]


@pytest.fixture
def stage(books: Ledger, inbox: Inbox) -> FlushStage:
    """Give execution on the evening of a Friday."""
    found = FlushStage(books, inbox, default_max_per_ticker=4)
    found.time.move_on(4 * 3600)
    return found


def test_signals_go_in_order_within_the_rate_and_are_told_once_in_one_message(stage: FlushStage) -> None:
    """Fault T32."""
    uids = stage.waiting(6)
    before = [stage.signal(uid).state for uid in uids]
    stage.until(OPENING, 20)
    stage.start()
    stage.passes(20)
    orders = stage.made("ENTRY")

    assert before == ["WAITING_FOR_MARKET"] * 6
    assert [stage.end(uid) for uid in uids[:4]] == [("DONE", None)] * len(orders)
    assert {(each.placed_at - OPENING).total_seconds() for each in orders} <= {1.0, 2.0, 3.0}
    assert stage.flushed() == [
        "🔓 The market is open. Signals that waited (paper): 6\n"
        "ordered: 4\n"
        "refused: 2\n"
        "· opened too often: 2\n"
        "/trades shows what was filled, /why the life of each."
    ]


@pytest.mark.parametrize(("count", "is_aloud"), [(3, True), (4, False)])
def test_of_many_those_that_are_refused_are_told_in_their_messages_and_not_aloud(
    stage: FlushStage, count: int, is_aloud: bool
) -> None:
    stage.waiting(count, price="150")
    stage.until(OPENING, 20)
    found = [each for each in rows(stage.ledger, outbox) if each["text"].startswith("✖")]
    said = [each for each in found if each["subject"] is None]

    assert len(found) - len(said) == count
    assert len(said) == (count if is_aloud else 0)


def test_a_restart_in_the_middle_loses_none_of_them(stage: FlushStage) -> None:
    """Fault T10."""
    stage.waiting(6)
    stage.until(OPENING, 1)
    sent = len(stage.made("ENTRY"))
    stage.start()
    stage.passes(20)

    assert 0 < sent < 4
    assert len(stage.made("ENTRY")) == 4
    assert [text.splitlines()[:3] for text in stage.flushed()] == [
        ["🔓 The market is open. Signals that waited (paper): 6", "ordered: 4", "refused: 2"]
    ]


def test_what_a_person_has_confirmed_is_asked_again_where_the_price_has_moved(stage: FlushStage) -> None:
    """Faults T27 and T32."""
    stage.set_mode("manual")
    uids = []
    for _ in range(2):
        uids.append(stage.arrives(symbol="AAPL"))
        stage.turn()
        stage.answers(stage.question())
        stage.passes(2)
    before = [stage.signal(uid).state for uid in uids]
    stage.venue.prices[AAPL] = Decimal(210)
    stage.until(OPENING, 70)

    assert before == ["WAITING_FOR_MARKET"] * 2
    assert [stage.signal(uid).state for uid in uids] == ["AWAITING_CONFIRMATION"] * 2
    assert "asked about: 2\n" in stage.flushed()[0]
    assert any("moved by more than 1 % since you were asked at 200." in text for text in stage.told())


def test_one_signal_alone_is_told_by_its_own_message(stage: FlushStage) -> None:
    [uid] = stage.waiting(1)
    stage.until(OPENING, 20)

    assert stage.end(uid) == ("DONE", None)
    assert stage.flushed() == []


def test_price_and_age_are_looked_at_again(stage: FlushStage) -> None:
    """Fault T32: a price far away is refused by rule."""
    near, far = stage.waiting(1, price="200"), stage.waiting(3, price="150")
    stage.until(OPENING, 20)

    assert [stage.end(uid) for uid in (*near, *far)] == [("DONE", None), *([("REJECTED", "PRICE_SANITY")] * 3)]
    assert "ordered: 1\nrefused: 3\n· price far from the quote: 3" in stage.flushed()[0]


def test_what_has_waited_over_its_whole_session_is_told_as_expired(stage: FlushStage) -> None:
    """Fault T32: execution was away all Monday."""
    uids = stage.waiting(4)
    stage.until(OPENING + timedelta(days=1))
    stage.start()
    stage.passes(20)

    assert [stage.end(uid) for uid in uids] == [("EXPIRED", "OPENING_EXPIRED")] * 4
    assert "expired: 4\n· not ordered in time: 4" in stage.flushed()[0]


def test_a_kill_before_the_opening_is_no_flush(stage: FlushStage) -> None:
    stage.waiting(4)
    do(stage.ledger, halt, SYSTEM, kind="KILL", scope="ALL", reason="enough")
    stage.passes(20)
    killed = [text for text in stage.told() if "Trading is killed" in text]
    stage.until(OPENING, 20)

    assert len(killed) >= 4
    assert stage.flushed() == []


def test_a_kill_in_the_middle_leaves_a_message_that_adds_up(stage: FlushStage) -> None:
    """Fault T28."""
    stage.waiting(6)
    stage.until(OPENING, 2)
    do(stage.ledger, halt, SYSTEM, kind="KILL", scope="ALL", reason="enough")
    stage.passes(20)
    [told] = stage.flushed()

    assert told.startswith("🔓 The market is open. Signals that waited (paper): 6\n")
    assert "· trading is killed: " in told


def test_while_the_venue_says_closed_signals_wait_and_go_when_it_opens(stage: FlushStage) -> None:
    """Fault T31: an unscheduled closing; the venue's own hours win."""
    uids = stage.waiting(4)
    later = OPENING + timedelta(hours=2)
    stage.venue.sessions[AAPL] = ((later, later + timedelta(hours=4)),)
    stage.start()
    stage.until(OPENING, 30)
    closed = [stage.signal(uid).state for uid in uids]
    stage.until(later, 20)

    assert closed == ["WAITING_FOR_MARKET"] * 4
    assert [stage.end(uid) for uid in uids] == [("DONE", None)] * 4
    assert [text.partition("\n")[0] for text in stage.flushed()] == [
        "🔓 The market is open. Signals that waited (paper): 4"
    ]


def test_after_a_restart_nothing_opens_before_the_venue_has_said_its_hours(stage: FlushStage) -> None:
    """Fault T31: an unscheduled closing, of which execution has forgotten what the venue said."""
    later = OPENING + timedelta(hours=2)
    waits = stage.waiting(1)
    stage.venue.sessions[AAPL] = ((later, later + timedelta(hours=4)),)
    stage.until(OPENING + timedelta(hours=1), 2)
    stage.start()
    comes = stage.arrives(symbol="AAPL")
    stage.passes(30)
    closed = [stage.signal(uid).state for uid in (*waits, comes)]
    stage.until(later, 20)

    assert closed == ["WAITING_FOR_MARKET"] * 2
    assert [stage.end(uid) for uid in (*waits, comes)] == [("DONE", None)] * 2


@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    ("friday", "opens"),
    [
        pytest.param((2026, 3, 6), (2026, 3, 9, 13, 30), id="New York's spring"),
        pytest.param((2026, 3, 20), (2026, 3, 23, 13, 30), id="between New York's spring and Europe's"),
        pytest.param((2026, 3, 27), (2026, 3, 30, 13, 30), id="Europe's spring"),
        pytest.param((2026, 10, 23), (2026, 10, 26, 13, 30), id="Europe's autumn, before New York's"),
        pytest.param((2026, 10, 30), (2026, 11, 2, 14, 30), id="New York's autumn"),
        pytest.param((2026, 1, 16), (2026, 1, 20, 14, 30), id="a holiday on Monday"),
        pytest.param((2026, 11, 27), (2026, 11, 30, 14, 30), id="after a half day"),
    ],
)
def test_over_a_weekend_the_opening_is_by_new_yorks_clock(
    books: Ledger, inbox: Inbox, friday: tuple[int, int, int], opens: tuple[int, ...]
) -> None:
    """Fault T31."""
    stage, opening = FlushStage(books, inbox), datetime(*opens, tzinfo=UTC)  # type: ignore[misc,arg-type]
    stage.time.step(datetime(*friday, 21, 30, tzinfo=UTC) - stage.time.now())
    stage.start()
    uids = stage.waiting(2)
    stage.until(opening - timedelta(seconds=3), 2)
    before = [stage.signal(uid).state for uid in uids]
    stage.passes(20)

    assert before == ["WAITING_FOR_MARKET"] * 2
    assert [stage.end(uid) for uid in uids] == [("DONE", None)] * 2
    assert len(stage.flushed()) == 1


def test_a_day_that_the_owner_closed_is_waited_over(stage: FlushStage) -> None:
    """Fault T31: an unscheduled closing that only the owner knows."""
    stage.settings = msgspec.structs.replace(stage.settings, market_closed_days=Days((date(2026, 11, 30),)))
    stage.start()
    uids = stage.waiting(2)
    stage.until(OPENING, 20)
    closed = [stage.signal(uid).state for uid in uids]
    stage.until(OPENING + timedelta(days=1), 20)

    assert closed == ["WAITING_FOR_MARKET"] * 2
    assert [stage.end(uid) for uid in uids] == [("DONE", None)] * 2


def test_a_lost_venue_holds_what_goes_and_lets_it_go_in_time_or_expires_it(stage: FlushStage) -> None:
    """Fault T21: lost at the opening."""
    first, second = stage.waiting(1), stage.waiting(1)
    stage.venue.prices[TSLA] = Decimal(100)
    stage.venue.is_connected = False
    stage.until(OPENING, 30)
    held = [stage.end(uid) for uid in (*first, *second)]
    stage.venue.is_connected = True
    stage.passes(20)

    assert held == [("QUEUED", "BROKER_LOST"), ("QUEUED", None)]  # the second one stands behind the first
    assert [stage.end(uid) for uid in (*first, *second)] == [("DONE", None)] * 2
    assert "ordered: 2\n" in stage.flushed()[0]


def test_the_message_in_each_language() -> None:
    whole = Flush(is_live=True, ordered=5, asked=1, moving=2, expired=3, refused=4, reasons={"CASH": 4, "KILLED": 3})

    assert flush_told(whole, "en") == (
        "🔓 The market is open. Signals that waited: 15\nordered: 5\nasked about: 1\nheld, see /queue: 2\nexpired: 3\n"
        "refused: 4\n· not enough cash: 4\n· trading is killed: 3\n"
        "/trades shows what was filled, /why the life of each."
    )
    assert flush_told(whole, "ru") == (
        "🔓 Рынок открыт. Сигналов ждало: 15\nстали заявками: 5\nждут ответа: 1\nзадержаны, смотрите /queue: 2\n"
        "срок истёк: 3\nотклонены: 4\n· не хватает денег: 4\n· торговля остановлена: 3\n"
        "/trades покажет исполненное, /why — жизнь каждого."
    )
    assert flush_told(whole, "de") == (
        "🔓 Der Markt ist offen. Wartende Signale: 15\nOrders: 5\nFragen: 1\ngehalten, siehe /queue: 2\nabgelaufen: 3\n"
        "abgelehnt: 4\n· zu wenig Geld: 4\n· Handel ist gestoppt: 3\n/trades zeigt das Ausgeführte, /why jedes Leben."
    )
    assert all(flush_told(Flush(is_live=False, ordered=2), language).count("\n") == 2 for language in WORDS)
