"""Forgetting what nobody asks for any more. Trades, orders, audit rows and all that tells a repeat stay for ever.

A call removes a batch of each kind, so that the write lock is held for a short time; the caller comes again, with a
pause, while `is_done` is False.
"""

from datetime import datetime, timedelta
from typing import Final, get_args

import msgspec
from sqlalchemy import Connection, Delete, Integer, Table, bindparam, delete, exists, func, select

from ledger.columns import Moment
from ledger.trading.enumerations import JobState, Wallet
from ledger.trading.errors import Invalid
from ledger.trading.flow.outgoing import bridged
from ledger.trading.flow.records import RequestState
from ledger.trading.flow.states import ENDED
from ledger.trading.principal import Principal, must_be_admin
from ledger.trading.tables.flow import (
    account_balances,
    bot_sessions,
    events_out,
    halts,
    jobs,
    signal_events,
    signals,
    trading_requests,
)
from ledger.trading.tables.people import accounts
from ledger.trading.work import Work

BATCH = 500
MOST_DAYS = 36_500
SETTLED: Final[tuple[RequestState, ...]] = ("DONE", "REFUSED")
OVER: Final[tuple[JobState, ...]] = ("DONE", "FAILED", "MISSED")

_BEFORE = bindparam("before", type_=Moment)
_LIMIT = bindparam("most", type_=Integer())
_SIGNAL_EVENTS = (
    select(signal_events.c.id)
    .join(signals, signals.c.id == signal_events.c.signal_id)
    .where(signal_events.c.created_at < _BEFORE, signals.c.state.in_(ENDED), signals.c.updated_at < _BEFORE)
    .order_by(signal_events.c.created_at)
    .limit(_LIMIT)
)
_SESSIONS = select(bot_sessions.c.id).where(bot_sessions.c.expires_at < _BEFORE).limit(_LIMIT)
_HALTS = select(halts.c.id).where(halts.c.lifted_at < _BEFORE).order_by(halts.c.lifted_at).limit(_LIMIT)
_EVENTS = select(events_out.c.id, events_out.c.created_at, events_out.c.published_at).order_by(events_out.c.id)
_of_account = account_balances.c.account_id == bindparam("account")
_of_currency = account_balances.c.currency == bindparam("of_currency")
_NEXT_CURRENCY = select(func.min(account_balances.c.currency)).where(
    _of_account, account_balances.c.currency > bindparam("after")
)
_of_wallet = account_balances.c.wallet == bindparam("of_wallet")
_NEWEST = select(func.max(account_balances.c.as_of, type_=Moment)).where(_of_account, _of_currency, _of_wallet)
_BALANCES = (
    select(account_balances.c.id)
    .where(_of_account, _of_currency, _of_wallet, account_balances.c.as_of < _BEFORE)
    .order_by(account_balances.c.as_of)
    .limit(_LIMIT)
)
_REQUESTS = (
    select(trading_requests.c.id)
    .where(
        trading_requests.c.state.in_(SETTLED),
        trading_requests.c.kind == "screen",
        trading_requests.c.updated_at < _BEFORE,
    )
    .order_by(trading_requests.c.id)
    .limit(_LIMIT)
)
_later = jobs.alias()
_JOBS = (
    select(jobs.c.job, jobs.c.due_at)
    .where(
        jobs.c.state.in_(OVER),
        jobs.c.due_at < _BEFORE,
        exists().where(_later.c.job == jobs.c.job, _later.c.due_at > jobs.c.due_at),
    )
    .limit(_LIMIT)
)


class Forgotten(msgspec.Struct, frozen=True, kw_only=True):
    """How many rows of each table were removed.

    Attributes:
        is_done: False where more may be left.
    """

    signal_events: int
    account_balances: int
    events_out: int
    jobs: int
    bot_sessions: int
    halts: int
    trading_requests: int
    is_done: bool


