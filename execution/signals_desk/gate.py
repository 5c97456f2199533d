"""Whether a signal may go on at all: who it belongs to, its account, its strategy's mode, a kill."""

from datetime import datetime
from typing import Final

from bus.messages.venues import InstrumentState
from execution.refusal import Refusal, refuse
from execution.signals_desk.around import Case
from execution.venues import rule_of
from ledger.trading import hours
from ledger.trading.flow.live_lock import LOCKS, why_locked
from ledger.trading.hours import Closed, Hours, Open
from ledger.trading.instruments import Instrument
from ledger.trading.principal import SYSTEM

OWN_HOURS: Final = frozenset({"FUTURE", "FOREX"})
"""What trades in hours of its own, which no table here has."""


def gate(case: Case) -> Refusal | None:
    """Refuse what may not trade, whatever it wants.

    Args:
        case: The signal.

    Returns:
        The first refusal, in the order of this list; None where the signal may trade.
    """
    standing = case.standing
    if standing.status != "ACTIVE":
        return refuse("USER_BLOCKED")
    if standing.archived_at is not None:
        return refuse("ACCOUNT_OFF", account=standing.portfolio_name, reason="it is archived")
    if (locked := live_refuses(case)) is not None:
        return locked
    if case.strategy is not None and case.in_force is None:
        return refuse("STRATEGY_OFF", strategy=case.strategy_name)
    if case.in_force is not None and case.in_force.mode == "off":
        return refuse("MODE_OFF", strategy=case.strategy_name)
    killed = case.shelf.halted(standing).killed
    return refuse("KILLED", reason=killed) if killed else None


def live_refuses(case: Case) -> Refusal | None:
    """Refuse what adds exposure in a live account that is locked; what a signal means must be known.

    Args:
        case: The signal, with its plan.

    Returns:
        A refusal `NOT_LIVE`; None where live trading is open, or the account is on paper, or nothing is opened.
    """
    if not case.standing.is_live or case.plan is None or case.plan.is_closing:
        return None
    lock = why_locked(SYSTEM, case.work.connection, trading=case.around.settings.trading, now=case.now)
    return None if lock is None else refuse("NOT_LIVE", account=case.standing.account_name, reason=LOCKS[lock])


def not_reached(case: Case) -> Refusal:
    """Return why a signal's venue is not reached: it is away, which may pass, or it serves another account.

    Args:
        case: The signal.
    """
    standing, link = case.standing, case.around.link
    other = link.serves_another(case.place)
    if other is not None:
        kind, own = ("paper", "live") if standing.is_live else ("live", "paper")
        is_same = other.number == standing.number
        return refuse(
            "NOT_SERVED",
            account=standing.account_name,
            broker=standing.broker,
            served=kind if is_same else other.number,
            number=own if is_same else standing.number or "-",
            variable=rule_of(standing.broker).variable or "-",
        )
    state = link.state_of(case.place.broker)
    reason = "it does not answer" if state is None or not state.reason else state.reason
    return Refusal("BROKER_LOST", {"broker": standing.broker, "reason": reason}, is_waitable=True)


def mode_refuses(case: Case) -> Refusal | None:
    """Refuse what adds exposure where the strategy only closes.

    Args:
        case: The signal.

    Returns:
        A refusal `CLOSING_ONLY`; None where the strategy may open.
    """
    is_so = case.in_force is not None and case.in_force.mode == "closing_only"
    return refuse("CLOSING_ONLY", strategy=case.strategy_name) if is_so else None


def must_be_asked(case: Case) -> bool:
    """Tell whether a person has to say yes first, and has not.

    Args:
        case: The signal.
    """
    is_manual = case.in_force is not None and case.in_force.mode == "manual"
    return is_manual and not (case.plan is not None and case.plan.confirmed)


def market_hours(case: Case, instrument: Instrument, *, at: datetime | None = None) -> Open | Closed:
    """Tell whether an instrument's market is open; the venue's own hours win.

    Args:
        case: The signal.
        instrument: What it trades.
        at: When; None for now.
    """
    known = hours_of(instrument, case.at_venue)
    return hours.market(known, now=at or case.now, extra_closed=case.around.extra_closed)


def awaits_hours(case: Case, instrument: Instrument) -> bool:
    """Tell whether an instrument's venue has not said its hours yet, and will: what may be a closed day is not opened.

    Args:
        case: The signal.
        instrument: What it trades.
    """
    has_sessions = instrument.asset_type not in {"CRYPTO", *OWN_HOURS}
    return has_sessions and case.at_venue is None and case.around.link.is_connected(case.place)


def hours_of(instrument: Instrument, said: InstrumentState | None) -> Hours:
    """Return what is known of an instrument's hours; where nobody can know them, its venue refuses what comes too late.

    Args:
        instrument: The instrument.
        said: What its venue says of it; None where it has not said it (yet), or means another instrument.
    """
    is_it = said is not None and said.instrument is not None and said.instrument.asset_type == instrument.asset_type
    if said is None or not is_it:
        return Hours(asset_type=instrument.asset_type, is_always_open=instrument.asset_type in OWN_HOURS)
    return Hours(
        asset_type=instrument.asset_type,
        is_always_open=said.is_always_open or (instrument.asset_type in OWN_HOURS and not said.sessions),
        sessions=said.sessions,
    )
