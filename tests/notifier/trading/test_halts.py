"""Stopping all trading from the chat, and letting it go on."""

import contextlib
import sqlite3
import time
from collections.abc import Iterator
from datetime import timedelta

from bus.connection import Bus
from bus.messages.trading import TradingRequested
from ledger.trading.flow import halts
from ledger.trading.principal import SYSTEM
from tests.ledger.trading.world import ALICE, BOSS, MALLORY, VERA
from tests.notifier.trading.confirming_at import pressed_late
from tests.notifier.trading.stage import GROUP, Stage, buttons, first_button
from tests.running import flat, hear, wait_until


def test_a_traders_kill_is_a_row_before_it_is_answered_and_execution_is_woken(stage: Stage, wire: Bus) -> None:
    """Fault T28."""
    with stage.notifier():
        stage.harness.sandbox.type("/kill the server burns", chat_id=ALICE)
        woken = hear(wire, TradingRequested)
        halt = stage.halts()[0]
        stage.do(lambda work: halts.confirm(SYSTEM, work, halt.uid))
        told = flat(stage.harness.wait_for_texts(1, ALICE)[0].text)

    assert (halt.uid, halt.kind, halt.scope) == (woken.uid, "KILL", "USER")
    assert halt.reason == f"the server burns (user{ALICE}, in the chat)"
    assert "nothing that was sent before can still arrive" in told
    assert "for all of your portfolios" in told


def test_a_kill_that_nobody_confirms_says_so(stage: Stage) -> None:
    with stage.notifier():
        told = flat(stage.answer("/kill").text)

    assert "Nobody has confirmed within 6 s" in told
    assert len(stage.halts()) == 1


def test_an_admins_kill_is_for_everybody(stage: Stage) -> None:
    with stage.notifier():
        told = flat(stage.answer("/kill", by=BOSS).text)

    assert [each.scope for each in stage.halts()] == ["ALL"]
    assert "for everybody" in told


def test_a_viewer_and_a_stranger_kill_nothing(stage: Stage) -> None:
    with stage.notifier():
        refused = flat(stage.answer("/kill", by=VERA).text)
        in_a_group = flat(stage.answer("/kill", by=4711, chat=GROUP).text)

    assert "A viewer changes nothing" in refused
    assert "you are none here" in in_a_group
    assert stage.halts() == ()


@contextlib.contextmanager
def locked(stage: Stage) -> Iterator[None]:
    """Hold the ledger's write lock meanwhile."""
    with contextlib.closing(sqlite3.connect(stage.harness.home / "data" / "portfolio.db")) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.rollback()


def test_a_kill_waits_for_a_ledger_that_is_locked_for_seconds(stage: Stage) -> None:
    """Fault T28: the ledger is locked."""
    with stage.notifier() as notifier:
        stage.answer("/status")
        with locked(stage):
            stage.harness.sandbox.type("/kill", chat_id=ALICE)
            notifier.wait_for("kill is tried again")
        wait_until(lambda: len(stage.halts()) == 1, what="the kill")

    assert stage.halts()[0].kind == "KILL"


def test_a_kill_that_cannot_be_written_says_plainly_that_nothing_is_killed(stage: Stage) -> None:
    with stage.notifier(), locked(stage):
        began = time.monotonic()
        stage.harness.sandbox.type("/kill", chat_id=GROUP, from_id=ALICE)
        wait_until(lambda: bool(stage.harness.sandbox.messages(GROUP)), what="an answer", within_s=40)
        told = flat(stage.harness.sandbox.messages(GROUP)[0].text)
        took_s = time.monotonic() - began

    assert told.startswith("⚠ NOT killed: the ledger is busy")
    assert "make kill" in told
    assert took_s >= 10
    assert stage.halts() == ()


