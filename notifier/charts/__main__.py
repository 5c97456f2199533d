"""Draw one chart: a ChartRequest as JSON on standard input, a PNG on standard output.

    python -m notifier.charts <request.json >chart.png

A program of its own, because drawing costs some 90 MB: they are gone when the picture is there. What it cannot draw
ends it with one line on standard error. The card is dark and opaque, so that it looks the same in light and dark chats;
the letters are large, because a phone shows it a quarter as wide as it is.
"""

import io
import os
import signal
import sys
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import msgspec
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.patheffects import withStroke

from notifier.charts.amounts import ticks_as_text
from notifier.charts.geometry import amount_range, amount_ticks, extremes, marked, moment_range, moment_ticks, runs
from notifier.charts.request import ChartRequest, Dot
from notifier.texts.amounts import money
from notifier.texts.chart import WORDS, span_in_words

DOTS_PER_INCH = 160
SIZE = (8.0, 5.0)  # 1280 by 800
LONGEST_S = 90  # whoever asked has given up long before; should it be gone, nobody else would end us
LOWER_PRIORITY = 5

CARD, GRID, TEXT, QUIET = "#14202e", "#2b3b4d", "#f2f6fa", "#9fb2c6"
LINE, UP, DOWN, STANDS_IN, INCOMPLETE = "#4cb8ff", "#4ddb9a", "#ff8a80", "#ffd166", "#ff9f5a"
SIGNS = {"≈": ("D", STANDS_IN), "≥": ("o", INCOMPLETE)}
LEFT, RIGHT = 0.035, 0.965
AMOUNT_SIGN, CHANGE_SIGN, TICK_SIGN = 0.0375, 0.02, 0.0175
TITLE_SIGN, MOMENT_SIGN = 0.0176, 0.0166
"""How wide a sign of the heading's texts and of the axis is, as a share of the picture."""
CLOSE = 6
"""With more moments than this on the axis, they are written smaller."""
DENSE = 120
"""With more dots than this, marks are smaller and the line is thinner."""


def main() -> None:
    """Draw what standard input asks for."""
    signal.alarm(LONGEST_S)
    os.nice(LOWER_PRIORITY)
    try:
        picture = draw(msgspec.json.decode(sys.stdin.buffer.read(), type=ChartRequest))
    except (msgspec.MsgspecError, LookupError, ValueError, ArithmeticError, MemoryError, OSError) as error:
        raise SystemExit(f"{type(error).__name__}: {error}".replace("\n", " ")) from None
    sys.stdout.buffer.write(picture)


def draw(request: ChartRequest) -> bytes:
    """Draw a chart.

    Args:
        request: With one amount at least.

    Returns:
        A PNG.

    Raises:
        ValueError: There is nothing to draw.
        LookupError: The zone is not known.
    """
    dots = [dot for dot in request.dots if dot.amount is not None]
    if not dots:
        raise ValueError("there is no amount to draw")
    figure = Figure(figsize=SIZE, dpi=DOTS_PER_INCH, facecolor=CARD)
    FigureCanvasAgg(figure)  # which the figure keeps
    axes = figure.add_axes((LEFT, 0.12, RIGHT - LEFT, 0.6), facecolor=CARD)
    set_up_axes(axes, dots, request)
    draw_line(axes, runs(request.dots))
    draw_marks(axes, dots, request)
    draw_extremes(axes, request)
    write_heading(figure, dots, request)
    written = io.BytesIO()
    figure.savefig(written, format="png")
    return written.getvalue()


