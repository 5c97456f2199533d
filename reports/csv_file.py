"""The executions of a report as a table for a spreadsheet; pure.

UTF-8 with a byte order mark, without which Excel reads Latin-1. The columns' names are the same in every language, and
numbers are exact, with a point. Text that a spreadsheet would compute (it begins with = + - @ or a control sign, quoted
or not) is made inert by an apostrophe before it; a number column holds numbers alone.
"""

import csv
import io
from collections.abc import Iterable
from datetime import UTC
from decimal import Decimal
from typing import Final

from ledger.trading.books.executions import Execution
from reports.report import Report

ENCODING: Final = "utf-8-sig"
_COMPUTED: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
COLUMNS: Final = (
    "executed_at",
    "portfolio",
    "mode",
    "strategy",
    "symbol",
    "exchange",
    "asset_type",
    "purpose",
    "side",
    "quantity",
    "price",
    "value",
    "realized",
    "currency",
    "fee",
    "fee_currency",
    "execution_id",
    "broker_execution_id",
    "order_id",
    "client_order_id",
    "broker_order_id",
    "is_correction",
)


def csv_of(report: Report, executions: Iterable[Execution]) -> bytes:
    """Return the executions as a file.

    Args:
        report: Names the portfolio.
        executions: In the order in which they are written.
    """
    written = io.StringIO(newline="")
    table = csv.writer(written)
    table.writerow(COLUMNS)
    table.writerows(_cells(report, each) for each in executions)
    return written.getvalue().encode(ENCODING)


def inert(text: str | None) -> str:
    """Return a text that no spreadsheet computes.

    Args:
        text: The text; None for an empty cell.
    """
    told = text or ""
    return f"'{told}" if told.startswith(_COMPUTED) else told


def _cells(report: Report, each: Execution) -> list[str]:
    """Return the cells of an execution."""
    return [
        f"{each.exec_time.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}",
        inert(report.portfolio),
        report.mode,
        inert(each.strategy),
        inert(each.symbol),
        inert(each.exchange),
        each.asset_type,
        each.purpose or "",
        each.side,
        _number(each.quantity),
        _number(each.price),
        _number(each.value),
        _number(each.realized),
        inert(each.currency),
        _number(each.fee),
        inert(each.fee_currency),
        inert(each.uid),
        inert(each.broker_trade_id),
        inert(each.order),
        inert(each.client_order_id),
        inert(each.broker_order_id),
        "yes" if each.corrects else "no",
    ]


def _number(amount: Decimal | None) -> str:
    """Return a number to its last digit; empty where it is not known."""
    return "" if amount is None else format(amount, "f")
