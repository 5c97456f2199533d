"""The layouts of an IBKR Activity Flex statement, XML or CSV with headers, taken apart into rows; no network here.

Follows IBKR Campus "Flex Web Service", the IBKR guides' "Delivery Configuration" and statements that users published
(read 2026-11). What the rows say about each account is read in `ibkr_accounts`.

Quirks: a section that is not ticked is absent, one without data is empty. CSV comes with section codes (BOF ... EOF),
with column headers only, or bare; the bare one is refused.
"""

import csv
import io
from typing import TYPE_CHECKING

from bus import reasons
from collectors.errors import Malformed
from collectors.wire.ibkr_accounts import Part, Row, Statement, value_of

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

NO_HEADERS = "CSV without column headers"

_COLUMNS = {"ClientAccountID": "accountId", "CurrencyPrimary": "currency", "Date/Time": "reportDate"}
_HEADER_WORDS = frozenset({"accountId", "currency", "reportDate", "fromCurrency", "total"})
_RATE_COLUMNS = frozenset({"fromCurrency", "toCurrency", "rate"})
_NAV_COLUMNS = frozenset({"reportDate", "total"})
_NAV_COMPONENTS = frozenset({"cash", "stock", "options", "bonds", "funds", "commodities", "totalLong", "totalShort"})
_NAV_OWNERS = frozenset({"accountId", "accountAlias", "model", "currency"})


def read_xml(root: "Element") -> Statement:
    """Read a FlexQueryResponse.

    Args:
        root: The parsed body.

    Returns:
        Each account's newest net asset value, or why it has none.

    Raises:
        Denied, Malformed: As `value_of`; and anything else is not as documented.
    """
    if root.tag != "FlexQueryResponse":
        raise Malformed(reasons.BAD_ANSWER, code="not a Flex report")
    statements = root.findall("./FlexStatements/FlexStatement")
    counted = root.find("./FlexStatements")
    count = counted.get("count", "") if counted is not None else ""
    if count and count != str(len(statements)):
        raise Malformed(reasons.BAD_ANSWER, code="statements are missing")
    return value_of([_part_of(statement) for statement in statements])


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
    return value_of(_coded(lines) if lines[0][0] == "BOF" else [_headed(lines)])


def _part_of(statement: "Element") -> Part:
    """Return what is needed of one statement in XML."""
    return Part(
        account=statement.get("accountId", ""),
        has_nav=statement.find("EquitySummaryInBase") is not None,
        owners=[element.attrib for element in statement.findall("AccountInformation")],
        nav=[element.attrib for element in statement.findall("EquitySummaryInBase/EquitySummaryByReportDateInBase")],
        rates=[element.attrib for element in statement.findall("ConversionRates/ConversionRate")],
    )


def _coded(lines: list[list[str]]) -> list[Part]:
    """Return the accounts' parts of a CSV with section codes; one without EOF is cut, and malformed."""
    if lines[-1][0] != "EOF":
        raise Malformed(reasons.BAD_ANSWER, code="CSV is cut")
    parts: list[Part] = []
    columns: dict[str, list[str]] = {}
    for line in lines:
        kind, code, values = line[0], line[1] if len(line) > 1 else "", line[2:]
        if kind == "BOA":
            parts.append(Part(account=code))
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


def _headed(lines: list[list[str]]) -> Part:
    """Return the one part of a CSV whose sections begin with their column headers."""
    part, is_nav = Part(), False
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
    """Return the columns by the names that they have in XML."""
    return [_COLUMNS.get(name, name[:1].lower() + name[1:]) for name in columns]


def _row(columns: list[str] | None, values: list[str]) -> Row:
    """Return the values by their columns' names; without headers, or with another number of them, it is malformed."""
    if columns is None:
        raise Malformed(reasons.BAD_ANSWER, code=NO_HEADERS)
    if len(columns) != len(values) or len(set(columns)) != len(columns):
        raise Malformed(reasons.BAD_ANSWER, code="CSV row unlike its header")
    return dict(zip(columns, values, strict=True))


def _sort_in(part: Part, row: Row, *, is_nav: bool) -> None:
    """Add a row to the net asset values, the rates or the owners; any other row is left out."""
    if is_nav:
        part.nav.append(row)
    elif row.keys() >= _RATE_COLUMNS:
        part.rates.append(row)
    elif {"accountId", "currency", "dateOpened"} <= row.keys():
        part.owners.append(row)