def set_up_axes(axes: Axes, dots: Sequence[Dot], request: ChartRequest) -> None:
    """Give the axes their ranges, marks and words."""
    zone = ZoneInfo(request.timezone)
    first, last = moment_range(dots[0].at, dots[-1].at)
    low, high = amount_range([_amount(dot) for dot in dots])
    moments = moment_ticks(dots[0].at, dots[-1].at, zone, language=request.language)
    amounts = amount_ticks(low, high)
    axes.set_xlim(first.timestamp(), last.timestamp())
    axes.set_ylim(low, high)
    axes.set_xticks([at.timestamp() for at, _ in moments], [text for _, text in moments])
    texts = ticks_as_text(amounts, request.currency)
    axes.set_yticks(amounts, texts)
    top = 0.66 if any(dot.mark for dot in dots) else 0.73
    width = RIGHT - LEFT - 0.012 - TICK_SIGN * max(map(len, texts))
    axes.set_position((LEFT, 0.12, width, top - 0.12))
    axes.yaxis.tick_right()
    axes.tick_params(colors=QUIET, labelsize=16.5, length=0, pad=9)
    if len(moments) > CLOSE:
        axes.tick_params(axis="x", labelsize=13)
    axes.grid(axis="y", color=GRID, linewidth=1.2)
    axes.set_axisbelow(True)
    for side in axes.spines.values():
        side.set_visible(False)
    axes.spines["bottom"].set(visible=True, color=GRID, linewidth=1.6)


def draw_line(axes: Axes, pieces: Sequence[Sequence[Dot]]) -> None:
    """Draw the pieces of the line, each with its glow down to the axis's lower end, which is not zero.

    Args:
        pieces: The dots that one line connects, piece by piece; a piece of one dot is drawn as a mark.
    """
    low, high = axes.get_ylim()
    left, right = axes.get_xlim()
    width = 2.6 if sum(map(len, pieces)) > DENSE else 3.4
    outlines = []
    for piece in pieces:
        where = [(dot.at.timestamp(), _amount(dot)) for dot in piece]
        if len(where) == 1:
            axes.plot(*where[0], "o", color=LINE, markersize=6, zorder=3)
            continue
        axes.plot(*zip(*where, strict=True), color=LINE, linewidth=width, solid_capstyle="round", zorder=3)
        outlines.append(Path([(where[0][0], low), *where, (where[-1][0], low), (where[0][0], low)]))
    if outlines:
        glow = np.empty((128, 1, 4), np.uint8)
        glow[...] = [round(255 * part) for part in (*to_rgb(LINE), 0)]
        glow[..., 3] = np.linspace(0, 87, 128)[:, None]
        image = axes.imshow(
            glow, extent=(left, right, low, high), origin="lower", aspect="auto", interpolation="nearest", zorder=2
        )
        image.set_clip_path(PathPatch(Path.make_compound_path(*outlines), transform=axes.transData))


def draw_marks(axes: Axes, dots: Sequence[Dot], request: ChartRequest) -> None:
    """Draw incomplete dots hollow, and the last dot bright: with a halo, hollow all the same where it is incomplete."""
    size = 5.5 if len(request.dots) > DENSE else 10
    for mark, (sign, color) in SIGNS.items():
        where = [(dot.at.timestamp(), _amount(dot)) for dot in marked(dots) if dot.mark == mark]
        if where:
            axes.plot(
                *zip(*where, strict=True), sign, color=color, fillstyle="none", markersize=size, mew=2.2, zorder=4
            )
    last = dots[-1]
    sign, color = SIGNS.get(last.mark, ("o", LINE))
    fill, edge = (CARD, color) if last.mark else (TEXT, LINE)
    at = last.at.timestamp()
    axes.plot(at, _amount(last), "o", color=color, markersize=21, alpha=0.25, mew=0, zorder=4, clip_on=False)
    axes.plot(at, _amount(last), sign, color=fill, markersize=10, mec=edge, mew=3, zorder=5, clip_on=False)


