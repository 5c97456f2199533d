"""Two webhooks on one inbox in PostgreSQL: whichever an alert reaches, it is kept once."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from ledger.inbox import inbox as services
from ledger.inbox.opening import Inbox, open_inbox
from ledger.inbox.records import Token
from ledger.inbox.tokens import put_tokens
from ledger.trading.work import Work
from tests.ledger.conftest import migrated, postgresql
from tests.postgresql import Server
from tests.running import Child
from tests.webhook.running import SECRET, TREND, Answered, Webhook, alert, webhook

__all__ = ["migrated", "postgresql"]


@pytest.fixture
def inbox(postgresql: Server, migrated: str) -> Iterator[tuple[str, Inbox]]:
    """Give an inbox on the server, in which one secret is in force, and its address."""
    url = postgresql.url(postgresql.new_database(like=migrated))
    with open_inbox(url) as opened:
        token = Token(token_hash=sha256(SECRET.encode()).hexdigest(), strategy_uid="uid-of-trend", name=TREND)
        with opened.writing() as connection:
            put_tokens(Work(connection, datetime.now(UTC)), [token])
        yield url, opened


@pytest.fixture
def two(home: Path, hub: Child, inbox: tuple[str, Inbox]) -> Iterator[list[Webhook]]:
    """Run two of them."""
    with ExitStack() as stack:
        yield [
            stack.enter_context(webhook(home, INBOX_DATABASE_URL=inbox[0], MACHINE=machine)) for machine in ("", "b")
        ]


def at_once(two: list[Webhook], body: dict[str, object]) -> list[Answered]:
    """Send the same to both at the same moment, twice each."""
    answers: list[Answered] = []
    both = threading.Barrier(2 * len(two))

    def send(to: Webhook) -> None:
        both.wait(10)
        answers.append(to.send(body))

    threads = [threading.Thread(target=send, args=(each,)) for each in (*two, *two)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return answers


def test_the_same_alert_at_two_webhooks_is_one_signal(two: list[Webhook], inbox: tuple[str, Inbox]) -> None:
    """Faults T3 and T4: with two webhooks, with an id and without."""
    for number in range(5):
        named = at_once(two, alert(str(number)))
        bare = at_once(two, alert(price=str(100 + number)))
        for answers in (named, bare):
            assert {each.status for each in answers} == {200}
            assert sorted(str(each.json()["status"]) for each in answers) == ["accepted", *["duplicate"] * 3]
    with inbox[1].reading() as connection:
        kept = services.waiting(connection)

    assert len(kept) == 10


def test_one_goes_on_while_the_other_is_dead(two: list[Webhook], inbox: tuple[str, Inbox]) -> None:
    """Fault T1: one of two webhooks is killed; the same alert, sent again, reaches the other one."""
    body = alert("1")
    first = two[0].send(body)
    two[0].child.kill()
    again, new = two[1].send(body), two[1].send(alert("2"))

    assert [each.json()["status"] for each in (first, again, new)] == ["accepted", "duplicate", "accepted"]
