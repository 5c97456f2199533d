"""One account among several at a platform: what travels inside a Balance and is kept in the ledger with it."""

from datetime import datetime
from decimal import Decimal

import msgspec


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """One account among several at a platform, in the platform's currency: its amount, or the reason why there is none.

    `key` is the same from round to round and tells nobody the number; `ending` are its last digits, fit for the chat.
    `amount` is None exactly when `reason` (from the list in `reasons.py`) says why; then the aggregator adds the last
    amount that it knows and when that one was fetched.
    """

    key: str
    ending: str
    amount: Decimal | None = None
    reason: str = ""
    code: str = ""
    last_amount: Decimal | None = None
    last_fetched_at: datetime | None = None
