"""Why signals became no order, in a few words each, so that they fit into a table; in each language."""

from collections.abc import Mapping
from typing import Final

import msgspec


class Reason(msgspec.Struct, frozen=True):
    """One reason, in English, Russian and German; at most `LONGEST` signs."""

    en: str
    ru: str
    de: str


LONGEST: Final = 30
REASONS: Final[Mapping[str, Reason]] = {
    # what the signal says and means
    "UNKNOWN_SYMBOL": Reason("symbol not known", "символ неизвестен", "Symbol unbekannt"),
    "DUPLICATE_ID": Reason("id came before", "такой id уже был", "id gab es schon"),
    "TOO_OLD": Reason("signal too old", "сигнал слишком старый", "Signal zu alt"),
    "PRICE_SANITY": Reason("price far from the quote", "цена далека от котировки", "Preis weit vom Kurs"),
    "PRICE_DRIFT": Reason("price has moved", "цена сдвинулась", "Preis hat sich bewegt"),
    "STOP_WRONG_SIDE": Reason("stop on the wrong side", "стоп не с той стороны", "Stop auf der falschen Seite"),
    "NOTHING_HELD": Reason("nothing held", "нет позиции", "kein Bestand"),
    "CONTRADICTION": Reason("contradicts what is held", "противоречит позиции", "widerspricht dem Bestand"),
    "NO_SHORTS": Reason("no short selling", "шорты выключены", "keine Leerverkäufe"),
    "NO_REVERSE": Reason("no reversal", "разворот выключен", "kein Drehen"),
    "MISSING_ALERT": Reason("an alert is missing", "потерян алерт", "ein Alarm fehlt"),
    # how much
    "BAD_PARAMETERS": Reason("wrong parameters", "неверные параметры", "falsche Parameter"),
    "NO_SIZE": Reason("no size", "нет размера", "keine Größe"),
    "NO_STOP": Reason("no stop loss", "нет стопа", "kein Stop"),
    "TOO_SMALL": Reason("order too small", "заявка слишком мала", "Order zu klein"),
    "TOO_LARGE": Reason("order too large", "заявка слишком велика", "Order zu groß"),
    # who may, and when
    "MODE_OFF": Reason("strategy is off", "стратегия выключена", "Strategie ist aus"),
    "CLOSING_ONLY": Reason("strategy only closes", "стратегия только закрывает", "Strategie schließt nur"),
    "STRATEGY_OFF": Reason("strategy was ended", "стратегия снята", "Strategie ist beendet"),
    "USER_BLOCKED": Reason("user is blocked", "пользователь заблокирован", "Nutzer ist gesperrt"),
    "ACCOUNT_OFF": Reason("account does not trade", "счёт не торгует", "Konto handelt nicht"),
    "NOT_LIVE": Reason("live trading is locked", "реальная торговля закрыта", "Echthandel ist gesperrt"),
    "NOT_SERVED": Reason("account is not served", "счёт не обслуживается", "Konto wird nicht bedient"),
    "REJECTED_BY_PERSON": Reason("rejected by you", "отклонено вами", "von Hand abgelehnt"),
    "QUESTION_EXPIRED": Reason("nobody has answered", "никто не ответил", "niemand hat geantwortet"),
    "SUPERSEDED": Reason("a closing came first", "раньше пришло закрытие", "eine Schließung kam zuvor"),
    "CLEARED": Reason("queue was cleared", "очередь очищена", "Warteschlange geleert"),
    "OPENING_EXPIRED": Reason("not ordered in time", "не успело за срок", "nicht rechtzeitig"),
    "MARKET_CLOSED": Reason("market closed", "рынок закрыт", "Markt geschlossen"),
    "BREAKER_OPEN": Reason("venue fails too often", "площадка часто сбоит", "Handelsplatz zu oft gestört"),
    "BROKER_LOST": Reason("venue not connected", "нет связи с площадкой", "Handelsplatz nicht verbunden"),
    "POSITION_AGAINST": Reason("position the other way", "встречная позиция", "Position in Gegenrichtung"),
    "DUST": Reason("too little to sell", "слишком мало для продажи", "zu wenig zum Verkaufen"),
    "NOT_AT_VENUE": Reason("not held at the venue", "на площадке этого нет", "am Handelsplatz nicht da"),
    "RECONCILING": Reason("books and venue differ", "книги и площадка расходятся", "Bücher weichen ab"),
    # risk
    "KILLED": Reason("trading is killed", "торговля остановлена", "Handel ist gestoppt"),
    "PAUSED": Reason("openings are paused", "открытия на паузе", "Eröffnungen pausieren"),
    "NO_LIMITS": Reason("limits are not set", "пределы не заданы", "Grenzen nicht gesetzt"),
    "NOT_KNOWN": Reason("a figure is not known", "нет нужных данных", "eine Angabe fehlt"),
    "CASH": Reason("not enough cash", "не хватает денег", "zu wenig Geld"),
    "NO_CURRENCY": Reason("no cash in that currency", "нет денег в этой валюте", "kein Geld in der Währung"),
    "MAX_INVESTED": Reason("too much invested", "предел вложений", "zu viel investiert"),
    "MAX_POSITIONS": Reason("too many positions", "предел позиций", "zu viele Positionen"),
    "MAX_PER_TICKER": Reason("opened too often", "предел на инструмент", "zu oft eröffnet"),
    "MAX_DAILY_BUYS": Reason("too many openings today", "предел открытий за день", "zu viele Eröffnungen"),
    "MAX_DAILY_LOSS": Reason("daily loss limit", "дневной предел убытка", "Tagesverlustgrenze"),
    "MAX_ORDER_VALUE": Reason("order value limit", "предел суммы заявки", "Grenze für den Orderwert"),
    "MAX_POSITION_VALUE": Reason("position value limit", "предел суммы позиции", "Grenze für die Position"),
    "BUDGET": Reason("strategy's budget", "бюджет стратегии", "Budget der Strategie"),
    "LEVERAGE_CAP": Reason("leverage cap", "предел плеча", "Hebelgrenze"),
    "RISK_PER_TRADE": Reason("risk per trade", "риск на сделку", "Risiko je Trade"),
    "MAX_DRAWDOWN": Reason("drawdown limit", "предел просадки", "Drawdown-Grenze"),
    "MAX_SPREAD": Reason("spread too wide", "спред слишком широк", "Spread zu weit"),
    "MAX_ORDERS_PER_DAY": Reason("too many orders today", "предел заявок за день", "zu viele Orders heute"),
    "COOLDOWN": Reason("pause after a stop", "пауза после стопа", "Pause nach einem Stop"),
    "NOT_ALLOWED_SYMBOL": Reason("symbol not allowed", "символ не разрешён", "Symbol nicht erlaubt"),
    # how their orders ended, where nothing was filled
    "REJECTED": Reason("rejected by the venue", "отклонено площадкой", "vom Handelsplatz abgelehnt"),
    "CANCELED": Reason("order canceled", "заявка отменена", "Order storniert"),
    "EXPIRED": Reason("order expired", "срок заявки истёк", "Order abgelaufen"),
    "NOT_PLACED": Reason("order not placed", "заявка не выставлена", "Order nicht platziert"),
    # signals that have no code
    "rejected": Reason("refused", "отклонено", "abgelehnt"),
    "expired": Reason("expired", "срок истёк", "abgelaufen"),
    "superseded": Reason("overtaken", "опережено другим", "überholt"),
}
EN: Final[Mapping[str, str]] = {code: reason.en for code, reason in REASONS.items()}
RU: Final[Mapping[str, str]] = {code: reason.ru for code, reason in REASONS.items()}
DE: Final[Mapping[str, str]] = {code: reason.de for code, reason in REASONS.items()}
