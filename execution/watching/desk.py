"""The watching: looks every few seconds at what users want watched, and tells each crossing once.

    row: not looked at ──▶ within ◀──▶ beyond a bound     told with each step into beyond, in the transaction of the row

What is not known changes nothing, and after a minute the row says since when. Neither a kill nor a pause stops it.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

import msgspec

from bus.log import logger
from execution.signals_desk.around import Around
from execution.texts import watching as texts
from execution.watching.due import Action, Doing, run_due
from execution.watching.figures import Figures
from execution.watching.logins import Logins
from execution.watching.mornings import Mornings
from execution.watching.sides import WITHIN, Crossing, crossing
from execution.watching.venues import Venues
from ledger.trading.errors import TradingError
from ledger.trading.events import Notice, tell
from ledger.trading.principal import SYSTEM
from ledger.trading.watching.watched import Moved, WatchedAlert, move_alert, watched_alerts
from ledger.trading.work import Work

LOOK_S: Final = 5.0
AGAIN_S: Final = 1.0
"""After so long an answer that was asked for may be there."""
MOST_AGAIN: Final = 2
UNKNOWN_AFTER: Final = timedelta(minutes=1)
MOST_MOVES: Final = 50
"""So many rows change in one transaction: others that write wait for its end."""

log = logger(__name__)


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """Where an alert is to stand, and what is told of it; empty for nothing."""

    watched: WatchedAlert
    to: Moved
    text: str = ""


class Watching:
    """Alerts, schedules, and how the venues are. May raise LedgerUnavailable; the next turn goes on then.

    Attributes:
        logins: Reminds of sessions that end once a week.
    """

    def __init__(self, around: Around, *, does: Mapping[Doing, Action] | None = None) -> None:
        """Have looked at nothing.

        Args:
            around: The ledger, the prices and the clocks.
            does: What is done of a schedule in another way than here, such as a report that is drawn.
        """
        self._around = around
        self._does = {} if does is None else does
        self.logins = Logins(around)
        self._venues = Venues(around)
        self._mornings = Mornings(around)
        self._next_s = 0.0
        self._again = 0
        self._unknown: dict[str, datetime] = {}

    def turn(self) -> bool:
        """Look, where it is time to.

        Returns:
            Whether anything was told.
        """
        now_s = self._around.time.monotonic()
        if now_s < self._next_s:
            return False
        try:
            has_told, is_whole = self._look_at_alerts()
            has_told |= run_due(self._around, self._does)
            has_told |= self._venues.turn() | self.logins.turn() | self._mornings.turn()
        except TradingError as error:  # a row that cannot be read stops no trading
            log.error("what is watched cannot be looked at", because=error)
            has_told, is_whole = False, True
        self._again = 0 if is_whole or self._again >= MOST_AGAIN else self._again + 1
        self._next_s = now_s + (AGAIN_S if self._again else LOOK_S)
        return has_told

    def _look_at_alerts(self) -> tuple[bool, bool]:
        """Look at all alerts; return whether anything was told, and whether a moment later no more is known."""
        with self._around.ledger.reading() as connection:
            found = watched_alerts(SYSTEM, connection)
            figures = Figures(self._around, connection)
            values = {each.alert.uid: figures.of(each) for each in found}
            self._note_unknown(values)
            steps = [step for each in found if (step := self._step(figures, each, values[each.alert.uid])) is not None]
        has_told = bool(steps) and self._write(steps[:MOST_MOVES])
        return has_told, not figures.has_asked and len(steps) <= MOST_MOVES

    def _note_unknown(self, values: Mapping[str, Decimal | None]) -> None:
        """Remember since when what is not known is not known."""
        now = self._around.time.now()
        self._unknown = {uid: self._unknown.get(uid, now) for uid, value in values.items() if value is None}

    def _step(self, figures: Figures, watched: WatchedAlert, value: Decimal | None) -> Step | None:
        """Return what becomes of an alert; None where nothing does."""
        alert = watched.alert
        if value is None:
            since = self._unknown[alert.uid]
            if alert.unknown_since is not None or self._around.time.now() - since < UNKNOWN_AFTER:
                return None
            return Step(watched=watched, to=Moved(beyond=alert.beyond, unknown_since=since))
        found = crossing(alert.config, value, before=alert.beyond)
        if found.beyond == alert.beyond and alert.unknown_since is None:
            return None
        text = self._text(figures, watched, found, value)
        return Step(watched=watched, to=Moved(beyond=found.beyond, has_fired=found.has_fired), text=text)

    def _text(self, figures: Figures, watched: WatchedAlert, found: Crossing, value: Decimal) -> str:
        """Return what is told of a crossing, or of a new alert that is beyond a bound already; empty for nothing."""
        if found.beyond == WITHIN or not (found.has_fired or found.was_new):
            return ""
        user, alert = watched.whose.user, msgspec.structs.replace(watched.alert, beyond=found.beyond)
        portfolio = figures.portfolio_of(watched.whose)
        named = "" if portfolio is None else portfolio_named(figures, portfolio)
        symbol = None if watched.instrument is None else watched.instrument.symbol
        words = texts.words_of(user)
        template = words.fired if found.has_fired else words.already
        return template.format(what=texts.alert_told(alert, symbol, named, value, user))

    def _write(self, steps: list[Step]) -> bool:
        """Write where alerts stand, with what is told of them; tells whether anything was."""
        with self._around.ledger.writing() as connection:
            work = Work(connection, self._around.time.now())
            told = [_taken(work, each) for each in steps]
        return any(told)


def portfolio_named(figures: Figures, portfolio: str) -> str:
    """Return a portfolio's name, with a word where its money is not real.

    Args:
        figures: Have read it.
        portfolio: Its uid.
    """
    found = figures.standing(portfolio)
    return found.portfolio_name if found.is_live else f"{found.portfolio_name} (paper)"


def _taken(work: Work, step: Step) -> bool:
    """Write one step, unless the alert has changed meanwhile; tells whether something was told."""
    alert = step.watched.alert
    if not move_alert(SYSTEM, work, alert, step.to) or not step.text:
        return False
    log.info("alert told", alert=alert.uid, beyond=step.to.beyond, has_fired=step.to.has_fired)
    notice = Notice(id=f"alert-{alert.uid}-{work.now:%Y%m%dT%H%M%S.%f}", kind="alert", text=step.text)
    tell(work, step.watched.whose.user, notice)
    return True
