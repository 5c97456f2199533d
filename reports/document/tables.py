"""Tables: a head, rows on alternating ground, and how many more there are than what is shown."""

from collections.abc import Sequence

import msgspec

from reports.document.paper import INK, LINE, QUIET, SHADE, Align, Colour, Paper

ROW = 5.4
HEAD = 12.5
"""Heights in millimetres: of a row, and of a table's title with the names of its columns."""
LETTERS = 7.2


class Column(msgspec.Struct, frozen=True):
    """A column: its name, its share of the table's width, and where its cells are written."""

    name: str
    share: float
    align: Align = "R"


class Cell(msgspec.Struct, frozen=True):
    """A cell: its text and its colour."""

    text: str
    colour: Colour = INK


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """A table; `more` stands below it, and is empty where all rows are there."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    more: str = ""

    @property
    def height(self) -> float:
        """How high it is, in millimetres."""
        return HEAD + ROW * (len(self.rows) + bool(self.more))


def draw_table(paper: Paper, table: Table, *, x: float, y: float, width: float) -> float:
    """Draw a table.

    Args:
        paper: On what; it has the room.
        table: The table.
        x: Its left end, in millimetres; so are the others.
        y: Its top.
        width: Its width.

    Returns:
        Where it ends.
    """
    paper.write_in((x, y, width), table.title, size=10, bold=True)
    y += 6.5
    _row(paper, table.columns, [Cell(each.name, QUIET) for each in table.columns], where=(x, y, width))
    y += HEAD - 6.5
    paper.set_draw_color(*LINE)
    paper.set_line_width(0.2)
    paper.line(x, y - 0.6, x + width, y - 0.6)
    for place, row in enumerate(table.rows):
        if place % 2:
            paper.fill((x, y, width, ROW), SHADE)
        _row(paper, table.columns, row, where=(x, y + 0.9, width))
        y += ROW
    if table.more:
        paper.write_in((x, y + 0.9, width), table.more, size=LETTERS, colour=QUIET)
        y += ROW
    return y


def _row(paper: Paper, columns: Sequence[Column], cells: Sequence[Cell], *, where: tuple[float, float, float]) -> None:
    """Write the cells of a row."""
    x, y, width = where
    for column, cell in zip(columns, cells, strict=True):
        room = width * column.share
        whole = column.align == "R"
        paper.write_in((x, y, room), cell.text, size=LETTERS, colour=cell.colour, align=column.align, whole=whole)
        x += room
