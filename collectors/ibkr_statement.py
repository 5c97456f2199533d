"""What an IBKR Activity Flex statement says about the net asset value, as XML or as CSV with headers; no network here.

Follows IBKR Campus "Flex Web Service", the IBKR guides' "Delivery Configuration" and statements that users published
(read 2026-11).

Quirks: a section that is not ticked is absent, one without data is empty. Rows come in any order, a day before the last
one is there too, and models have rows of their own. Numbers may be blank, `-`, `--` or `N/A`, or carry thousands
commas. The base currency is the account's own: dollars come from the statement's own rates (one unit of `fromCurrency`
is `rate` of `toCurrency`). Dates are written as the query says: yyyyMMdd and yyyy-MM-dd are read, the others cannot be
told apart. CSV comes with section codes (BOF ... EOF), with column headers only, or bare; the bare one is refused.
"""

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec

from bus import reasons
from collectors.answer import read_amount
from collectors.errors import Denied, Malformed

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

NO_HEADERS = "CSV without column headers"
WRONG_DATES = "date format"
NO_CURRENCY = "no currency column"
Row = dict[str, str]

_BLANK = frozenset({"", "-", "--", "N/A"})
_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?")
_DATE = re.compile(r"([0-9]{4})(-?)([0-9]{2})\2([0-9]{2})")
_COLUMNS = {"ClientAccountID": "accountId", "CurrencyPrimary": "currency", "Date/Time": "reportDate"}
_HEADER_WORDS = frozenset({"accountId", "currency", "reportDate", "fromCurrency", "total"})
_RATE_COLUMNS = frozenset({"fromCurrency", "toCurrency", "rate"})
_NAV_COLUMNS = frozenset({"reportDate", "total"})
_NAV_COMPONENTS = frozenset({"cash", "stock", "options", "bonds", "funds", "commodities", "totalLong", "totalShort"})
_NAV_OWNERS = frozenset({"accountId", "accountAlias", "model", "currency"})


class AccountValue(msgspec.Struct, frozen=True, kw_only=True):
    """One account's net asset value in USD at the close of a day; `account` is only the ending of its number."""

    account: str
    amount: Decimal
    report_date: date


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """A readable statement: at least one account."""

    accounts: tuple[AccountValue, ...]


class _Part(msgspec.Struct):
    """One FlexStatement with its rows as they stand; names are those of the XML attributes."""

    account: str = ""
    has_nav: bool = False
    owners: list[Row] = []
    nav: list[Row] = []
    rates: list[Row] = []


def read_xml(root: "Element") -> Statement:
    """Read a FlexQueryResponse.

    Args:
        root: The parsed body.

    Returns:
        Each account's newest net asset value.

    Raises:
        Denied: The query lacks a section or a column, or the base currency has no USD rate.
        Malformed: There is no row yet, or anything else is not as documented.
    """
    if root.tag != "FlexQueryResponse":
        raise Malformed(reasons.BAD_ANSWER, code="not a Flex report")
    statements = root.findall("./FlexStatements/FlexStatement")
    counted = root.find("./FlexStatements")
    count = counted.get("count", "") if counted is not None else ""
    if count and count != str(len(statements)):
        raise Malformed(reasons.BAD_ANSWER, code="statements are missing")
    return _value([_part_of(statement) for statement in statements])


def read_csv(body: bytes) -> Statement:
    """Read a CSV report with section codes or with column headers.

    Args:
        body: The body as it came, with or without a byte order mark.

    Returns:
        As `read_xml`, and it raises the same.
    """
    try:
        lines = [line for line in csv.reader(io.StringIO(body.decode("utf-8-sig"), newline=""), strict=True) if line]
    except (UnicodeDecodeError, csv.Error):
        raise Malformed(reasons.BAD_ANSWER, code="not CSV") from None
    if not lines:
        raise Malformed(reasons.BAD_ANSWER, code="empty")
    return _value(_coded(lines) if lines[0][0] == "BOF" else [_headed(lines)])


def _part_of(statement: "Element") -> _Part:
    return _Part(
        account=statement.get("accountId", ""),
        has_nav=statement.find("EquitySummaryInBase") is not None,
        owners=[element.attrib for element in statement.findall("AccountInformation")],
        nav=[element.attrib for element in statement.findall("EquitySummaryInBase/EquitySummaryByReportDateInBase")],
        rates=[element.attrib for element in statement.findall("ConversionRates/ConversionRate")],
    )


