"""What stands within a refusal in words of ours: what is not known, and our own reasons; by their English."""

from collections.abc import Mapping
from typing import Final

from bus.language import Language
from ledger.trading.flow.live_lock import LOCKS

UNKNOWNS: Final[dict[Language, Mapping[str, str]]] = {
    "en": {},
    "ru": {
        "balance": "баланс",
        "quote": "котировка",
        "fresh quote": "свежая котировка",
        "quote that is not delayed": "котировка без задержки",
        "quote that is not crossed": "непротиворечивая котировка",
        "spread": "спред",
        "rate": "курс",
        "equity": "капитал",
        "peak of equity": "пик капитала",
        "unrealized P&L": "нереализованный результат",
        "unrealized P&L at the start of the day": "нереализованный результат на начало дня",
        "leverage": "плечо",
        "margin and leverage at the venue": "маржа и плечо на площадке",
        "instrument": "инструмент",
        "what the venue holds": "сколько на площадке",
    },
    "de": {
        "balance": "Guthaben",
        "quote": "Kurs",
        "fresh quote": "aktueller Kurs",
        "quote that is not delayed": "Kurs ohne Verzögerung",
        "quote that is not crossed": "widerspruchsfreier Kurs",
        "spread": "Spread",
        "rate": "Wechselkurs",
        "equity": "Kapital",
        "peak of equity": "Höchststand des Kapitals",
        "unrealized P&L": "unrealisiertes Ergebnis",
        "unrealized P&L at the start of the day": "unrealisiertes Ergebnis zu Tagesbeginn",
        "leverage": "Hebel",
        "margin and leverage at the venue": "Margin und Hebel an der Börse",
        "instrument": "Instrument",
        "what the venue holds": "Bestand an der Börse",
    },
}
"""What may not be known."""
REASONS: Final[dict[Language, Mapping[str, str]]] = {
    "en": {},
    "ru": {
        "it is archived": "он в архиве",
        "it does not answer": "нет ответа",
        "no such instrument": "такого инструмента нет",
        "it was not taken up in time": "до него вовремя не дошло",
        "not resolved": "ещё не найден",
        "too many calls failed": "слишком много неудачных вызовов",
        LOCKS["trading"]: "TRADING не live",
        LOCKS["unchecked"]: "проверки торговли ещё не проводились",
        LOCKS["failed"]: "проверки торговли не пройдены",
        LOCKS["old"]: "проверкам торговли больше 24 ч",
    },
    "de": {
        "it is archived": "es ist archiviert",
        "it does not answer": "keine Antwort",
        "no such instrument": "kein solches Instrument",
        "it was not taken up in time": "es kam nicht rechtzeitig an die Reihe",
        "not resolved": "noch nicht gefunden",
        "too many calls failed": "zu viele gescheiterte Aufrufe",
        LOCKS["trading"]: "TRADING ist nicht live",
        LOCKS["unchecked"]: "die Prüfungen des Handels liefen noch nie",
        LOCKS["failed"]: "die Prüfungen des Handels sind nicht grün",
        LOCKS["old"]: "die Prüfungen des Handels sind älter als 24 h",
    },
}
"""Our own reasons; those of brokers and people stay as they are."""
