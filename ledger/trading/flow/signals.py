"""Signals: taken in once, moved from state to state, each step a row; what they become is for execution to say."""

import re
from collections.abc import Mapping
from typing import Any, Final, get_args

import msgspec
from sqlalchemy import Connection, bindparam, select

from ledger.trading import audit
from ledger.trading.enumerations import SignalState
from ledger.trading.errors import Invalid, NotFound
from ledger.trading.events import publish
from ledger.trading.flow.checks import a_code, document, kept
from ledger.trading.flow.finding import SAID, SIGNALS, account_id, account_ids, place_of, signal_of
from ledger.trading.flow.records import NewSignal, Signal, SignalEvent
from ledger.trading.flow.states import OPEN, may_become
from ledger.trading.principal import Principal, Scoped, must_be_admin, must_trade
from ledger.trading.tables.catalogue import instruments
from ledger.trading.tables.flow import signal_events, signals
from ledger.trading.tables.people import portfolios, strategies
from ledger.trading.words import one_of
from ledger.trading.work import Work

MOST = 500
SHORTEST = 6
LOGGED: Final[dict[SignalState, str]] = {"REJECTED": "refused", "EXPIRED": "expired", "SUPERSEDED": "superseded"}
"""What the audit log calls the end of a signal that became no order."""
_BEGINNING = re.compile(rf"[0-9a-f]{{{SHORTEST},31}}", re.ASCII)

_BY_UID = Scoped(SIGNALS.where(signals.c.uid == bindparam("of_uid")), portfolios.c.user_id)
_BY_BEGINNING = Scoped(
    SIGNALS.where(signals.c.uid >= bindparam("first"), signals.c.uid < bindparam("beyond")).limit(2),
    portfolios.c.user_id,
)
_KNOWN = SIGNALS.where(signals.c.inbox_uid == bindparam("in_inbox"))
_STRATEGY = select(strategies.c.id).where(
    strategies.c.uid == bindparam("of_uid"), strategies.c.user_id == bindparam("user")
)
_INSTRUMENT = select(instruments.c.id).where(instruments.c.uid == bindparam("of_uid"))
_ADD = signals.insert()
_ADD_EVENT = signal_events.insert()
_UPDATE = signals.update().where(signals.c.id == bindparam("of_signal"))
_LIFE = (
    select(
        signal_events.c.state,
        signal_events.c.code,
        signal_events.c.details_json.label("details"),
        signal_events.c.created_at,
    )
    .where(signal_events.c.signal_id == bindparam("of_signal"))
    .order_by(signal_events.c.id)
)
_LAST = _LIFE.order_by(None).order_by(signal_events.c.id.desc()).limit(1)
_IN_STATES = SIGNALS.where(signals.c.state.in_(bindparam("states", expanding=True)))
_OLDEST = (signals.c.received_at, signals.c.id)
_OF_ACCOUNTS = _IN_STATES.where(signals.c.account_id.in_(bindparam("accounts", expanding=True))).order_by(*_OLDEST)
_OF_PORTFOLIO = _IN_STATES.where(signals.c.portfolio_id == bindparam("of_portfolio")).order_by(*_OLDEST)
_LATEST = (
    SIGNALS.where(signals.c.portfolio_id == bindparam("of_portfolio"))
    .order_by(signals.c.received_at.desc(), signals.c.id.desc())
    .limit(bindparam("most"))
)
_LATEST_IN_STATE = _LATEST.where(signals.c.state == bindparam("in_state"))


class TakenIn(msgspec.Struct, frozen=True, kw_only=True):
    """What taking a signal in has done.

    Attributes:
        is_new: False where it was in the ledger already: then nothing was changed.
        signal: Its row.
    """

    is_new: bool
    signal: Signal


