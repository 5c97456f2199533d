"""The owner's commands for users, run as the Makefile runs them, in each database."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from ledger.store import open_ledger
from ledger.trading.people import users
from ledger.trading.work import Work
from tests.ledger import env_file
from tests.ledger.rows import rows
from tests.ledger.typed import refused, told


@pytest.fixture
def owned(folder: Path, each_url: str) -> Path:
    """Give a home whose messages go to the owner's private chat."""
    env_file.write(f"DATABASE_URL={each_url}", chat=env_file.PRIVATE)
    return folder


def ask(url: str, number: int, name: str) -> None:
    """Ask to be let in, as a stranger in the chat."""
    with open_ledger(url) as ledger, ledger.writing() as connection:
        users.request(Work(connection, datetime.now(UTC)), number, name)


def test_after_a_first_start_the_person_of_the_private_chat_is_the_admin_once(owned: Path, each_url: str) -> None:
    first, again = told("users"), told("users")

    assert first == again == "42: admin, active, Telegram 42\n"
    assert rows(each_url, "SELECT action FROM audit_log ORDER BY id") == [("approved",)]


def test_those_named_in_the_settings_are_admins_in_place_of_the_chats_person(folder: Path, each_url: str) -> None:
    env_file.write(f"DATABASE_URL={each_url}", "TELEGRAM_ADMIN_IDS=7, 8", chat=env_file.PRIVATE)

    assert told("users") == "7: admin, active, Telegram 7\n8: admin, active, Telegram 8\n"


def test_a_group_makes_nobody_an_admin(folder: Path) -> None:
    assert told("users").startswith("There are no users yet.")


def test_a_first_admin_whom_another_admin_blocked_stays_blocked(owned: Path) -> None:
    told("add-user", "eve", "9", "--role", "admin")
    told("user", "42", "--block")

    assert told("users") == "42: admin, blocked, Telegram 42\neve: admin, active, Telegram 9\n"


def test_a_first_admin_gets_a_name_by_being_added_and_keeps_the_role(owned: Path) -> None:
    assert told("add-user", "max", "42").startswith("max is in, as admin.")
    assert refused("add-user", "moritz", "42") == "Telegram 42 is max here already; write both so, or neither"
    assert refused("add-user", "max", "42", "--role", "viewer") == (
        "max is in already, as admin; change the role instead"
    )
    assert told("users") == "max: admin, active, Telegram 42\n"


def test_one_who_asked_is_let_in_as_a_trader_or_as_is_said(folder: Path, each_url: str) -> None:
    for number, name in ((5, "ann"), (6, "bob")):
        ask(each_url, number, name)

    assert told("user", "ann", "--approve") == "ann is in, as trader.\n"
    assert told("user", "6", "--approve", "--role", "viewer") == "bob is in, as viewer.\n"


def test_one_who_is_blocked_comes_back_with_the_role_of_before(folder: Path) -> None:
    told("add-user", "ann", "5", "--role", "viewer")
    blocked = told("user", "ann", "--block")

    assert blocked == "ann is blocked; the books stay. To let them in again: make user NAME=ann APPROVE=1\n"
    assert told("user", "ann", "--block") == blocked
    assert refused("user", "ann", "--role", "trader") == (
        "ann is blocked, not active; approve them with the role instead"
    )
    assert told("user", "ann", "--approve") == "ann is in, as viewer.\n"


def test_a_role_and_a_name_are_changed_together_or_not_at_all(folder: Path, each_url: str) -> None:
    told("add-user", "ann", "5")

    assert refused("user", "ann", "--rename", "anna", "--role", "vewer") == "a role is viewer; not 'vewer'"
    assert refused("user", "anna", "--block") == "there is no user anna; there are: ann"
    assert told("user", "ann", "--rename", "anna", "--role", "viewer") == "anna is in, as viewer.\n"
    assert rows(each_url, "SELECT action FROM audit_log ORDER BY id DESC LIMIT 2") == [("role changed",), ("renamed",)]


def test_a_name_that_finds_somebody_else_is_taken(owned: Path) -> None:
    told("add-user", "ann", "5")

    for name in ("ann", "5"):
        assert refused("user", "42", "--rename", name) == f"{name} is Telegram 5 here already; take another name"
    assert told("user", "ann", "--rename", "5") == "5 is in, as trader.\n"


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ("42", "nothing is said to change; write ROLE=…, APPROVE=1, BLOCK=1 or RENAME=…"),
        ("42 --block --role viewer", "BLOCK=1 shuts out, APPROVE=1 and ROLE=… are for who is in; write one of them"),
        ("42 --block --approve", "BLOCK=1 shuts out, APPROVE=1 and ROLE=… are for who is in; write one of them"),
        ("42 --block", "42 is the last active admin; make somebody else an admin first"),
        ("42 --role trader", "42 is the last active admin; make somebody else an admin first"),
        ("43 --block", "there is no user 43; there are: 42"),
    ],
)
def test_what_cannot_become_of_a_user_is_refused_and_nothing_changed(owned: Path, arguments: str, reason: str) -> None:
    assert refused("user", *arguments.split()) == reason
    assert told("users") == "42: admin, active, Telegram 42\n"


def test_new_users_are_spoken_to_as_the_chat_is_until_they_choose(folder: Path, each_url: str) -> None:
    said = ("LANGUAGE=ru", "TIMEZONE=Asia/Tokyo")
    env_file.write(f"DATABASE_URL={each_url}", *said, chat=env_file.PRIVATE)
    told("add-user", "ann", "123")

    assert rows(each_url, "SELECT language, timezone FROM users") == [("ru", "Asia/Tokyo")] * 2


def test_as_many_are_let_in_as_the_settings_say(folder: Path, each_url: str) -> None:
    env_file.write(f"DATABASE_URL={each_url}", "MAX_USERS=2", chat=env_file.PRIVATE)
    told("add-user", "eve", "9")

    assert refused("add-user", "adam", "10").startswith("2 users are active, at most 2 may be")