def _coded(lines: list[list[str]]) -> list[_Part]:
    if lines[-1][0] != "EOF":
        raise Malformed(reasons.BAD_ANSWER, code="CSV is cut")
    parts: list[_Part] = []
    columns: dict[str, list[str]] = {}
    for line in lines:
        kind, code, values = line[0], line[1] if len(line) > 1 else "", line[2:]
        if kind == "BOA":
            parts.append(_Part(account=code))
            columns.clear()
        if not parts:
            continue
        if "BOS" in line[:2] and "EQUT" in line[:2]:
            parts[-1].has_nav = True
        elif kind == "HEADER":
            columns[code] = _names(values)
            parts[-1].has_nav |= code == "EQUT"
        elif kind == "DATA":
            row = _row(columns.get(code), values)
            _sort_in(parts[-1], row, is_nav=code == "EQUT")
    return parts


def _headed(lines: list[list[str]]) -> _Part:
    part, is_nav = _Part(), False
    columns: list[str] | None = None
    for line in lines:
        names = _names(line)
        if _HEADER_WORDS & set(names):
            columns, is_nav = names, _is_nav(set(names))
            part.has_nav |= is_nav
            continue
        _sort_in(part, _row(columns, line), is_nav=is_nav)
    return part


def _is_nav(names: set[str]) -> bool:
    """Tell NAV from other sections with a date and a total: by its components, or by having nothing but the total."""
    return names >= _NAV_COLUMNS and bool(names & _NAV_COMPONENTS or names <= _NAV_COLUMNS | _NAV_OWNERS)


def _names(columns: list[str]) -> list[str]:
    return [_COLUMNS.get(name, name[:1].lower() + name[1:]) for name in columns]


def _row(columns: list[str] | None, values: list[str]) -> Row:
    if columns is None:
        raise Malformed(reasons.BAD_ANSWER, code=NO_HEADERS)
    if len(columns) != len(values) or len(set(columns)) != len(columns):
        raise Malformed(reasons.BAD_ANSWER, code="CSV row unlike its header")
    return dict(zip(columns, values, strict=True))


def _sort_in(part: _Part, row: Row, *, is_nav: bool) -> None:
    if is_nav:
        part.nav.append(row)
    elif row.keys() >= _RATE_COLUMNS:
        part.rates.append(row)
    elif {"accountId", "currency", "dateOpened"} <= row.keys():
        part.owners.append(row)


def _value(parts: list[_Part]) -> Statement:
    if any(not part.has_nav for part in parts):
        raise Denied(reasons.NAV_SECTION_MISSING)
    accounts: dict[str, AccountValue] = {}
    for part in parts:
        rows: dict[str, list[Row]] = defaultdict(list)
        for row in part.nav:
            rows[row.get("accountId") or part.account].append(row)
        if not rows and not any(owner.get("dateClosed") for owner in part.owners):
            raise Malformed(reasons.STATEMENT_NOT_READY, code="no NAV row")
        for account, its_rows in rows.items():
            if account in accounts:
                raise Malformed(reasons.BAD_ANSWER, code="an account stands twice")
            accounts[account] = _account_value(account, its_rows, part)
    if not accounts:
        raise Malformed(reasons.STATEMENT_NOT_READY, code="no account")
    return Statement(accounts=tuple(accounts.values()))


def _account_value(account: str, rows: list[Row], part: _Part) -> AccountValue:
    newest = max(_date(row.get("reportDate", "")) for row in rows)
    rows = [row for row in rows if _date(row.get("reportDate", "")) == newest]
    if len({row.get("model", "") for row in rows}) != len(rows):
        raise Malformed(reasons.BAD_ANSWER, code="a NAV row stands twice")
    owned = {owner.get("accountId", ""): owner.get("currency", "") for owner in part.owners}
    otherwise = owned.get(account) or (next(iter(owned.values())) if len(owned) == 1 else "")
    amount = sum((_in_usd(row, row.get("currency") or otherwise, part.rates) for row in rows), Decimal(0))
    return AccountValue(account="…" + account[-4:], amount=amount, report_date=newest)


def _in_usd(row: Row, currency: str, rates: Iterable[Row]) -> Decimal:
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
    return read_amount(text.replace(",", "") if _GROUPED.fullmatch(text) else text, what=what)


def _date(text: str) -> date:
    found = _DATE.fullmatch(text)
    try:
        if found is not None:
            return date(int(found[1]), int(found[3]), int(found[4]))
    except ValueError:
        pass
    raise Malformed(reasons.BAD_ANSWER, code=WRONG_DATES)
