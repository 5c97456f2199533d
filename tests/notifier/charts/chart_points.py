"""Dots and points for charts: the plain ones and the odd ones."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from bus.language import Language
from ledger.portfolio.series import Point
from notifier.charts.request import ChartRequest, Currency, Dot, Span

NOW = datetime(2026, 2, 11, 9, 0, tzinfo=UTC)
TWO_HOURS = timedelta(hours=2)
DAY = timedelta(days=1)
ERROR = "ERROR"


def dots(said: Iterable[str], *, step: timedelta = TWO_HOURS) -> tuple[Dot, ...]:
    """Return dots from texts such as `5`, `≥3`, `≈4` and `ERROR`, evenly spaced, the last one now."""
    texts = list(said)
    return tuple(_dot(text, NOW - step * (len(texts) - 1 - index)) for index, text in enumerate(texts))


def points(said: Iterable[str], *, step: timedelta = TWO_HOURS, rate: int = 90) -> tuple[Point, ...]:
    """Return points with these dollars, and `rate` times as many roubles."""
    return tuple(
        Point(at=dot.at, usd=dot.amount, rub=None if dot.amount is None else dot.amount * rate, mark=dot.mark)
        for dot in dots(said, step=step)
    )


def request(
    drawn: tuple[Dot, ...], *, currency: Currency = "USD", span: Span = "30d", language: Language = "en"
) -> ChartRequest:
    """Return the request for a picture of these dots."""
    return ChartRequest(dots=drawn, currency=currency, span=span, language=language, timezone="Europe/Paris")


def wave(count: int, *, around: int = 34_000) -> list[str]:
    """Return amounts that go up and down by a tenth."""
    return [f"{around + around * ((index * 37) % 100 - 50) // 500}.37" for index in range(count)]


def _dot(text: str, at: datetime) -> Dot:
    if text == ERROR:
        return Dot(at=at, amount=None, mark=ERROR)
    mark = text[0] if text[0] in "≥≈" else ""
    return Dot(at=at, amount=Decimal(text.removeprefix(mark)), mark=mark)
