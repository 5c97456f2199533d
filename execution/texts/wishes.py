"""What is answered to requests of people: closed, canceled, cleared, sent again; in each language, plain text."""

from typing import Final, NamedTuple

from bus.language import Language


class Words(NamedTuple):
    """All words of one language, with the names of their values in braces."""

    nothing_held: str
    closed: str
    dust: str
    not_closed: str
    canceled: str
    signal_canceled: str
    no_such: str
    several: str
    is_over: str
    cleared: str
    sent_again: str
    not_again: str
    reconciled: str
    missing: str


EN: Final = Words(
    nothing_held="Nothing is held{of}. See /positions.",
    closed="{symbol}: {filled} closed.",
    dust="{held} is left, less than can be sold; it goes with the next one.",
    not_closed="{symbol}: {filled} of {quantity} closed, {status}. /close {symbol} tries again.",
    canceled="{symbol} {order}: asked to be canceled; a fill that crosses wins.",
    signal_canceled="Signal {signal} is canceled. Nothing was ordered.",
    no_such="There is no open order or signal {id}. See /orders and /queue.",
    several="Several begin with {id}. Write more of its digits.",
    is_over="Signal {signal} is {state} already; nothing to cancel.",
    cleared="{count} signals were taken out of the queue. Protective legs stay.",
    sent_again="{symbol} {quantity}: sent again.",
    not_again="Only an order that was not placed, or a closing with a rest, is sent again. See /orders.",
    reconciled="The books are being compared with the venue. Differences are told.",
    missing="Name {what}.",
)
RU: Final = Words(
    nothing_held="Позиций нет{of}. Смотрите /positions.",
    closed="{symbol}: закрыто {filled}.",
    dust="Осталось {held}, меньше, чем можно продать; уйдёт вместе со следующей.",
    not_closed="{symbol}: закрыто {filled} из {quantity}, {status}. /close {symbol} повторит.",
    canceled="{symbol} {order}: отмена отправлена; если заявка успела исполниться, сделка остаётся.",
    signal_canceled="Сигнал {signal} отменён. Заявки нет.",
    no_such="Нет открытой заявки или сигнала {id}. Смотрите /orders и /queue.",
    several="На {id} начинаются несколько. Напишите больше знаков.",
    is_over="Сигнал {signal} уже {state}; отменять нечего.",
    cleared="Из очереди убрано сигналов: {count}. Защитные заявки остаются.",
    sent_again="{symbol} {quantity}: отправлено снова.",
    not_again="Снова отправляется только невыставленная заявка или остаток закрытия. Смотрите /orders.",
    reconciled="Книги сверяются с площадкой. О расхождениях придёт сообщение.",
    missing="Укажите {what}.",
)
DE: Final = Words(
    nothing_held="Keine Position{of}. Siehe /positions.",
    closed="{symbol}: {filled} geschlossen.",
    dust="{held} ist übrig, weniger als verkauft werden kann; es geht mit dem nächsten Verkauf.",
    not_closed="{symbol}: {filled} von {quantity} geschlossen, {status}. /close {symbol} versucht es erneut.",
    canceled="{symbol} {order}: Stornierung gesendet; kommt eine Ausführung zuvor, gilt sie.",
    signal_canceled="Signal {signal} ist storniert. Keine Order.",
    no_such="Keine offene Order und kein Signal {id}. Siehe /orders und /queue.",
    several="Mehrere beginnen mit {id}. Mehr Zeichen angeben.",
    is_over="Signal {signal} ist schon {state}; nichts zu stornieren.",
    cleared="Aus der Warteschlange genommene Signale: {count}. Schutzorders bleiben.",
    sent_again="{symbol} {quantity}: erneut gesendet.",
    not_again="Erneut gesendet wird nur eine nicht platzierte Order oder der Rest einer Schließung. Siehe /orders.",
    reconciled="Bücher und Börse werden verglichen. Abweichungen kommen als Nachricht.",
    missing="Angeben: {what}.",
)
WORDS: Final[dict[Language, Words]] = {"en": EN, "ru": RU, "de": DE}


def words_of(language: Language) -> Words:
    """Return the words of a language.

    Args:
        language: Which.
    """
    return WORDS[language]
