"""Strangers who ask to be let in: heard where the owner wants it, decided once, by an admin, and told of it."""

import pytest
from sqlalchemy import select

from ledger.trading.people import users
from ledger.trading.people.accounts import list_accounts
from ledger.trading.people.portfolios import list_portfolios
from ledger.trading.people.user_rows import User
from ledger.trading.principal import SYSTEM
from ledger.trading.tables.people import users as table
from notifier.trading.registration import MOST_OF_ALL, MOST_OF_ONE
from sandbox.telegram.chat import Sent
from tests.ledger.trading.world import ALICE, BOSS, STRANGER, VERA, ask, do, let_in, uid_of
from tests.notifier.trading.stage import GROUP, Stage, buttons
from tests.running import flat

NAME = "<b>Eve</b> & \u202eevil " + "x" * 180


def asks(stage: Stage, who: int = STRANGER) -> Sent:
    """Let a stranger type `/start`, and return what the admin is told."""
    before = len(stage.harness.sandbox.messages(BOSS))
    stage.answer("/start", by=who)
    return stage.harness.wait_for_texts(before + 1, BOSS)[-1]


def user(stage: Stage, number: int = STRANGER) -> User:
    """Return a user as the books have them."""
    return ask(stage.harness.ledger, users.get, SYSTEM, uid_of(stage.harness.ledger, number))


def statuses(stage: Stage) -> list[str]:
    """Return the states of all who are not in."""
    with stage.harness.ledger.reading() as connection:
        return list(connection.execute(select(table.c.status).where(table.c.status != "ACTIVE")).scalars())


def test_a_stranger_is_let_in_by_an_admin_and_begins_on_paper(stage: Stage) -> None:
    with stage.notifier(REGISTRATION="open"):
        told = asks(stage)
        first = flat(stage.harness.sandbox.messages(STRANGER)[0].text)
        stage.press(told, by=BOSS)
        decided = flat(stage.edited(told))
        heard = flat(stage.harness.wait_for_texts(2, STRANGER)[-1].text)
        page = flat(stage.answer("/portfolio", by=STRANGER).text)

    [account] = ask(stage.harness.ledger, list_accounts, SYSTEM, user=user(stage).uid)
    assert first == "Asked. An admin decides, and the answer comes here."
    assert [label for label, _ in buttons(told)] == ["Approve", "Block", "Approve as viewer"]
    assert f"Number at Telegram: {STRANGER}" in flat(told.text)
    assert f"✓ In, as trader – user{BOSS}, " in decided
    assert (user(stage).status, user(stage).role) == ("ACTIVE", "trader")
    assert heard.startswith("An admin has let you in, as trader.")
    assert "Your portfolio paper is on paper" in heard
    assert (account.broker, account.name, account.is_live) == ("PAPER", "paper", False)
    assert "▸ paper" in page


@pytest.mark.parametrize(
    ("place", "status", "role", "told"),
    [(2, "ACTIVE", "viewer", "An admin has let you in, as viewer."), (1, "BLOCKED", "viewer", "has not let you in")],
)
def test_an_admin_may_let_a_viewer_in_or_nobody(stage: Stage, place: int, status: str, role: str, told: str) -> None:
    with stage.notifier(REGISTRATION="open"):
        message = asks(stage)
        stage.press(message, buttons(message)[place][1], by=BOSS)
        stage.edited(message)
        heard = flat(stage.harness.wait_for_texts(2, STRANGER)[-1].text)

    assert (user(stage).status, user(stage).role) == (status, role)
    assert told in heard


def test_asking_again_changes_nothing_and_says_what_waits(stage: Stage) -> None:
    with stage.notifier(REGISTRATION="open"):
        asks(stage)
        again = flat(stage.answer("/start", by=STRANGER).text)
        stage.answer("/version", by=BOSS)
        told = stage.harness.sandbox.messages(BOSS)

    assert again.startswith("Asked already, on ")
    assert statuses(stage) == ["REQUESTED"]
    assert len(told) == 2  # the one request, and the version


