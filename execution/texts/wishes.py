"""What is answered to requests of people: closed, canceled, cleared, sent again; English and Russian, plain text."""

from typing import Final, NamedTuple

from execution.texts.refusals import Language


class Words(NamedTuple):
    """All words of one language, with the names of their values in braces."""

    nothing_held: str
    closed: str
    not_closed: str
    canceled: str
    signal_canceled: str
    no_such: str
    several: str
    is_over: str
    cleared: str
    sent_again: str
    nothing_left: str
    not_again: str
    reconciled: str
    not_yet: str
    missing: str


EN: Final = Words(
    nothing_held="Nothing is held{of}. See /positions.",
    closed="{symbol}: {filled} closed.",
    not_closed="{symbol}: {filled} of {quantity} closed, {status}. /close {symbol} tries again.",
    canceled="{symbol} {order}: asked to be canceled; a fill that crosses wins.",
    signal_canceled="Signal {signal} is canceled. Nothing was ordered.",
    no_such="There is no open order or signal {id}. See /orders and /queue.",
    several="Several begin with {id}. Write more of its digits.",
    is_over="Signal {signal} is {state} already; nothing to cancel.",
    cleared="{count} signals were taken out of the queue. Protective legs stay.",
    sent_again="{symbol} {quantity}: sent again.",
    nothing_left="{symbol}: nothing is left to send again.",
    not_again="Only an order that was not placed, or a closing with a rest, is sent again. See /orders.",
    reconciled="The books are being compared with the venue. Differences are told.",
    not_yet="{kind} is not possible yet.",
    missing="Name {what}.",
)
RU: Final = Words(
    nothing_held="Позиций нет{of}. Смотрите /positions.",
    closed="{symbol}: закрыто {filled}.",
    not_closed="{symbol}: закрыто {filled} из {quantity}, {status}. /close {symbol} повторит.",
    canceled="{symbol} {order}: отмена отправлена; если заявка успела исполниться, сделка остаётся.",
    signal_canceled="Сигнал {signal} отменён. Заявки нет.",
    no_such="Нет открытой заявки или сигнала {id}. Смотрите /orders и /queue.",
    several="На {id} начинаются несколько. Напишите больше знаков.",
    is_over="Сигнал {signal} уже {state}; отменять нечего.",
    cleared="Из очереди убрано сигналов: {count}. Защитные заявки остаются.",
    sent_again="{symbol} {quantity}: отправлено снова.",
    nothing_left="{symbol}: отправлять больше нечего.",
    not_again="Снова отправляется только невыставленная заявка или остаток закрытия. Смотрите /orders.",
    reconciled="Книги сверяются с площадкой. О расхождениях придёт сообщение.",
    not_yet="{kind} пока невозможно.",
    missing="Укажите {what}.",
)


def words_of(language: Language) -> Words:
    """Return the words of a language.

    Args:
        language: Which.
    """
    return RU if language == "ru" else EN
