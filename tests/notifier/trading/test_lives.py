"""Messages that are edited as what they tell goes on: what reaches the chat, whatever is lost or dies on the way."""

from datetime import UTC, datetime

import pytest

from ledger.portfolio.outbox import Button, Buttons, Row
from ledger.portfolio.subjects import NewForm, add_form
from ledger.trading.events import Notice, of_signal, tell
from ledger.trading.flow.records import Question
from ledger.trading.people.preferences import set_notification
from ledger.trading.tables.people import users
from notifier.delivery.next_message import MOST_NOTICES, newest_forms, next_run, of_several
from sandbox.telegram.chat import Sent
from tests.ledger.trading.world import ALICE
from tests.notifier.harness import REPEAT
from tests.notifier.trading.stage import Stage, buttons
from tests.notifier.trading.test_delivery import row
from tests.running import flat, wait_until

RETRY: Buttons = ((Button("Retry", "retry:1"),),)


def said(stage: Stage, text: str, *, subject: str = "order-1", under: Buttons = ()) -> None:
    """Put a form of a message into Alice's outbox."""
    new = NewForm(subject=subject, name=subject, text=text, buttons=under)
    stage.do(lambda work: add_form(work.connection, new, chat_id=str(ALICE), now=datetime.now(UTC)))


def texts(stage: Stage) -> list[str]:
    """Return what stands in Alice's chat now."""
    return [each.text for each in shown(stage)]


def shown(stage: Stage) -> list[Sent]:
    """Return the messages that are in Alice's chat now."""
    return [each for each in stage.harness.sandbox.messages(ALICE) if not each.deleted]


def wait_for(stage: Stage, *wanted: str) -> list[Sent]:
    """Wait until Alice's chat says this."""
    wait_until(lambda: texts(stage) == list(wanted), what=f"{wanted}, not {texts(stage)}")
    return shown(stage)


def form(subject: str = "order-1", **changes: object) -> Row:
    """Return a form that waits."""
    return row("order", subject=subject, **changes)


def test_of_a_subject_the_newest_form_alone_is_sent_and_the_older_ones_go_with_it() -> None:
    first, other, second = form(), form("order-2"), form()
    waiting = newest_forms([first, other, second])
    run = next_run(waiting.rows)

    assert waiting.rows == [other, second]
    assert (run, waiting.folded(run)) == ([other], [])
    assert waiting.folded([second]) == [first.id]


def test_many_subjects_become_one_message_with_all_older_forms() -> None:
    forms = [form(f"order-{number % 8}") for number in range(16)]
    waiting = newest_forms(forms)
    run = next_run(waiting.rows)

    assert run == forms[8:]
    assert sorted(waiting.folded(run)) == sorted(each.id for each in forms[:15])
    assert (of_several(run[-1]).subject, of_several(run[-1]).place) == (None, None)


def test_a_form_is_heard_and_marked_where_an_older_one_was_to_be() -> None:
    (newest,) = newest_forms([form(level="on", unconfirmed=1), form(level="silent")]).rows

    assert (newest.level, newest.unconfirmed) == ("on", 1)


def test_edits_come_after_what_is_new_and_one_by_one() -> None:
    edits = [form(f"order-{number}", place=number + 1) for number in range(MOST_NOTICES + 2)]
    new = row()

    assert next_run([*edits, new]) == [new]
    assert next_run(edits) == edits[:1]


def test_one_message_is_edited_to_its_end_with_its_buttons(stage: Stage) -> None:
    with stage.notifier():
        said(stage, "working")
        (first,) = wait_for(stage, "working")
        said(stage, "filled in part")
        wait_for(stage, "filled in part")
        said(stage, "canceled", under=RETRY)
        (last,) = wait_for(stage, "canceled")
        stage.harness.wait_for_states("sent", "sent", "sent", chat_id=ALICE)

    assert first.message_id == last.message_id
    assert buttons(last) == [("Retry", "retry:1")]


def test_forms_that_wait_while_telegram_is_away_are_one_message_that_tells_the_newest(stage: Stage) -> None:
    for text in ("working", "filled in part", "filled"):
        said(stage, text)
    with stage.notifier():
        wait_for(stage, "filled")
        stage.harness.wait_for_states("folded", "folded", "sent", chat_id=ALICE)

    assert [each.text for each in stage.harness.sandbox.attempts()] == ["filled"]


def test_a_message_that_a_person_has_deleted_comes_as_a_new_one_and_is_edited_from_then_on(stage: Stage) -> None:
    with stage.notifier(), stage.harness.wire() as wire:
        said(stage, "working")
        (first,) = wait_for(stage, "working")
        wire("deleteMessage", chat_id=ALICE, message_id=first.message_id)
        said(stage, "filled in part")
        (second,) = wait_for(stage, "filled in part")
        said(stage, "filled")
        (third,) = wait_for(stage, "filled")

    assert first.message_id != second.message_id
    assert second.message_id == third.message_id


def test_what_the_message_says_already_changes_nothing(stage: Stage) -> None:
    with stage.notifier():
        said(stage, "working")
        wait_for(stage, "working")
        said(stage, "lost", under=RETRY)
        wait_for(stage, "lost")
        said(stage, "lost ", under=RETRY)  # the same for Telegram, which cuts the blank off
        stage.harness.wait_for_states("sent", "sent", "sent", chat_id=ALICE)

    assert len(texts(stage)) == 1


