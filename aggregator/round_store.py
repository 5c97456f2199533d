"""The ledger as the aggregator needs it, and a stand-in for it in memory while it cannot be used.

A round that cannot be written is kept here, goes out marked as not recorded, and is written later. What this process
forgets in that state nobody remembers: exactly-once is not promised across its death then.
"""

from collections.abc import Iterable, Mapping
from concurrent.futures import Future
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from aggregator.background import in_background
from aggregator.round import LastKnown, Round
from aggregator.settings import Settings, fingerprint
from bus.alert_texts import AlertText, alert_text
from bus.log import logger
from bus.messages.delivery import Delivered
from bus.messages.rounds import Balance, ScheduleState, Snapshot
from bus.time_source import SYSTEM_TIME, TimeSource
from ledger.bootstrap import make_ready
from ledger.portfolio import history, rounds
from ledger.store import Ledger, open_ledger
from ledger.unavailable import LedgerUnavailable

RETRY_S = 10.0
PATIENCE_S = 10.0
"""For a ledger that is being made ready; then rounds go on without it."""
OPENING = "the ledger is being made ready"
MOST_UNRECORDED = 100

log = logger(__name__)


class RoundStore:
    """What is known of closed rounds, wherever it can be kept.

    Attributes:
        unavailable_reason: Why the ledger cannot be used, empty while it can.
        alert_texts: What the owner must be told.
        revision: Grows when a round was written, and when the ledger was opened.
    """

    def __init__(
        self, ledger: Ledger, settings: Settings, *, time: TimeSource = SYSTEM_TIME, patience_s: float = PATIENCE_S
    ) -> None:
        """Begin to open the ledger; without it, remember from now on.

        Args:
            ledger: The ledger of the settings, not used yet.
            settings: The aggregator's.
            time: Says when to try again, and what time it is.
            patience_s: For how many seconds nothing is said while the ledger is being made ready.
        """
        self._time = time
        self._patience_s = patience_s
        self._ledger = ledger
        self._settings = settings
        self._chats = settings.telegram_chat_id.ids
        self._zone = ZoneInfo(settings.timezone)
        self._state = ScheduleState(last_slot=None, interval_minutes=None, paused=False, due_since=time.now())
        self._newest: Snapshot | None = None
        self._balances: dict[str, Balance] = {}
        self._unrecorded: dict[str, Snapshot] = {}
        self._delivered: set[str] = set()
        self._ready = False
        self._opening: Future[None] | None = None
        self._opening_since = self._retry_at = 0.0
        self.unavailable_reason = ""
        self.alert_texts: list[AlertText] = []
        self.revision = 0
        self.recover()

    @property
    def state(self) -> ScheduleState:
        """What the clock needs to know."""
        return self._state

    @property
    def is_opening(self) -> bool:
        """Whether the ledger is being made ready."""
        return self._opening is not None

    @property
    def must_wait(self) -> bool:
        """Whether rounds must wait: what is closed and what is due is in a ledger that will be open soon."""
        return self.is_opening and not self.unavailable_reason

    def recover(self) -> None:
        """Open the ledger, or write what could not be written, when it is time to try again."""
        if self._opening is None:
            if self._time.monotonic() < self._retry_at or (
                self._ready and not self._unrecorded and not self.unavailable_reason
            ):
                return
            self._retry_at = self._time.monotonic() + RETRY_S
        try:
            if not self._ready and not self._open():
                return
            for snapshot in tuple(self._unrecorded.values()):
                self._record_late(snapshot)
            self._state = rounds.read_state(self._ledger)
        except LedgerUnavailable as error:
            self._note_unavailable(error)
        else:
            self._note_available()

    def refresh(self) -> None:
        """Read the schedule's state anew: others change it in the ledger."""
        if self._ready and not self._unrecorded:
            try:
                self._state = rounds.read_state(self._ledger)
            except LedgerUnavailable as error:
                self._note_unavailable(error)

    def find(self, round_id: str) -> Snapshot | None:
        """Return the snapshot of a closed round, None when it is open or unknown."""
        if self._newest is not None and self._newest.round_id == round_id:
            return self._newest
        if round_id in self._unrecorded:
            return self._unrecorded[round_id]
        try:
            return rounds.find_snapshot(self._ledger, round_id) if self._ready else None
        except LedgerUnavailable as error:
            self._note_unavailable(error)
            return None

    def close(self, this_round: Round, *, now_s: float, silent_for_s: Mapping[str, float]) -> Snapshot:
        """Close a round with what is known from before it, and write it.

        Args:
            this_round: The round; missed slots that were reported before leave it.
            now_s: The present moment in monotonic seconds.
            silent_for_s: Seconds since the last beat of each source.

        Returns:
            The snapshot as it counts, see `record`.
        """
        this_round.keep_missed(self._unreported(this_round.missed))
        snapshot = this_round.close(
            self._time.now(),
            now_s=now_s,
            last_known=self.last_known(this_round.platform_names),
            silent_for_s=silent_for_s,
        )
        return self.record(snapshot)

    def last_known(self, platforms: Iterable[str]) -> LastKnown:
        """Return the newest numbers from before now; the ledger is asked only for what no round has brought here.

        Args:
            platforms: Their names.
        """
        rate = self._newest.rate if self._newest else None
        missing = tuple(name for name in platforms if name not in self._balances)
        try:
            if self._ready and missing:
                self._balances |= rounds.last_balances(self._ledger, missing)
            if self._ready and rate is None:
                rate = rounds.last_rate(self._ledger)
        except LedgerUnavailable as error:
            self._note_unavailable(error)
        return LastKnown(
            balances=dict(self._balances), rate=rate, max_age_hours=self._settings.last_known_max_age_hours
        )

    def days(self) -> tuple[history.Day, ...] | None:
        """Return all days, None while the ledger cannot be read."""
        try:
            return history.days(self._ledger) if self._ready else None
        except LedgerUnavailable as error:
            self._note_unavailable(error)
            return None

    def record(self, snapshot: Snapshot) -> Snapshot:
        """Write a closed round; where that cannot be done, keep it and say so in it.

        Args:
            snapshot: The round.

        Returns:
            The snapshot as it counts: an earlier one of the same round, or the given one, perhaps marked.
        """
        if self._ready:
            try:
                snapshot = rounds.record(self._ledger, snapshot, self._chats, zone=self._zone)
            except LedgerUnavailable as error:
                self._note_unavailable(error)
            else:
                self.revision += 1
                self._remember(snapshot)
                self._state = self._state_after(snapshot)
                return snapshot
        marked = msgspec.structs.replace(snapshot, recorded=False, not_recorded_because=self.unavailable_reason)
        if len(self._unrecorded) < MOST_UNRECORDED:
            self._unrecorded[marked.round_id] = marked
        self._remember(marked)
        self._state = self._state_after(marked)
        return marked

    def _remember(self, snapshot: Snapshot) -> None:
        """Remember a round, and each platform's newest balance: one that fails now may not cover less later on."""
        self._newest = snapshot
        for part in snapshot.parts:
            known = self._balances.get(part.platform.name)
            if part.balance is not None and (known is None or part.balance.fetched_at >= known.fetched_at):
                self._balances[part.platform.name] = part.balance

    def unrecorded(self) -> tuple[Snapshot, ...]:
        """Return the rounds that are neither in the ledger nor delivered yet; they must be published again."""
        return tuple(each for name, each in self._unrecorded.items() if name not in self._delivered)

    def handle(self, message: object) -> None:
        """Note that an unrecorded round was delivered."""
        if isinstance(message, Delivered) and message.round_id in self._unrecorded:
            self._delivered.add(message.round_id)

    def _open(self) -> bool:
        """Make the ledger ready, which may take long; return whether it is."""
        if self._opening is None:
            self._ledger.close()
            self._opening_since = self._time.monotonic()
            self._opening = in_background(self._make_ready, name="opening")
        if not self._opening.done():
            if not self.unavailable_reason and self._time.monotonic() - self._opening_since > self._patience_s:
                raise LedgerUnavailable(OPENING)
            return False
        opening, self._opening = self._opening, None
        opening.result()
        rounds.begin_schedule(self._ledger, fingerprint(self._settings), self._time.now())
        self._ready = True
        self.revision += 1
        return True

    def _make_ready(self) -> None:
        """Migrate the ledger and fill its days, in a thread of its own and over a connection of its own."""
        url = self._settings.database_url.reveal()
        with open_ledger(url, busy_ms=self._ledger.busy_ms) as ledger:
            make_ready(ledger, url, self.alert_texts.append, now=self._time.now)
            history.fill(ledger, self._zone)

    def _unreported(self, slots: tuple[datetime, ...]) -> tuple[datetime, ...]:
        """Keep the slots that have neither a snapshot nor a record of being missed."""
        here = {slot for each in self._unrecorded.values() for slot in (each.scheduled_for, *each.missed)}
        slots = tuple(slot for slot in slots if slot not in here)
        try:
            return rounds.unrecorded(self._ledger, slots) if self._ready else slots
        except LedgerUnavailable as error:
            self._note_unavailable(error)
            return slots

    def _record_late(self, snapshot: Snapshot) -> None:
        """Write a round that waited for the ledger; one that was delivered meanwhile needs no messages."""
        delivered = snapshot.round_id in self._delivered
        plain = msgspec.structs.replace(snapshot, recorded=True, not_recorded_because="")
        written = rounds.record(
            self._ledger, plain, () if delivered else self._chats, zone=self._zone, delivered=delivered
        )
        self.revision += 1
        del self._unrecorded[snapshot.round_id]
        if self._newest is not None and self._newest.round_id == written.round_id:
            self._newest = written  # who asks again must not get it as unrecorded: it might be sent twice
        self._delivered.discard(snapshot.round_id)
        log.info("recorded late", round=snapshot.round_id)

    def _note_unavailable(self, error: LedgerUnavailable) -> None:
        """Keep why the ledger cannot be used, and tell the owner once; open a damaged one anew at once."""
        if error.damaged and self._ready:
            self._ready = False  # the next attempt sets the file aside
            self._retry_at = 0.0
        if self.unavailable_reason != error.reason:
            log.error("ledger unavailable", reason=error.reason)
            self.alert_texts.append(alert_text("ledger_unusable", reason=error.reason))
        self.unavailable_reason = error.reason

    def _note_available(self) -> None:
        """Tell the owner that the ledger can be used again, if it could not."""
        if self.unavailable_reason:
            log.info("ledger available again")
            self.alert_texts.append(alert_text("ledger_usable"))
        self.unavailable_reason = ""

    def _state_after(self, snapshot: Snapshot) -> ScheduleState:
        """Return the schedule's state with the newest slot that this snapshot closes or tells as missed."""
        slots = [each for each in (self._state.last_slot, snapshot.scheduled_for, *snapshot.missed) if each]
        return msgspec.structs.replace(self._state, last_slot=max(slots, default=None))
