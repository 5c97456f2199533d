"""What is said of live accounts that are locked, and of accounts that no broker serves; HTML for Telegram."""

from typing import Final

import msgspec

from bus.language import Language


class LockWords(msgspec.Struct, frozen=True, kw_only=True):
    """Every sentence of it; a missing translation is a type error.

    `reasons` are by the words that execution says, `tries` counts attempts to connect.
    """

    locked: str
    because: str
    reasons: dict[str, str]
    not_served: str
    tries: str


WORDS: Final[dict[Language, LockWords]] = {
    "en": LockWords(
        locked="locked",
        because="🔒 {reason}",
        reasons={
            "trading": "TRADING is not live",
            "unchecked": "the checks were never made",
            "failed": "the checks have failed",
            "old": "the checks are older than 24 h",
        },
        not_served="⚠ not served: connected is {number}",
        tries="attempts to connect: {count}",
    ),
    "ru": LockWords(
        locked="закрыт",
        because="🔒 {reason}",
        reasons={
            "trading": "TRADING не live",
            "unchecked": "проверок ещё не было",
            "failed": "проверки не пройдены",
            "old": "проверкам больше 24 ч",
        },
        not_served="⚠ не этот счёт: подключён {number}",
        tries="попыток подключения: {count}",
    ),
    "de": LockWords(
        locked="gesperrt",
        because="🔒 {reason}",
        reasons={
            "trading": "TRADING ist nicht live",
            "unchecked": "noch nie geprüft",
            "failed": "Prüfungen nicht grün",
            "old": "Prüfungen älter als 24 h",
        },
        not_served="⚠ nicht dieses: verbunden {number}",
        tries="Verbindungsversuche: {count}",
    ),
}
