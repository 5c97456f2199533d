"""Write a pretend Flex statement as XML or in one of the three CSV layouts.

Follows IBKR Campus "Flex Web Service" and the IBKR guides' "Delivery Configuration" (read 2026-11) and published
statements; what a statement holds is in `sandbox.ibkr.statement`.

Quirks: the XML has no declaration; `xml_entities` adds a DTD that no real statement has. Confirmed by no capture: the
section codes CNAV, RATE and FUTR, the headers' repetition per account, and the number behind EOS.
"""

import csv
import io
from datetime import datetime
from html import escape

from sandbox.ibkr.statement import NEW_YORK, Attributes, Part, Statement, parts_of, shown

QUERY_NAME = "portfolio-nav"
_LAUGHS = "".join(f'<!ENTITY lol{depth} "{f"&lol{depth - 1};" * 10}">' for depth in range(1, 10))
_DOCUMENT_TYPES = {
    "none": "",
    "billion_laughs": f'<!DOCTYPE lolz [<!ENTITY lol0 "lol">{_LAUGHS}]>\n',
    "external": '<!DOCTYPE lolz [<!ENTITY outside SYSTEM "file:///etc/hostname">]>\n',
}
_BAITS = {"none": "", "billion_laughs": "<Note>&lol9;</Note>\n", "external": "<Note>&outside;</Note>\n"}
SECTIONS = {
    "ACCT": ("AccountInformation", "Account Information"),
    "EQUT": ("EquitySummaryByReportDateInBase", "Net Asset Value (NAV) in Base"),
    "CNAV": ("ChangeInNAV", "Change in NAV"),
    "CRTT": ("CashReportCurrency", "Cash Report"),
    "POST": ("OpenPosition", "Open Positions"),
    "FUTR": ("LaterAddition", "A Section That Did Not Exist Yesterday"),
    "RATE": ("ConversionRate", "Base Currency Exchange Rate"),
}
WRAPPERS = {
    "EQUT": "EquitySummaryInBase",
    "CRTT": "CashReport",
    "POST": "OpenPositions",
    "FUTR": "LaterAdditions",
    "RATE": "ConversionRates",
}
COLUMN_NAMES = {
    "accountId": "ClientAccountID",
    "acctAlias": "AccountAlias",
    "assetCategory": "AssetClass",
    "currency": "CurrencyPrimary",
    "fxRateToBase": "FXRateToBase",
    "ibEntity": "IBEntity",
}


def body_of(statement: Statement, now: datetime) -> tuple[bytes, str]:
    """Write the answer of a successful GetStatement.

    Args:
        statement: What to report and how.
        now: The service's clock, aware.

    Returns:
        The body in UTF-8 and its Content-Type.
    """
    parts = parts_of(statement, now)
    if statement.format == "xml":
        return _xml(statement, parts, now).encode(), "text/xml;charset=UTF-8"
    text = ("\ufeff" if statement.csv_bom else "") + _csv(statement, parts, now)
    return text.encode(), "text/csv;charset=UTF-8"


def _generated(statement: Statement, now: datetime) -> str:
    local = now.astimezone(NEW_YORK)
    return f"{shown(statement, local.date())};{local:%H%M%S}"


def _xml(statement: Statement, parts: list[Part], now: datetime) -> str:
    root = _element("FlexQueryResponse", {"queryName": QUERY_NAME, "type": "AF"}, ">")
    lines = [_DOCUMENT_TYPES[statement.xml_entities], root, "\n", _BAITS[statement.xml_entities]]
    lines.append(f'<FlexStatements count="{len(parts)}">\n')
    for part in parts:
        heading = {
            "accountId": part.account_id,
            "fromDate": shown(statement, part.first_day),
            "toDate": shown(statement, part.last_day),
            "period": "LastBusinessDay",
            "whenGenerated": _generated(statement, now),
        }
        lines += [_element("FlexStatement", heading, ">"), "\n"]
        lines += [_xml_section(code, rows) for code, rows in part.sections.items()]
        lines.append("</FlexStatement>\n")
    return "".join([*lines, "</FlexStatements>\n</FlexQueryResponse>\n"])


def _xml_section(code: str, rows: list[Attributes]) -> str:
    elements = "".join(_element(SECTIONS[code][0], row, " />") + "\n" for row in rows)
    wrapper = WRAPPERS.get(code)
    return f"<{wrapper}>\n{elements}</{wrapper}>\n" if wrapper else elements


def _element(name: str, attributes: Attributes, ending: str) -> str:
    listed = "".join(f' {key}="{escape(value)}"' for key, value in attributes.items())
    return f"<{name}{listed}{ending}"


def _csv(statement: Statement, parts: list[Part], now: datetime) -> str:
    lines: list[list[str]] = []
    full = statement.format == "csv_full" and bool(parts)
    if full:
        lines.append(_csv_opening(statement, parts[0], now))
    for part in parts:
        lines += [["BOA", part.account_id]] if full else []
        for code, rows in part.sections.items():
            lines += _csv_section(statement, code, rows)
        lines += [["EOA"]] if full else []
    lines += [["EOF", parts[0].account_id]] if full else []
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(lines)
    return text.getvalue()


def _csv_opening(statement: Statement, part: Part, now: datetime) -> list[str]:
    days = [shown(statement, part.first_day), shown(statement, part.last_day)]
    spare = [""] if statement.csv_official else ["", ""]
    count = str(len(statement.accounts))
    return ["BOF", part.account_id, QUERY_NAME, count, *days, _generated(statement, now), *spare]


def _csv_section(statement: Statement, code: str, rows: list[Attributes]) -> list[list[str]]:
    header = [_column(code, name) for name in rows[0]] if rows else []
    lines = [list(row.values()) for row in rows]
    if statement.format == "csv_bare":
        return lines
    if statement.format == "csv_headers":
        return [header, *lines] if rows else []
    begin, end = (["BOS", code], ["EOS", code])
    if statement.csv_official:
        begin, end = begin[::-1], end[::-1]
    body = [["HEADER", code, *header], *(["DATA", code, *line] for line in lines)] if rows else []
    return [
        [*begin, SECTIONS[code][1]],
        *body,
        [*end, str(len(rows)), rows[-1].get("total", "") if rows else ""],
    ]


def _column(code: str, name: str) -> str:
    if code == "RATE" and name == "reportDate":
        return "Date/Time"
    return COLUMN_NAMES.get(name, name[0].upper() + name[1:])
