"""Several programs of a kind on one PostgreSQL: who does what is done once, and who works on which accounts.

Each holds, in the very session in which it writes: a shared lock that says that it lives, one that says that it hears
the bus, perhaps the leader's lock, and one for each slot of accounts. Whoever is cut off from the bus gives all to
those who hear it; where nobody does, all share. With an execution of an earlier version, which works alone, nobody
shares.

A slot is an account's number modulo `SLOTS`: one account until there are more than that, since locks fill a table of
the server that has 64 places for each connection that it allows (postgresql.org, "Lock Management",
max_locks_per_transaction). Everybody sees in pg_locks who lives and what is taken, and comes by itself to the same
shares (postgresql.org, "Advisory Locks" and "pg_locks", read 2026-11).

The fence: a session that ends takes its locks along, and whatever it had begun to write is rolled back. So nobody can
commit anything without holding the locks that it had when its session began; no clock and no lease are in it. A new
session of the same program is of no use for the ledger (`Ledger.is_fenced`) before `look` has taken its locks anew, and
what was held before counts as lost: another one may have had it meanwhile. Who says an order for the first time has
used that session just before; one that was said before is asked for at its venue.

A server learns that a client's machine is gone by TCP alone: its own limits are set with the session, since the
system's are two hours. A pooler between (pgbouncer) must pool by session.
"""

from collections.abc import Collection, Iterable
from typing import Final

import msgspec
from sqlalchemy import Connection

from ledger.store import MARK, Ledger
from ledger.unavailable import LedgerUnavailable

