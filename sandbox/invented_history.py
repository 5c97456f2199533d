"""An invented past for the demo: some months of days that end near what the pretend platforms hold now.

The file has the product's own form of a history, `{"23-02-2026": {"USD": 42500.00, "RUB": 3932500.00}, …}`, as an owner
would bring it from elsewhere. The same seed makes the same walk.
"""

import random
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

DAYS = 120
SEED = 11
LAST_USD = Decimal("34619.59")
LAST_RATE = Decimal("92.32")
DAILY = 0.009
DAILY_RATE = 0.005
WEEKEND = 0.25
"""How much of a working day's movement a Saturday or Sunday has: only the crypto part moves."""


def write_history(path: Path, *, last: date, days: int = DAYS, seed: int = SEED) -> None:
    """Write the file.

    Args:
        path: Where; an older one is replaced.
        last: Its last day, which is near the seeded world's totals.
        days: How many days.
        seed: Of the walk.
    """
    lines = [f'  "{day:%d-%m-%Y}": {{"USD": {usd}, "RUB": {rub}}}' for day, usd, rub in _walk(last, days, seed)]
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def _walk(last: date, days: int, seed: int) -> list[tuple[date, Decimal, Decimal]]:
    """Walk back from the last day; return the days oldest first, each with its dollars and roubles."""
    chance = random.Random(seed)
    usd, rate = float(LAST_USD) * 0.997, float(LAST_RATE) * 1.001
    walked = []
    for number in range(days):
        day = last - timedelta(days=number)
        walked.append((day, Decimal(f"{usd:.2f}"), Decimal(f"{round(usd * rate)}.00")))
        quiet = day.weekday() >= 5
        usd /= 1 + chance.gauss(0.0012, DAILY) * (WEEKEND if quiet else 1)
        rate /= 1 + (0 if quiet else chance.gauss(0.0001, DAILY_RATE))
    return walked[::-1]
