"""Users by an admin's word: who is named, in which role, and what stays of who is shut out."""

from typing import Any

import pytest

from ledger.trading.flow import questions
from ledger.trading.people import users
from ledger.trading.people.preferences import set_language
from ledger.trading.people.user_rows import User
from ledger.trading.principal import SYSTEM
from tests.ledger.trading.world import ALICE, BOSS, MALLORY, STRANGER, VERA, ask, let_in, uid_of, write_order
from tests.notifier.trading.stage import GROUP, Stage
from tests.running import flat


def user(stage: Stage, number: int) -> User:
    """Return a user as the books have them."""
    return ask(stage.harness.ledger, users.get, SYSTEM, uid_of(stage.harness.ledger, number))


def asked(stage: Stage, number: int = STRANGER, name: str = "Eve") -> None:
    """Let a stranger have asked to be let in."""
    stage.do(lambda work: users.request(work, number, name))


def boss(stage: Stage, *texts: str) -> list[str]:
    """Let the admin type something, and return the answers."""
    return [flat(stage.answer(text, by=BOSS).text) for text in texts]


def test_users_lists_who_waits_first_then_who_is_in_then_who_is_blocked(stage: Stage) -> None:
    asked(stage)
    vera = uid_of(stage.harness.ledger, VERA)
    stage.do(lambda work: users.block(SYSTEM, work, vera))
    with stage.notifier():
        told = stage.answer("/users", by=BOSS).text

    lines = [line.split(" · ")[0].strip() for line in told.splitlines()]
    people = [*("Waiting to be let in", "Eve", str(STRANGER)), *("In", f"user{BOSS}", str(BOSS))]
    people += [f"user{ALICE}", str(ALICE), f"user{MALLORY}", str(MALLORY), "Blocked", f"user{VERA}", str(VERA)]
    assert lines[: len(people)] == people


@pytest.mark.parametrize(
    ("typed", "role"), [("Eve", "trader"), ("@eve viewer", "viewer"), (f"{STRANGER} Admin", "admin")]
)
def test_somebody_is_let_in_by_name_or_number_and_told(stage: Stage, typed: str, role: str) -> None:
    asked(stage)
    with stage.notifier():
        [told] = boss(stage, f"/approve {typed}")
        heard = flat(stage.harness.wait_for_texts(1, STRANGER)[0].text)
        [again] = boss(stage, f"/approve {STRANGER} {role}")

    assert told == f"Eve is in, as {role}."
    assert heard.startswith(f"An admin has let you in, as {role}.")
    assert again == f"Eve is in already, as {role}. Another role: /role"
    assert (user(stage, STRANGER).role, user(stage, STRANGER).status) == (role, "ACTIVE")


def test_a_name_that_several_have_or_nobody_lets_nobody_in(stage: Stage) -> None:
    asked(stage)
    asked(stage, 906, str(STRANGER))
    with stage.notifier():
        several, nobody, empty, role = boss(
            stage, f"/approve {STRANGER}", "/approve Adam", "/approve", "/role Eve boss"
        )

    assert several == f"several users are called {STRANGER}; write the number: {STRANGER}, 906"
    assert nobody == "there is no user Adam"
    assert empty.startswith("Write /approve")
    assert role.startswith("Write /role")
    assert user(stage, STRANGER).status == "REQUESTED"


def test_a_role_is_changed_and_told_in_the_users_own_language(stage: Stage) -> None:
    stage.do(lambda work: set_language(stage.people.mallory, work, "de"))
    with stage.notifier():
        told = boss(stage, f"/role user{MALLORY} viewer", f"/role {BOSS} trader")
        heard = flat(stage.harness.wait_for_texts(1, MALLORY)[0].text)

    assert told[0] == f"user{MALLORY} is viewer from now on."
    assert told[1] == f"user{BOSS} is the last active admin; make somebody else an admin first"
    assert heard == "Ein Admin hat die Rolle geändert: viewer."
    assert user(stage, MALLORY).role == "viewer"


def test_who_is_blocked_is_told_is_heard_no_more_and_what_stays_is_said(stage: Stage) -> None:
    write_order(stage.harness.ledger, stage.main.uid)
    with stage.notifier():
        told, again = boss(stage, f"/block user{ALICE}", f"/block {ALICE}")
        heard = flat(stage.harness.wait_for_texts(1, ALICE)[0].text)
        stage.harness.sandbox.type("/status", chat_id=ALICE, from_id=ALICE)
        in_a_group = flat(stage.answer("/status", chat=GROUP).text)

    assert "open orders: 1, open positions: 1" in told
    assert again == f"user{ALICE} is blocked already."
    assert heard.startswith("An admin has blocked you")
    assert "you are none here" in in_a_group
    assert len(stage.harness.sandbox.messages(ALICE)) == 1


def test_a_question_of_somebody_who_was_blocked_since_is_refused_when_it_is_answered(stage: Stage) -> None:
    """Fault T39."""
    question = stage.question()
    with stage.notifier():
        here, there = stage.answer("/version"), stage.answer("/version", chat=GROUP)
        boss(stage, f"/block {ALICE}")
        stage.press(here, f"q:{question.uid}:x")
        stage.press(there, f"q:{question.uid}:x")
        notes = stage.toasts(2)

    found = ask(stage.harness.ledger, questions.find, SYSTEM, question.uid)
    assert notes[0] == "This bot is private."
    assert "you are none here" in notes[1]
    assert (found.state, found.answer) == ("OPEN", None)


@pytest.mark.parametrize("who", [ALICE, VERA])
def test_nobody_but_admins_rules_over_users(stage: Stage, who: int) -> None:
    asked(stage)
    before = ask(stage.harness.ledger, users.list_users, SYSTEM)
    with stage.notifier():
        told: list[Any] = [
            flat(stage.answer(text, by=who).text)
            for text in ("/users", "/approve Eve", f"/block {MALLORY}", f"/role {MALLORY} viewer", "/brokers")
        ]

    assert ask(stage.harness.ledger, users.list_users, SYSTEM) == before
    assert not [text for text in told if "Eve" in text or "user10" in text or "PAPER" in text]


def test_a_trader_and_a_viewer_are_told_that_a_command_is_an_admins(stage: Stage) -> None:
    with stage.notifier():
        told = {stage.answer(text, by=who).text for who in (ALICE, VERA) for text in ("/users", "/simulate {}")}

    assert told == {"Only an admin may do that."}


def test_help_lists_to_each_person_what_their_role_may(stage: Stage) -> None:
    with stage.notifier():
        listed = [stage.helped(by=who, chat=GROUP) for who in (BOSS, ALICE, VERA)]
        listed.append(stage.answer("/help", by=STRANGER, chat=GROUP).text)

    assert ["/users" in text for text in listed] == [True, False, False, False]
    assert ["/kill" in text for text in listed] == [True, True, False, False]
    assert ["/positions" in text for text in listed] == [True, True, True, False]
    assert ["/now" in text for text in listed] == [True, True, True, True]


def test_one_who_is_blocked_and_let_in_again_has_the_role_and_portfolio_of_before(stage: Stage) -> None:
    number = 907
    let_in(stage.harness.ledger, number, "viewer")
    with stage.notifier():
        told = boss(stage, f"/block {number}", f"/approve {number}", f"/block {number}", f"/approve {number}")
        stage.harness.wait_for_texts(len(told), number)
        page = stage.answer("/accounts", by=number).text

    assert told[1] == told[3] == f"user{number} is in, as viewer."
    assert page.count("PAPER") == 1
