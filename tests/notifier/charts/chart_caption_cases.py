"""The captions of charts that are kept as golden texts."""

from datetime import date
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from bus.language import Language
from notifier.charts.caption import caption
from notifier.charts.drawing import request
from notifier.charts.request import ChartRequest, Currency, Span
from tests.notifier.charts.chart_points import DAY, TWO_HOURS, points

PARIS = ZoneInfo("Europe/Paris")
CASES: dict[str, tuple[list[str], Currency, Span]] = {
    "a week that went up": (["34000.00", "33500.10", "35100.55", "34619.59"], "USD", "7d"),
    "a month in roubles that went down": (["34000.00", "35100.55", "33500.10"], "RUB", "30d"),
    "years": (["12000", "11000", "31587.59"], "USD", "all"),
    "incomplete ones at the end and between": (["34000", "≥21000", "ERROR", "35000", "≈34900"], "USD", "90d"),
    "only incomplete ones": (["≥21000", "≥22000"], "USD", "1y"),
    "an error at the end": (["34000", "35000", "ERROR"], "USD", "30d"),
    "one": (["34619.59"], "USD", "30d"),
    "a flat line": (["5000", "5000", "5000"], "USD", "7d"),
    "debts": (["-100", "-250.50", "-50"], "USD", "7d"),
    "from nothing": (["0", "10"], "USD", "7d"),
    "huge": (["900000000000000", "999999999999999.99"], "RUB", "all"),
    "nothing": ([], "RUB", "7d"),
    "nothing but errors": (["ERROR", "ERROR"], "USD", "all"),
}


def cases(language: Language) -> dict[str, str]:
    """Return each case's caption by its title."""
    return {
        title: caption(replace(asked(said, currency, span, language), began=date(2026, 2, 9) if span == "1y" else None))
        for title, (said, currency, span) in CASES.items()
    }


def asked(said: list[str], currency: Currency, span: Span, language: Language) -> ChartRequest:
    """Return the request for a chart whose last point is the newest snapshot."""
    shown = points(said, step=TWO_HOURS if span == "7d" else DAY)
    shown = (*shown[:-1], *(replace(point, newest=True) for point in shown[-1:]))
    return request(shown, currency=currency, span=span, zone=PARIS, language=language)
