"""The heartbeats of strategies: whoever has ever sent one is missed when it does not come for a day."""

from datetime import datetime, timedelta
from typing import Final

from execution.signals_desk.around import Around
from execution.signals_desk.ending import language_of
from execution.signals_desk.reading import standing_of
from execution.signals_desk.steps import HEARTBEATS
from execution.texts import signals as texts
from ledger.store import get_setting
from ledger.trading.events import Notice, tell
from ledger.trading.people.portfolios import list_portfolios
from ledger.trading.people.strategies import list_strategies
from ledger.trading.principal import SYSTEM
from ledger.trading.work import Work

SILENT_AFTER: Final = timedelta(hours=26)
"""A daily alert comes once a day, and a little later now and then."""
LOOK_S: Final = 60.0


class Heartbeats:
    """Looks once a minute whether one is missing."""

    def __init__(self, around: Around) -> None:
        """Have looked never.

        Args:
            around: What the desk works with.
        """
        self._around = around
        self._next_s = 0.0
        self._told: set[str] = set()

    def turn(self) -> bool:
        """Tell of silent strategies, each silence once.

        Returns:
            Whether anything was told.
        """
        now_s = self._around.time.monotonic()
        if now_s < self._next_s or not self._around.held.is_leader:
            return False
        self._next_s = now_s + LOOK_S
        now = self._around.time.now()
        with self._around.ledger.reading() as connection:
            last = {
                each.uid: get_setting(connection, f"{HEARTBEATS}{each.uid}")
                for each in list_strategies(SYSTEM, connection)
                if each.mode != "off"
            }
        moments = {uid: datetime.fromisoformat(text) for uid, text in last.items() if text is not None}
        silent = {
            uid: at for uid, at in moments.items() if now - at > SILENT_AFTER and _name(uid, at) not in self._told
        }
        for uid, at in silent.items():
            self._tell(uid, at, now)
        return bool(silent)

    def _tell(self, strategy: str, at: datetime, now: datetime) -> None:
        """Tell of one silence."""
        with self._around.ledger.writing() as connection:
            found = next(each for each in list_strategies(SYSTEM, connection) if each.uid == strategy)
            mine = list_portfolios(SYSTEM, connection, user=found.user)
            portfolio = found.portfolio or next((each.uid for each in mine), "")
            standing = standing_of(connection, portfolio)
            if standing is not None:
                text = texts.heartbeat_missing(found.name, now - at, language_of(standing))
                notice = Notice(id=_name(strategy, at), kind="alert", text=text)
                tell(Work(connection, now), standing.user, notice)
        self._told.add(_name(strategy, at))


def _name(strategy: str, at: datetime) -> str:
    """Return the name of a silence: a chat gets it once, whatever restarts."""
    return f"heartbeat-{strategy}-{at:%Y%m%dT%H%M%S}"
