"""What is wrong with the books is told in the morning of each admin, once, in the admin's language."""

from datetime import datetime, timedelta

import pytest

from execution.watching.mornings import morning_after
from ledger.trading import audit
from ledger.trading.books import self_check
from ledger.trading.books.self_check import SelfCheck
from ledger.trading.people.preferences import set_language, set_timezone
from ledger.trading.principal import SYSTEM
from tests.execution.watching.stage import WatchingStage
from tests.ledger.trading.world import NOW, do

NIGHT = NOW.replace(hour=4)
FOUND = SelfCheck(
    positions=(), audit=(audit.Fault(chain="system", sequence=7, reason="it was changed"),), orphans=("1",), orders=()
)


@pytest.mark.parametrize(
    ("night", "zone", "morning"),
    [
        ("2026-11-27T04:30:00+00:00", "Europe/Paris", "2026-11-27T07:00:00+00:00"),
        ("2026-11-27T04:30:00+00:00", "America/New_York", "2026-11-27T13:00:00+00:00"),
        ("2026-11-27T04:30:00+00:00", "Asia/Tokyo", "2026-11-27T04:30:00+00:00"),
        ("2026-11-27T04:30:00+00:00", "UTC", "2026-11-27T08:00:00+00:00"),
    ],
)
def test_the_morning_is_that_of_the_admins_zone(night: str, zone: str, morning: str) -> None:
    assert morning_after(datetime.fromisoformat(night), zone) == datetime.fromisoformat(morning)


def books(stage: WatchingStage) -> list[str]:
    """Return what was told of the books."""
    return [text for text in stage.told() if "книг" in text or "books" in text]


def test_what_is_wrong_is_told_once_and_not_before_the_morning(stage: WatchingStage) -> None:
    do(stage.ledger, set_language, stage.boss, "ru")
    do(stage.ledger, set_timezone, stage.boss, "America/Los_Angeles")
    do(stage.ledger, self_check.record, SYSTEM, FOUND, due_at=NIGHT)
    stage.passes(80, step_s=10)
    before = books(stage)
    stage.time.move_on(3 * 3600)
    for _ in range(3):
        stage.start()
        stage.passes(80, step_s=10)

    assert before == []
    assert books(stage) == [
        "⚠ Ночная проверка книг: сделок вне позиций: 1; строка 7 журнала system: it was changed. "
        "Наберите: make verify-books"
    ]


@pytest.mark.parametrize("days", [0, 3])
def test_books_that_are_well_or_were_wrong_long_ago_are_not_told(stage: WatchingStage, days: int) -> None:
    found = FOUND if days else SelfCheck(positions=(), audit=(), orphans=(), orders=())
    do(stage.ledger, self_check.record, SYSTEM, found, due_at=NIGHT - timedelta(days=days))
    stage.passes(80, step_s=10)

    assert books(stage) == []
