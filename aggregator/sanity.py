"""What can be true of an answer: whatever cannot is refused as `bad answer`, so that it is never summed.

Each `..._fault` returns what is wrong with an answer, for the log, and an empty text where nothing is.
"""

from decimal import Decimal, localcontext

import msgspec

from bus import reasons
from bus.bounds import AMOUNT_LIMIT, LARGEST_RATE, SMALLEST_RATE
from bus.messages.rounds import Account, Balance, Platform, Rate
from bus.money import DIGITS

APART = Decimal("0.005")
"""How far the sum of the accounts may be from the amount: a division on the way is rounded."""


def balance_fault(balance: Balance, platform: Platform) -> str:
    """Say what is wrong with a balance.

    Args:
        platform: The platform that it should be of.

    Returns:
        The words for the log, empty where nothing is wrong.
    """
    fault = _amount_fault(balance.amount)
    if fault:
        return fault
    if balance.currency != platform.currency:
        return "wrong currency"
    return _accounts_fault(balance) if balance.fetched_at.tzinfo else "time without zone"


def rate_fault(rate: Rate) -> str:
    """Say what is wrong with a rate.

    Args:
        rate: Roubles for a dollar, with its source and age.

    Returns:
        The words for the log, empty where nothing is wrong.
    """
    if not rate.rate.is_finite():
        return "rate not finite"
    if not SMALLEST_RATE <= rate.rate <= LARGEST_RATE:
        return "rate out of band"
    return "" if rate.fetched_at.tzinfo else "time without zone"


def with_known_reasons(balance: Balance) -> Balance:
    """Return a balance whose accounts have reasons from the list; another one is a `bad answer` of that account."""
    accounts = tuple(
        account
        if not account.reason or reasons.is_known(account.reason)
        else msgspec.structs.replace(account, reason=reasons.BAD_ANSWER)
        for account in balance.accounts
    )
    return msgspec.structs.replace(balance, accounts=accounts)


def _amount_fault(amount: Decimal) -> str:
    """Return what no amount can be: not finite, or beyond AMOUNT_LIMIT."""
    if not amount.is_finite():
        return "amount not finite"
    # abs() would overflow on an absurd exponent
    return "amount out of all bounds" if amount.copy_abs() >= AMOUNT_LIMIT else ""


def _accounts_fault(balance: Balance) -> str:
    """Return what is wrong with the accounts: with one of them, or with their sum."""
    if not balance.accounts:
        return ""
    if len({account.key for account in balance.accounts}) < len(balance.accounts):
        return "two accounts with one key"
    faults = [fault for account in balance.accounts if (fault := _account_fault(account))]
    if faults:
        return faults[0]
    with localcontext(prec=DIGITS):
        read = sum((account.amount for account in balance.accounts if account.amount is not None), Decimal(0))
        return "accounts do not add up" if abs(read - balance.amount) > APART else ""


def _account_fault(account: Account) -> str:
    """Return what is wrong with one account: it has an amount or a reason, and only times with a zone."""
    if (account.amount is None) != bool(account.reason):
        return "an account with amount and reason, or with neither"
    if account.last_fetched_at is not None and not account.last_fetched_at.tzinfo:
        return "time without zone"
    faults = (_amount_fault(amount) for amount in (account.amount, account.last_amount) if amount is not None)
    return next((f"account: {fault}" for fault in faults if fault), "")
