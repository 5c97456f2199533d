"""The running net as a picture: where it goes through zero, its end, and its highest and lowest moments."""

from collections.abc import Iterator
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal
from math import floor, log10

import msgspec

from reports.amounts import money
from reports.document.paper import BLUE, DOWN, GLOW, INK, LINE, QUIET, UP, Align, Paper
from reports.report import Curve

LABELS = 22.0
NARROW = 100.0
"""Room for the amounts beside the picture, and how wide one is that has few days below it, in millimetres."""


class Box(msgspec.Struct, frozen=True):
    """Where a picture is: left, top, width and height, in millimetres."""

    x: float
    y: float
    width: float
    height: float


def draw_curve(paper: Paper, curve: Curve, box: Box, zone: tzinfo) -> None:
    """Draw a curve with its axes.

    Args:
        paper: On what.
        curve: With two points at least.
        box: Where; its labels too.
        zone: In which the days are told.
    """
    amounts = [float(point.amount) for point in curve.points]
    low, high = _range(min(amounts), max(amounts))
    plot = Box(box.x, box.y + 7, box.width - LABELS, box.height - 14)
    first, last = curve.points[0].at, curve.points[-1].at
    span = (last - first).total_seconds() or 1.0

    def place(at: datetime, amount: float) -> tuple[float, float]:
        """Return where a point is on the paper."""
        x = plot.x + plot.width * (at - first).total_seconds() / span
        return x, plot.y + plot.height * (high - amount) / (high - low)

    spots = [place(point.at, amount) for point, amount in zip(curve.points, amounts, strict=True)]
    zero = place(first, 0.0)[1]
    paper.area([(spots[0][0], zero), *spots, (spots[-1][0], zero)], GLOW)
    for amount in _ticks(low, high):
        y = place(first, amount)[1]
        paper.set_draw_color(*(QUIET if amount == 0 else LINE))
        paper.set_line_width(0.25 if amount == 0 else 0.15)
        paper.line(plot.x, y, plot.x + plot.width, y)
        paper.write_in((plot.x + plot.width, y - 1.7, LABELS), _short(amount), size=6.5, colour=QUIET, whole=True)
    paper.set_draw_color(*BLUE)
    paper.set_line_width(0.55)
    paper.polyline(spots)
    _name_days(paper, plot, (first, last), zone)
    end = curve.points[-1].amount
    x, y = spots[-1]
    paper.set_fill_color(*(UP if end >= 0 else DOWN))
    paper.ellipse(x - 1, y - 1, 2, 2, style="F")
    told = f"{money(end, signed=True)} {curve.currency}"
    paper.write_in((box.x, box.y, box.width), told, size=9, colour=_colour(end), bold=True, align="R", whole=True)


def _colour(amount: Decimal) -> tuple[int, int, int]:
    """Return the colour of a result."""
    return INK if not amount else UP if amount > 0 else DOWN


def _range(low: float, high: float) -> tuple[float, float]:
    """Return the ends of the axis: zero is on it, and the curve touches neither."""
    low, high = min(low, 0.0), max(high, 0.0)
    room = (high - low) * 0.08 or 1.0
    return low - room, high + room


def _ticks(low: float, high: float) -> Iterator[float]:
    """Yield some round amounts of an axis, zero among them."""
    rough = (high - low) / 4
    power = 10.0 ** floor(log10(rough))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough)
    at = -floor(-low / step)
    while at * step <= high:
        yield at * step
        at += 1


def _short(amount: float) -> str:
    """Return an amount of the axis, with as few signs as can be."""
    told = f"{amount:+,.2f}".rstrip("0").rstrip(".")
    return "0" if amount == 0 else told


def _name_days(paper: Paper, plot: Box, ends: tuple[datetime, datetime], zone: tzinfo) -> None:
    """Write moments below a picture: days, or times where it is of few days."""
    first, last = ends
    form = "%H:%M" if last - first < timedelta(days=2) else "%m-%d"
    count = 6 if plot.width > NARROW else 4
    room = plot.width / (count - 1)
    for step in range(count):
        at = (first + (last - first) * step / (count - 1)).astimezone(zone)
        x = plot.x + room * step
        align: Align = "L" if not step else "R" if step == count - 1 else "C"
        left = x if align == "L" else x - room if align == "R" else x - room / 2
        paper.write_in((left, plot.y + plot.height + 1.5, room), at.strftime(form), size=6.5, colour=QUIET, align=align)
