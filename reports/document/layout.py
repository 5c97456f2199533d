"""The report on paper: what it is, the key figures, the curve, and tables; one page or two."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from ledger.exact import ZERO
from reports.amounts import moment, money, number, percent
from reports.document.curve import Box, draw_curve
from reports.document.paper import (
    AMBER,
    BAND,
    BAND_QUIET,
    BOTTOM,
    DOWN,
    INK,
    LEFT,
    LINE,
    QUIET,
    RIGHT,
    SHADE,
    UP,
    WHITE,
    WIDTH,
    Colour,
    Paper,
)
from reports.document.tables import Cell, Column, Table, draw_table
from reports.printing import Printed
from reports.report import Group, Report
from reports.texts import WORDS, ReportWords, refusal_told, title_of

BAND_HEIGHT: Final = 36.0
CARD_HEIGHT, GAP = 17.0, 3.0
CURVE_HEIGHT: Final = 58.0
MOST_CURVES: Final = 2
MOST_SYMBOLS, MOST_NAMES = 12, 8
"""Rows of a table; what is left is counted below it."""


def document(printed: Printed) -> bytes:
    """Draw a report.

    Args:
        printed: The report and its reader.

    Returns:
        A PDF of one or two pages.
    """
    words, zone, report = WORDS[printed.language], ZoneInfo(printed.timezone), printed.report
    paper = Paper(words, f"{report.mode} · {report.portfolio}")
    title = f"{words.report}: {title_of(report.days, words)}"
    paper.set_title(f"{title} – {report.portfolio}")
    paper.set_lang(printed.language)
    paper.set_creation_date(report.until)
    paper.add_page()
    _band(paper, report, title, words, zone)
    y = BAND_HEIGHT + 7
    if report.is_empty:
        paper.write_in((LEFT, y, WIDTH), words.nothing, size=11)
        return bytes(paper.output())
    y = _cards(paper, report, words, y)
    y = _curves(paper, report, words, (y, zone))
    for row in _tables(report, words):
        if y + max(table.height for table in row) > BOTTOM:
            paper.add_page()
            y = LEFT
        room = (WIDTH - GAP * (len(row) - 1)) / len(row)
        ends = [
            draw_table(paper, table, x=LEFT + place * (room + GAP), y=y, width=room) for place, table in enumerate(row)
        ]
        y = max(ends) + 5
    return bytes(paper.output())


def _band(paper: Paper, report: Report, title: str, words: ReportWords, zone: ZoneInfo) -> None:
    """Draw the head of the first page: what it is, whose, over which time, and whether the money is real."""
    paper.fill((0, 0, 210, BAND_HEIGHT), BAND)
    paper.write_in((LEFT - 1, 8, WIDTH - 40), title, size=19, colour=WHITE, bold=True)
    paper.write_in((LEFT - 1, 19, WIDTH), report.portfolio, size=11, colour=WHITE)
    span = f"{moment(report.since, zone)} – {moment(report.until, zone)} · {words.times_in.format(zone=zone.key)}"
    paper.write_in((LEFT - 1, 26, WIDTH), span, size=8.5, colour=BAND_QUIET)
    paper.fill((RIGHT - 26, 8.5, 26, 8.5), DOWN if report.mode == "live" else AMBER, radius=2)
    colour = WHITE if report.mode == "live" else BAND
    paper.write_in((RIGHT - 26, 10.6, 26), report.mode.upper(), size=9.5, colour=colour, bold=True, align="C")


def _cards(paper: Paper, report: Report, words: ReportWords, y: float) -> float:
    """Draw the key figures of the currency of most executions, and return where they end."""
    if not report.by_currency:
        return y
    group = report.by_currency[0]
    currency = group.currency
    net = report.net.get(currency, ZERO)
    hits = "–" if group.hit_rate is None else percent(group.hit_rate)
    factor = words.no_losses if group.profit_factor is None else money(group.profit_factor)
    fees = money(group.fees) if not report.fees_missing else f"{money(group.fees)} + ?"
    cards = (
        (words.net, money(net, signed=True), _colour(net)),
        (words.gross, money(group.gross, signed=True), _colour(group.gross)),
        (words.fees, fees, INK),
        (words.volume, money(group.volume), INK),
        (words.hit_rate, hits, INK),
        (words.profit_factor, factor if group.closings else "–", INK),
        (words.largest_loss, money(group.largest_loss), INK),
        (words.drawdown, money(group.drawdown), INK),
    )
    room = (WIDTH - 3 * GAP) / 4
    in_money = {words.net, words.gross, words.fees, words.volume, words.largest_loss, words.drawdown}
    for place, (name, figure, colour) in enumerate(cards):
        x, top = LEFT + place % 4 * (room + GAP), y + place // 4 * (CARD_HEIGHT + GAP)
        paper.fill((x, top, room, CARD_HEIGHT), SHADE, radius=1.8)
        label = f"{name}, {currency}" if name in in_money else name
        paper.write_in((x + 2, top + 2.8, room - 4), label, size=7.2, colour=QUIET)
        paper.write_in((x + 2, top + 8, room - 4), figure, size=12.5, colour=colour, bold=True, whole=True)
    y += 2 * (CARD_HEIGHT + GAP)
    counted = f"{words.executions}: {group.executions} · {words.closings}: {group.closings}"
    missing = words.fees_missing.format(count=report.fees_missing) if report.fees_missing else ""
    paper.write_in((LEFT, y, WIDTH), counted, size=8, colour=QUIET)
    paper.write_in((LEFT, y, WIDTH), missing, size=8, colour=DOWN, align="R")
    return y + 8


def _curves(paper: Paper, report: Report, words: ReportWords, where: tuple[float, ZoneInfo]) -> float:
    """Draw the running net of the first two currencies, and return where they end."""
    y, zone = where
    shown = report.curves[:MOST_CURVES]
    if not shown:
        return y
    room = (WIDTH - GAP * 2 * (len(shown) - 1)) / len(shown)
    paper.write_in((LEFT, y, WIDTH), words.curve, size=10, bold=True)
    for place, curve in enumerate(shown):
        x = LEFT + place * (room + GAP * 2)
        draw_curve(paper, curve, Box(x, y + (6 if len(shown) > 1 else 0), room, CURVE_HEIGHT), zone)
    paper.set_draw_color(*LINE)
    return y + CURVE_HEIGHT + (9 if len(shown) > 1 else 3)


def _tables(report: Report, words: ReportWords) -> list[list[Table]]:
    """Return the tables of a report that have something in them, those that stand beside one another together."""
    last = [table for table in (_refused(report, words), _held(report, words)) if table.rows]
    single = (
        _sums(report, words),
        _groups(words.by_symbol, report.by_symbol, words, most=MOST_SYMBOLS),
        _groups(words.by_strategy, report.by_strategy, words, most=MOST_NAMES),
    )
    return [*([table] for table in single if table.rows), *([last] if last else [])]


def _sums(report: Report, words: ReportWords) -> Table:
    """Return the sums by currency; without rows where the key figures say it all."""
    currencies = sorted({*report.gross, *report.fees, *report.funding})
    columns = (
        Column(words.currency, 0.2, "L"),
        *(Column(name, 0.2) for name in (words.gross, words.fees, words.funding, words.net)),
    )
    rows = [
        (
            Cell(currency),
            Cell(money(report.gross.get(currency, ZERO), signed=True)),
            Cell(money(report.fees.get(currency, ZERO))),
            Cell(money(report.funding.get(currency, ZERO), signed=True)),
            _signed(report.net.get(currency, ZERO)),
        )
        for currency in currencies
    ]
    is_needed = len(currencies) > 1 or bool(report.funding)
    return _cut(words.by_currency, columns, rows if is_needed else [], words, most=MOST_NAMES)


def _groups(title: str, groups: Sequence[Group], words: ReportWords, *, most: int) -> Table:
    """Return the table of what symbols or strategies brought."""
    columns = (
        Column(words.name, 0.155, "L"),
        Column(words.currency, 0.09, "L"),
        Column(words.executions, 0.11),
        Column(words.hit_rate, 0.085),
        Column(words.profit_factor, 0.11),
        Column(words.drawdown, 0.11),
        Column(words.volume, 0.12),
        Column(words.gross, 0.11),
        Column(words.net, 0.11),
    )
    rows = [
        (
            Cell(each.name or words.no_strategy),
            Cell(each.currency, QUIET),
            Cell(str(each.executions)),
            Cell("–" if each.hit_rate is None else percent(each.hit_rate)),
            Cell("–" if each.profit_factor is None else money(each.profit_factor)),
            Cell(money(each.drawdown)),
            Cell(money(each.volume)),
            Cell(money(each.gross, signed=True)),
            _signed(each.net),
        )
        for each in groups
    ]
    return _cut(title, columns, rows, words, most=most)


def _refused(report: Report, words: ReportWords) -> Table:
    """Return the table of refused signals."""
    columns = (Column(words.reason, 0.75, "L"), Column(words.count, 0.25))
    rows = [(Cell(refusal_told(each.code, words)), Cell(str(each.count))) for each in report.refused]
    return _cut(words.refused, columns, rows, words, most=MOST_NAMES)


def _held(report: Report, words: ReportWords) -> Table:
    """Return the table of what is held."""
    columns = (Column(words.name, 0.34, "L"), Column(words.quantity, 0.3), Column(words.average, 0.36))
    rows = [
        (Cell(each.symbol), Cell(number(each.quantity)), Cell(f"{number(each.average_price)} {each.currency}"))
        for each in report.held
    ]
    return _cut(words.held, columns, rows, words, most=MOST_NAMES)


def _cut(
    title: str, columns: tuple[Column, ...], rows: Sequence[tuple[Cell, ...]], words: ReportWords, *, most: int
) -> Table:
    """Return a table with so many rows at most, and how many more there are."""
    left = len(rows) - most
    more = words.more.format(count=left) if left > 0 else ""
    return Table(title=title, columns=columns, rows=tuple(rows[:most]), more=more)


def _signed(amount: Decimal) -> Cell:
    """Return the cell of a result."""
    return Cell(money(amount, signed=True), _colour(amount))


def _colour(amount: Decimal) -> Colour:
    """Return the colour of a result."""
    return INK if not amount else UP if amount > 0 else DOWN
