"""What a balance covers beside the one before it: coverage never shrinks in silence, and like is compared with like.

A collector that serves less than the whole account says so (`covers`); `wallets` are the parts that it names, and say
what is covered only then: empty ones may be left out. Whoever covered more within the last day and covers less now
has failed, for a platform's trouble looks just like an account that has no more. The same holds for each account of
several: one that was counted within the last day and is not even named now is missing.
"""

from datetime import datetime, timedelta
from decimal import Decimal, localcontext

import msgspec

from aggregator.totals import is_fresh
from bus import reasons
from bus.messages.rounds import Account, Balance
from bus.money import DIGITS

DAY = timedelta(hours=24)
"""For so long after it was fetched a balance, or an account in it, binds the ones that follow."""


def coverage_lost(balance: Balance, before: Balance, *, closed_at: datetime) -> str:
    """Say what is covered now, where that is less than within the day before.

    Args:
        balance: The new one.
        before: The newest known one.
        closed_at: When the round closes.

    Returns:
        The words for the log, empty where nothing was lost. Other parts than before count as less: nobody knows better.
    """
    if closed_at - before.fetched_at >= DAY:
        return ""
    if before.accounts and not balance.accounts:
        return "the accounts are not reported any more"
    if not balance.covers:
        return ""
    other = balance.covers != before.covers and not before.wallets
    if not before.covers or other or set(before.wallets) - set(balance.wallets):
        return f"covers {balance.covers} now"
    return ""


def with_last_known_accounts(
    balance: Balance, before: Balance | None, *, closed_at: datetime, max_age_hours: float
) -> Balance:
    """Return a balance whose missing accounts have what was last known of them.

    Args:
        balance: As its platform told it, or a last known one again, whose last known amounts have grown older since.
        before: The newest known one; None where there is none.
        closed_at: When the round closes.
        max_age_hours: LAST_KNOWN_MAX_AGE_HOURS.

    Returns:
        The balance, with the accounts added that were counted within the day and are not named any more. An amount
        that is too old to stand in is left out; when it was fetched stays, for the day that the account is missed.
    """
    if not balance.accounts:
        return balance
    known = {} if before is None else {account.key: _as_missing(account, before) for account in before.accounts}
    reported = {account.key for account in balance.accounts}
    vanished = [
        account
        for account in known.values()
        if account.key not in reported and account.last_fetched_at and closed_at - account.last_fetched_at < DAY
    ]
    accounts = []
    for account in (*balance.accounts, *vanished):
        if account.amount is None:
            last = known.get(account.key)
            at = last.last_fetched_at if last else None
            usable = last and at and is_fresh(at, closed_at, max_age_hours)
            amount = last.last_amount if last and usable else None
            accounts.append(msgspec.structs.replace(account, last_amount=amount, last_fetched_at=at))
        else:
            accounts.append(account)
    return msgspec.structs.replace(balance, accounts=tuple(accounts))


def jumped(balance: Balance, before: Balance) -> bool:
    """Tell whether an amount jumped in a way that wants a look.

    Args:
        balance: The new one.
        before: The last one, however old.

    Returns:
        True when it is less than half or more than double of the last, or changed its sign, or left or reached zero.
        Only what both cover is compared: that an account is missing, or read again, is said and is no jump.
    """
    now, then = _comparable(balance, before)
    if balance.currency != before.currency or not then:
        return now != then
    return not Decimal("0.5") <= now / then <= 2


def _comparable(balance: Balance, before: Balance) -> tuple[Decimal, Decimal]:
    """Return what a balance and the one before it say of the same accounts, two zeros where there are none."""
    if balance.covers != before.covers:
        return Decimal(0), Decimal(0)
    if not (balance.accounts and before.accounts):
        whole = all(account.amount is not None for account in (*balance.accounts, *before.accounts))
        return (balance.amount, before.amount) if whole else (Decimal(0), Decimal(0))
    known = {account.key: _as_missing(account, before).last_amount for account in before.accounts}
    read = {account.key: account.amount for account in balance.accounts if account.amount is not None}
    with localcontext(prec=DIGITS):
        # an account that is new has its whole amount as a change
        pairs = [(amount, then) for key, amount in read.items() if (then := known.get(key, Decimal(0))) is not None]
        return sum((now for now, _ in pairs), Decimal(0)), sum((then for _, then in pairs), Decimal(0))


def _as_missing(account: Account, before: Balance) -> Account:
    """Return an account of a balance as it is to be missed in the next one."""
    counted = account.amount is not None
    return msgspec.structs.replace(
        account,
        amount=None,
        reason=reasons.NO_PERMISSION,
        code="not reported any more",
        last_amount=account.amount if counted else account.last_amount,
        last_fetched_at=before.fetched_at if counted else account.last_fetched_at,
    )
