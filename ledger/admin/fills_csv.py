"""Executions from a CSV file, read as a whole before anything is written.

The first line names the columns. Needed: `exec_time` (ISO 8601 with its zone), `symbol`, `asset_type`, `currency`,
`side`, `quantity`, `price`, `broker_trade_id`. May be there: `exchange`, `base_currency`, `multiplier`, `fee`,
`fee_currency`, `execution`, `revision`, `strategy` (a name). Any other column is refused: it may be a misspelt one.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, get_args

import msgspec

from ledger.exact import InexactNumber, exact
from ledger.trading.books.records import Fill
from ledger.trading.enumerations import AssetType, Side
from ledger.trading.instruments import NewInstrument

NEEDED = ("exec_time", "symbol", "asset_type", "currency", "side", "quantity", "price", "broker_trade_id")
OPTIONAL = ("exchange", "base_currency", "multiplier", "fee", "fee_currency", "execution", "revision", "strategy")
MOST_FAULTS = 10
NUMBER = re.compile(r"[+-]?\d{1,40}(\.\d{1,40})?", re.ASCII)


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
        text: Its lines.

    Returns:
        The executions, in the order of the file.

    Raises:
        BadFile: It lacks a column, has one too many, or a line cannot be read.
    """
    reader = csv.DictReader(text, strict=True)
    names = [name.strip() for name in reader.fieldnames or ()]
    faults = list(_faults_of_head(names))
    if faults:
        raise BadFile("\n".join(faults))
    reader.fieldnames = names
    lines, wrong = [], []
    try:
        for row in reader:
            try:
                lines.append(_line(reader.line_num, row))
            except ValueError as error:
                wrong.append(f"line {reader.line_num}: {error}")
    except csv.Error as error:
        wrong.append(f"line {reader.line_num}: {error}")
    if wrong:
        more = [f"… and {len(wrong) - MOST_FAULTS} more"] if len(wrong) > MOST_FAULTS else []
        raise BadFile("\n".join([*wrong[:MOST_FAULTS], *more]))
    return tuple(lines)


def _faults_of_head(names: list[str]) -> Iterator[str]:
    """Yield what is wrong with the names of the columns."""
    if missing := [name for name in NEEDED if name not in names]:
        yield f"the first line lacks {', '.join(missing)}; it names the columns"
    if unknown := [name for name in names if name not in NEEDED + OPTIONAL]:
        yield f"there is no column {', '.join(unknown)}; there may be: {', '.join(NEEDED + OPTIONAL)}"
    if len(set(names)) < len(names):
        yield "a column stands there twice"


def _line(number: int, row: Mapping[str, str | None]) -> Line:
    """Read a line; raises ValueError with what to write instead."""
    if None in row or None in row.values():
        raise ValueError("it has more or fewer cells than the first line")
    cells = {name: (cell or "").strip() for name, cell in row.items()}
    said = {name: cell or None for name, cell in cells.items()}
    if empty := [name for name in NEEDED if not cells[name]]:
        raise ValueError(f"{', '.join(empty)} is empty")
    multiplier = _number("multiplier", cells["multiplier"]) if said.get("multiplier") else Decimal(1)
    return Line(
        number=number,
        instrument=NewInstrument(
            symbol=cells["symbol"],
            asset_type=_word("asset_type", cells["asset_type"], get_args(AssetType)),
            currency=cells["currency"],
            exchange=said.get("exchange"),
            base_currency=said.get("base_currency"),
            multiplier=multiplier,
        ),
        fill=Fill(
            broker_trade_id=cells["broker_trade_id"],
            side=_word("side", cells["side"], get_args(Side)),
            quantity=_number("quantity", cells["quantity"]),
            price=_number("price", cells["price"]),
            exec_time=_moment(cells["exec_time"]),
            fee=_number("fee", cells["fee"]) if said.get("fee") else None,
            fee_currency=said.get("fee_currency"),
            execution=cells.get("execution", ""),
            revision=int(_number("revision", cells["revision"])) if said.get("revision") else 0,
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


def _moment(cell: str) -> datetime:
    """Return a cell that holds a moment with its zone; raises ValueError."""
    try:
        moment = datetime.fromisoformat(cell)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise ValueError(f"exec_time is {cell!r}; write it with its zone: 2026-03-02T15:00:00Z")
    return moment.astimezone(UTC)
