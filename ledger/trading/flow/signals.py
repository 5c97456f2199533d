"""Signals: taken in once, moved from state to state, each step a row; what they become is for execution to say."""

import re
from collections.abc import Mapping

import msgspec
from sqlalchemy import Connection, bindparam, select

from ledger.trading.enumerations import SignalState
from ledger.trading.errors import Invalid, NotFound
from ledger.trading.flow import steps
from ledger.trading.flow.checks import a_code, document, kept
from ledger.trading.flow.finding import SIGNALS, account_id, account_ids, place_of, signal_of
from ledger.trading.flow.records import NewSignal, Signal, SignalEvent
from ledger.trading.flow.states import OPEN, may_become
from ledger.trading.flow.writing import place_of_new, write
from ledger.trading.principal import Principal, Scoped, must_be_admin, must_trade
from ledger.trading.tables.catalogue import instruments
from ledger.trading.tables.flow import signal_events, signals
from ledger.trading.tables.people import portfolios
from ledger.trading.words import one_of
from ledger.trading.work import Work

MOST = 500
SHORTEST = 6
_BEGINNING = re.compile(rf"[0-9a-f]{{{SHORTEST},31}}", re.ASCII)

_BY_UID = Scoped(SIGNALS.where(signals.c.uid == bindparam("of_uid")), portfolios.c.user_id)
_BY_BEGINNING = Scoped(
    SIGNALS.where(signals.c.uid >= bindparam("first"), signals.c.uid < bindparam("beyond")).limit(2),
    portfolios.c.user_id,
)
_BY_UIDS = Scoped(SIGNALS.where(signals.c.uid.in_(bindparam("of_uids", expanding=True))), portfolios.c.user_id)
_KNOWN = SIGNALS.where(signals.c.inbox_uid == bindparam("in_inbox"))
_INSTRUMENT = select(instruments.c.id).where(instruments.c.uid == bindparam("of_uid"))
_UPDATE = signals.update().where(signals.c.id == bindparam("of_signal"), signals.c.state == bindparam("before"))
_STEPS = signal_events.c
_LIFE = (
    select(_STEPS.state, _STEPS.code, _STEPS.details_json.label("details"), _STEPS.created_at)
    .where(_STEPS.signal_id == bindparam("of_signal"))
    .order_by(_STEPS.id)
)
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
    place = place_of_new(principal, work.connection, new)
    signal = write(work, kept(new), place)
    steps.first(work, signal)
    return TakenIn(is_new=True, signal=signal)


def move(  # noqa: PLR0913 - a step is what is named here, and most steps name little of it
    principal: Principal,
    work: Work,
    signal: str | Signal,
    state: SignalState,
    *,
    code: str | None = None,
    details: Mapping[str, object] = {},
    instrument: str | None = None,
) -> Signal:
    """Take a signal into another state, or tell a new code in its own; what is so already changes nothing.

    Args:
        principal: Who may trade in its portfolio, or the system.
        work: What this is written with.
        signal: Its uid; the system and admins may hand over its row, as this transaction has read it.
        state: The state.
        code: Why it is refused, ended or held; 1 to 32 signs.
        details: The numbers of it, without floats; of a signal that awaits its confirmation others are a step.
        instrument: The uid of what it was resolved to; None leaves what is known.

    Returns:
        The signal after it.

    Raises:
        NotFound: The asker has no such signal, or there is no such instrument.
        NotAllowed: The asker may only look, or hands over a row and is no admin.
        Invalid: The one state may not follow the other, or the code or the details cannot be kept.
    """
    signal = _as_read(principal, work, signal)
    said = document("what is said of a step", details)
    if (state, code) == (signal.state, signal.code) and not steps.is_asked_anew(work, signal, said):
        return signal
    if not may_become(signal.state, state):
        raise Invalid.of("cannot_become", thing="signal", uid=signal.uid, state=signal.state, wanted=state)
    known = instrument or signal.instrument
    after = msgspec.structs.replace(signal, state=state, code=a_code(code), instrument=known, updated_at=work.now)
    return _write(principal, work, signal, after, details)


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
        raise Invalid.of("several_signals", uid=uid)
    if not found:
        raise NotFound("signal", uid)
    return signal_of(found[0])


def several(principal: Principal, connection: Connection, *uids: str) -> tuple[Signal, ...]:
    """Return those of some signals that the asker has, in no order.

    Args:
        principal: Who asks.
        connection: Any connection to the ledger.
        *uids: Their whole names.
    """
    return tuple(map(signal_of, _BY_UIDS.rows(principal, connection, of_uids=list(uids)).all()))


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
        return tuple(map(signal_of, connection.execute(_OF_PORTFOLIO, values).all()))
    one = None if account is None else [account_id(principal, connection, account)]
    values["accounts"] = account_ids(principal, connection) if one is None else one
    return tuple(map(signal_of, connection.execute(_OF_ACCOUNTS, values).all()))


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
        raise Invalid.of("too_many_listed", count=limit, things="signals", most=MOST)
    values: dict[str, object] = {"of_portfolio": place_of(principal, connection, portfolio).id, "most": limit}
    if state is None:
        return tuple(map(signal_of, connection.execute(_LATEST, values)))
    one_of("a signal's state", state, SignalState)
    return tuple(map(signal_of, connection.execute(_LATEST_IN_STATE, {**values, "in_state": state})))


def _as_read(principal: Principal, work: Work, signal: str | Signal) -> Signal:
    """Return a signal's row for who may change it; raises NotAllowed, NotFound."""
    must_trade(principal)
    if isinstance(signal, str):
        return _by_uid(principal, work.connection, signal)
    must_be_admin(principal)
    return signal


def _by_uid(principal: Principal, connection: Connection, uid: str) -> Signal:
    """Return a signal by its whole name; raises NotFound."""
    row = _BY_UID.rows(principal, connection, of_uid=uid).first()
    if row is None:
        raise NotFound("signal", uid)
    return signal_of(row)


def _write(principal: Principal, work: Work, before: Signal, after: Signal, details: Mapping[str, object]) -> Signal:
    """Write what a step changes of a signal's row, and the step, and return the signal after it; raises Invalid."""
    changed: dict[str, object] = {"state": after.state, "code": after.code, "updated_at": after.updated_at}
    if after.instrument != before.instrument:
        changed["instrument_id"] = _instrument(work, after.instrument)
    is_as_read = work.connection.execute(_UPDATE, {"of_signal": before.id, "before": before.state, **changed}).rowcount
    if not is_as_read:
        raise Invalid.of("no_longer", thing="signal", uid=before.uid, state=before.state)
    steps.follow(principal, work, before, after, details)
    return after


def _instrument(work: Work, uid: str | None) -> int | None:
    """Return the number of an instrument, None for none; raises NotFound."""
    if uid is None:
        return None
    found: int | None = work.connection.execute(_INSTRUMENT, {"of_uid": uid}).scalar()
    if found is None:
        raise NotFound("instrument", uid)
    return found