SPACE: Final = 702_202_636
"""The first of the two numbers of all these locks; nobody else takes it."""
SLOTS: Final = 1024
LIVES, LEADS, HEARS = SLOTS, SLOTS + 1, SLOTS + 2
ALONE: Final = 7_022_026_036
"""What an execution of an earlier version holds for itself alone; those that share hold it together."""
UNHEARD: Final = {
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "2",
    "tcp_user_timeout": "20000",
}
"""After so long the server ends the session of a machine that is gone; sockets of its own machine need none of it."""
_LOCKS: Final = (
    "SELECT objid::bigint, pid FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 2 "
    "AND classid = %(space)s AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


class Looked(msgspec.Struct, frozen=True, kw_only=True):
    """What was found.

    Attributes:
        is_new: The session is another one than before, or the first: what was held before is lost.
        gained: The slots that were taken just now.
        excess: How many slots are to be given back, since others live.
        living: How many programs share, without those that hear nothing.
    """

    is_new: bool
    gained: frozenset[int]
    excess: int
    living: int


class Shares:
    """What one program holds; nothing at first.

    Attributes:
        is_leader: Whether it does what is done once for all.
        slots: The slots that it holds.
        hears: Whether it hears the bus, as its owner says before it looks.
    """

    def __init__(self, ledger: Ledger) -> None:
        """Hold nothing; from now on the ledger can be used only in a session that holds its locks.

        Args:
            ledger: The one that the program writes to, in PostgreSQL.
        """
        self.is_leader = False
        self.slots: frozenset[int] = frozenset()
        self.hears = True
        self._ledger = ledger
        self._is_new, self._says_hears = True, False
        ledger.is_fenced = True

    def look(self, wanted: Collection[int]) -> Looked:
        """Make sure of what is held, lead where nobody does, and take what is free up to the own share.

        Args:
            wanted: The slots in which there are accounts.

        Returns:
            What was found and taken.

        Raises:
            LedgerUnavailable: Nobody can tell now; call again.
        """
        with self._ledger.session() as connection:
            if not connection.info.get(MARK):
                self._is_new = True  # until that is said: a look that fails halfway says nothing
                self._begin(connection)
            self._say_hears(connection)
            looked = self._share(connection, frozenset(wanted))
        self._is_new = False
        return looked

    def give(self, slots: Iterable[int]) -> None:
        """Give slots back, once nobody in this program works on them any more.

        Args:
            slots: Those that are held.

        Raises:
            LedgerUnavailable: The session has perhaps ended, and with it all of its locks: look again.
        """
        numbers = sorted(self.slots.intersection(slots))
        self.slots -= frozenset(numbers)
        with self._ledger.session() as connection:
            connection.exec_driver_sql(
                "SELECT pg_advisory_unlock(%(space)s, slot) FROM unnest(%(slots)s::int[]) AS slot",
                {"space": SPACE, "slots": numbers},
            )

    def leave(self) -> None:
        """Give all of it back by ending the session, as who cannot work: others share without this one."""
        self.is_leader, self.slots, self._is_new = False, frozenset(), True
        self._ledger.close()

    def _begin(self, connection: Connection) -> None:
        """Say that this program lives, in a session that has just begun and holds nothing."""
        self.is_leader, self.slots, self._says_hears = False, frozenset(), False
        for name, value in UNHEARD.items():
            connection.exec_driver_sql(f"SELECT set_config('{name}', '{value}', false)")
        if not connection.exec_driver_sql(f"SELECT pg_try_advisory_lock_shared({ALONE})").scalar():
            raise LedgerUnavailable("an execution of an earlier version works on the ledger, stop it")
        connection.exec_driver_sql(f"SELECT pg_try_advisory_lock_shared({SPACE}, {LIVES})")
        connection.commit()  # or the settings are rolled back; locks of a session are not
        connection.info[MARK] = True

    def _say_hears(self, connection: Connection) -> None:
        """Say whether this program hears the bus, where that has changed."""
        if self.hears != self._says_hears:
            what = "pg_try_advisory_lock_shared" if self.hears else "pg_advisory_unlock_shared"
            connection.exec_driver_sql(f"SELECT {what}({SPACE}, {HEARS})")
            self._says_hears = self.hears

    def _share(self, connection: Connection, wanted: frozenset[int]) -> Looked:
        """Compare what is held with the own share, and take what is free; what is held the server knows."""
        own: int = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
        rows = [(int(slot), int(pid)) for slot, pid in connection.exec_driver_sql(_LOCKS, {"space": SPACE})]
        self.slots = frozenset(slot for slot, pid in rows if pid == own and slot < SLOTS)
        sharing = {pid for slot, pid in rows if slot == HEARS} or {pid for slot, pid in rows if slot == LIVES}
        self._lead(connection, may_lead=own in sharing)
        leaders = {pid for slot, pid in rows if slot == LEADS and pid != own} | ({own} if self.is_leader else set())
        living = sorted(sharing, key=lambda pid: (pid in leaders, pid))
        rank, all_wanted = (living.index(own) if own in sharing else len(living)), len(wanted)
        share = all_wanted // len(living) + (rank < all_wanted % len(living)) if own in sharing else 0
        free = sorted(wanted.difference(slot for slot, _ in rows))
        first = rank * len(free) // len(living)  # others begin elsewhere
        lacking = max(0, share - len(self.slots))
        gained = _take(connection, [*free[first:], *free[:first]][:lacking])
        self.slots |= gained
        return Looked(is_new=self._is_new, gained=gained, excess=max(0, len(self.slots) - share), living=len(living))

    def _lead(self, connection: Connection, *, may_lead: bool) -> None:
        """Lead where nobody does, or leave that to those who hear the bus."""
        if may_lead:
            self.is_leader = self.is_leader or bool(_take(connection, [LEADS]))
        elif self.is_leader:
            self.is_leader = False
            connection.exec_driver_sql(f"SELECT pg_advisory_unlock({SPACE}, {LEADS})")


def slot_of(number: int) -> int:
    """Return the slot of an account.

    Args:
        number: The account's number in the ledger.
    """
    return number % SLOTS


def _take(connection: Connection, slots: list[int]) -> frozenset[int]:
    """Take those of some locks that nobody has; return which these are."""
    if not slots:
        return frozenset()
    found = connection.exec_driver_sql(
        "SELECT slot FROM unnest(%(slots)s::int[]) AS slot WHERE pg_try_advisory_lock(%(space)s, slot)",
        {"space": SPACE, "slots": slots},
    )
    return frozenset(int(slot) for (slot,) in found)