def forget_old(principal: Principal, work: Work, *, keep_days: int, batch: int = BATCH) -> Forgotten:
    """Remove a batch of what is older than some days.

    That is the events of signals that have ended; balances, but the newest of each account, currency and wallet; events
    that went out, and where no bridge has worked all these days, also those that wait for one; jobs that are over, but
    the newest of each; sessions that have expired; halts that were lifted. What people asked for stays, since its key
    tells a repeat; but for screeners that were run, which change nothing.

    Args:
        principal: An admin, or the system.
        work: What this is written with.
        keep_days: So many days are kept, at least one.
        batch: At most so many rows of each kind are removed.

    Returns:
        What was removed.

    Raises:
        NotAllowed: The asker is no admin.
        Invalid: The days or the batch are out of bounds.
    """
    must_be_admin(principal)
    if not 1 <= keep_days <= MOST_DAYS or not 1 <= batch <= 10 * BATCH:
        raise Invalid(f"{keep_days} days cannot be kept in batches of {batch}; keep 1 to {MOST_DAYS} days")
    before = work.now - timedelta(days=keep_days)
    old = {"before": before, "most": batch}
    run = work.connection.execute
    bridge = bridged(principal, work.connection)
    is_waited_for = bridge is not None and bridge.seen_at >= before
    events = _events(work.connection, before, batch, has_bridge=is_waited_for)
    counts = {
        "signal_events": _remove(work.connection, signal_events, list(run(_SIGNAL_EVENTS, old).scalars())),
        "account_balances": _remove(work.connection, account_balances, _balances(work.connection, before, batch)),
        "events_out": _remove(work.connection, events_out, events),
        "jobs": _remove_jobs(work.connection, before, batch),
        "bot_sessions": _remove(work.connection, bot_sessions, list(run(_SESSIONS, old).scalars())),
        "halts": _remove(work.connection, halts, list(run(_HALTS, old).scalars())),
        "trading_requests": _remove(work.connection, trading_requests, list(run(_REQUESTS, old).scalars())),
    }
    return Forgotten(**counts, is_done=max(counts.values()) < batch)


def _remove(connection: Connection, table: Table, found: list[int]) -> int:
    """Remove rows by their numbers, and return how many."""
    if found:
        connection.execute(delete(table).where(table.c.id.in_(found)))
    return len(found)


def _balances(connection: Connection, before: datetime, most: int) -> list[int]:
    """Return old balances that are not the newest of account, currency and wallet, a currency after the other."""
    found: list[int] = []
    for account in connection.execute(select(accounts.c.id)).scalars().all():
        currency = ""
        while currency := connection.execute(_NEXT_CURRENCY, {"account": account, "after": currency}).scalar() or "":
            for wallet in get_args(Wallet):
                of = {"account": account, "of_currency": currency, "of_wallet": wallet}
                newest = connection.execute(_NEWEST, of).scalar()
                until = {"before": before if newest is None else min(before, newest), "most": most - len(found)}
                found += connection.execute(_BALANCES, {**of, **until}).scalars()
            if len(found) == most:
                return found
    return found


def _events(connection: Connection, before: datetime, most: int, *, has_bridge: bool) -> list[int]:
    """Return old events that went out, and those that never will; read as they were written, until one is young."""
    found: list[int] = []
    with connection.execute(_EVENTS, execution_options={"yield_per": BATCH}) as rows:
        for row in rows:
            if len(found) == most or row.created_at >= before:
                break
            is_kept = has_bridge if row.published_at is None else row.published_at >= before
            if not is_kept:
                found.append(row.id)
    return found


def _remove_jobs(connection: Connection, before: datetime, most: int) -> int:
    """Remove old jobs that are over, but the newest of each name, and return how many."""
    found = connection.execute(_JOBS, {"before": before, "most": most}).all()
    removal: Delete = delete(jobs).where(jobs.c.job == bindparam("of_job"), jobs.c.due_at == bindparam("at"))
    if found:
        connection.execute(removal, [{"of_job": row.job, "at": row.due_at} for row in found])
    return len(found)