def take_in(principal: Principal, work: Work, new: NewSignal) -> TakenIn:
    """Write a signal, in RECEIVED; the same of the inbox again changes nothing.

    Args:
        principal: The system; who may trade in the portfolio only for one that is not of the inbox.
        work: What this is written with.
        new: The signal.

    Returns:
        Its row.

    Raises:
        NotFound: The asker has no such portfolio, or the portfolio's user no such strategy.
        NotAllowed: The asker may only look, or a signal of the inbox is not taken in by the system or an admin.
        Invalid: It cannot be kept.
    """
    must_trade(principal)
    if new.inbox_uid is not None:
        must_be_admin(principal)
        known = work.connection.execute(_KNOWN, {"in_inbox": new.inbox_uid}).first()
        if known is not None:
            return TakenIn(is_new=False, signal=signal_of(known))
    place = place_of(principal, work.connection, new.portfolio)
    values = {**kept(new), "portfolio_id": place.id, "account_id": place.account_id, "strategy_id": None}
    if new.strategy is not None:
        owner = {"of_uid": new.strategy, "user": place.user_id}
        values["strategy_id"] = work.connection.execute(_STRATEGY, owner).scalar()
        if values["strategy_id"] is None:
            raise NotFound("strategy", new.strategy)
    uid = audit.new_uid()
    work.connection.execute(_ADD, {**values, "uid": uid, "state": "RECEIVED", "updated_at": work.now})
    signal = find(principal, work.connection, uid)
    _add_event(work, signal, {})
    publish(work, signal.account_id, "signals.raw", {**_said(signal), "body": signal.body})
    return TakenIn(is_new=True, signal=signal)


def move(  # noqa: PLR0913 - a step is what is named here, and most steps name little of it
    principal: Principal,
    work: Work,
    uid: str,
    state: SignalState,
    *,
    code: str | None = None,
    details: Mapping[str, object] = {},
    instrument: str | None = None,
) -> Signal:
    """Take a signal into another state, or tell a new code in its own; what is so already changes nothing.

    A signal that awaits its confirmation may be asked about again: other details are a step then.

    Args:
        principal: Who may trade in its portfolio, or the system.
        work: What this is written with.
        uid: The signal's.
        state: The state.
        code: Why it is refused, ended or held; 1 to 32 signs.
        details: The numbers of it, without floats.
        instrument: The uid of what it was resolved to; None leaves what is known.

    Returns:
        The signal after it.

    Raises:
        NotFound: The asker has no such signal, or there is no such instrument.
        NotAllowed: The asker may only look.
        Invalid: The one state may not follow the other, or the code or the details cannot be kept.
    """
    must_trade(principal)
    one_of("a signal's state", state, SignalState)
    signal = _by_uid(principal, work.connection, uid)
    said = document("what is said of a step", details)
    if (state, code) == (signal.state, signal.code) and not _is_asked_anew(work, signal, said):
        return signal
    if not may_become(signal.state, state):
        raise Invalid(f"signal {uid} is {signal.state} and cannot become {state}")
    changed: dict[str, Any] = {"state": state, "code": a_code(code), "updated_at": work.now}
    if instrument is not None:
        changed["instrument_id"] = work.connection.execute(_INSTRUMENT, {"of_uid": instrument}).scalar()
        if changed["instrument_id"] is None:
            raise NotFound("instrument", instrument)
    work.connection.execute(_UPDATE, {"of_signal": signal.id, **changed})
    after = _by_uid(principal, work.connection, uid)
    _add_event(work, after, details)
    _tell(principal, work, signal, after, details)
    return after


def find(principal: Principal, connection: Connection, uid: str) -> Signal:
    """Return a signal.

    Args:
        principal: Who asks.
        connection: Any connection to the ledger.
        uid: Its name, or the first `SHORTEST` or more hex digits of it.

    Raises:
        NotFound: The asker has no such signal.
        Invalid: Several of the asker's signals begin so.
    """
    beginning = uid.lower()
    if not _BEGINNING.fullmatch(beginning):
        return _by_uid(principal, connection, uid)
    values = {"first": beginning, "beyond": f"{beginning}g"}
    found = _BY_BEGINNING.rows(principal, connection, **values).all()
    if len(found) > 1:
        raise Invalid(f"several signals begin with {uid}; write more of its digits")
    if not found:
        raise NotFound("signal", uid)
    return signal_of(found[0])


def life(principal: Principal, connection: Connection, uid: str) -> tuple[SignalEvent, ...]:
    """Return the steps of a signal's life, in their order.

    Args:
        principal: Who asks.
        connection: Any connection to the ledger.
        uid: Its name, or the beginning of it, as `find` takes it.

    Raises:
        NotFound: The asker has no such signal.
        Invalid: Several of the asker's signals begin so.
    """
    signal = find(principal, connection, uid)
    return tuple(SignalEvent(**row._mapping) for row in connection.execute(_LIFE, {"of_signal": signal.id}))


