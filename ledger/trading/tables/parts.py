"""What columns of the trading tables have in common."""

from typing import Any, get_args

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, String, text

from ledger.columns import Id, Moment

Part = Column[Any]
ByteOrdered = String(80).with_variant(String(80, collation="C"), "postgresql")
"""Text that every database, and Python, sorts alike."""


def identity() -> tuple[Part, Part]:
    """Return the columns of what has a name of its own: `id`, ours alone, and `uid`, which others may know."""
    return Column("id", Id, primary_key=True), Column("uid", String(32), nullable=False, unique=True)


def created_at() -> Part:
    """Return the column that says when a row was written."""
    return Column("created_at", Moment, nullable=False, comment="when the row was written")


def reference(name: str, to: str, *, optional: bool = False, index: bool = False, comment: str | None = None) -> Part:
    """Return a column that names a row of another table, which then cannot be removed.

    Args:
        name: The column's name.
        to: The other table's key, such as `users.id`.
        optional: Whether it may be empty.
        index: Whether rows are looked up by it.
        comment: What it is for.
    """
    return Column(name, ForeignKey(to, ondelete="RESTRICT"), nullable=optional, index=index, comment=comment)


def unique_where(name: str, *columns: Part, where: str) -> Index:
    """Declare that columns are unique among some of a table's rows: what NULL, which equals nothing, leaves open.

    Args:
        name: The index's name.
        columns: The columns.
        where: Which rows, in SQL that both databases know.

    Returns:
        The index; declaring it is enough.
    """
    rows = text(where)
    return Index(name, *columns, unique=True, sqlite_where=rows, postgresql_where=rows)


def one_of(column: str, words: object) -> CheckConstraint:
    """Return the constraint that a column holds one of the words of a Literal, or nothing where it may be empty.

    Args:
        column: The column's name.
        words: The Literal.
    """
    listed = ", ".join(f"'{word}'" for word in get_args(words))
    return CheckConstraint(f"{column} IN ({listed})", name=column)
