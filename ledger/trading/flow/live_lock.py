"""The lock of live accounts: nothing is opened there unless trading is live, and was checked and found well lately.

What the checks found is a setting of the ledger, with its moment. Nobody has to lock anything: what was found is worth
nothing after a day. Closings and cancels never ask.
"""

from datetime import datetime, timedelta
from typing import Final, Literal

import msgspec
from sqlalchemy import Connection

from bus.trading_settings import TradingMode
from ledger.store import get_setting, put_setting
from ledger.trading import audit
from ledger.trading.principal import Principal, must_be_admin
from ledger.trading.work import Work

Lock = Literal["trading", "unchecked", "failed", "old"]
LOCKS: Final[dict[Lock, str]] = {
    "trading": "TRADING is not live",
    "unchecked": "the trading checks were never made",
    "failed": "the trading checks have failed",
    "old": "the trading checks are older than 24 h",
}
"""Why live accounts open nothing, and how that is called."""
GREEN_FOR: Final = timedelta(hours=24)
_SETTING: Final = "trading_checks"


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """What the trading checks found: whether all of them were green, and when that was."""

    at: datetime
    is_green: bool


def note_checks(principal: Principal, work: Work, *, is_green: bool) -> None:
    """Keep what the trading checks have found; it takes the place of what they found before.

    Args:
        principal: The system, or an admin.
        work: What this is written with; its moment is that of the checks.
        is_green: Whether nothing was wrong.

    Raises:
        NotAllowed: The asker is neither.
    """
    must_be_admin(principal)
    found = Checked(at=work.now, is_green=is_green)
    put_setting(work.connection, _SETTING, msgspec.json.encode(found).decode())
    said = {"is_green": is_green}
    audit.log(principal, work, audit.Entry(entity_type="ledger", entity_id=_SETTING, action="checked", details=said))


def live_unlocked_until(principal: Principal, connection: Connection) -> datetime | None:
    """Return until when live accounts may open something, if TRADING=live; None where the checks do not allow it.

    Args:
        principal: The system, or an admin.
        connection: Any connection to the ledger.

    Raises:
        NotAllowed: The asker is neither.
    """
    found = _checked(principal, connection)
    return found.at + GREEN_FOR if found is not None and found.is_green else None


def why_locked(principal: Principal, connection: Connection, *, trading: TradingMode, now: datetime) -> Lock | None:
    """Return why live accounts open nothing.

    Args:
        principal: The system, or an admin.
        connection: Any connection to the ledger.
        trading: The setting TRADING.
        now: The moment, aware UTC; checks that it comes before count for nothing, since a clock is wrong.

    Returns:
        The reason, a word of `LOCKS`; None where they may.

    Raises:
        NotAllowed: The asker is neither.
    """
    if trading != "live":
        return "trading"
    found = _checked(principal, connection)
    if found is None:
        return "unchecked"
    if not found.is_green:
        return "failed"
    return None if found.at <= now < found.at + GREEN_FOR else "old"


def _checked(principal: Principal, connection: Connection) -> Checked | None:
    """Return what the checks found last; None where they were never made."""
    must_be_admin(principal)
    kept = get_setting(connection, _SETTING)
    return None if kept is None else msgspec.json.decode(kept, type=Checked)
