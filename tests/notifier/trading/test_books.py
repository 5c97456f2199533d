"""The ledger, as the chat opens it for people."""

from ledger.trading.people.user_rows import Spoken
from ledger.trading.tables.people import users
from notifier.trading.books import Books
from tests.ledger.trading.world import BOSS, rows
from tests.notifier.harness import Harness


def test_first_admins_are_spoken_to_as_the_chat_is(harness: Harness) -> None:
    spoken = Spoken(language="ru", timezone="Asia/Tokyo")

    assert Books(harness.ledger, (BOSS,), no_user="", spoken=spoken).role_of(BOSS) == "admin"
    assert [(each["language"], each["timezone"]) for each in rows(harness.ledger, users)] == [("ru", "Asia/Tokyo")]


def test_who_was_let_in_by_a_number_alone_is_called_as_telegram_calls_them_and_nobody_else_is(harness: Harness) -> None:
    books = Books(harness.ledger, (BOSS,), no_user="", spoken=Spoken())
    books.role_of(BOSS)
    books.call(BOSS, "Ann")
    books.call(BOSS, "Somebody else")

    assert [each["username"] for each in rows(harness.ledger, users)] == ["Ann"]
