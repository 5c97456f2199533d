"""Chart and history begin and end with the number that the message above them has, whatever it is."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from bus.messages.rounds import Snapshot, Total
from ledger.migrate import migrate
from ledger.portfolio import history, rounds
from ledger.portfolio.series import series
from ledger.store import Ledger, open_ledger
from notifier.charts.caption import caption
from notifier.charts.drawing import request
from notifier.charts.request import SPANS, Span, since
from notifier.pages.history import history_page
from notifier.texts.amounts import money
from tests.notifier.pages.change_page_cases import worth

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 2, 11, 14, 0, tzinfo=UTC)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """Give a ledger with a slot every two hours for three days, each a hundred dollars more than the one before."""
    url = f"sqlite:///{tmp_path}/portfolio.db"
    migrate(url)
    with open_ledger(url) as opened:
        for number in range(36):
            at = NOW - timedelta(hours=2 * (36 - number))
            rounds.record(opened, closed(at, f"{30_000 + 100 * number}"), ("42",), zone=PARIS)
        yield opened


def closed(at: datetime, usd: str, *, mark: str = "", asked: str = "") -> Snapshot:
    """Return a slot's round with this total, or with `asked` the one of that request."""
    totals = {"usd": Total(amount=Decimal(usd), mark=mark), "rub": Total(amount=Decimal(usd) * 90, mark=mark)}
    slot = replace(worth(at), scheduled_for=at, round_id=f"{at:%Y-%m-%dT%H:%MZ}", closed_at=at, parts=(), **totals)
    return replace(slot, scheduled_for=None, round_id=asked) if asked else slot


@pytest.mark.sampled(6)
@pytest.mark.parametrize("span", SPANS.values())
@pytest.mark.parametrize("mark", ["", "≈", "≥"])
@pytest.mark.parametrize("asked", ["", "now-20260211T140000Z-1"])
def test_the_newest_number_is_the_charts_last_and_the_historys_first(
    ledger: Ledger, span: Span, mark: str, asked: str
) -> None:
    newest = closed(NOW, "21000.55", mark=mark, asked=asked)
    rounds.record(ledger, newest, (), zone=PARIS)
    points = series(ledger, since=since(span, NOW), zone=PARIS, now=NOW)
    text = caption(request(points, currency="USD", span=span, zone=PARIS, language="en"))
    page = history_page(history.days(ledger), newest, zone=PARIS, language="en")
    shown = f"{mark} {money(Decimal('21000.55'), 'USD')}".strip()
    first_row = page.partition("<pre>")[2].splitlines()[1 if "now" in page else 2]

    assert f"Now: {shown} (2026-02-11 15:00)" in text
    assert first_row.startswith("11-02 " if not asked and not mark else "now")
    assert first_row.split()[1 if not mark else 2] == "21,000.55"
    assert (mark or "now") in first_row or not asked
