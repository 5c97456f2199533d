"""What `/chart` may ask for, and what the program that draws it is told.

Light on purpose: the caller and the drawing child share it, and the child shall load nothing else of ours.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Literal, get_args

from msgspec import Struct

from bus.language import Language

Span = Literal["7d", "30d", "90d", "1y", "all"]
Currency = Literal["USD", "RUB"]

DAYS: dict[Span, int | None] = {"7d": 7, "30d": 30, "90d": 90, "1y": 365, "all": None}
SPANS: dict[str, Span] = {span: span for span in get_args(Span)}
CURRENCIES: dict[str, Currency] = {"usd": "USD", "$": "USD", "rub": "RUB", "₽": "RUB"}
USAGE: dict[Language, str] = {
    "en": "Type /chart with a span (7d, 30d, 90d, 1y or all) and a currency (usd or rub), or with nothing for 30d usd.",
    "ru": "Напишите /chart, срок (7d, 30d, 90d, 1y или all) и валюту (usd или rub). Без них: 30d usd.",
    "de": "/chart eingeben, dazu Zeitraum (7d, 30d, 90d, 1y, all) und Währung (usd oder rub). Ohne beides: 30d usd.",
}


class Dot(Struct, frozen=True, kw_only=True):
    """A total at a moment; `mark` is empty where it is complete, and there is no amount where there was no total.

    `newest`: it is what the last message said.
    """

    at: datetime
    amount: Decimal | None
    mark: str = ""
    newest: bool = False


class ChartRequest(Struct, frozen=True, kw_only=True):
    """Everything that a picture shows; moments are told in `timezone`, an IANA name.

    `began` is the first day of the history where the span reaches further back, None where it does not.
    """

    dots: tuple[Dot, ...]
    currency: Currency
    span: Span
    language: Language
    timezone: str
    began: date | None = None


class WrongArguments(Exception):
    """What was typed behind `/chart` says nothing that can be drawn; its text is the cure in English."""

    def sentence(self, language: Language) -> str:
        """Say what may be typed."""
        return USAGE[language]


def chart_request(arguments: Sequence[str]) -> tuple[Span, Currency]:
    """Read what was typed behind `/chart`, in any order and case.

    Args:
        arguments: The words.

    Returns:
        Span and currency; where one is not named, 30 days and USD.

    Raises:
        WrongArguments: A word that is neither, or two of one kind.
    """
    spans: list[Span] = []
    currencies: list[Currency] = []
    for word in (each.lower() for each in arguments):
        if word in SPANS:
            spans.append(SPANS[word])
        elif word in CURRENCIES:
            currencies.append(CURRENCIES[word])
        else:
            raise WrongArguments(USAGE["en"])
    if len(spans) > 1 or len(currencies) > 1:
        raise WrongArguments(USAGE["en"])
    return (spans or ["30d"])[0], (currencies or ["USD"])[0]


def since(span: Span, now: datetime) -> datetime | None:
    """Return where a span begins, None for all.

    Args:
        span: How far back the chart reaches.
    """
    days = DAYS[span]
    return None if days is None else now - timedelta(days=days)


def first_day(began: date | None, start: datetime | None, zone: tzinfo) -> date | None:
    """Return the first day of the history where a span reaches further back, None where it does not.

    Args:
        began: The first day of which anything is known.
        start: Where the span begins, None for all.
        zone: The reader's.
    """
    if began is None or (start is not None and began <= start.astimezone(zone).date()):
        return None
    return began
