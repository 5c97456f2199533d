"""Events of two accounts, and whether what came of them is what was written, each in its order."""

import json
from collections.abc import Sequence

from sqlalchemy import func, select

from ledger.store import Ledger
from ledger.trading.events import publish
from ledger.trading.tables.flow import events_out
from tests.ledger.trading.world import IDS, work
from tests.rabbitmq import Listener


class Events:
    """What is written into a ledger for whoever listens."""

    def __init__(self, ledger: Ledger) -> None:
        """Write none yet."""
        self._ledger = ledger
        self.written: dict[str, list[int]] = {f"{name}s account": [] for name in IDS}
        """The numbers of each account's events, in their order."""

    def write(self, count: int, *, key: str = "orders.placed") -> None:
        """Write events, of one account and the other by turns, in one transaction."""
        with work(self._ledger) as unit:
            for _ in range(count):
                number = sum(map(len, self.written.values()))
                name = sorted(IDS)[number % len(IDS)]
                publish(unit, IDS[name], key, {"number": number})
                self.written[f"{name}s account"].append(number)

    def waiting(self) -> int:
        """Return how many are not marked yet."""
        with self._ledger.reading() as connection:
            counted = select(func.count()).where(events_out.c.published_at.is_(None))
            return int(connection.execute(counted).scalar_one())

    @property
    def count(self) -> int:
        """How many were written."""
        return sum(map(len, self.written.values()))

    def must_be_all(self, listener: Listener) -> None:
        """Make sure that each has come, and in its account's order.

        Raises:
            AssertionError: One is missing, or came before its time.
        """
        came = first_of_each(listener)
        for account, numbers in self.written.items():
            if came.get(account, []) != numbers:
                raise AssertionError(f"of {account} came {came.get(account)} in place of {numbers}")


def first_of_each(listener: Listener) -> dict[str, list[int]]:
    """Return the numbers of what has come, by account, each message id once."""
    seen: set[str] = set()
    came: dict[str, list[int]] = {}
    for properties, body in listener.messages:
        if properties.message_id not in seen:
            seen.add(properties.message_id)
            came.setdefault(properties.headers["account"], []).append(json.loads(body)["number"])
    return came


def environment(port: int, **changes: str) -> dict[str, str]:
    """Return what a bridge is told."""
    return {
        "TRADING": "paper",
        "BROKER_HOST": "127.0.0.1",
        "BROKER_PORT": str(port),
        "BROKER_USERNAME": "bridge",
        "BROKER_PASSWORD": "let-me-in",
        "LOG_LEVEL": "DEBUG",
    } | changes


def repeated(ids: Sequence[str]) -> int:
    """Return how many of the ids have come before."""
    return len(ids) - len(set(ids))
