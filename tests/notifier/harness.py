"""A home with a migrated ledger, and what tests do around a real notifier process in it."""

import contextlib
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import msgspec
from sqlalchemy import Row, select

from bus.messages.rounds import Snapshot
from ledger.portfolio import outbox, requests, rounds, tables
from ledger.portfolio.requests import Request
from ledger.store import Ledger
from sandbox.control.client import Sandbox
from sandbox.telegram.chat import CHAT_ID, TOKEN, Sent
from sandbox.telegram.wire import Wire
from tests.golden_messages import answers, close
from tests.running import Child, running, wait_until

OTHER_CHAT = 43
REPEAT = "⟳ Repeat: the first delivery was not confirmed"
replace = msgspec.structs.replace


def slot_round(minutes_ago: int = 0) -> Snapshot:
    """Return the example round as if its slot was so many minutes ago; whole hours look well in a message."""
    slot = datetime.now(UTC) - timedelta(minutes=minutes_ago)
    return replace(close(answers()), round_id=f"{slot:%Y-%m-%dT%H:%MZ}", scheduled_for=slot, closed_at=slot)


def manual_round(name: str = "now-1") -> Snapshot:
    """Return the example round as a person asked for it."""
    return replace(close(answers()), round_id=name, scheduled_for=None, closed_at=datetime.now(UTC))


class Harness:
    """The notifier's surroundings: a ledger that the test fills, the pretend Telegram, and the process itself.

    Attributes:
        chats: The configured chats.
    """

    def __init__(self, home: Path, ledger: Ledger, *, sandbox: Sandbox) -> None:
        """Take the pieces; one chat is configured."""
        self.home = home
        self.ledger = ledger
        self.sandbox = sandbox
        self.chats: tuple[str, ...] = (str(CHAT_ID),)

    def notifier(self, **variables: str) -> AbstractContextManager[Child]:
        """Run a real notifier for as long as the `with` lasts; variables replace the usual ones."""
        usual = {
            "TELEGRAM_BOT_TOKEN": TOKEN,
            "TELEGRAM_CHAT_ID": ",".join(self.chats),
            "TELEGRAM_BASE_URL": self.sandbox.addresses["telegram"],
        }
        return running(self.home, "-m", "notifier", environment=usual | variables)

    def record(self, snapshot: Snapshot) -> Snapshot:
        """Close a round in the ledger, as the aggregator does."""
        return rounds.record(self.ledger, snapshot, self.chats, zone=UTC)

    def alert(self, text: str) -> None:
        """Put an alert into the outbox."""
        outbox.add_alert(self.ledger, text, text, chats=self.chats, now=datetime.now(UTC))

    def rows(self, chat_id: int | str = CHAT_ID) -> list[Row[Any]]:
        """Return a chat's or a topic's outbox, oldest first."""
        query = select(tables.outbox).where(tables.outbox.c.chat_id == str(chat_id)).order_by(tables.outbox.c.id)
        with self.ledger.reading() as connection:
            return list(connection.execute(query))

    def states(self, chat_id: int | str = CHAT_ID) -> list[str]:
        """Return the states of a chat's outbox, oldest first."""
        return [row.state for row in self.rows(chat_id)]

    def requests(self) -> tuple[Request, ...]:
        """Return the requests that wait for an answer."""
        return requests.open_requests(self.ledger)

    def wait_for_states(self, *states: str, chat_id: int | str = CHAT_ID) -> None:
        """Wait until a chat's outbox is in these states."""
        wait_until(lambda: self.states(chat_id) == list(states), what=f"{states} in {self.states(chat_id)}")

    def wait_for_attempts(self, count: int) -> None:
        """Wait until the notifier has tried so many times to send or edit."""
        wait_until(lambda: len(self.sandbox.attempts()) >= count, what=f"{count} attempts")

    def wait_for_texts(self, count: int, chat_id: int = CHAT_ID) -> list[Sent]:
        """Wait until Telegram holds so many messages in a chat; return them."""
        wait_until(lambda: len(self.sandbox.messages(chat_id)) >= count, what=f"{count} messages in {chat_id}")
        return self.sandbox.messages(chat_id)

    def polls(self) -> int:
        """Return how often updates were asked for."""
        return sum(request.path.endswith("getUpdates") for request in self.sandbox.requests("telegram"))

    @contextlib.contextmanager
    def wire(self) -> Iterator[Wire]:
        """Give a bare client of the pretend Bot API."""
        with httpx.Client(timeout=5, trust_env=False) as client:
            yield Wire(self.sandbox, client)
