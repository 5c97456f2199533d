"""The table of executions: exact, readable, and nothing in it that a spreadsheet would compute."""

import csv
import io
import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.trading.books.executions import Execution
from reports.csv_file import COLUMNS, csv_of, inert
from reports.report import made
from tests.reports.report_cases import UID, asked, execution, many, portfolio

NUMBERS = ("quantity", "price", "value", "realized", "fee")


def rows_of(found: tuple[Execution, ...], name: str = "Основной Größe") -> list[dict[str, str]]:
    """Return the rows of a file, read as a spreadsheet reads it."""
    written = csv_of(made(asked(portfolio=portfolio(name)), found, paid={}), found)
    return list(csv.DictReader(io.StringIO(written.decode("utf-8-sig"), newline="")))


def test_every_cell_of_an_execution_is_what_the_books_say() -> None:
    sold = execution(
        7,
        side="SELL",
        purpose="CLOSING",
        exchange="NASDAQ",
        quantity=Decimal("0.000000000000000001"),
        price=Decimal("12345678901234567890"),
        realized=Decimal("-0.1"),
        fee=Decimal("-0.02"),
        corrects=True,
    )
    (row,) = rows_of((sold,))

    assert tuple(row) == COLUMNS
    assert row == {
        "executed_at": "2026-02-04T23:20:00.000000Z",
        "portfolio": "Основной Größe",
        "mode": "paper",
        "strategy": "trend",
        "symbol": "AAPL",
        "exchange": "NASDAQ",
        "asset_type": "EQUITY",
        "purpose": "CLOSING",
        "side": "SELL",
        "quantity": "0.000000000000000001",
        "price": "12345678901234567890",
        "value": "12.34567890123456789",
        "realized": "-0.1",
        "currency": "USD",
        "fee": "-0.02",
        "fee_currency": "USD",
        "execution_id": f"{7:032x}",
        "broker_execution_id": "exec-7",
        "order_id": UID,
        "client_order_id": UID,
        "broker_order_id": "77",
        "is_correction": "yes",
    }


def test_what_is_not_known_is_an_empty_cell_and_never_zero() -> None:
    (row,) = rows_of((execution(fee=None, fee_currency=None, order=None, purpose=None, strategy=None),))

    assert [row[name] for name in ("fee", "fee_currency", "order_id", "purpose", "strategy")] == [""] * 5


def test_a_spreadsheet_knows_the_letters_by_the_mark_before_them() -> None:
    written = csv_of(made(asked(), (), paid={}), ())

    assert written.startswith(b"\xef\xbb\xbfexecuted_at,")
    assert written.endswith(b"is_correction\r\n")


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＠"])
def test_no_text_is_computed(begin: str) -> None:
    """Fault T40: a cell that begins as a formula does."""
    evil = f'{begin}HYPERLINK("http://evil";"x"),1'
    changed = execution(
        strategy=evil, symbol=evil, exchange=evil, broker_trade_id=evil, client_order_id=evil, broker_order_id=evil
    )
    (row,) = rows_of((changed,), name=evil)

    for name in ("portfolio", "strategy", "symbol", "exchange", "broker_execution_id", "client_order_id"):
        assert row[name] == f"'{evil}"


def test_five_hundred_executions_are_five_hundred_rows_in_their_order() -> None:
    found = many(500)
    rows = rows_of(found)

    assert [row["execution_id"] for row in rows] == [each.uid for each in found]
    assert all(re.fullmatch(r"-?\d+(\.\d+)?", row[name]) for row in rows for name in NUMBERS)


@given(st.text())
def test_whatever_a_text_is_it_is_kept_behind_its_apostrophe(text: str) -> None:
    told = inert(text)

    assert told.removeprefix("'") == text.removeprefix("'")
    assert not told.startswith(("=", "+", "-", "@", "\t", "\r"))
