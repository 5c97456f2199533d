"""A venue that is lost for long is told once, to all who have accounts there, and told when it is back.

That it was told is a setting of the ledger, so that a restart neither tells it twice nor forgets to tell the end.
"""

from datetime import datetime
from typing import Final

from bus.log import logger
from bus.messages.trading import BrokerHealth
from execution.signals_desk.around import Around
from execution.texts import watching as texts
from execution.venue_link import broker_code
from ledger.store import get_setting, put_setting
from ledger.trading.events import Notice, tell
from ledger.trading.people.receivers import owners_at
from ledger.trading.principal import SYSTEM
from ledger.trading.work import Work

LOST_S: Final = 300.0
LOST: Final = "venue_lost:"
"""Begins the setting that says since when a venue was told to be lost; behind it the broker's program."""
MINUTE_S: Final = 60

log = logger(__name__)


class Venues:
    """Follows how each broker is."""

    def __init__(self, around: Around) -> None:
        """Know of nothing that was told.

        Args:
            around: The brokers, the ledger and the clocks.
        """
        self._around = around
        self._lost_s: dict[str, float] = {}
        self._told: dict[str, str] = {}

    def turn(self) -> bool:
        """Tell what has changed for long.

        Returns:
            Whether anything was told.
        """
        now_s, has_told = self._around.time.monotonic(), False
        for each in self._around.link.health():
            if each.state == "connected":
                self._lost_s.pop(each.name, None)
                if self._since(each.name):
                    has_told |= self._tell_back(each)
            elif now_s - self._lost_s.setdefault(each.name, now_s) >= LOST_S and not self._since(each.name):
                has_told |= self._tell_lost(each)
        return has_told

    def _since(self, name: str) -> str:
        """Return since when a venue was told to be lost, empty where it was not; read once in a life."""
        if name not in self._told:
            with self._around.ledger.reading() as connection:
                self._told[name] = get_setting(connection, f"{LOST}{name}") or ""
        return self._told[name]

    def _tell_lost(self, health: BrokerHealth) -> bool:
        """Tell that a venue is lost."""
        reason = f" ({health.reason})" if health.reason else ""
        minutes = int(LOST_S // MINUTE_S)
        return self._tell(health, self._around.time.now().isoformat(), minutes=minutes, reason=reason)

    def _tell_back(self, health: BrokerHealth) -> bool:
        """Tell that a venue is back."""
        since = datetime.fromisoformat(self._since(health.name))
        lost_s = (self._around.time.now() - since).total_seconds() + LOST_S
        return self._tell(health, "", minutes=int(lost_s // MINUTE_S), reason="")

    def _tell(self, health: BrokerHealth, since: str, *, minutes: int, reason: str) -> bool:
        """Note since when a venue is lost, empty where it is back, and tell it, in one transaction."""
        now, word = self._around.time.now(), "lost" if since else "back"
        with self._around.ledger.writing() as connection:
            put_setting(connection, f"{LOST}{health.name}", since)
            owners = owners_at(SYSTEM, connection, broker_code(health.name))
            for user in owners:
                words = texts.words_of(user)
                template = words.venue_lost if since else words.venue_back
                text = template.format(broker=user.broker, minutes=minutes, reason=reason, program=health.name)
                notice = Notice(id=f"venue-{health.name}-{word}-{now:%Y%m%dT%H%M%S}", kind="venue", text=text)
                tell(Work(connection, now), user, notice)
        self._told[health.name] = since
        log.warning("venue told", broker=health.name, state=word)
        return bool(owners)
