"""The demo's invented past: the same every time, plausible, and readable by the product."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

from ledger.portfolio.history_file import parse
from sandbox.invented_history import write_history

LAST = date(2026, 2, 10)


def test_the_past_has_every_day_until_the_last_and_ends_near_what_the_platforms_hold(tmp_path: Path) -> None:
    write_history(tmp_path / "history.json", last=LAST)
    days = parse((tmp_path / "history.json").read_bytes(), today=LAST)

    assert [day.day for day in days] == [LAST - timedelta(days=number) for number in range(119, -1, -1)]
    assert abs(days[-1].usd / Decimal("34619.59") - 1) < Decimal("0.01")
    assert abs(days[-1].rub / Decimal("3196081") - 1) < Decimal("0.01")
    assert all(Decimal(20_000) < day.usd < Decimal(50_000) and Decimal(70) < day.rub / day.usd < 120 for day in days)


def test_the_past_is_the_same_every_time_and_another_with_another_seed(tmp_path: Path) -> None:
    paths = [tmp_path / f"{number}.json" for number in range(3)]
    for path, seed in zip(paths, (1, 1, 2), strict=True):
        write_history(path, last=LAST, seed=seed)
    first, again, other = (path.read_bytes() for path in paths)

    assert first == again != other


def test_weekends_are_flatter(tmp_path: Path) -> None:
    write_history(tmp_path / "history.json", last=LAST)
    days = parse((tmp_path / "history.json").read_bytes(), today=LAST)
    moves = [(later.day.weekday() >= 5, abs(later.usd / earlier.usd - 1)) for earlier, later in pairwise(days)]
    flat, lively = ([move for weekend, move in moves if weekend is quiet] for quiet in (True, False))

    assert sum(flat) / len(flat) < sum(lively) / len(lively) / 2