def test_where_registration_is_closed_a_stranger_stays_one(stage: Stage) -> None:
    with stage.notifier():
        stage.harness.sandbox.type("/start", chat_id=STRANGER, from_id=STRANGER)
        stage.answer("/version")

    assert stage.harness.sandbox.messages(STRANGER) == []
    assert statuses(stage) == []


def test_who_is_blocked_is_not_heard_and_nothing_but_start_is(stage: Stage) -> None:
    do(stage.harness.ledger, users.block, SYSTEM, uid_of(stage.harness.ledger, VERA))
    with stage.notifier(REGISTRATION="open"):
        stage.harness.sandbox.type("/start", chat_id=VERA, from_id=VERA)
        for text in ("/help", "/status", "hello", "/knocks"):
            stage.harness.sandbox.type(text, chat_id=STRANGER, from_id=STRANGER)
        stage.harness.sandbox.type("/start", chat_id=-4712, from_id=BOSS)
        stage.harness.sandbox.type("/start", chat_id=-4712, from_id=STRANGER)
        stage.answer("/version")

    assert not [each for chat in (VERA, STRANGER, -4712) for each in stage.harness.sandbox.messages(chat)]
    assert statuses(stage) == ["BLOCKED"]


def test_only_admins_decide_and_each_request_once(stage: Stage) -> None:
    second = 901
    let_in(stage.harness.ledger, second, "admin")
    with stage.notifier(REGISTRATION="open"):
        told = asks(stage)
        other = stage.harness.wait_for_texts(1, second)[0]
        stage.press(stage.answer("/version", chat=GROUP), buttons(told)[0][1], by=ALICE)
        notes = stage.toasts(1)
        stage.press(told, buttons(told)[1][1], by=BOSS)
        stage.edited(told)
        stage.press(other, by=second)
        late = flat(stage.edited(other))

    assert notes == ["only an admin may do that"]
    assert user(stage).status == "BLOCKED"
    assert late.endswith("is blocked already.")


def test_whatever_a_stranger_is_called_is_escaped_and_cut(stage: Stage) -> None:
    """Fault T40."""
    stage.harness.sandbox.set_state("telegram", people={STRANGER: NAME})
    with stage.notifier(REGISTRATION="open"):
        told = asks(stage)
        listed = stage.answer("/users", by=BOSS)

    assert told.text.splitlines()[0].startswith("<b>Eve</b> & evil xxx")
    assert told.html.startswith("&lt;b&gt;Eve")
    assert "\u202e" not in told.text + listed.text
    assert max(len(line) for line in [*told.text.splitlines(), *listed.text.splitlines()]) <= 70


def test_as_many_are_let_in_as_may_be(stage: Stage) -> None:
    with stage.notifier(REGISTRATION="open", MAX_USERS="4"):
        told = asks(stage)
        stage.press(told, by=BOSS)
        notes = stage.toasts(1)
        typed = flat(stage.answer(f"/approve {STRANGER}", by=BOSS).text)

    assert notes[0].startswith("4 users are active, at most 4 may be")
    assert typed == notes[0]
    assert user(stage).status == "REQUESTED"
    assert not ask(stage.harness.ledger, list_portfolios, SYSTEM, user=user(stage).uid)


def test_a_flood_of_strangers_is_answered_and_noted_so_far_and_no_further(stage: Stage) -> None:
    with stage.notifier(REGISTRATION="open"):
        for _ in range(MOST_OF_ONE + 2):
            stage.harness.sandbox.type("/start", chat_id=STRANGER, from_id=STRANGER)
        for number in range(2000, 2000 + MOST_OF_ALL):
            stage.harness.sandbox.type("/start", chat_id=number, from_id=number)
        stage.answer("/version")
        stage.harness.wait_for_texts(MOST_OF_ONE, STRANGER)

    assert len(stage.harness.sandbox.messages(STRANGER)) == MOST_OF_ONE
    assert len(statuses(stage)) == 1 + MOST_OF_ALL - MOST_OF_ONE


def test_a_configured_group_is_no_place_to_ask(stage: Stage) -> None:
    with stage.notifier(REGISTRATION="open"):
        told = flat(stage.answer("/start", by=STRANGER, chat=GROUP).text)

    assert told.startswith("This bot sends the portfolio")
    assert statuses(stage) == []
