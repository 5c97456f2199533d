"""The words of what is told of orders, in each language."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from bus.language import Language, language_named


class Words(NamedTuple):
    """All words of one language."""

    paper: str
    bought: str
    sold: str
    of: str
    stop_loss: str
    take_profit: str
    expected: str
    slippage: str
    fee: str
    fee_unknown: str
    position: str
    flat: str
    dust: str
    realized: str
    rest_canceled: str
    corrected: str
    canceled: str
    expired: str
    rejected: str
    not_placed: str
    unknown: str
    cancel_pending: str
    waits: str
    unprotected: str
    liquidation: str
    breaker_open: str
    breaker_closed: str
    difference: str
    external: str
    gap: str
    gap_cure: str
    impossible: str
    retry: str
    place_again: str
    close: str


EN: Final = Words(
    paper="paper",
    bought="bought",
    sold="sold",
    of="of",
    stop_loss="stop loss",
    take_profit="take profit",
    expected="Expected",
    slippage="slippage",
    fee="Fee",
    fee_unknown="not known yet",
    position="Position",
    flat="flat",
    dust="That is less than can be sold, and goes with the next one.",
    realized="Realized",
    rest_canceled="The rest, {rest}, is not filled: {reason}.",
    corrected="The venue has corrected a fill.",
    canceled="{order} is canceled: {reason}.",
    expired="{order} has expired: {reason}.",
    rejected="{order} is rejected: {reason}.",
    not_placed="{order} was not placed: {reason}.",
    unknown="{order}: the venue's answer was lost. It is looked up until it is found; it is not sent twice.",
    cancel_pending="{order}: the venue has not answered the cancel yet. It is asked again until it does.",
    waits="⏳ {order}: the market is closed until {opens}. The order waits, and goes then. /cancel {id} drops it.",
    unprotected="⚠ UNPROTECTED: {symbol} {quantity} has no working {legs}. Close it, or place the stop at the venue.",
    liquidation="⚠ LIQUIDATION by the venue: {symbol} {side} {quantity} @ {price}.",
    breaker_open="{broker}: {failures} calls in a row failed ({reason}). No openings for {seconds} s, closings go on.",
    breaker_closed="{broker} answers again. Openings go on.",
    difference="{of}: the books hold {books}, the venue {venue}. {outside} was not made here; it stays as "
    "it is. /adopt {symbol} takes it in.",
    external="Venue and books differ:",
    gap="Venue and books differ, and the venue lists no executions before {since}: fills of then may be missing here.",
    gap_cure="Nothing of it is opened until the difference is gone or booked: /adopt SYMBOL.",
    impossible="{order}: what the venue says of it cannot be: {reason}. Look at the venue.",
    retry="Retry",
    place_again="Place again",
    close="Close",
)
RU: Final = Words(
    paper="демо",
    bought="куплено",
    sold="продано",
    of="из",
    stop_loss="стоп-лосс",
    take_profit="тейк-профит",
    expected="Ожидалось",
    slippage="проскальзывание",
    fee="Комиссия",
    fee_unknown="пока не известна",
    position="Позиция",
    flat="закрыта",
    dust="Это меньше, чем можно продать; уйдёт вместе со следующей.",
    realized="Результат",
    rest_canceled="Остаток {rest} не исполнен: {reason}.",
    corrected="Площадка исправила сделку.",
    canceled="{order} — отменена: {reason}.",
    expired="{order} — срок истёк: {reason}.",
    rejected="{order} — отклонена: {reason}.",
    not_placed="{order} — не выставлена: {reason}.",
    unknown="{order}: ответ площадки потерян. Заявка ищется, пока не найдётся; второй раз она не отправляется.",
    cancel_pending="{order}: площадка ещё не ответила на отмену. Запрос повторяется, пока не ответит.",
    waits="⏳ {order}: рынок закрыт до {opens}. Заявка ждёт и уйдёт тогда. /cancel {id} снимет её.",
    unprotected="⚠ БЕЗ ЗАЩИТЫ: {symbol} {quantity}, нет рабочего: {legs}. Закройте или поставьте стоп на площадке.",
    liquidation="⚠ ЛИКВИДАЦИЯ площадкой: {symbol} {side} {quantity} @ {price}.",
    breaker_open="{broker}: подряд не удались {failures} вызовов ({reason}). {seconds} с без открытий, закрытия идут.",
    breaker_closed="{broker} снова отвечает. Открытия продолжаются.",
    difference="{of}: в книгах {books}, на площадке {venue}. {outside} появилось не здесь и не "
    "трогается. /adopt {symbol} учтёт.",
    external="Площадка и книги расходятся:",
    gap="Площадка и книги расходятся, а сделки до {since} площадка уже не показывает: здесь их может не быть.",
    gap_cure="Открытий по ним нет, пока разница не исчезнет или не учтена: /adopt SYMBOL.",
    impossible="{order}: ответ площадки невозможен: {reason}. Проверьте на площадке.",
    retry="Повторить",
    place_again="Выставить снова",
    close="Закрыть",
)
DE: Final = Words(
    paper="Paper",
    bought="gekauft",
    sold="verkauft",
    of="von",
    stop_loss="Stop-Loss",
    take_profit="Take-Profit",
    expected="Erwartet",
    slippage="Slippage",
    fee="Gebühr",
    fee_unknown="noch nicht bekannt",
    position="Position",
    flat="geschlossen",
    dust="Das ist weniger, als verkauft werden kann, und geht mit dem nächsten.",
    realized="Realisiert",
    rest_canceled="Der Rest, {rest}, wird nicht ausgeführt: {reason}.",
    corrected="Die Börse hat eine Ausführung korrigiert.",
    canceled="{order} ist storniert: {reason}.",
    expired="{order} ist abgelaufen: {reason}.",
    rejected="{order} ist abgelehnt: {reason}.",
    not_placed="{order} wurde nicht platziert: {reason}.",
    unknown="{order}: Die Antwort der Börse ging verloren. Die Order wird gesucht, bis sie gefunden ist; sie wird "
    "nicht noch einmal gesendet.",
    cancel_pending="{order}: Die Börse hat auf die Stornierung noch nicht geantwortet. Es wird nachgefragt, bis sie "
    "antwortet.",
    waits="⏳ {order}: Der Markt ist geschlossen bis {opens}. Die Order wartet und geht dann hinaus. /cancel {id} "
    "verwirft sie.",
    unprotected="⚠ UNGESCHÜTZT: {symbol} {quantity}, nicht in Kraft: {legs}. Schließen, oder den Stop an der Börse "
    "setzen.",
    liquidation="⚠ LIQUIDATION durch die Börse: {symbol} {side} {quantity} @ {price}.",
    breaker_open="{broker}: {failures} Aufrufe in Folge gescheitert ({reason}). {seconds} s keine Eröffnungen, "
    "Schließungen laufen weiter.",
    breaker_closed="{broker} antwortet wieder. Eröffnungen laufen weiter.",
    difference="{of}: in den Büchern {books}, an der Börse {venue}. {outside} entstand nicht hier und bleibt, "
    "wie es ist. /adopt {symbol} übernimmt es.",
    external="Börse und Bücher weichen voneinander ab:",
    gap="Börse und Bücher weichen voneinander ab, und Ausführungen vor {since} nennt die Börse nicht mehr: "
    "Hier können sie fehlen.",
    gap_cure="Davon wird nichts eröffnet, bis der Unterschied weg oder gebucht ist: /adopt SYMBOL.",
    impossible="{order}: Was die Börse dazu sagt, kann nicht sein: {reason}. An der Börse nachsehen.",
    retry="Wiederholen",
    place_again="Neu platzieren",
    close="Schließen",
)
WORDS: Final[dict[Language, Words]] = {"en": EN, "ru": RU, "de": DE}

UNLISTED: Final = "its venue lists its fills no more; /adopt books what it holds"
"""Why an order has ended here that its venue has filled, though nobody can say by which executions."""
REASONS: Final[dict[Language, Mapping[str, str]]] = {
    "en": {},
    "ru": {
        "asked for": "по просьбе",
        "it was not filled in time": "не исполнена вовремя",
        "the venue held it until its market opens; the price of then is not known": "площадка держала её до открытия "
        "рынка, а цена тогда неизвестна",
        "the venue has not taken it in time": "площадка не приняла её вовремя",
        "it is not at the venue": "на площадке её нет",
        "it no longer fits the position": "больше не подходит к позиции",
        UNLISTED: "её сделки площадка уже не показывает; что на ней есть, учтёт /adopt",
        "a closing came": "пришло закрытие",
        "killed": "торговля остановлена",
        "canceled": "отменена",
        "expired": "срок истёк",
        "rejected": "отклонена",
    },
    "de": {
        "asked for": "auf Wunsch",
        "it was not filled in time": "nicht rechtzeitig ausgeführt",
        "the venue held it until its market opens; the price of then is not known": "die Börse hielt sie bis zur "
        "Eröffnung zurück, und der Preis von dann ist nicht bekannt",
        "the venue has not taken it in time": "von der Börse nicht rechtzeitig angenommen",
        "it is not at the venue": "an der Börse nicht vorhanden",
        "it no longer fits the position": "passt nicht mehr zur Position",
        UNLISTED: "ihre Ausführungen nennt die Börse nicht mehr; was diese hält, bucht /adopt",
        "a closing came": "eine Schließung kam",
        "killed": "der Handel ist gestoppt",
        "canceled": "storniert",
        "expired": "abgelaufen",
        "rejected": "abgelehnt",
    },
}
"""Our own reasons, as the rows have them, in other languages; those of venues stay as they are."""


def in_words(reason: str, language: str) -> str:
    """Return a reason of an order's row in a language.

    Args:
        reason: As the row has it.
        language: Such as `ru`.
    """
    return REASONS[language_named(language)].get(reason, reason)


def words_of(language: str) -> Words:
    """Return the words of a user's language; English for one that has none here.

    Args:
        language: Such as `ru`.
    """
    return WORDS[language_named(language)]
