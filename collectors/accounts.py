"""Several accounts at one platform: those that can be read are summed, and each that cannot is named by its ending.

Follows no outside page. An error of the whole platform (no connection, a refused key, too many requests) never comes
here: it is raised as it was, so that a Busy is tried again. When no account can be read, the platform has failed.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from bus.log import logger
from bus.messages.rounds import Account
from collectors.errors import PlatformError

KEY_LENGTH = 12
ENDING_LENGTH = 4

log = logger(__name__)


class Outcome(NamedTuple):
    """What became of one account: its amount, or the error that only it has."""

    number: str
    result: Decimal | PlatformError


def account_key(number: str) -> str:
    """Return the key that stands for an account's number wherever the number itself must not be: a short hash of it.

    Args:
        number: The account's whole number.
    """
    return hashlib.sha256(number.encode(errors="backslashreplace")).hexdigest()[:KEY_LENGTH]


def account_ending(number: str) -> str:
    """Return the last characters of an account's number, fit for the chat.

    Args:
        number: The account's whole number.
    """
    return "".join(sign if sign.isprintable() else "?" for sign in number[-ENDING_LENGTH:])


def as_accounts(outcomes: Iterable[Outcome]) -> tuple[Account, ...]:
    """Return what a Balance carries of each account: no whole number, and an amount or the reason why there is none.

    Args:
        outcomes: What became of each account.
    """
    accounts = []
    for number, result in outcomes:
        key, ending = account_key(number), account_ending(number)
        if isinstance(result, PlatformError):
            accounts.append(Account(key=key, ending=ending, reason=result.reason, code=result.code))
        else:
            accounts.append(Account(key=key, ending=ending, amount=result))
    return tuple(accounts)


def summed(accounts: Iterable[Account]) -> Decimal:
    """Return the sum of the amounts of those accounts that could be read.

    Args:
        accounts: All accounts, in one currency.
    """
    return sum((account.amount for account in accounts if account.amount is not None), Decimal(0))


def raise_if_all_failed(errors: Sequence[PlatformError], *, of: int) -> None:
    """Raise the first account's error where no account could be read; without accounts, do nothing.

    Args:
        errors: The errors of those that could not be read.
        of: How many accounts there are.

    Raises:
        PlatformError: There are as many errors as accounts.
    """
    if errors and len(errors) == of:
        raise errors[0] from None


class MissingAccounts:
    """Which accounts are missing: the log has a line with the cure when that begins or changes, not in every round."""

    def __init__(self, platform: str, cures: Mapping[str, str]) -> None:
        """Begin with nothing missing.

        Args:
            platform: Whose accounts they are.
            cures: What the owner does, by code, else by reason.
        """
        self._platform = platform
        self._cures = cures
        self._missing: dict[str, tuple[str, str]] = {}

    def log_changes(self, accounts: Iterable[Account]) -> None:
        """Write to the log what has changed since the last time.

        Args:
            accounts: All accounts, as they are now.
        """
        missing = {account.key: account for account in accounts if account.amount is None}
        for key, account in missing.items():
            if self._missing.get(key) != (account.reason, account.code):
                self._log_missing(account)
        if self._missing.keys() - missing.keys():
            log.info("accounts are back", platform=self._platform, missing=len(missing))
        self._missing = {key: (account.reason, account.code) for key, account in missing.items()}

    def _log_missing(self, account: Account) -> None:
        """Log an account that cannot be read, by the end of its number, with what the owner can do."""
        cure = self._cures.get(account.code) or self._cures.get(account.reason, "")
        log.warning(
            "an account is missing",
            platform=self._platform,
            account="…" + account.ending,
            reason=account.reason,
            code=account.code,
            cure=cure,
        )
