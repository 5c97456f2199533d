"""Write the picture of the trading tables into the README, and the list of their columns into docs/ledger.md.

python -m tools.docs.tables_picture            writes them
python -m tools.docs.tables_picture --check    fails with the first differing line of each that is out of date

Both are drawn from the tables that the code declares. A column that the owner's schema does not have must say what it
is for, in its comment.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Column, Dialect, Table
from sqlalchemy.dialects import postgresql

import ledger.trading.tables  # declares them
from ledger.schema import metadata
from tools.docs.generated import ROOT, between, compare_or_write

README, LEDGER = Path("README.md"), Path("docs/ledger.md")
COMMAND = "tools.docs.tables_picture"
MADE = f"made by `python -m {COMMAND}` (`make docs`) from the tables' declarations; do not edit them here."
PICTURE_MARKS = f"<!-- The tables' picture: {MADE} -->", "<!-- End of the tables' picture. -->"
COLUMNS_MARKS = f"<!-- The tables: {MADE} -->", "<!-- End of the tables. -->"
POSTGRESQL: Dialect = postgresql.dialect()  # type: ignore[no-untyped-call]  # it has no types of its own
DRAWN = (
    "users",
    "brokers",
    "accounts",
    "portfolios",
    "strategies",
    "instruments",
    "signals",
    "orders",
    "trades",
    "positions",
    "audit_log",
)
"""The tables in the picture; the list below has all."""
OWNERS: dict[str, str] = {
    "users": "id uid telegram_user_id username is_admin is_active approved_by_user_id approved_at created_at",
    "brokers": "id code name",
    "accounts": "id uid user_id broker_id name account_uid base_currency is_live created_at",
    "portfolios": "id uid user_id account_id name description is_default created_at",
    "strategies": "id uid user_id name version params_json is_active created_at",
    "instruments": "id uid symbol exchange asset_type currency tick_size lot_size",
    "orders": "id uid portfolio_id account_id instrument_id strategy_id side type status time_in_force quantity price "
    "stop_price client_order_id broker_order_id placed_at updated_at meta_json",
    "trades": "id uid portfolio_id account_id instrument_id strategy_id order_id side quantity price fee fee_currency "
    "exec_time broker_trade_id corrects_id meta_json",
    "positions": "id uid portfolio_id instrument_id strategy_id quantity avg_price realized_pnl opened_at updated_at",
    "risk_policies": "id uid scope_type scope_id name config_json is_active created_at",
    "risk_breaches": "id uid policy_id portfolio_id instrument_id observed_json action created_at",
    "audit_log": "id user_id entity_type entity_id action details_json created_at chain previous_hash hash",
    "alerts": "",
    "schedules": "",
    "screeners": "",
}
"""The owner's tables, and of those whose columns the owner named, the names."""


def main() -> None:
    """Write both, or compare them."""
    parser = argparse.ArgumentParser(prog=f"python -m {COMMAND}")
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    tables = trading_tables()
    if faults := list(unexplained(tables)):
        raise SystemExit("\n".join(faults))
    readme, document = ((ROOT / path).read_text(encoding="utf-8") for path in (README, LEDGER))
    texts = {
        README: between(readme, *PICTURE_MARKS, picture(tables), where=str(README)),
        LEDGER: between(document, *COLUMNS_MARKS, columns(tables), where=str(LEDGER)),
    }
    compare_or_write(texts, check=check, command=COMMAND)


def trading_tables() -> list[Table]:
    """Return the trading tables, those that others name first."""
    subjects = (getattr(ledger.trading.tables, name) for name in ledger.trading.tables.__all__)
    own = {table.name for subject in subjects for table in vars(subject).values() if isinstance(table, Table)}
    return [table for table in metadata.sorted_tables if table.name in own]


def unexplained(tables: list[Table]) -> Iterator[str]:
    """Yield a line for each column that is not the owner's and does not say what it is for.

    Args:
        tables: The tables.
    """
    for table in tables:
        if not OWNERS.get(table.name):
            continue
        for column in table.columns:
            if column.name not in OWNERS[table.name].split() and not column.comment:
                yield f"{table.name}.{column.name} is not of the owner's schema: say in its comment what it is for"


def picture(tables: list[Table]) -> str:
    """Draw which of the main tables names which, as Mermaid text.

    Args:
        tables: The tables.
    """
    lines = ["```mermaid", "flowchart LR"]
    for table in tables:
        named = sorted({key.column.table.name for key in table.foreign_keys}.intersection(DRAWN) - {table.name})
        if named and table.name in DRAWN:
            lines.append(f"  {table.name} --> {' & '.join(named)}")
    return "\n".join([*lines, "```", ""])


def columns(tables: list[Table]) -> str:
    """List the columns of every table, as Markdown.

    Args:
        tables: The tables.
    """
    parts = []
    for table in sorted(tables, key=lambda each: (each.name not in OWNERS, each.name)):
        whose = "the owner's" if table.name in OWNERS else "added for the flow"
        rows = [f"| {_name(table, column)} | {_type(column)} | {_said(column)} |" for column in table.columns]
        parts.append(
            "\n".join([f"### {table.name} ({whose})", "", "| Column | Type | |", "| --- | --- | --- |", *rows, ""])
        )
    return "\n".join(parts)


def _name(table: Table, column: Column[object]) -> str:
    """Return a column's name, with a + where the owner named the others and not this one."""
    owners = OWNERS.get(table.name, "").split()
    return f"`{column.name}`" if not owners or column.name in owners else f"+ `{column.name}`"


def _type(column: Column[object]) -> str:
    """Return a column's type in PostgreSQL, with a ? where it may be empty."""
    text = column.type.dialect_impl(POSTGRESQL).compile(POSTGRESQL)
    short = text.partition(" COLLATE")[0].replace("TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ")
    return f"{short}{'?' if column.nullable else ''}"


def _said(column: Column[object]) -> str:
    """Return what there is to say of a column."""
    refers = " ".join(f"→ {key.column.table.name}" for key in column.foreign_keys)
    return "; ".join(filter(None, (refers, column.comment))).replace("|", "\\|")


if __name__ == "__main__":
    main()
