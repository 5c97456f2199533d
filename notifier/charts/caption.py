"""The numbers below a chart, in words: what the picture shows, exactly."""

from decimal import Decimal, localcontext
from zoneinfo import ZoneInfo

from bus.language import Language
from bus.money import DIGITS
from notifier.charts.geometry import extremes
from notifier.charts.request import DAYS, ChartRequest, Currency, Dot
from notifier.texts.amounts import money
from notifier.texts.chart import WORDS, span_in_words
from notifier.texts.message import to_html

DAILY_FROM = 31
SYMBOLS: dict[Currency, str] = {"USD": "$", "RUB": "₽"}
TENTH = Decimal("0.1")


def caption(request: ChartRequest) -> str:
    """Word what a chart shows.

    Args:
        request: What is drawn.

    Returns:
        HTML for Telegram, far below a caption's 1024 characters; one sentence where there is no number at all. First,
        change, lowest and highest are of complete dots only.
    """
    words, dots = WORDS[request.language], request.dots
    drawn = [dot for dot in dots if dot.amount is not None]
    if not drawn:
        return to_html(words.nothing.format(span=words.spans[request.span], currency=SYMBOLS[request.currency]))
    complete = [dot for dot in drawn if not dot.mark]
    title = f"{words.title}, {span_in_words(request)}, {SYMBOLS[request.currency]}"
    lines = []
    if dots[-1].newest and dots[-1].amount is None:
        lines.append(f"{words.now}: {words.no_total} ({_moment(dots[-1], request)})")
    lines.append(_line(words.now if drawn[-1].newest else words.last, drawn[-1], request))
    if complete and complete[0] is not drawn[-1]:
        lines.append(_line(words.at_first, complete[0], request))
    if len(complete) > 1:
        until = "" if complete[-1] is dots[-1] else words.until.format(day=_moment(complete[-1], request))
        lines.append(f"{words.change}{until}: {_change(complete[0], complete[-1], request.currency)}")
    found = extremes(dots)
    if found is not None:
        named = zip((words.highest, words.lowest), reversed(found), strict=True)
        lines += [_line(word.capitalize(), dot, request) for word, dot in named]
    if len(complete) < len(dots):
        lines.append(words.marked.format(count=len(dots) - len(complete), of=len(dots)))
    return "\n".join([f"<b>{to_html(title)}</b>", *(to_html(line) for line in lines)])


def not_drawn(language: Language) -> str:
    """Say that there is no picture, above a caption that is sent without it.

    Returns:
        One sentence.
    """
    return WORDS[language].not_drawn


def _line(word: str, dot: Dot, request: ChartRequest) -> str:
    """Return one line: the word, the amount with its mark, and the moment."""
    mark = f"{dot.mark} " if dot.mark else ""
    return f"{word}: {mark}{money(dot.amount or Decimal(0), request.currency)} ({_moment(dot, request)})"


def _moment(dot: Dot, request: ChartRequest) -> str:
    """Tell when: the newest as its message does, and each other one of a long span by its day."""
    local = dot.at.astimezone(ZoneInfo(request.timezone))
    to_the_minute = dot.newest or (DAYS[request.span] or DAILY_FROM) < DAILY_FROM
    return f"{local:%Y-%m-%d %H:%M}" if to_the_minute else f"{local:%Y-%m-%d}"


def _change(first: Dot, last: Dot, currency: Currency) -> str:
    """Return the change between two dots, and its share in percent where the first is above zero."""
    before, after = first.amount or Decimal(0), last.amount or Decimal(0)
    with localcontext(prec=DIGITS):
        text = money(after - before, currency, signed=True)
        if before <= 0:
            return text  # a share of nothing, or of a debt, says nothing
        share = ((after - before) / before * 100).quantize(TENTH) + 0
        return f"{text} ({share:+,} %)" if share else f"{text} (0.0 %)"
