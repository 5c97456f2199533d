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
