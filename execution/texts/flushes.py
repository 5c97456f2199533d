"""What is told when a market has opened and signals went that had waited for it; in each language, plain text."""

from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from bus.language import Language
from reports.texts import WORDS as REPORTS
from reports.texts import refusal_told


class Flush(msgspec.Struct, frozen=True, kw_only=True):
    """What has become of a user's signals that had waited for their market.

    Attributes:
        is_live: Whether their money is real.
        ordered: How many have become orders.
        asked: How many are questions now.
        moving: How many are held, and still on their way.
        expired: How many have ended unordered since their time was over.
        refused: How many were refused.
        reasons: Of the expired and the refused: how many by each code.
    """

    is_live: bool
    ordered: int = 0
    asked: int = 0
    moving: int = 0
    expired: int = 0
    refused: int = 0
    reasons: Mapping[str, int] = {}

    @property
    def count(self) -> int:
        """All of them."""
        return self.ordered + self.asked + self.moving + self.expired + self.refused


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """All words of one language."""

    head: str
    paper: str
    ordered: str
    asked: str
    moving: str
    expired: str
    refused: str
    more: str


WORDS: Final[Mapping[Language, Words]] = {
    "en": Words(
        head="🔓 The market is open. Signals that waited{paper}: {count}",
        paper=" (paper)",
        ordered="ordered: {count}",
        asked="asked about: {count}",
        moving="held, see /queue: {count}",
        expired="expired: {count}",
        refused="refused: {count}",
        more="/trades shows what was filled, /why the life of each.",
    ),
    "ru": Words(
        head="🔓 Рынок открыт. Сигналов ждало{paper}: {count}",
        paper=" (демо)",
        ordered="стали заявками: {count}",
        asked="ждут ответа: {count}",
        moving="задержаны, смотрите /queue: {count}",
        expired="срок истёк: {count}",
        refused="отклонены: {count}",
        more="/trades покажет исполненное, /why — жизнь каждого.",
    ),
    "de": Words(
        head="🔓 Der Markt ist offen. Wartende Signale{paper}: {count}",
        paper=" (Paper)",
        ordered="Orders: {count}",
        asked="Fragen: {count}",
        moving="gehalten, siehe /queue: {count}",
        expired="abgelaufen: {count}",
        refused="abgelehnt: {count}",
        more="/trades zeigt das Ausgeführte, /why jedes Leben.",
    ),
}


def flush_told(flush: Flush, language: Language) -> str:
    """Return what has become of signals that had waited for their market.

    Args:
        flush: What.
        language: Which.
    """
    words = WORDS[language]
    head = words.head.format(count=flush.count, paper="" if flush.is_live else words.paper)
    return "\n".join([head, *_lines(flush, words), *_reasons(flush, language), words.more])


def _lines(flush: Flush, words: Words) -> Iterable[str]:
    """Return a line for each end that there was."""
    counts = {
        words.ordered: flush.ordered,
        words.asked: flush.asked,
        words.moving: flush.moving,
        words.expired: flush.expired,
        words.refused: flush.refused,
    }
    return (template.format(count=count) for template, count in counts.items() if count)


def _reasons(flush: Flush, language: Language) -> Iterable[str]:
    """Return a line for each reason, the commonest first."""
    ordered = sorted(flush.reasons.items(), key=lambda item: (-item[1], item[0]))
    return (f"· {refusal_told(code, REPORTS[language])}: {count}" for code, count in ordered)
