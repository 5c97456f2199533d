"""The words of the one message that tells an order's life, in three languages."""

from typing import Final, NamedTuple

from bus.language import Language
from ledger.trading.enumerations import OrderStatus


class Words(NamedTuple):
    """All words of one language."""

    sent: str
    working: str
    leg_states: dict[OrderStatus, str]
    asked: str
    executes: str
    rejects: str
    ordered_at: str
    filled_at: str
    filled_part_at: str
    ended_at: dict[OrderStatus, str]
    kept: str


EN: Final = Words(
    sent="{order}: sent; the venue has not answered yet.",
    working="{order}: working at the venue.",
    leg_states={
        "PENDING_NEW": "sent",
        "NEW": "working",
        "PARTIALLY_FILLED": "working",
        "PENDING_CANCEL": "being canceled",
        "CANCELED": "canceled",
        "REJECTED": "rejected",
        "EXPIRED": "expired",
        "UNKNOWN": "not known",
        "NOT_PLACED": "not placed",
    },
    asked="asked",
    executes="Execute ({name})",
    rejects="Reject ({name})",
    ordered_at="ordered",
    filled_at="filled",
    filled_part_at="last fill",
    ended_at={
        "CANCELED": "canceled",
        "REJECTED": "rejected",
        "EXPIRED": "expired",
        "NOT_PLACED": "not found",
        "UNKNOWN": "answer lost",
        "PENDING_CANCEL": "cancel asked for",
    },
    kept="{percent} % kept for slippage, left over {left}",
)
RU: Final = Words(
    sent="{order}: отправлена; площадка пока не ответила.",
    working="{order}: работает на площадке.",
    leg_states={
        "PENDING_NEW": "отправлен",
        "NEW": "работает",
        "PARTIALLY_FILLED": "работает",
        "PENDING_CANCEL": "снимается",
        "CANCELED": "снят",
        "REJECTED": "отклонён",
        "EXPIRED": "истёк",
        "UNKNOWN": "неизвестно",
        "NOT_PLACED": "не выставлен",
    },
    asked="вопрос",
    executes="Исполнить ({name})",
    rejects="Отклонить ({name})",
    ordered_at="заявка",
    filled_at="исполнена",
    filled_part_at="последняя сделка",
    ended_at={
        "CANCELED": "отменена",
        "REJECTED": "отклонена",
        "EXPIRED": "истекла",
        "NOT_PLACED": "не найдена",
        "UNKNOWN": "ответ потерян",
        "PENDING_CANCEL": "отмена запрошена",
    },
    kept="{percent} % оставлено на проскальзывание, остаток {left}",
)
DE: Final = Words(
    sent="{order}: gesendet; die Börse hat noch nicht geantwortet.",
    working="{order}: aktiv an der Börse.",
    leg_states={
        "PENDING_NEW": "gesendet",
        "NEW": "aktiv",
        "PARTIALLY_FILLED": "aktiv",
        "PENDING_CANCEL": "wird storniert",
        "CANCELED": "storniert",
        "REJECTED": "abgelehnt",
        "EXPIRED": "abgelaufen",
        "UNKNOWN": "unbekannt",
        "NOT_PLACED": "nicht platziert",
    },
    asked="gefragt",
    executes="Ausführen ({name})",
    rejects="Ablehnen ({name})",
    ordered_at="Auftrag",
    filled_at="ausgeführt",
    filled_part_at="letzte Ausführung",
    ended_at={
        "CANCELED": "storniert",
        "REJECTED": "abgelehnt",
        "EXPIRED": "abgelaufen",
        "NOT_PLACED": "nicht gefunden",
        "UNKNOWN": "Antwort verloren",
        "PENDING_CANCEL": "Stornierung verlangt",
    },
    kept="{percent} % für Slippage zurückgehalten, übrig {left}",
)
WORDS: Final[dict[Language, Words]] = {"en": EN, "ru": RU, "de": DE}
