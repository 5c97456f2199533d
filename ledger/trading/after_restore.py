"""What trading must believe after a backup took the ledger's place: nothing of what it was about to do.

The books are of yesterday then, the venues of today. Signals that were open are over; an order that was open may be
anything, and is UNKNOWN until the venue was asked; nothing trades until a person says so.
"""

from datetime import datetime

from sqlalchemy import select

from ledger.backup import RESTORED
from ledger.store import get_setting, put_setting
from ledger.trading import audit
from ledger.trading.flow.halts import halt
from ledger.trading.flow.requests import ALLOWED, settle, waiting
from ledger.trading.flow.states import OPEN as OPEN_SIGNALS
from ledger.trading.orders.states import OPEN
from ledger.trading.principal import Principal, must_be_admin
from ledger.trading.tables.flow import questions, signal_events, signals
from ledger.trading.tables.people import accounts
from ledger.trading.tables.trading import orders
from ledger.trading.work import Work

CODE = "RESTORED"
SETTLED = "restored_settled"


def settle_restore(principal: Principal, work: Work) -> bool:
    """Draw the conclusions of a restore, once; whoever trades does so before anything else.

    Args:
        principal: The system, or an admin.
        work: What this is written with.

    Returns:
        Whether there was a restore of which they had not been drawn yet.

    Raises:
        NotAllowed: The asker is no admin.
    """
    must_be_admin(principal)
    restored = get_setting(work.connection, RESTORED)
    if restored is None or restored == get_setting(work.connection, SETTLED):
        return False
    because = f"a backup was restored at {datetime.fromisoformat(restored):%Y-%m-%d %H:%M} UTC"
    halt(principal, work, kind="KILL", scope="ALL", reason=because)
    put_setting(work.connection, SETTLED, restored)
    numbers = work.connection.execute(select(accounts.c.id)).scalars().all()
    expired = sum(_expire_signals(work, account) for account in numbers)
    unknown = sum(_doubt_orders(work, account) for account in numbers)
    refused = _end_what_people_want(principal, work, because)
    said = {"restored_at": restored, "signals_expired": expired, "orders_unknown": unknown, "requests_refused": refused}
    audit.log(principal, work, audit.Entry(entity_type="ledger", entity_id="ledger", action="restored", details=said))
    return True


def _doubt_orders(work: Work, account: int) -> int:
    """Say of an account's open orders that what became of them is not known; return how many."""
    mine = orders.update().where(orders.c.account_id == account, orders.c.status.in_(OPEN))
    return work.connection.execute(mine.values(status="UNKNOWN", updated_at=work.now)).rowcount


def _end_what_people_want(principal: Principal, work: Work, because: str) -> int:
    """Ask no question any more, and refuse what execution was asked for; return how many requests that were."""
    work.connection.execute(questions.update().where(questions.c.state == "OPEN").values(state="CANCELED"))
    count = 0
    for state in (each for each, following in ALLOWED.items() if following):
        while found := waiting(principal, work.connection, state=state):
            count += len(found)
            for request in found:
                settle(principal, work, request.uid, "REFUSED", f"{because}; ask again")
    return count


def _expire_signals(work: Work, account: int) -> int:
    """End an account's open signals, each with a row that says why; return how many."""
    mine = select(signals.c.id).where(signals.c.account_id == account, signals.c.state.in_(OPEN_SIGNALS))
    found = work.connection.execute(mine).scalars().all()
    if found:
        ended = {"state": "EXPIRED", "code": CODE}
        where = signals.c.id.in_(found)
        work.connection.execute(signals.update().where(where).values(**ended, updated_at=work.now))
        rows = [{"signal_id": each, **ended, "details_json": {}, "created_at": work.now} for each in found]
        work.connection.execute(signal_events.insert(), rows)
    return len(found)
