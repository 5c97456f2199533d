"""Notices of trading on their way: their buttons, their sound, what goes before them, and what becomes one message."""

import asyncio
import itertools
from datetime import UTC, datetime
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from telegram import Chat, Message

from bus.connection import Bus
from bus.messages.trading import OutboxFilled
from ledger.portfolio.outbox import Button, NoticeLevel, Row, add_notice
from ledger.trading.events import Notice, tell
from ledger.trading.people.preferences import set_notification
from ledger.trading.tables.people import users
from notifier.delivery.message_sender import MessageSender
from notifier.delivery.next_message import MOST_NOTICES, MOST_SIGNS, folded_text, is_notice, next_run
from notifier.storage.stores import Stores
from notifier.texts.commands import WORDS
from sandbox.telegram.chat import CHAT_ID
from tests.ledger.trading.world import ALICE
from tests.notifier.harness import slot_round
from tests.notifier.trading.stage import Stage, buttons
from tests.running import wait_until

NOW = datetime(2026, 11, 27, 14, 30, tzinfo=UTC)
numbers = itertools.count(1)


def row(name: str = "trade", **changes: object) -> Row:
    """Return a notice that waits."""
    number = next(numbers)
    values: dict[str, object] = {
        "id": number,
        "chat_id": str(ALICE),
        "state": "pending",
        "round_id": None,
        "alert_id": f"{name}-{number}",
        "text": f"text {number}",
        "unconfirmed": 0,
        "attempts": 0,
        "created_at": NOW,
        "first_attempt_at": None,
        "next_attempt_at": None,
        "level": "on",
    }
    return msgspec.convert({**values, **changes}, Row)


def test_few_notices_come_one_by_one_in_their_order() -> None:
    rows = [row() for _ in range(MOST_NOTICES)]

    assert next_run(rows) == rows[:1]


def test_more_notices_become_one_message_that_says_all_of_them_word_for_word() -> None:
    rows = [row() for _ in range(MOST_NOTICES + 1)]
    run = next_run(rows)

    assert run == rows
    assert (folded_text(run) or "").split("\n\n") == [each.text for each in rows]


def test_questions_answers_slots_and_alerts_go_first_in_their_order() -> None:
    """Fault T35a: what goes first."""
    notices = [row() for _ in range(20)]
    first = [row("question"), row("request"), row("deaf", level=None), row("now", round_id="now-1", level=None)]
    order, waiting = [], [*notices[:10], *first, *notices[10:]]
    while waiting:
        run = next_run(waiting)
        order.append(run)
        waiting = [each for each in waiting if each not in run]

    assert order == [*([each] for each in first), notices]


def test_notices_with_buttons_and_those_tried_before_stay_what_they_are() -> None:
    first, second = row(), row()
    asks = row("order", buttons=[[{"text": "Retry", "data": "retry:1"}]])
    rest = [row() for _ in range(6)]

    assert next_run([first, second, asks, *rest]) == [first, second]
    assert next_run([asks, *rest]) == [asks]
    assert next_run([row(attempts=1), *rest])[1:] == []


notices = st.lists(st.tuples(st.integers(1, MOST_SIGNS + 200), st.booleans(), st.booleans()), min_size=1, max_size=40)


@given(notices)
def test_whatever_waits_each_notice_is_told_once_in_order_and_fits(sizes: list[tuple[int, bool, bool]]) -> None:
    waiting = [
        row(text="x" * size, attempts=int(tried), buttons=[[{"text": "a", "data": "b"}]] if asks else [])
        for size, tried, asks in sizes
    ]
    told: list[Row] = []
    left = waiting
    while left:
        run = next_run(left)
        assert len(run) == 1 or len(folded_text(run) or "") <= MOST_SIGNS
        told += run
        left = [each for each in left if each not in run]

    assert told == waiting
    assert all(map(is_notice, waiting))


def put(stage: Stage, name: str, text: str, level: NoticeLevel = "on", *, chat: int = ALICE) -> None:
    """Put a notice into a chat's outbox."""
    line = ((Button("Retry", "retry:1"), Button("Close", "close:1")),) if name.startswith("order") else ()
    stage.do(
        lambda work: add_notice(
            work.connection, name, text, chat_id=str(chat), now=datetime.now(UTC), buttons=line, level=level
        )
    )


