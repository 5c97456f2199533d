"""Charts as the notifier asks for them: `bus.drawing_child` has a child draw them, and nothing of it stays."""

import sys
from collections.abc import Sequence
from zoneinfo import ZoneInfo

import msgspec

from bus.drawing_child import FONTS, KEPT, WITHIN_S, NotDrawn, drawn, environment
from bus.language import Language
from ledger.portfolio.series import Point
from notifier.charts.request import ChartRequest, Currency, Dot, Span

COMMAND = (sys.executable, "-m", "notifier.charts")

__all__ = ["COMMAND", "FONTS", "KEPT", "NotDrawn", "draw", "environment", "request"]


def request(
    points: Sequence[Point], *, currency: Currency, span: Span, zone: ZoneInfo, language: Language
) -> ChartRequest:
    """Make the request for a picture of one currency.

    Args:
        points: As the ledger's `series` returns them, oldest first.
        currency: Whose totals.
        span: What was asked for, for the title.
        zone: The reader's.
        language: The chat's.

    Returns:
        What `draw` takes and `caption` words.
    """
    amounts = [(point, point.usd if currency == "USD" else point.rub) for point in points]
    dots = tuple(Dot(at=point.at, amount=amount, mark=point.mark, newest=point.newest) for point, amount in amounts)
    return ChartRequest(dots=dots, currency=currency, span=span, language=language, timezone=zone.key)


async def draw(request: ChartRequest, *, within_s: float = WITHIN_S) -> bytes:
    """Draw a chart in a child, one at a time.

    Args:
        request: What to draw.
        within_s: How long it may take, waiting for another drawing included.

    Returns:
        A PNG of 1280 by 800.

    Raises:
        NotDrawn: There is no amount to draw, the child failed, or it took too long.
    """
    if all(dot.amount is None for dot in request.dots):
        raise NotDrawn("there is no amount to draw")
    return await drawn(COMMAND, msgspec.json.encode(request), within_s=within_s)
