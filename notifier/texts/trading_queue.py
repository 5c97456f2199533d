"""The words of `/queue`, in each language; HTML for Telegram."""

from collections.abc import Mapping

import msgspec

from bus.language import Language


class QueueWords(msgspec.Struct, frozen=True, kw_only=True):
    """Every word of the page; a missing translation is a type error.

    Attributes:
        held: What holds a signal, by its code; with the names of what its step tells in braces.
    """

    none: str
    expires: str
    more: str
    new: str
    answer: str
    turn: str
    market_closed: str
    market_unknown: str
    held: Mapping[str, str]
    other: str


WORDS: dict[Language, QueueWords] = {
    "en": QueueWords(
        none="Nothing waits.",
        expires="if not, it expires {at}",
        more="and {count} more",
        new="it has just come",
        answer="waits for the answer",
        turn="waits for its turn",
        market_closed="the market opens {at}",
        market_unknown="the market is closed",
        held={
            "NOT_KNOWN": "not known: {what} {of}",
            "BROKER_LOST": "{broker} is not connected",
            "BREAKER_OPEN": "{broker} fails too often",
            "RECONCILING": "books and venue differ",
        },
        other="held by {code}",
    ),
    "ru": QueueWords(
        none="В очереди пусто.",
        expires="иначе истечёт {at}",
        more="и ещё {count}",
        new="только что пришёл",
        answer="ждёт ответа на вопрос",
        turn="ждёт своей очереди",
        market_closed="рынок откроется {at}",
        market_unknown="рынок закрыт",
        held={
            "NOT_KNOWN": "неизвестно: {what} {of}",
            "BROKER_LOST": "{broker}: нет связи",
            "BREAKER_OPEN": "{broker}: слишком много ошибок",
            "RECONCILING": "учёт и биржа расходятся",
        },
        other="причина {code}",
    ),
    "de": QueueWords(
        none="Nichts wartet.",
        expires="sonst verfällt es {at}",
        more="und {count} weitere",
        new="gerade gekommen",
        answer="wartet auf die Antwort",
        turn="ist noch nicht dran",
        market_closed="Markt öffnet {at}",
        market_unknown="Markt geschlossen",
        held={
            "NOT_KNOWN": "nicht bekannt: {what} {of}",
            "BROKER_LOST": "{broker} ist nicht verbunden",
            "BREAKER_OPEN": "{broker} scheitert zu oft",
            "RECONCILING": "Bücher und Börse weichen ab",
        },
        other="gehalten durch {code}",
    ),
}
