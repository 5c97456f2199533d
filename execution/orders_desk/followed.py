"""An account that is read again and again, as memory has it: how far its reading is, and what of it is known."""

from datetime import datetime
from typing import Final

import msgspec

from bus.messages.venue_accounts import AccountState
from bus.messages.venues import Execution
from execution.orders_desk.records import NEVER
from ledger.trading.people.accounts import Account

BALANCES_EVERY_S: Final = 30.0
STALE_FOR_S: Final = 5.0
"""So long at most what was read before a fill is the newest that is told of an account's money."""


class Followed(msgspec.Struct, kw_only=True):
    """An account, and how far its reading is; moments in seconds are of the monotonic clock.

    Attributes:
        since: From when on its fills are wanted.
        is_read: Whether it was read whole since its venue was there anew: nothing is opened in it before that.
        is_stale: Whether something was filled since it was last asked for.
        first: The first of the two readings that a comparison needs.
        first_events: How many events had come by then.
        known_until: Up to when the books have all of its fills; None where it was never compared.
        listed_from: From when on its venue lists fills, where that is later, until the account is compared.
        booked: The fills of the last reading that the books have.
        just_booked: Those of one that is not committed yet.
    """

    account: Account
    broker: str
    since: datetime
    asked: str = ""
    asked_s: float = NEVER
    not_before_s: float = NEVER
    due_s: float = NEVER
    fresh_until_s: float = NEVER
    is_wanted: bool = True
    is_read_wanted: bool = False
    is_read: bool = False
    is_stale: bool = False
    first: AccountState | None = None
    first_events: int = 0
    events: int = 0
    known_until: datetime | None = None
    listed_from: datetime | None = None
    booked: frozenset[Execution] = frozenset()
    just_booked: frozenset[Execution] = frozenset()

    def is_due(self, now_s: float) -> bool:
        """Tell whether it is to be read now.

        Args:
            now_s: The present moment.
        """
        rested_s = now_s - self.asked_s
        is_old = now_s <= self.fresh_until_s and rested_s >= BALANCES_EVERY_S
        is_wanted = self.is_wanted and now_s >= self.not_before_s
        return is_old or is_wanted or self.is_read_wanted or (self.is_stale and rested_s >= STALE_FOR_S)

    def list_begins(self, state: AccountState) -> datetime | None:
        """Return from when on a venue lists fills, where that leaves out some since the account was last compared.

        Args:
            state: The account, read whole.
        """
        since, until = state.executions_since, self.known_until
        is_gap = since is not None and until is not None and since > until
        return since if is_gap else self.listed_from
