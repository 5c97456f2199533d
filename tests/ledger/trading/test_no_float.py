"""No money, price or quantity is a float: in no column as declared, in no column as made, and nowhere in the code."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Column, Float, Numeric, text
from sqlalchemy.types import TypeDecorator

from ledger.columns import Exact
from ledger.store import Ledger
from ledger.trading import tables
from tests.test_layout import FUNCTIONS, at, sources, tree_of

TABLES = [
    table
    for module in (tables.catalogue, tables.flow, tables.people, tables.records, tables.risk, tables.trading)
    for table in vars(module).values()
    if hasattr(table, "c") and hasattr(table, "metadata")
]
COLUMNS: list[Column[object]] = [column for table in TABLES for column in table.c]
WORDS = {"quantity", "price", "cost", "pnl", "realized", "amount", "fee", "percent", "loss", "profit", "cash"}
WORDS |= {"equity", "available", "multiplier", "size", "balance", "value", "margin", "budget", "limit", "total"}
NO_AMOUNTS = {"fee_currency", "margin_mode"}
NO_NUMBERS = {"BOOLEAN": "flag", "DATE": "day"}
"""Types of columns of which SQLite would keep numbers as such, but which hold none."""
LEDGER = Path(__file__).parents[3] / "ledger"
FILES = [*sources("ledger/trading"), LEDGER / "exact.py", LEDGER / "canonical_json.py"]
SECONDS = {LEDGER / "trading" / "watching" / "cron.py"}
"""Where floats are moments, as croniter counts them."""


def name_of(column: Column[object]) -> str:
    """Return a column's name with that of its table."""
    return f"{column.table.name}.{column.name}"


EXACT = {name_of(column) for column in COLUMNS if isinstance(column.type, Exact)}


def test_every_amount_is_declared_as_an_exact_number() -> None:
    named = {name_of(each) for each in COLUMNS if WORDS & set(each.name.split("_")) and each.name not in NO_AMOUNTS}
    bare = [each.type.impl if isinstance(each.type, TypeDecorator) else each.type for each in COLUMNS]
    floats = [name_of(each) for each, kind in zip(COLUMNS, bare, strict=True) if isinstance(kind, Float)]
    cut = [name_of(each) for each in COLUMNS if isinstance(each.type, Numeric)]

    assert len(EXACT) > 20
    assert named == EXACT
    assert floats == cut == []


def affinity(declared: str) -> str:
    """Return what SQLite makes of values in a column (sqlite.org/datatype3.html, 3.1, read 2026-11)."""
    kinds = {"INT": "INTEGER", "CHAR": "TEXT", "CLOB": "TEXT", "TEXT": "TEXT", "BLOB": "BLOB"}
    kinds |= {"REAL": "REAL", "FLOA": "REAL", "DOUB": "REAL"}
    return next((kind for word, kind in kinds.items() if word in declared.upper()), "NUMERIC")


def made(ledger: Ledger) -> dict[str, str]:
    """Return what each column of the trading tables is in a database as the migrations made it."""
    with ledger.reading() as connection:
        if connection.dialect.name == "sqlite":
            return {
                f"{table.name}.{row.name}": NO_NUMBERS[row.type] if row.type in NO_NUMBERS else affinity(row.type)
                for table in TABLES
                for row in connection.execute(text(f"PRAGMA table_info({table.name})"))
            }
        asked = "SELECT table_name, column_name, data_type, numeric_precision, numeric_scale"
        known = {table.name for table in TABLES}
        return {
            f"{row.table_name}.{row.column_name}": f"{row.data_type}({row.numeric_precision},{row.numeric_scale})"
            if row.data_type == "numeric"
            else row.data_type
            for row in connection.execute(text(f"{asked} FROM information_schema.columns"))
            if row.table_name in known
        }


def test_every_amount_is_kept_exactly_in_the_database_as_it_was_made(ledger: Ledger, each_url: str) -> None:
    found = made(ledger)
    kind = "TEXT" if each_url.startswith("sqlite") else "numeric(38,18)"

    assert set(found) == {name_of(column) for column in COLUMNS}
    assert {found[name] for name in EXACT} == {kind}
    assert not [name for name, each in found.items() if each in {"REAL", "NUMERIC", "real", "double precision"}]
    assert not [name for name, each in found.items() if each.startswith("numeric") and name not in EXACT]


def is_exact(node: ast.AST) -> bool:
    """Tell whether a block computes in the context that cuts nothing."""
    return isinstance(node, ast.With) and any(
        ast.unparse(item.context_expr) == "localcontext(ARITHMETIC)" for item in node.items
    )


def inside(tree: ast.AST) -> set[ast.AST]:
    """Return all nodes that stand in such a block."""
    return {node for block in ast.walk(tree) if is_exact(block) for node in ast.walk(block)}


def called_inside(tree: ast.Module) -> set[str]:
    """Return the private functions of a file that are called in such a block, or by one of these, and nowhere else."""
    functions = {node.name: node for node in tree.body if isinstance(node, FUNCTIONS) and node.name.startswith("_")}
    exact, found = inside(tree), set(functions)
    while True:
        covered = exact | {node for name in found for node in ast.walk(functions[name])}
        outside = {
            node.func.id
            for node in ast.walk(tree)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node not in covered
        }
        if not found & outside:
            return found
        found -= outside


def divisions_outside(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield the divisions that might be cut."""
    exact, covered = inside(tree), called_inside(tree)
    named = {node.name: node for node in tree.body if isinstance(node, FUNCTIONS)}
    exact |= {node for name in covered for node in ast.walk(named[name])}
    for node in ast.walk(tree):
        if isinstance(node, (ast.BinOp, ast.AugAssign)) and isinstance(node.op, ast.Div) and node not in exact:
            yield node


def floats(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield what is a float, or makes one."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            yield node
        if isinstance(node, ast.Name) and node.id == "float":
            yield node


def test_no_float_stands_in_the_code() -> None:
    found = [at(path, node) for path in FILES if path not in SECONDS for node in floats(tree_of(path))]

    assert not found


def test_nothing_is_divided_where_digits_might_be_cut() -> None:
    found = [at(path, node) for path in FILES for node in divisions_outside(tree_of(path))]

    assert not found


@pytest.mark.parametrize(
    ("source", "wrong"),
    [
        ("a / b", 1),
        ("with localcontext(ARITHMETIC):\n a / b", 0),
        ("with localcontext():\n a / b", 1),
        ("def _one():\n a / b\nwith localcontext(ARITHMETIC):\n _one()", 0),
        ("def _one():\n a / b\nwith localcontext(ARITHMETIC):\n _one()\n_one()", 1),
        ("def _one():\n a / b\ndef _two():\n _one()\nwith localcontext(ARITHMETIC):\n _two()", 0),
        ("def _one():\n a / b\ndef _two():\n _one()\n_two()", 1),
        ("def one():\n a / b\nwith localcontext(ARITHMETIC):\n one()", 1),
    ],
)
def test_a_division_that_might_be_cut_is_seen(source: str, wrong: int) -> None:
    assert len(list(divisions_outside(ast.parse(source)))) == wrong
