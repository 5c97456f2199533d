"""Alerts of type INDICATOR: TradingView computes the indicator, and says so in an alert that names it.

Such an alert has a field `indicator` beside what every alert has; with the action `heartbeat` it trades nothing.
"""

from typing import Final

from execution.signals_desk.around import Case
from execution.texts import watching as texts
from execution.texts.names import shown
from ledger.trading.events import Notice, tell
from ledger.trading.principal import SYSTEM
from ledger.trading.watching.watched import Moved, indicator_alerts, move_alert

FIELD: Final = "indicator"
CODE: Final = "INDICATOR"
"""Of a signal that was sent for this alone."""


def indicator_of(case: Case) -> str:
    """Return the indicator that a signal names, empty where it names none.

    Args:
        case: The signal.
    """
    said = case.signal.body.get(FIELD)
    return said.strip() if isinstance(said, str) else ""


def tell_indicator(case: Case) -> None:
    """Tell the signal's user, once, where they have an alert for the indicator that it names.

    Args:
        case: The signal, at its first step.
    """
    indicator = indicator_of(case)
    if not indicator or case.signal.code is not None:
        return
    user = case.standing.user
    price = "" if case.signal.price is None else f" @ {case.signal.price}"
    for watched in indicator_alerts(SYSTEM, case.work.connection, case.standing.user_id, indicator):
        text = texts.words_of(user).indicator.format(
            indicator=shown(indicator), symbol=shown(case.signal.symbol), price=price
        )
        if move_alert(SYSTEM, case.work, watched.alert, Moved(beyond=None, has_fired=True)):
            notice = Notice(id=f"alert-{watched.alert.uid}-{case.signal.uid}", kind="alert", text=text)
            tell(case.work, user, notice)
