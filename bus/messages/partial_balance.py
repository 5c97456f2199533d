"""A balance of several accounts of which some could not be read: which ones, what it counts for, and its mark.

Whoever adds up, words or keeps a balance asks here, so that a part is never taken for the whole.
"""

from decimal import Decimal, localcontext

from bus.messages.rounds import Account, Balance
from bus.money import DIGITS

STANDS_IN = "≈"
INCOMPLETE = "≥"


def missing(balance: Balance) -> tuple[Account, ...]:
    """Return the accounts of which no amount is known, neither of this round nor of an earlier one."""
    return tuple(account for account in balance.accounts if account.amount is None and account.last_amount is None)


def standing_in(balance: Balance) -> tuple[Account, ...]:
    """Return the accounts for which a last known amount stands in."""
    return tuple(account for account in balance.accounts if account.amount is None and account.last_amount is not None)


def worth(balance: Balance) -> Decimal:
    """Return what a balance counts for: what was read, and the last known amounts that stand in."""
    with localcontext(prec=DIGITS):
        return sum((account.last_amount or Decimal(0) for account in standing_in(balance)), balance.amount)


def mark(balance: Balance) -> str:
    """Return the mark of what a balance counts for: empty where it is whole."""
    if missing(balance):
        return INCOMPLETE
    return STANDS_IN if standing_in(balance) else ""
