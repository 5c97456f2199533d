"""Stopping all trading from a terminal: a row of the ledger, so that nothing else has to run, Telegram least of all."""

import time
from datetime import UTC, datetime

from ledger.admin.open_books import ready
from ledger.settings import Settings
from ledger.store import Ledger
from ledger.trading.errors import NotFound
from ledger.trading.flow import halts
from ledger.trading.flow.records import Halt
from ledger.trading.principal import SYSTEM
from ledger.trading.work import Work
from ledger.unavailable import LedgerUnavailable

LOCKED_S = 10.0
"""How long a kill is tried again while the ledger cannot be written."""
CONFIRM_S = 6.0
LOOK_S = 0.2
REASON = "from a terminal"


def kill(
    settings: Settings, reason: str = "", *, within_s: float = LOCKED_S, confirm_s: float = CONFIRM_S
) -> list[str]:
    """Stop all trading of everybody; return what to tell.

    Args:
        settings: Where the ledger is.
        reason: Why, as the chat will tell it.
        within_s: How long to try.
        confirm_s: How long to wait for execution's word.

    Raises:
        Refused: There is no ledger, and none can be made now.
        LedgerUnavailable: It could not be written within that time; nothing is stopped.
    """
    until = time.monotonic() + within_s
    while True:
        try:
            return _kill(settings, f"{reason} ({REASON})" if reason else REASON, confirm_s)
        except LedgerUnavailable as error:
            if time.monotonic() >= until:
                raise LedgerUnavailable(f"{error.reason}; trading is NOT killed, and may go on") from None
        time.sleep(LOOK_S)


def unkill(settings: Settings) -> list[str]:
    """Let everybody trade again; what users have stopped for themselves stays.

    Args:
        settings: Where the ledger is.

    Returns:
        The lines to tell.

    Raises:
        Refused: There is no ledger, and none can be made now.
        LedgerUnavailable: It cannot be written now.
    """
    with ready(settings) as ledger, ledger.writing() as connection:
        try:
            halts.lift(SYSTEM, Work(connection, datetime.now(UTC)), kind="KILL", scope="ALL")
            lines = ["Trading goes on. What was refused meanwhile stays refused."]
        except NotFound:
            lines = ["Trading was not killed for everybody."]
        left = halts.in_force(SYSTEM, connection)
    return [*lines, *(f"Still in force: {each.kind} of {each.scope.lower()}: {each.reason}" for each in left)]


def _kill(settings: Settings, reason: str, confirm_s: float) -> list[str]:
    """Write the kill, and wait a few seconds for execution's word."""
    with ready(settings) as ledger:
        with ledger.writing() as connection:
            halt = halts.halt(SYSTEM, Work(connection, datetime.now(UTC)), kind="KILL", scope="ALL", reason=reason)
        told = [
            f"Killed since {halt.created_at:%Y-%m-%d %H:%M:%S} UTC: no new order is written. To end it: make unkill"
        ]
        if _is_confirmed(ledger, halt, confirm_s):
            return [*told, "Nothing that was sent before can still arrive."]
    return [*told, f"Nobody confirmed within {confirm_s:g} s that nothing sent before can still arrive; see the venue."]


def _is_confirmed(ledger: Ledger, halt: Halt, within_s: float) -> bool:
    """Wait for execution's word that nothing which was sent before can still arrive; False where it does not come."""
    until = time.monotonic() + within_s
    while True:
        try:
            with ledger.reading() as connection:
                found = [each for each in halts.in_force(SYSTEM, connection) if each.uid == halt.uid]
            if not found or found[0].confirmed_at is not None:
                return bool(found)
        except LedgerUnavailable:
            return False  # the kill is written; whether it is confirmed cannot be seen now
        if time.monotonic() >= until:
            return False
        time.sleep(LOOK_S)