def test_a_kill_that_waited_at_telegram_for_hours_counts_each_persons_own(stage: Stage) -> None:
    """Fault T28: a late kill counts."""
    for who in (ALICE, MALLORY, VERA):
        late = {
            "message_id": 900 + who,
            "date": int(time.time() - timedelta(hours=3).total_seconds()),
            "chat": {"id": GROUP, "type": "group", "title": "Group"},
            "from": {"id": who, "is_bot": False, "first_name": "X"},
            "text": "/kill",
        }
        stage.harness.sandbox.inject({"message": late})
    with stage.notifier():
        wait_until(lambda: len(stage.halts()) == 2, what="two kills")

    assert {each.scope for each in stage.halts()} == {"USER"}


def test_unkill_asks_once_with_a_button_that_names_what_it_does(stage: Stage, wire: Bus) -> None:
    killed = stage.do(lambda work: halts.halt(stage.alice, work, kind="KILL", scope="USER", reason="storm"))
    with stage.notifier():
        asked = stage.answer("/unkill")
        still = len(stage.halts())
        stage.press(asked)
        done = flat(stage.edited(asked))
        woken = hear(wire, TradingRequested)

    assert "storm" in asked.text
    assert buttons(asked)[0][0] == "Yes, trade again"
    assert (still, stage.halts(), woken.uid) == (1, (), killed.uid)
    assert done.startswith("Trading goes on, for all of your portfolios.")


def test_a_button_works_after_a_restart_and_ends_after_its_minute(stage: Stage) -> None:
    stage.do(lambda work: halts.halt(stage.alice, work, kind="KILL", scope="USER", reason="storm"))
    with stage.notifier():
        asked = stage.answer("/unkill")
    with stage.notifier():
        stage.press(asked, pressed_late(first_button(asked)))
        over = flat(stage.edited(asked))
        kept = len(stage.halts())
        again = stage.answer("/unkill")
    with stage.notifier():
        stage.press(again)
        stage.edited(again)

    assert over == "Nothing was done: the button was good for a minute. Type it again: /unkill"
    assert kept == 1
    assert stage.halts() == ()


def test_a_button_is_for_the_one_who_was_asked(stage: Stage) -> None:
    stage.do(lambda work: halts.halt(stage.alice, work, kind="KILL", scope="USER", reason="storm"))
    with stage.notifier():
        asked = stage.answer("/unkill", chat=GROUP)
        for who in (BOSS, MALLORY, VERA, 4711):
            stage.press(asked, by=who)
            stage.press(asked, buttons(asked)[1][1], by=who)
        notes = stage.toasts(8)
        kept = len(stage.halts())
        stage.press(asked, buttons(asked)[1][1])
        refused = stage.edited(asked)

    assert set(notes) == {"This is for somebody else to answer."}
    assert (kept, refused, len(stage.halts())) == (1, "Nothing was done.", 1)


def test_what_an_admin_has_killed_a_trader_does_not_lift(stage: Stage) -> None:
    stage.do(lambda work: halts.halt(stage.people.boss, work, kind="KILL", scope="ALL", reason="storm"))
    with stage.notifier():
        told = flat(stage.answer("/unkill").text)
        asked = stage.answer("/unkill", by=BOSS)
        stage.press(asked, by=BOSS)
        stage.edited(asked)

    assert told == "Still in force, for everybody: storm."
    assert stage.halts() == ()


def test_pause_stops_the_portfolio_in_use_at_once_and_resume_asks(stage: Stage) -> None:
    with stage.notifier():
        paused = flat(stage.answer("/pause").text)
        halt = stage.halts()[0]
        asked = stage.answer("/resume")
        stage.press(asked)
        done = flat(stage.edited(asked))

    assert (halt.kind, halt.scope, halt.scope_uid) == ("PAUSE", "PORTFOLIO", stage.main.uid)
    assert "for the portfolio Main" in paused
    assert done == "Buying goes on, for the portfolio Main."
    assert stage.halts() == ()


def test_pause_all_is_lifted_by_resume_all(stage: Stage) -> None:
    with stage.notifier():
        stage.answer("/pause all")
        kept = flat(stage.answer("/resume").text)
        asked = stage.answer("/resume all")
        stage.press(asked)
        stage.edited(asked)

    assert kept == f"Still in force, for all of your portfolios: user{ALICE}, in the chat."
    assert stage.halts() == ()
