"""What the rows of an IBKR Activity Flex statement say about the net asset value of each account; no network here.

Follows IBKR Campus "Flex Web Service", the IBKR guides' "Delivery Configuration" and statements that users published
(read 2026-11).

Quirks: rows come in any order, a day before the last one is there too, with "Breakout by Day" each day has a statement
of its own, and models have rows of their own. An account that was emptied, closed or moved has a section without rows;
that it is closed stands in its Account Information. Numbers may be blank, `-`, `--` or `N/A`, or carry thousands
commas. The base currency is the account's own: dollars come from the statement's own rates (one unit of `fromCurrency`
is `rate` of `toCurrency`). Dates are written as the query says: yyyyMMdd and yyyy-MM-dd are read, the others cannot be
told apart.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import NamedTuple

import msgspec

from bus import reasons
from collectors.accounts import account_ending, account_key, raise_if_all_failed
from collectors.errors import Denied, Malformed, PlatformError
from collectors.wire.answer import read_amount

WRONG_DATES = "date format"
NO_CURRENCY = "no currency column"
NO_ROW = "no NAV row"
TWICE = "a NAV row stands twice"
FUTURE_REPORT = "report date in the future"
CONSOLIDATED = "-"
"""The account of a statement that holds the rows of several."""

Row = dict[str, str]

_BLANK = frozenset({"", "-", "--", "N/A"})
_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?")
_DATE = re.compile(r"([0-9]{4})(-?)([0-9]{2})\2([0-9]{2})")


class AccountValue(msgspec.Struct, frozen=True, kw_only=True):
    """One account's net asset value in USD at the close of a day, or why there is none.

    Attributes:
        account: The ending of its number.
        key: What stands for the number; empty in a memory of an older version.
        amount: None exactly when `reason` says why.
        report_date: The day; None without an amount.
        reason: From the list in `bus.reasons`.
        code: For the log.
    """

    account: str
    key: str = ""
    amount: Decimal | None = None
    report_date: date | None = None
    reason: str = ""
    code: str = ""


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """A readable statement: at least one account with an amount."""

    accounts: tuple[AccountValue, ...]


class Part(msgspec.Struct):
    """One FlexStatement with its rows as they stand; names are those of the XML attributes."""

    account: str = ""
    has_nav: bool = False
    owners: list[Row] = []
    nav: list[Row] = []
    rates: list[Row] = []

    def expected(self) -> Iterator[str]:
        """Yield the accounts that this part is about, whether or not it has a row of them.

        The rows of a part name their accounts, and what a consolidated part says of its owners is not documented.
        """
        if not self.account and all(row.get("accountId") for row in self.nav):
            yield from filter(None, (owner.get("accountId") for owner in self.owners))
        elif not self.nav and self.account not in ("", CONSOLIDATED):
            yield self.account


Rows = list[tuple[Row, Part]]
"""The rows of one account, each with the part that it stands in."""


class _Close(NamedTuple):
    """What an account was worth in USD at the close of a day."""

    amount: Decimal
    day: date


def value_of(parts: list[Part]) -> Statement:
    """Read the newest net asset value of each account.

    Args:
        parts: The statements of a report; one account may have several.

    Returns:
        The accounts in the order of the report. One that is closed and has no value of the last day is left out; one
        that has none though nothing says that it is closed, or whose rows cannot be read, has the reason.

    Raises:
        Denied: The query lacks a section or a column, or the base currency has no USD rate.
        Malformed: There is no row yet, or the rows are not as documented. Both only where no account can be read.
    """
    if parts and not any(part.has_nav for part in parts):
        raise Denied(reasons.NAV_SECTION_MISSING)
    asked_for = {account for part in parts if part.has_nav for account in part.expected()}
    found = {account: _tried(rows, asked_for=account in asked_for) for account, rows in _by_account(parts).items()}
    newest = max((close.day for close in found.values() if isinstance(close, _Close)), default=None)
    for account in {account for part in parts for account in _closed(part)} & found.keys():
        close = found[account]
        if not isinstance(close, _Close) or close.day != newest:
            del found[account]
    if not found:
        raise Malformed(reasons.STATEMENT_NOT_READY, code=NO_ROW)
    raise_if_all_failed([close for close in found.values() if not isinstance(close, _Close)], of=len(found))
    return Statement(accounts=tuple(_account_value(account, close) for account, close in found.items()))


def missing(account: str, key: str, error: PlatformError) -> AccountValue:
    """Return an account without an amount.

    Args:
        account: The ending of its number.
        key: What stands for the number.
        error: Why there is no amount.
    """
    return AccountValue(account=account, key=key, reason=error.reason, code=error.code)


def _by_account(parts: list[Part]) -> dict[str, Rows]:
    """Return each account's rows of net asset value, an empty list for one that should have some."""
    rows: dict[str, Rows] = {}
    for part in parts:
        for account in part.expected():
            rows.setdefault(account, [])
        for row in part.nav:
            rows.setdefault(row.get("accountId") or part.account, []).append((row, part))
    return rows


