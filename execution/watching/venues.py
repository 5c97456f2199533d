"""A venue that is lost for long, or connected and ill, is told once, to all who have accounts there, and when it ends.

It is told with its broker's word for why, once more where that becomes another one that stays. Inside of the venue's
own reset windows, and some minutes after them, nothing is told that may be over by itself. What was told is a setting
of the ledger, so that a restart neither tells it twice nor forgets to tell the end.
"""

from datetime import datetime, timedelta
from typing import Final

import msgspec

from bus.log import logger
from bus.messages.trading import BrokerHealth
from execution.signals_desk.around import Around
from execution.texts import venue_states as texts
from execution.texts.moments import reader_of
from execution.venues import rule_at
from execution.watching.resets import quiet_until
from ledger.store import get_setting, put_setting
from ledger.trading.events import Notice, tell
from ledger.trading.people.receivers import owners_at
from ledger.trading.principal import SYSTEM
from ledger.trading.venue_words import PROGRAM, state_told
from ledger.trading.work import Work

LOST_S: Final = 300.0
"""Longer than the nightly restart of a venue's gateway takes."""
GRACE: Final = timedelta(seconds=LOST_S)
"""After a reset window."""
LOST: Final = "venue_lost:"
ILL: Final = "venue_ill:"
"""Begin the settings that say since when what was told, and with which words of the broker's; behind them its
program."""
UNSTEADY: Final = frozenset({"", "connecting"})
"""Words that say nothing new of a venue that was told to be away."""
MINUTE: Final = timedelta(minutes=1)

log = logger(__name__)


class Trouble(msgspec.Struct, kw_only=True):
    """A venue that is away, or ill; moments in `_s` are of the monotonic clock, of this life of the program.

    `code`: the broker's word for it, so since `code_s`.
    """

    since: datetime
    begun_s: float
    code: str
    code_s: float


class Told(msgspec.Struct, frozen=True):
    """What was told of a trouble: since when it is, and the words that were told."""

    since: datetime
    codes: tuple[str, ...]

    @property
    def written(self) -> str:
        """What the setting says."""
        return " ".join([self.since.isoformat(), *self.codes])


class Venues:
    """Follows how each broker is."""

    def __init__(self, around: Around) -> None:
        """Know of nothing that was told.

        Args:
            around: The brokers, the ledger and the clocks.
        """
        self._around = around
        self._troubles: dict[str, Trouble] = {}
        self._told: dict[str, Told | None] = {}

    def turn(self) -> bool:
        """Tell what has changed for long.

        Returns:
            Whether anything was told.
        """
        has_told = False
        for each in self._around.link.health():
            is_lost, code = each.state != "connected", self._code(each)
            has_told |= self._follow(each, LOST, code if is_lost else None)
            if not is_lost:
                has_told |= self._follow(each, ILL, code or None)
        return has_told

    def _code(self, health: BrokerHealth) -> str:
        """Return the word for what is wrong with a broker, empty where there is none."""
        state = self._around.link.state_of(health.name)
        if health.state == "silent" or state is None:
            return PROGRAM
        return state.code

    def _follow(self, health: BrokerHealth, kind: str, code: str | None) -> bool:
        """Tell a trouble of a broker's that lasts, or its end where the word for it is None; whether it was told."""
        key = f"{kind}{health.name}"
        if code is None:
            self._troubles.pop(key, None)
            return self._read(key) is not None and self._tell_end(health, kind)
        now_s, now = self._around.time.monotonic(), self._around.time.now()
        found = self._troubles.setdefault(key, Trouble(since=now, begun_s=now_s, code=code, code_s=now_s))
        if health.state == "lost" and health.since is not None:
            found.since = min(found.since, health.since)
        if found.code != code:
            found.code, found.code_s = code, now_s
        return self._is_due(key, found) and not self._is_quiet(health) and self._tell(health, kind, found)

    def _is_due(self, key: str, found: Trouble) -> bool:
        """Tell whether a trouble lasts so long that it is told, or told with another word."""
        now_s, told = self._around.time.monotonic(), self._read(key)
        if told is None:
            return now_s - found.begun_s >= LOST_S
        return found.code not in {*told.codes, *UNSTEADY} and now_s - found.code_s >= LOST_S

    def _is_quiet(self, health: BrokerHealth) -> bool:
        """Tell whether a broker's venue may be away now without anything being wrong."""
        windows, now = rule_at(health.name).resets, self._around.time.now()
        return any(quiet_until(windows, at) is not None for at in (now, now - GRACE))

    def _read(self, key: str) -> Told | None:
        """Return what was told of a trouble, None where nothing was; read once in a life."""
        if key not in self._told:
            with self._around.ledger.reading() as connection:
                since, *codes = (get_setting(connection, key) or "").split(" ")
            self._told[key] = Told(datetime.fromisoformat(since), tuple(codes)) if since else None
        return self._told[key]

    def _tell(self, health: BrokerHealth, kind: str, found: Trouble) -> bool:
        """Tell a trouble; whether there is anybody to be told."""
        key, now = f"{kind}{health.name}", self._around.time.now()
        before = self._read(key)
        since = found.since if before is None else before.since
        told = Told(since, (found.code,) if before is None else (*before.codes, found.code))
        minutes = (now - since) // MINUTE
        with self._around.ledger.writing() as connection:
            put_setting(connection, key, told.written)
            owners = owners_at(SYSTEM, connection, health.name)
            for user in owners:
                language = reader_of(user).language
                why = state_told(found.code, language, program=health.name, reason=health.reason)
                text = texts.trouble_told(user, since, minutes=minutes, why=why, is_lost=kind == LOST)
                tell(Work(connection, now), user, Notice(id=_named(kind, health, "told", now), kind="venue", text=text))
        self._told[key] = told
        log.warning("venue away", broker=health.name, code=found.code, since=since)
        return bool(owners)

    def _tell_end(self, health: BrokerHealth, kind: str) -> bool:
        """Tell that a trouble is over; whether there is anybody to be told."""
        key, now = f"{kind}{health.name}", self._around.time.now()
        before = self._read(key)
        since = now if before is None else before.since
        with self._around.ledger.writing() as connection:
            put_setting(connection, key, "")
            owners = owners_at(SYSTEM, connection, health.name)
            for user in owners:
                text = texts.end_told(user, minutes=(now - since) // MINUTE, is_lost=kind == LOST)
                tell(Work(connection, now), user, Notice(id=_named(kind, health, "over", now), kind="venue", text=text))
        self._told[key] = None
        log.info("venue back", broker=health.name, since=since)
        return bool(owners)


def _named(kind: str, health: BrokerHealth, word: str, now: datetime) -> str:
    """Return the name of a message about a venue."""
    return f"{kind}{health.name}-{word}-{now:%Y%m%dT%H%M%S}"
