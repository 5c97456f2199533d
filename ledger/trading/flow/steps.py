"""What a step of a signal's life leaves behind: its row, an event for whoever listens, an audit row at its end."""

from collections.abc import Mapping
from typing import Final

from sqlalchemy import bindparam, select

from ledger.trading import audit
from ledger.trading.enumerations import SignalState
from ledger.trading.events import publish
from ledger.trading.flow.checks import document
from ledger.trading.flow.records import Signal
from ledger.trading.principal import Principal
from ledger.trading.tables.flow import signal_events
from ledger.trading.work import Work

LOGGED: Final[dict[SignalState, str]] = {"REJECTED": "refused", "EXPIRED": "expired", "SUPERSEDED": "superseded"}
"""What the audit log calls the end of a signal that became no order."""
SAID = (
    "action",
    "symbol",
    "exchange",
    "quantity",
    "amount",
    "percent",
    "price",
    "stop_loss",
    "take_profit",
    "state",
    "code",
    "external_id",
    "received_at",
    "is_live",
    "instrument",
)
"""What is told of a signal besides its name and those of its portfolio and strategy."""
_ADD = signal_events.insert()
_LAST = (
    select(signal_events.c.details_json)
    .where(signal_events.c.signal_id == bindparam("of_signal"))
    .order_by(signal_events.c.id.desc())
    .limit(1)
)


def first(work: Work, signal: Signal) -> None:
    """Write the first step of a signal, and tell of it.

    Args:
        work: The caller's.
        signal: As it was received.
    """
    _add(work, signal, {})
    publish(work, signal.account_id, "signals.raw", {**_said(signal), "body": signal.body})


def follow(principal: Principal, work: Work, before: Signal, after: Signal, details: Mapping[str, object]) -> None:
    """Write a step; tell of a signal that is validated, and of one that ends and became no order.

    Args:
        principal: Who did it.
        work: The caller's.
        before: The signal before it.
        after: The signal after it.
        details: The numbers of it, without floats.
    """
    _add(work, after, details)
    if after.state == before.state:
        return
    if after.state == "VALIDATED":
        publish(work, after.account_id, "signals.validated", _said(after))
    if after.state in LOGGED:
        said = {**_said(after), "before": before.state, "details": details}
        action, account = LOGGED[after.state], after.account_id
        entry = audit.Entry(entity_type="signal", entity_id=after.uid, action=action, details=said, account_id=account)
        audit.log(principal, work, entry)


def is_asked_anew(work: Work, signal: Signal, said: str) -> bool:
    """Tell whether a signal that awaits its confirmation is asked about with other details than it was last.

    Args:
        work: The caller's.
        signal: The signal.
        said: The one text of the details now.
    """
    if signal.state != "AWAITING_CONFIRMATION" or said == "{}":
        return False
    last = work.connection.execute(_LAST, {"of_signal": signal.id}).first()
    return last is None or document("what was said", last.details_json) != said


def _add(work: Work, signal: Signal, details: Mapping[str, object]) -> None:
    """Write the step by which a signal came to be as it is."""
    step = {"signal_id": signal.id, "state": signal.state, "code": signal.code}
    work.connection.execute(_ADD, {**step, "details_json": dict(details), "created_at": work.now})


def _said(signal: Signal) -> dict[str, object]:
    """Return what is told of a signal, without its body."""
    named = {"signal": signal.uid, "portfolio": signal.portfolio_name, "strategy": signal.strategy_name}
    return {**named, **{field: getattr(signal, field) for field in SAID}}
