"""The numbers below a chart, in words: what the picture shows, exactly."""

from collections.abc import Sequence
from datetime import datetime, tzinfo
from decimal import Decimal, localcontext

from bus.money import DIGITS
from ledger.series import Point
from notifier.chart_amounts import money
from notifier.chart_geometry import extremes
from notifier.chart_request import DAYS, Currency, Dot, Span
from notifier.chart_words import WORDS, Words
from notifier.language import Language
from notifier.render import to_html

DAILY_FROM = 31
SYMBOLS: dict[Currency, str] = {"USD": "$", "RUB": "₽"}
TENTH = Decimal("0.1")


def caption(points: Sequence[Point], *, currency: Currency, span: Span, zone: tzinfo, language: Language) -> str:
    """Word what a chart shows.

    Args:
        points: As the ledger's `series` returns them, oldest first.
        currency: Whose totals.
        span: What was asked for.
        zone: The reader's.
        language: The chat's.

    Returns:
        HTML for Telegram, far below a caption's 1024 characters; one sentence where there is no number at all. First,
        change, lowest and highest are of complete points only.
    """
    words = WORDS[language]
    amounts = [(point.at, point.usd if currency == "USD" else point.rub, point.mark) for point in points]
    dots = [Dot(at=at, amount=amount, mark=mark) for at, amount, mark in amounts]
    drawn = [dot for dot in dots if dot.amount is not None]
    if not drawn:
        return to_html(words.nothing.format(span=words.spans[span], currency=SYMBOLS[currency]))
    complete = [dot for dot in drawn if not dot.mark]
    title = f"{words.title}, {words.spans[span]}, {SYMBOLS[currency]}"
    told = [(words.now, drawn[-1])]
    if complete and complete[0] is not drawn[-1]:
        told.append((words.at_first, complete[0]))
    lines = [_line(word, dot, currency, zone=zone, span=span) for word, dot in told]
    if len(complete) > 1:
        lines.append(_change(complete[0], complete[-1], currency, words=words))
    found = extremes(dots)
    if found is not None:
        named = zip((words.highest, words.lowest), reversed(found), strict=True)
        lines += [_line(word.capitalize(), dot, currency, zone=zone, span=span) for word, dot in named]
    if len(complete) < len(dots):
        lines.append(words.marked.format(count=len(dots) - len(complete), of=len(dots)))
    return "\n".join([f"<b>{to_html(title)}</b>", *(to_html(line) for line in lines)])


def not_drawn(language: Language) -> str:
    """Say that there is no picture, above a caption that is sent without it."""
    return WORDS[language].not_drawn


def _line(word: str, dot: Dot, currency: Currency, *, zone: tzinfo, span: Span) -> str:
    mark = f"{dot.mark} " if dot.mark else ""
    return f"{word}: {mark}{money(dot.amount or Decimal(0), currency)} ({_moment(dot.at, zone, span)})"


def _moment(at: datetime, zone: tzinfo, span: Span) -> str:
    local = at.astimezone(zone)
    return f"{local:%Y-%m-%d %H:%M}" if (DAYS[span] or DAILY_FROM) < DAILY_FROM else f"{local:%Y-%m-%d}"


def _change(first: Dot, last: Dot, currency: Currency, *, words: Words) -> str:
    before, after = first.amount or Decimal(0), last.amount or Decimal(0)
    with localcontext(prec=DIGITS):
        text = f"{words.change}: {money(after - before, currency, signed=True)}"
        if before <= 0:
            return text  # a share of nothing, or of a debt, says nothing
        share = ((after - before) / before * 100).quantize(TENTH) + 0
        return f"{text} ({share:+,} %)" if share else f"{text} (0.0 %)"