def test_buttons_of_a_row_stand_under_its_message(stage: Stage) -> None:
    put(stage, "order-1", "not filled")
    with stage.notifier():
        message = stage.harness.wait_for_texts(1, ALICE)[0]

    assert buttons(message) == [("Retry", "retry:1"), ("Close", "close:1")]


def test_five_hundred_notices_do_not_hold_up_a_slot_and_none_is_lost(stage: Stage, wire: Bus) -> None:
    """Fault T35a."""
    stage.harness.sandbox.set_state("telegram", flood_control=True)
    for number in range(500):
        put(stage, f"trade-{number}", f"bought {number}", chat=CHAT_ID)
    put(stage, "question-1", "buy?", chat=CHAT_ID)
    snapshot = stage.harness.record(slot_round())
    with stage.notifier():
        wire.publish(OutboxFilled())

        def texts() -> list[str]:
            """Return what the chat has been told."""
            return [each.text for each in stage.harness.sandbox.messages(CHAT_ID)]

        wait_until(lambda: "bought 499" in " ".join(texts()), what="the last one")
        wait_until(lambda: set(stage.harness.states(CHAT_ID)) == {"sent", "folded"}, what="all of them settled")
        said = texts()

    assert said[0] == "buy?"
    assert snapshot.round_id
    assert "TOTAL (USD)" in said[1]
    assert [line for text in said[2:] for line in text.split("\n\n")] == [f"bought {number}" for number in range(500)]
    assert len(said) < 10


def test_a_folded_message_that_is_refused_for_now_is_told_once_in_the_end(stage: Stage) -> None:
    stage.harness.sandbox.set_state("telegram", muted=[CHAT_ID])
    for number in range(8):
        put(stage, f"trade-{number}", f"bought {number}", chat=CHAT_ID)
    with stage.notifier() as notifier:
        notifier.wait_for("refused for now")
        stage.harness.sandbox.set_state("telegram", muted=[])
        said = stage.harness.wait_for_texts(1, CHAT_ID)
        stage.harness.wait_for_states(*["folded"] * 7, "sent")

    assert len(said) == 1
    assert said[0].text.split("\n\n") == [f"bought {number}" for number in range(8)]


def test_a_user_who_blocked_the_bot_gets_dead_rows_and_others_go_on(stage: Stage) -> None:
    stage.harness.sandbox.set_state("telegram", blocked=[ALICE])
    put(stage, "trade-1", "bought")
    put(stage, "trade-2", "bought too", chat=CHAT_ID)
    with stage.notifier():
        wait_until(lambda: stage.harness.states(ALICE) == ["dead"], what="a dead row")
        told = [each.text for each in stage.harness.wait_for_texts(2, CHAT_ID)]

    assert "bought too" in told


class Recorder:
    """A bot that only notes how it would send."""

    def __init__(self) -> None:
        """Note nothing yet."""
        self.silently: list[bool] = []

    async def send_message(self, _chat: str, _text: str, *, disable_notification: bool, **_rest: object) -> Any:
        """Note whether the phone would sound."""
        self.silently.append(disable_notification)
        return Message(message_id=1, date=NOW, chat=Chat(id=1, type="private"))


def test_a_kind_that_a_user_wants_silent_comes_without_a_sound_and_others_with_one(stage: Stage) -> None:
    stage.do(lambda work: set_notification(stage.alice, work, "filled", "silent"))
    with stage.harness.ledger.reading() as connection:
        user = connection.execute(select(users).where(users.c.telegram_user_id == ALICE)).one()
    stage.do(lambda work: tell(work, user, Notice(id="trade-1", kind="filled", text="bought")))
    stage.do(lambda work: tell(work, user, Notice(id="order-1", kind="rejected", text="refused")))
    bot, stores = Recorder(), Stores(stage.harness.ledger, (str(CHAT_ID),))
    sender = MessageSender(bot, stores=stores, words=WORDS["en"], timezone=UTC)  # type: ignore[arg-type]

    async def send_all() -> None:
        """Send what waits."""
        for each in stores.outbox.pending()[str(ALICE)]:
            await sender.put(each, each.text or "", (), slot=False)

    asyncio.run(send_all())

    assert bot.silently == [True, False]
