"""How executions share a ledger: alone on a file, by accounts on a server, and one of them leads (`ledger.shares`)."""

from collections.abc import Collection, Iterable
from typing import Final, Protocol

from bus.log import logger
from bus.time_source import TimeSource
from execution.held import Held
from ledger.alone import Alone
from ledger.shares import Looked, Shares, slot_of
from ledger.store import Ledger, file_of
from ledger.trading.people.sharing import Places, places
from ledger.trading.principal import SYSTEM

PLACE: Final = "execution"
GIVE_WITHIN_S: Final = 10.0
"""So long an account that others should have is kept while something of it is under way to its venue."""

log = logger(__name__)


class Works(Protocol):
    """What works on the accounts: `execution.desks`. None of these uses the ledger; the next turn does."""

    def hold(self, accounts: Collection[str]) -> None:
        """Work on more accounts: their rows are read, as after a restart.

        Args:
            accounts: Their uids.
        """
        ...

    def drop(self, accounts: Collection[str]) -> None:
        """Work on some accounts no more: nothing is known of them any longer.

        Args:
            accounts: Their uids.
        """
        ...

    def is_quiet(self, account: str) -> bool:
        """Tell whether nothing of an account is under way to its venue."""
        ...

    def lead(self) -> None:
        """Do from now on, or no longer, what is done once for all accounts, as `Held.is_leader` says."""
        ...


class Sharing:
    """What this execution may work on.

    Attributes:
        held: The accounts; empty at first where others may share.
    """

    def __init__(self, ledger: Ledger, url: str, *, time: TimeSource) -> None:
        """Hold nothing.

        Args:
            ledger: The one that execution writes to.
            url: Its SQLAlchemy URL.
            time: The clocks.
        """
        path = file_of(url)
        self._alone = None if path is None else Alone(path, PLACE)
        self._shares = Shares(ledger) if path is None else None
        self.held = Held(is_shared=path is None)
        self._ledger = ledger
        self._time = time
        self._places = Places()
        self._by_slot: dict[int, list[str]] = {}
        self._owned: frozenset[str] = frozenset()
        self._excess_since_s: float | None = None
        self._shown: tuple[object, ...] = ()

    def take(self) -> bool:
        """Take a place on the ledger, before anything else is done with it.

        Returns:
            Whether there is one: not on a file that another execution works on.

        Raises:
            LedgerUnavailable: Nobody can tell now.
        """
        if self._alone is not None:
            return self._alone.take()
        if self._shares is not None:
            self._shares.look(())
            self.held.is_leader, self._owned = self._shares.is_leader, frozenset()
            self.held.change((), self._places)
        return True

    def look(self, works: Works, *, may_give: bool, hears: bool = True) -> None:
        """Take accounts that are free, and give back what others should have.

        Args:
            works: Begins to work on what is taken, and ends what is given back or lost.
            may_give: Whether nothing that was heard waits to be written: only then is anything given back.
            hears: Whether the bus is heard: all that an execution has that is cut off is for those who are not.

        Raises:
            LedgerUnavailable: Nobody can tell now; call again before the ledger is used.
        """
        if self._shares is None:
            return
        self._shares.hears = hears
        looked = self._look(self._shares, works)
        if self._read_places():
            looked = self._look(self._shares, works)
        self._own(works, self._of(self._shares.slots))
        self._lead(works, is_leader=self._shares.is_leader)
        if not looked.excess:
            self._excess_since_s = None
        elif may_give:
            self._give(self._shares, works, looked.excess)
        self._show(living=looked.living)

    def leave(self) -> None:
        """Let the place go where others share, since nothing can be done with it now: theirs is all of it meanwhile."""
        if self._shares is not None:
            self._shares.leave()

    def _look(self, shares: Shares, works: Works) -> Looked:
        """Look once; in a new session nothing is held any more, whoever has had it meanwhile."""
        looked = shares.look(self._by_slot)
        if looked.is_new:
            log.warning("a new session with the ledger: all accounts are taken anew")
            self._lead(works, is_leader=False)
            self._own(works, ())
        return looked

    def _lead(self, works: Works, *, is_leader: bool) -> None:
        """Lead from now on, or no longer."""
        if self.held.is_leader != is_leader:
            self.held.is_leader = is_leader
            works.lead()

    def _own(self, works: Works, accounts: Iterable[str]) -> None:
        """Hold exactly these accounts."""
        owned = frozenset(accounts)
        gained, lost = owned - self._owned, self._owned - owned
        self._owned = owned
        self.held.change(owned, self._places)
        if lost:
            works.drop(lost)
        if gained:
            works.hold(gained)

    def _give(self, shares: Shares, works: Works, excess: int) -> None:
        """Give back so many slots: those in which nothing is under way, and others only after a while."""
        now_s = self._time.monotonic()
        self._excess_since_s = now_s if self._excess_since_s is None else self._excess_since_s
        is_late = now_s - self._excess_since_s >= GIVE_WITHIN_S
        quiet = [slot for slot in shares.slots if all(map(works.is_quiet, self._of([slot])))]
        given = [*quiet, *(sorted(shares.slots.difference(quiet)) if is_late else ())][:excess]
        if given:
            self._own(works, self._of(shares.slots.difference(given)))
            shares.give(given)

    def _of(self, slots: Iterable[int]) -> Iterable[str]:
        """Yield the accounts of slots."""
        return (uid for slot in slots for uid in self._by_slot.get(slot, ()))

    def _read_places(self) -> bool:
        """Read which accounts there are, where some were added; tells whether that is so."""
        with self._ledger.reading() as connection:
            found = places(SYSTEM, connection, known=self._places)
        if found is self._places:
            return False
        self._places, self._by_slot = found, {}
        for uid, number in found.numbers.items():
            self._by_slot.setdefault(slot_of(number), []).append(uid)
        return True

    def _show(self, *, living: int) -> None:
        """Log what is held, where that has changed."""
        shown = (len(self._owned), living, self.held.is_leader)
        if shown != self._shown:
            self._shown = shown
            log.info("accounts shared", mine=shown[0], living=living, leads=self.held.is_leader)
