"""What the page of history looks like, case by case."""

from datetime import date, timedelta
from decimal import Decimal

from msgspec.structs import replace

from bus.language import Language
from bus.messages.rounds import Total
from ledger.portfolio.history import Day
from notifier.pages.history import history_page
from tests.golden_messages import PARIS
from tests.notifier.pages.change_page_cases import worth

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
    pages = {title: history_page(days, None, zone=PARIS, language=language) for title, days in lists.items()}
    three = lists["a gap, and a last known value"]
    own = [replace(three[-1], round_id=worth().round_id)]
    newest = {
        "the newest is the newest day's": ([*three[:-1], *own], worth()),
        "the newest was asked for later": (three, worth()),
        "the newest has a last known value": (three, replace(worth(), usd=marked("≈"), rub=marked("≈"))),
        "the newest lacks a source": (three, replace(worth(), usd=marked("≥"), rub=marked("≥"))),
        "the newest has no total in roubles": (three, replace(worth(), usd=marked("≥"), rub=Total(mark="ERROR"))),
        "nothing but a newest that lacks a source": ([], replace(worth(), usd=marked("≥"), rub=marked("≥"))),
    }
    found = newest.items()
    return pages | {title: history_page(*each, zone=PARIS, language=language) for title, each in found}


def marked(mark: str) -> Total:
    """Return a total with a mark."""
    return Total(amount=Decimal("21000.00"), mark=mark)
