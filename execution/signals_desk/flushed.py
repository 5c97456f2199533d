"""The signals that wait for their markets, as the ledger keeps them until their opening was told.

One setting holds them all: each with the moment when its market opens. What ends many of them at once is told in one
message for each user (`execution.watching.flushes`), and not aloud for each signal besides.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy import Connection

from ledger.store import get_setting, put_setting

SETTING: Final = "waits_for_market"
FEW: Final = 3
"""So many signals are told one by one."""
_AT: Final = "@"


class Waits(msgspec.Struct, frozen=True):
    """A signal that waits, or waited until its market opened; None where nobody knew when that would be."""

    uid: str
    opens_at: datetime | None

    def is_due(self, now: datetime) -> bool:
        """Tell whether its market should have opened.

        Args:
            now: The moment, aware.
        """
        return self.opens_at is not None and self.opens_at <= now


def read_waits(connection: Connection) -> tuple[Waits, ...]:
    """Return the signals that wait, in the order in which they began to.

    Args:
        connection: Any connection to the ledger.
    """
    parts = (each.partition(_AT) for each in (get_setting(connection, SETTING) or "").split())
    return tuple(Waits(uid, datetime.fromisoformat(opens) if opens else None) for uid, _, opens in parts)


def write_waits(connection: Connection, waits: Iterable[Waits]) -> None:
    """Keep the signals that wait.

    Args:
        connection: One that writes.
        waits: All of them.
    """
    told = (f"{each.uid}{_AT}{'' if each.opens_at is None else each.opens_at.isoformat()}" for each in waits)
    put_setting(connection, SETTING, " ".join(told))


def is_one_of_many(connection: Connection, uid: str, now: datetime) -> bool:
    """Tell whether a signal is one of many whose market has opened, which are told together.

    Args:
        connection: Any connection to the ledger.
        uid: The signal's.
        now: The moment, aware.
    """
    due = [each.uid for each in read_waits(connection) if each.is_due(now)]
    return len(due) > FEW and uid in due