@pytest.mark.parametrize("fault", ["accept_then_hang", "reset_after"])
def test_an_edit_whose_answer_is_lost_is_said_again_without_a_mark_also_after_a_death(stage: Stage, fault: str) -> None:
    """Fault I2: killed between sending and marking."""
    with stage.notifier() as notifier:
        said(stage, "working")
        wait_for(stage, "working")
        stage.harness.sandbox.fault("telegram", fault, path="editMessageText", times=1)
        said(stage, "filled")
        wait_for(stage, "filled")
        notifier.kill()
    stage.harness.sandbox.clear("telegram")
    with stage.notifier():
        stage.harness.wait_for_states("sent", "sent", chat_id=ALICE)

    assert texts(stage) == ["filled"]
    assert [each.unconfirmed for each in stage.harness.rows(ALICE)] == [0, 0]


def test_a_first_form_whose_answer_is_lost_is_told_once_more_with_a_mark_and_goes_on(stage: Stage) -> None:
    """Fault I2: killed between sending and marking, with a newer form since."""
    stage.harness.sandbox.fault("telegram", "accept_then_hang", path="sendMessage", times=1)
    with stage.notifier() as notifier:
        said(stage, "working")
        wait_for(stage, "working")
        notifier.kill()
    stage.harness.sandbox.clear("telegram")
    said(stage, "filled in part")
    with stage.notifier():
        wait_for(stage, "working", f"{REPEAT}\n\nfilled in part")
        said(stage, "filled")
        wait_for(stage, "working", "filled")


def ask(stage: Stage, question: Question) -> Sent:
    """Ask as execution does; return the message."""
    line = tuple(Button(text, f"q:{question.uid}:{data}") for text, data in (("Execute", "x"), ("Reject", "r")))
    said(stage, question.text, subject=of_signal(str(question.signal)), under=(line,))
    return wait_for(stage, question.text)[0]


def test_who_decided_is_shown_in_the_question_and_the_order_lives_on_in_it(stage: Stage) -> None:
    question = stage.question()
    with stage.notifier():
        message = ask(stage, question)
        stage.press(message, f"q:{question.uid}:x")
        decided = flat(stage.edited(message))
        said(stage, "filled", subject=of_signal(str(question.signal)))
        (last,) = wait_for(stage, "filled")

    assert decided.startswith(f"Buy ETH <1>? ✓ Execute – user{ALICE}, ")
    assert (last.message_id, buttons(last)) == (message.message_id, [])


def test_an_answer_never_takes_the_place_of_what_execution_has_told_since(stage: Stage) -> None:
    """Fault T27: execution is quicker than the chat."""
    question = stage.question()
    with stage.notifier():
        message = ask(stage, question)
        stage.harness.sandbox.fault("telegram", "code", code="502", path="editMessageText", times=1)
        stage.press(message, f"q:{question.uid}:x")
        stage.toasts(1)
        said(stage, "filled", subject=of_signal(str(question.signal)))
        wait_for(stage, "filled")
        wait_until(lambda: "pending" not in stage.harness.states(ALICE), what="nothing waits")

    assert texts(stage) == ["filled"]


def told(stage: Stage, text: str, **changes: object) -> None:
    """Tell Alice how an order is, as execution does."""
    with stage.harness.ledger.reading() as connection:
        user = connection.execute(users.select().where(users.c.telegram_user_id == ALICE)).one()
    values = {"id": f"order-1-{text}", "kind": "filled", "text": text, "subject": "order-1", **changes}
    stage.do(lambda work: tell(work, user, Notice(**values)))  # type: ignore[arg-type]


def kept(stage: Stage) -> list[tuple[str, str, str | None]]:
    """Return text, level and subject of what is in Alice's outbox."""
    return [(each.text, each.level, each.subject) for each in stage.harness.rows(ALICE)]


def test_an_end_that_edits_is_said_aloud_besides_and_one_that_is_new_is_not(stage: Stage) -> None:
    told(stage, "rejected", aloud="short")
    told(stage, "working", subject="order-2", is_quiet=True)
    told(stage, "filled", subject="order-2", aloud="short too")
    told(stage, "filled", subject="order-2", aloud="short too")

    assert kept(stage) == [
        ("rejected", "on", "order-1"),
        ("working", "silent", "order-2"),
        ("filled", "on", "order-2"),
        ("short too", "on", None),
    ]


def test_who_has_just_pressed_a_button_sees_the_edit_and_needs_nothing_aloud(stage: Stage) -> None:
    told(stage, "asked", id="question-1", kind="question")
    told(stage, "answered", id="question-answered-1", is_quiet=True)
    told(stage, "filled", aloud="short")

    assert [text for text, *_ in kept(stage)] == ["asked", "answered", "filled"]


def test_a_silent_kind_is_never_aloud_and_one_that_is_off_edits_only_what_is_there(stage: Stage) -> None:
    stage.do(lambda work: set_notification(stage.alice, work, "filled", "silent"))
    stage.do(lambda work: set_notification(stage.alice, work, "canceled", "off"))
    told(stage, "canceled", kind="canceled", subject="order-2", aloud="short")
    told(stage, "working")
    told(stage, "filled", aloud="short")
    told(stage, "canceled", kind="canceled", aloud="short")

    assert kept(stage) == [(text, "silent", "order-1") for text in ("working", "filled", "canceled")]
