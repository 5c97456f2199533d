"""What the page of history looks like, case by case."""

from datetime import date, timedelta
from decimal import Decimal

from ledger.history import Day
from notifier.history_page import history_page
from notifier.language import Language

TODAY = date(2026, 2, 11)


def day(ago: int, usd: str, rub: str, *, mark: str = "", today: date = TODAY) -> Day:
    """Return the day that is so many days ago."""
    return Day(day=today - timedelta(days=ago), usd=Decimal(usd), rub=Decimal(rub), mark=mark)


def walk(days: int, *, today: date = TODAY) -> list[Day]:
    """Return days up to today that go up and down."""
    amounts = [(34619.59 + (number * 7919 % 601) - number * 31, number) for number in range(days)]
    return [day(ago, f"{usd:.2f}", f"{usd * 92.32:.0f}", today=today) for usd, ago in reversed(amounts)]


def cases(language: Language) -> dict[str, str]:
    """Return each case's text by its title."""
    odd = [
        day(4, "-1500", "-138480"),
        day(3, "0", "0"),
        day(2, "12.3", "1136"),
        day(1, "99999999.99", "9231999999"),
        day(0, "123456789012345", "9999999999999999"),
    ]
    lists = {
        "no day yet": [],
        "the first day": [day(0, "34619.59", "3196081")],
        "a gap, and a last known value": [
            day(3, "34000", "3138880"),
            day(1, "34519.59", "3186849", mark="≈"),
            day(0, "34619.59", "3196081"),
        ],
        "over the turn of the year": walk(4, today=date(2026, 1, 2)),
        "more than thirty days": walk(35),
        "debts, nothing, much": odd,
    }
    return {title: history_page(days, language=language) for title, days in lists.items()}