def draw_extremes(axes: Axes, request: ChartRequest) -> None:
    """Name the lowest and the highest dot, unless it is the last one, which the heading names."""
    found = extremes(request.dots)
    if found is None:
        return
    words = WORDS[request.language]
    left, right = axes.get_xlim()
    for dot, word, side in ((found[0], words.lowest, -1), (found[1], words.highest, 1)):
        if dot.at == request.dots[-1].at:
            continue
        at = dot.at.timestamp()
        share = (at - left) / (right - left)
        align = "left" if share < 0.25 else "right" if share > 0.75 else "center"
        axes.plot(at, _amount(dot), "o", color=CARD, mec=QUIET, markersize=8, mew=2.2, zorder=4)
        axes.annotate(
            f"{word} {money(_exact(dot), request.currency)}",
            (at, _amount(dot)),
            xytext=(0, 11 * side),
            textcoords="offset points",
            ha=align,
            va="bottom" if side > 0 else "top",
            color=QUIET,
            fontsize=15,
            zorder=6,
            path_effects=[withStroke(linewidth=3, foreground=CARD)],
        )


def write_heading(figure: Figure, dots: Sequence[Dot], request: ChartRequest) -> None:
    """Write what it is, the last amount in large letters, the change, and what the marks mean."""
    words = WORDS[request.language]
    last, complete = dots[-1], [dot for dot in dots if not dot.mark]
    amount = f"{last.mark} {money(_exact(last), request.currency)}".strip()
    change, color = "", QUIET
    if not last.mark and len(complete) > 1:
        change, color = _change(_exact(last) - _exact(complete[0]), request)
    shrink = min(1.0, (RIGHT - LEFT) / (AMOUNT_SIGN * len(amount) + CHANGE_SIGN * (len(change) + 2)))
    title, moment = f"{words.title} · {span_in_words(request)}", _moment(last.at, request)
    moment = words.now_in_picture.format(at=moment) if last.newest else moment
    small = min(1.0, (RIGHT - LEFT) / (TITLE_SIGN * len(title) + MOMENT_SIGN * (len(moment) + 2)))
    figure.text(LEFT, 0.92, title, color=QUIET, fontsize=18 * small)
    figure.text(RIGHT, 0.92, moment, color=QUIET, fontsize=16.5 * small, ha="right")
    figure.text(LEFT, 0.795, amount, color=TEXT, fontsize=34 * shrink, weight="bold")
    figure.text(RIGHT, 0.81, change, color=color, fontsize=20 * shrink, ha="right")
    write_legend(figure, dots, {"≥": words.incomplete, "≈": words.stands_in})


def write_legend(figure: Figure, dots: Sequence[Dot], meanings: dict[str, str]) -> None:
    """Say what the hollow marks mean, where there are any.

    Args:
        meanings: What each mark means, in the language of the chat.
    """
    found = [(mark, *SIGNS[mark]) for mark in SIGNS if any(dot.mark == mark for dot in dots)]
    signs = [
        Line2D([], [], marker=sign, color=color, fillstyle="none", ls="", markersize=9, mew=2.2, label=meanings[mark])
        for mark, sign, color in found
    ]
    if signs:
        figure.legend(
            handles=signs,
            loc="upper left",
            bbox_to_anchor=(LEFT - 0.012, 0.775),
            ncols=2,
            frameon=False,
            labelcolor=QUIET,
            fontsize=15,
            handletextpad=0.1,
            columnspacing=1.0,
        )


def _change(change: Decimal, request: ChartRequest) -> tuple[str, str]:
    """Return a change in money with an arrow, and its color; without either where nothing has changed."""
    text = money(change, request.currency, signed=True)
    if not change:
        return text, QUIET
    return (f"▲ {text}", UP) if change > 0 else (f"▼ {text}", DOWN)


def _moment(at: datetime, request: ChartRequest) -> str:
    """Return a moment's day and time in the chart's zone."""
    return f"{at.astimezone(ZoneInfo(request.timezone)):%Y-%m-%d %H:%M}"


def _exact(dot: Dot) -> Decimal:
    """Return a dot's amount; 0 for one without, which is never drawn."""
    return dot.amount or Decimal(0)  # there are none without: draw() left them out


def _amount(dot: Dot) -> float:
    """Return a dot's amount as matplotlib wants it."""
    return float(_exact(dot))


if __name__ == "__main__":
    main()