def open_signals(
    principal: Principal,
    connection: Connection,
    *,
    account: str | None = None,
    portfolio: str | None = None,
    with_ordered: bool = False,
) -> tuple[Signal, ...]:
    """Return the signals that may still become an order, oldest first.

    Args:
        principal: Who asks.
        connection: Any connection to the ledger.
        account: The uid of the account whose signals are wanted; without it and `portfolio`: all that the asker sees.
        portfolio: The uid of the portfolio whose signals are wanted; it goes before `account`.
        with_ordered: Whether those that have become orders, and are not done, are wanted too.

    Raises:
        NotFound: The asker has no such portfolio or account.
    """
    values: dict[str, object] = {"states": [*OPEN, *(["ORDERED"] if with_ordered else [])]}
    if portfolio is not None:
        values["of_portfolio"] = place_of(principal, connection, portfolio).id
        return tuple(map(signal_of, connection.execute(_OF_PORTFOLIO, values)))
    one = None if account is None else [account_id(principal, connection, account)]
    values["accounts"] = account_ids(principal, connection) if one is None else one
    return tuple(map(signal_of, connection.execute(_OF_ACCOUNTS, values)))


def history(
    principal: Principal, connection: Connection, portfolio: str, *, state: SignalState | None = None, limit: int = 20
) -> tuple[Signal, ...]:
    """Return the latest signals of a portfolio, newest first.

    Args:
        principal: Who asks.
        connection: Any connection to the ledger.
        portfolio: The portfolio's uid.
        state: The state they are in; None for any.
        limit: How many at most, from 1 to `MOST`.

    Raises:
        NotFound: The asker has no such portfolio.
        Invalid: There is no such state, or the limit is out of bounds.
    """
    if not 1 <= limit <= MOST:
        raise Invalid(f"{limit} signals cannot be listed; ask for 1 to {MOST}")
    values: dict[str, object] = {"of_portfolio": place_of(principal, connection, portfolio).id, "most": limit}
    if state is None:
        return tuple(map(signal_of, connection.execute(_LATEST, values)))
    if state not in get_args(SignalState):
        raise Invalid(f"there is no state {state}; name one of {', '.join(get_args(SignalState))}")
    return tuple(map(signal_of, connection.execute(_LATEST_IN_STATE, {**values, "in_state": state})))


def _by_uid(principal: Principal, connection: Connection, uid: str) -> Signal:
    """Return a signal by its whole name; raises NotFound."""
    row = _BY_UID.rows(principal, connection, of_uid=uid).first()
    if row is None:
        raise NotFound("signal", uid)
    return signal_of(row)


def _is_asked_anew(work: Work, signal: Signal, said: str) -> bool:
    """Tell whether a signal that awaits its confirmation is asked about with other details than it was last."""
    if signal.state != "AWAITING_CONFIRMATION" or said == "{}":
        return False
    last = work.connection.execute(_LAST, {"of_signal": signal.id}).first()
    return last is None or document("what was said", last.details) != said


def _add_event(work: Work, signal: Signal, details: Mapping[str, object]) -> None:
    """Write the step by which a signal came to be as it is."""
    step = {"signal_id": signal.id, "state": signal.state, "code": signal.code}
    work.connection.execute(_ADD_EVENT, {**step, "details_json": dict(details), "created_at": work.now})


def _tell(principal: Principal, work: Work, before: Signal, after: Signal, details: Mapping[str, object]) -> None:
    """Write what follows from a step: an event where a signal is validated, an audit row where it ends unfulfilled."""
    if after.state == before.state:
        return
    if after.state == "VALIDATED":
        publish(work, after.account_id, "signals.validated", _said(after))
    if after.state in LOGGED:
        said = {**_said(after), "before": before.state, "details": details}
        action, account = LOGGED[after.state], after.account_id
        entry = audit.Entry(entity_type="signal", entity_id=after.uid, action=action, details=said, account_id=account)
        audit.log(principal, work, entry)


def _said(signal: Signal) -> dict[str, object]:
    """Return what is told of a signal, without its body."""
    named = {"signal": signal.uid, "portfolio": signal.portfolio_name, "strategy": signal.strategy_name}
    return {**named, **{field: getattr(signal, field) for field in SAID}}
