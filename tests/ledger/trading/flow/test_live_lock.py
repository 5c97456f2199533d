"""The lock of live accounts: open for a day after green checks while TRADING=live, and locked in every other case."""

from datetime import timedelta

from ledger.store import Ledger
from ledger.trading.flow.live_lock import GREEN_FOR, Lock, live_unlocked_until, note_checks, why_locked
from ledger.trading.principal import SYSTEM
from ledger.trading.tables.records import audit_log
from tests.ledger.trading.world import NOW, ask, rows, work

SECOND = timedelta(seconds=1)


def lock(ledger: Ledger, after: timedelta = SECOND) -> Lock | None:
    """Return why live accounts open nothing so long after the checks."""
    return ask(ledger, why_locked, SYSTEM, trading="live", now=NOW + after)


def note(ledger: Ledger, *, is_green: bool) -> None:
    """Keep a result."""
    with work(ledger) as unit:
        note_checks(SYSTEM, unit, is_green=is_green)


def test_it_is_locked_until_somebody_has_checked(books: Ledger) -> None:
    assert lock(books) == "unchecked"
    assert ask(books, live_unlocked_until, SYSTEM) is None


def test_green_checks_open_it_for_a_day_and_not_before_their_own_moment(books: Ledger) -> None:
    note(books, is_green=True)

    assert [lock(books, each) for each in (-SECOND, 0 * SECOND, GREEN_FOR - SECOND, GREEN_FOR)] == [
        "old",
        None,
        None,
        "old",
    ]
    assert ask(books, live_unlocked_until, SYSTEM) == NOW + GREEN_FOR


def test_checks_that_fail_lock_it_at_once(books: Ledger) -> None:
    note(books, is_green=True)
    note(books, is_green=False)

    assert lock(books) == "failed"
    assert ask(books, live_unlocked_until, SYSTEM) is None
    assert [each["action"] for each in rows(books, audit_log)][-2:] == ["checked", "checked"]


def test_it_is_locked_where_trading_is_not_live_however_green(books: Ledger) -> None:
    note(books, is_green=True)

    assert ask(books, why_locked, SYSTEM, trading="paper", now=NOW) == "trading"