def _closed(part: Part) -> Iterator[str]:
    """Yield the accounts whose Account Information has a closing date."""
    for owner in part.owners:
        if owner.get("dateClosed", "") not in _BLANK:
            yield owner.get("accountId") or part.account


def _tried(rows: Rows, *, asked_for: bool) -> _Close | PlatformError:
    """Return an account's newest close, or the error that is this account's alone."""
    if not rows and not asked_for:
        return Denied(reasons.NAV_SECTION_MISSING)
    try:
        return _newest_close(rows)
    except PlatformError as error:
        return error


def _newest_close(rows: Rows) -> _Close:
    """Return the account's value on its newest day, summed over models; no row, or a model twice, is an error."""
    if not rows:
        raise Malformed(reasons.STATEMENT_NOT_READY, code=NO_ROW)
    newest = max(_date(row.get("reportDate", "")) for row, _ in rows)
    rows = [(row, part) for row, part in rows if _date(row.get("reportDate", "")) == newest]
    if len({row.get("model", "") for row, _ in rows}) != len(rows):
        raise Malformed(reasons.BAD_ANSWER, code=TWICE)
    amounts = (_in_usd(row, row.get("currency") or _base_currency(row, part), part.rates) for row, part in rows)
    return _Close(sum(amounts, Decimal(0)), newest)


def _base_currency(row: Row, part: Part) -> str:
    """Return what the Account Information says of a row's account, or of the only one; empty where it says nothing."""
    owned = {owner.get("accountId", ""): owner.get("currency", "") for owner in part.owners}
    its_own = owned.get(row.get("accountId") or part.account)
    return its_own or (next(iter(owned.values())) if len(owned) == 1 else "")


def _account_value(number: str, close: _Close | PlatformError) -> AccountValue:
    """Return an account's value at the close, or the same as missing with the error's reason."""
    account, key = "…" + account_ending(number), account_key(number)
    if isinstance(close, PlatformError):
        return missing(account, key, close)
    return AccountValue(account=account, key=key, amount=close.amount, report_date=close.day)


def _in_usd(row: Row, currency: str, rates: Iterable[Row]) -> Decimal:
    """Return a row's total in US dollars, by the statement's own rates of that day; Denied without one."""
    total = _number(row.get("total", ""), what="total")
    if currency == "USD":
        return total
    if not currency:
        raise Denied(reasons.QUERY_INVALID, code=NO_CURRENCY)
    day = _date(row.get("reportDate", ""))
    found = {(rate.get("fromCurrency"), rate.get("toCurrency")): rate for rate in rates if _is_of(rate, day)}
    inverse, direct = found.get(("USD", currency)), found.get((currency, "USD"))
    if inverse is not None:
        return total / _rate(inverse)
    if direct is not None:
        return total * _rate(direct)
    raise Denied(reasons.NO_USD_RATE, code=currency if currency.isalpha() and len(currency) == 3 else "")


def _rate(row: Row) -> Decimal:
    """Return the rate of a row of conversion rates; a blank is Denied, one out of bounds malformed."""
    if row.get("rate", "") in _BLANK:
        raise Denied(reasons.NO_USD_RATE, code="blank")
    rate = _number(row["rate"], what="rate")
    if not Decimal("1e-9") < rate < Decimal("1e9"):
        raise Malformed(reasons.BAD_ANSWER, code="rate is out of bounds")
    return rate


def _is_of(row: Row, day: date) -> bool:
    """Tell whether a rate is of a day; CSV puts a time behind the date."""
    return row.get("reportDate", "").startswith((f"{day:%Y%m%d}", day.isoformat()))


def _number(text: str, *, what: str) -> Decimal:
    """Return a number whose thousands may be separated by commas."""
    return read_amount(text.replace(",", "") if _GROUPED.fullmatch(text) else text, what=what)


def _date(text: str) -> date:
    """Return the day that a text is, with or without hyphens; anything else is malformed."""
    found = _DATE.fullmatch(text)
    try:
        if found is not None:
            return date(int(found[1]), int(found[3]), int(found[4]))
    except ValueError:
        pass
    raise Malformed(reasons.BAD_ANSWER, code=WRONG_DATES)
