"""How the message names the accounts of a platform that could not be read: behind its number, and behind the totals.

`without …4321: no permission` is not in the number at all; `…4321: no permission, last 200,000 ₽, 5 h ago` is in it
with its last known amount. Of many the first are named and the others counted, so that a message always fits.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal

from bus.messages import partial_balance
from bus.messages.rounds import Account, Balance
from notifier.texts.amounts import money
from notifier.texts.plain import age, cut

MOST_BY_NAME = 3
_ENDING_LENGTH, _REASON_LENGTH = 8, 40


def marked_money(balance: Balance) -> str:
    """Print what a balance counts for, with its mark where it is not whole: `≥ 1,034,567 ₽`.

    Returns:
        The amount, its mark in front.
    """
    return f"{partial_balance.mark(balance)} {money(partial_balance.worth(balance), balance.currency)}".lstrip()


def notes_of(balance: Balance, closed_at: datetime) -> list[str]:
    """Return what stands behind a platform's number: those that are not in it, then each that is by a last amount."""
    lost, standing_in = partial_balance.missing(balance), partial_balance.standing_in(balance)
    named = [f"{name_of(account)}: {_reason(account)}" for account in lost[:MOST_BY_NAME]]
    notes = [f"without {_listed(named, more=len(lost) - len(named))}"] if lost else []
    notes += [
        f"{name_of(account)}: {_reason(account)}, {_last(balance, [account], closed_at)}"
        for account in standing_in[:MOST_BY_NAME]
    ]
    others = standing_in[MOST_BY_NAME:]
    return [*notes, f"{len(others)} more, {_last(balance, others, closed_at, first='up to ')}"] if others else notes


def without(label: str, balance: Balance) -> list[str]:
    """Return the names behind the totals of the accounts that are not in them: `Bank …4321`.

    Args:
        label: The platform's name for people.
    """
    lost = partial_balance.missing(balance)
    named = [f"{label} {name_of(account)}" for account in lost[:MOST_BY_NAME]]
    return [*named, f"{len(lost) - len(named)} more of {label}"] if len(lost) > len(named) else named


def with_ages(label: str, balance: Balance, closed_at: datetime) -> list[str]:
    """Return the names behind the totals of the accounts that are in them by a last amount: `Bank …4321 5 h ago`.

    Args:
        label: The platform's name for people.
    """
    found = partial_balance.standing_in(balance)
    named = [f"{label} {name_of(each)} {age(_at(each), closed_at)}" for each in found[:MOST_BY_NAME]]
    others = found[MOST_BY_NAME:]
    return [*named, f"{len(others)} more of {label} up to {_oldest(others, closed_at)}"] if others else named


def name_of(account: Account) -> str:
    """Return an account's name for people: `…4321`.

    Args:
        account: The account.
    """
    return f"…{cut(account.ending, _ENDING_LENGTH)}"


def _last(balance: Balance, accounts: Sequence[Account], closed_at: datetime, *, first: str = "") -> str:
    """Return the sum of the accounts' last amounts, and the age of the oldest."""
    amount = sum((account.last_amount or Decimal(0) for account in accounts), Decimal(0))
    return f"last {money(amount, balance.currency)}, {first}{_oldest(accounts, closed_at)}"


def _oldest(accounts: Sequence[Account], closed_at: datetime) -> str:
    """Return the age of the oldest last amount, in words."""
    return age(min(map(_at, accounts)), closed_at)


def _at(account: Account) -> datetime:
    """Return when an account's last amount was fetched; one without a time is older than all."""
    return account.last_fetched_at or datetime.min.replace(
        tzinfo=UTC
    )  # an amount without a time has no age to boast of


def _reason(account: Account) -> str:
    """Return why an account has no amount, cut."""
    return cut(account.reason, _REASON_LENGTH)


def _listed(named: Sequence[str], *, more: int) -> str:
    """Return names in a row, and how many more there are."""
    return ", ".join([*named, *([f"{more} more"] if more else [])])
