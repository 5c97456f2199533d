"""Executions from a CSV file, read as a whole before anything is written.

The first line names the columns. Needed: `exec_time` (ISO 8601 with its zone), `symbol`, `asset_type`, `currency`,
`side`, `quantity`, `price`, `broker_trade_id`. May be there: `exchange`, `base_currency`, `multiplier`, `fee`,
`fee_currency`, `execution`, `revision`, `strategy` (a name). Any other column is refused: it may be a misspelt one.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, get_args

import msgspec

from ledger.exact import InexactNumber, exact
from ledger.trading.books.records import Fill
from ledger.trading.enumerations import AssetType, Side
from ledger.trading.errors import Invalid
from ledger.trading.instruments import NewInstrument
from ledger.trading.words import a_currency

NEEDED = ("exec_time", "symbol", "asset_type", "currency", "side", "quantity", "price", "broker_trade_id")
OPTIONAL = ("exchange", "base_currency", "multiplier", "fee", "fee_currency", "execution", "revision", "strategy")
MOST_FAULTS = 10
NUMBER = re.compile(r"[+-]?\d{1,40}(\.\d{1,40})?", re.ASCII)
REVISION = re.compile(r"\d{1,9}", re.ASCII)


class BadFile(Exception):
    """A file is not what it should be; its text has a line for each of the first faults."""


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """An execution of a file.

    Attributes:
        number: Of the line, from 1.
        strategy: The name of its strategy, None for none.
    """

    number: int
    instrument: NewInstrument
    fill: Fill
    strategy: str | None


def read(text: Iterable[str]) -> tuple[Line, ...]:
    """Read a file.

    Args:
        text: Its lines, each with its end: without one the last may be cut off, which an amount does not show.

    Returns:
        The executions, in the order of the file.

    Raises:
        BadFile: It lacks a column, has one too many, or a line cannot be read.
    """
    text = list(text)
    reader = csv.reader(text, strict=True)
    try:
        names = [name.strip() for name in next(reader, [])]
    except csv.Error as error:
        raise BadFile(f"line 1: {error}") from None
    faults = list(_faults_of_head(names))
    if faults:
        raise BadFile("\n".join(faults))
    lines, wrong = [], []
    try:
        for row in filter(None, reader):
            try:
                lines.append(_line(reader.line_num, names, row))
            except ValueError as error:
                wrong.append(f"line {reader.line_num}: {error}")
    except csv.Error as error:
        wrong.append(f"line {reader.line_num}: {error}")
    if not text[-1].endswith(("\n", "\r")):
        wrong.append(f"line {reader.line_num}: it may be cut off; if the file is whole, end it with a line break")
    if wrong:
        more = [f"… and {len(wrong) - MOST_FAULTS} more"] if len(wrong) > MOST_FAULTS else []
        raise BadFile("\n".join([*wrong[:MOST_FAULTS], *more]))
    return tuple(lines)


def _faults_of_head(names: list[str]) -> Iterator[str]:
    """Yield what is wrong with the names of the columns."""
    if len(names) == 1 and ";" in names[0]:
        yield "the columns are separated by semicolons; separate them by commas"
        return
    if missing := [name for name in NEEDED if name not in names]:
        yield f"the first line lacks {', '.join(missing)}; it names the columns"
    if unknown := [name for name in names if name not in NEEDED + OPTIONAL]:
        yield f"there is no column {', '.join(unknown)}; there may be: {', '.join(NEEDED + OPTIONAL)}"
    if len(set(names)) < len(names):
        yield "a column stands there twice"


def _line(number: int, names: Sequence[str], row: Sequence[str]) -> Line:
    """Read a line; raises ValueError with what to write instead."""
    if len(row) != len(names):
        raise ValueError(f"it has {len(row)} cells, the first line has {len(names)}")
    cells = {name: cell.strip() for name, cell in zip(names, row, strict=True)}
    if strange := [name for name, cell in cells.items() if not cell.isprintable()]:
        raise ValueError(f"{', '.join(strange)} has signs that nobody sees, or a line break")
    said = {name: cell or None for name, cell in cells.items()}
    if empty := [name for name in NEEDED if not cells[name]]:
        raise ValueError(f"{', '.join(empty)} is empty")
    multiplier = _number("multiplier", cells["multiplier"]) if said.get("multiplier") else Decimal(1)
    return Line(
        number=number,
        instrument=NewInstrument(
            symbol=cells["symbol"],
            asset_type=_word("asset_type", cells["asset_type"], get_args(AssetType)),
            currency=_currency("currency", cells["currency"]),
            exchange=said.get("exchange"),
            base_currency=_currency("base_currency", cells["base_currency"]) if said.get("base_currency") else None,
            multiplier=multiplier,
        ),
        fill=Fill(
            broker_trade_id=cells["broker_trade_id"],
            side=_word("side", cells["side"], get_args(Side)),
            quantity=_number("quantity", cells["quantity"]),
            price=_number("price", cells["price"]),
            exec_time=_moment(cells["exec_time"]),
            fee=_number("fee", cells["fee"]) if said.get("fee") else None,
            fee_currency=_currency("fee_currency", cells["fee_currency"]) if said.get("fee_currency") else None,
            execution=cells.get("execution", ""),
            revision=_revision(cells["revision"]) if said.get("revision") else 0,
        ),
        strategy=said.get("strategy"),
    )


def _word(name: str, cell: str, words: tuple[str, ...]) -> Any:
    """Return a cell that holds one of some words; raises ValueError."""
    word = cell.upper()
    if word not in words:
        raise ValueError(f"{name} is {cell!r}; write one of {', '.join(words)}")
    return word


def _number(name: str, cell: str) -> Decimal:
    """Return a cell that holds a plain number; raises ValueError."""
    try:
        if not NUMBER.fullmatch(cell):
            raise InvalidOperation
        return exact(Decimal(cell))
    except InvalidOperation:
        raise ValueError(f"{name} is {cell!r}; write a number like 1234.5") from None
    except InexactNumber as error:
        raise ValueError(f"{name}: {error}") from None


def _revision(cell: str) -> int:
    """Return a cell that holds the number of a correction; raises ValueError."""
    if not REVISION.fullmatch(cell):
        raise ValueError(f"revision is {cell!r}; write 0, or 1 and more for a correction")
    return int(cell)


def _currency(name: str, cell: str) -> str:
    """Return a cell that holds the code of a currency or coin; raises ValueError."""
    try:
        return a_currency(cell)
    except Invalid as error:
        raise ValueError(f"{name}: {error}") from None


def _moment(cell: str) -> datetime:
    """Return a cell that holds a moment with its zone; raises ValueError."""
    try:
        moment = datetime.fromisoformat(cell)
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):  # OverflowError: in UTC it is before the year 1, or after 9999
        pass
    raise ValueError(f"exec_time is {cell!r}; write it with its zone: 2026-03-02T15:00:00Z")
