"""What is kept about IBKR's Flex service over a restart: the last statement, the order under way, and the last pause.

Follows what users report: an order of another query soon after one is refused (read 2026-11).

Quirks: a pause belongs to the token and outlives a change of the query; all else belongs to the query. The file holds
neither, but salted hashes of both.
"""

import hashlib
import secrets
from datetime import date, datetime, timedelta
from pathlib import Path

import msgspec

from bus import reasons
from collectors import state_file
from collectors.wire.ibkr_accounts import AccountValue

NAME = "ibkr"
ANOTHER_QUERY = timedelta(minutes=1)
"""Between the orders of two queries; half a minute was refused."""


class SavedState(msgspec.Struct, kw_only=True):
    """What outlives a restart; no token, no whole account number.

    Attributes:
        salt: Of the two marks, which are hashes of the token (with the address) and of the query.
        token_mark: Tells whether the token is still the same.
        query_mark: Tells whether the query is still the same.
        accounts: The last statement's figures, and its accounts without one.
        fetched_at: When it arrived.
        reference: The order that has not been delivered; empty for none.
        polls: How often that order has been looked for in vain.
        restarted: Whether that order replaces one that the service lost.
        ordered_at: When the last order went out.
        runs_on: The day in New York that `runs` counts orders of.
        runs: Orders on that day.
        failures: Requests since the last good answer.
        paused_until: Until when the service is left alone.
        pause_kind: The kind of error that it is left alone for; empty while a statement is merely awaited.
        pause_reason: That error's reason.
        pause_code: That error's code.
    """

    salt: str = ""
    token_mark: str = ""
    query_mark: str = ""
    accounts: tuple[AccountValue, ...] = ()
    fetched_at: datetime | None = None
    reference: str = ""
    polls: int = 0
    restarted: bool = False
    ordered_at: datetime | None = None
    runs_on: date | None = None
    runs: int = 0
    failures: int = 0
    paused_until: datetime | None = None
    pause_kind: str = ""
    pause_reason: str = ""
    pause_code: str = ""


def load_state(*, token: str, query: str, folder: Path) -> SavedState:
    """Recall what was remembered about this token and this query.

    Args:
        token: The token, with whatever else makes it another one (the service's address).
        query: The query's number.
        folder: Where state files are.

    Returns:
        The saved state. Another query's figures are forgotten, but what the same token is waiting for holds; another
        token starts afresh.
    """
    kept = state_file.load_state(NAME, SavedState, folder=folder)
    same_token = bool(kept.salt) and kept.token_mark == _mark(kept.salt, token)
    if same_token and kept.query_mark == _mark(kept.salt, query):
        return kept
    salt = secrets.token_hex(16)
    fresh = SavedState(salt=salt, token_mark=_mark(salt, token), query_mark=_mark(salt, query))
    if same_token and kept.paused_until is not None and kept.pause_kind == "busy":
        fresh.paused_until, fresh.pause_kind = kept.paused_until, kept.pause_kind
        fresh.pause_reason, fresh.pause_code = kept.pause_reason, kept.pause_code
        if kept.pause_reason != reasons.RATE_LIMITED and kept.ordered_at is not None:
            fresh.paused_until = min(kept.paused_until, kept.ordered_at + ANOTHER_QUERY)
    return fresh


def save(state: SavedState, folder: Path) -> None:
    """Write the state to its file.

    Args:
        state: What to keep.
        folder: Where state files are.
    """
    state_file.save_state(NAME, state, folder=folder)


def _mark(salt: str, value: str) -> str:
    """Return a salted hash, by which a token or a query is known again without being kept."""
    return hashlib.sha256(f"{salt} {value}".encode(errors="backslashreplace")).hexdigest()
