"""What is told of a day that goes unusually well or badly; English, Russian and German, plain text."""

from decimal import Decimal
from typing import Final

import msgspec

from bus.language import Language
from reports.amounts import money


class Swing(msgspec.Struct, frozen=True, kw_only=True):
    """What a portfolio has gained or lost since its day began, and how much is told of; in `currency`.

    Attributes:
        portfolio: Its name, behind `paper` where its money is not real.
        realized: Net, of the day.
        unrealized: Its change since the day began.
        threshold: Above zero.
        is_of_limit: Whether that is half of the daily loss limit; else it is a share of equity.
    """

    portfolio: str
    currency: str
    realized: Decimal
    unrealized: Decimal
    threshold: Decimal
    is_of_limit: bool

    @property
    def change(self) -> Decimal:
        """All of it."""
        return self.realized + self.unrealized


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """All words of one language."""

    told: str
    of_limit: str
    of_equity: str


WORDS: Final[dict[Language, Words]] = {
    "en": Words(
        told="{sign} {portfolio}: {change} {currency} since the day began\n"
        "Realized {realized}, unrealized {unrealized}\n"
        "This is told from {threshold} {currency} on: {why}. /pnl",
        of_limit="half of the daily loss limit",
        of_equity="5 % of equity",
    ),
    "ru": Words(
        told="{sign} {portfolio}: {change} {currency} с начала дня\n"
        "Реализовано {realized}, нереализовано {unrealized}\n"
        "Сообщается от {threshold} {currency}: {why}. /pnl",
        of_limit="половина дневного лимита убытка",
        of_equity="5 % капитала",
    ),
    "de": Words(
        told="{sign} {portfolio}: {change} {currency} seit Beginn des Tages\n"
        "Realisiert {realized}, nicht realisiert {unrealized}\n"
        "Gemeldet wird ab {threshold} {currency}: {why}. /pnl",
        of_limit="die Hälfte des Tagesverlustlimits",
        of_equity="5 % des Kapitals",
    ),
}


def told_swing(swing: Swing, language: Language) -> str:
    """Return what is told of a day.

    Args:
        swing: The day.
        language: The reader's.
    """
    words = WORDS[language]
    return words.told.format(
        sign="📈" if swing.change > 0 else "📉",
        portfolio=swing.portfolio,
        change=money(swing.change, signed=True),
        currency=swing.currency,
        realized=money(swing.realized, signed=True),
        unrealized=money(swing.unrealized, signed=True),
        threshold=money(swing.threshold),
        why=words.of_limit if swing.is_of_limit else words.of_equity,
    )
