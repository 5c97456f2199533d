"""What is asked before something is closed or a queue is emptied, in each language; HTML but for the buttons."""

import msgspec

from bus.language import Language


class ClosingWords(msgspec.Struct, frozen=True, kw_only=True):
    """Every sentence; a missing translation is a type error."""

    close_ask: str
    close_button: str
    close_what: str
    close_unknown: str
    sell_all_ask: str
    sell_all_button: str
    sell_all_nothing: str
    held: str
    first: str
    external: str
    away: str
    clear_queue_ask: str
    clear_queue_button: str
    clear_queue_nothing: str


WORDS: dict[Language, ClosingWords] = {
    "en": ClosingWords(
        close_ask="Close <b>{symbol}</b>{held} in {portfolio}, of all strategies, at the market?",
        close_button="Close {symbol}",
        close_what="Write what is to be closed: /close SYMBOL. There is: {symbols}.",
        close_unknown="Nothing is held or asked for of <code>{symbol}</code> in {portfolio}. There is: {symbols}.",
        sell_all_ask="Close <b>everything</b> in {portfolio}, of all strategies, at the market?",
        sell_all_button="Close all: {count}",
        sell_all_nothing="Nothing is held, ordered or waiting in {portfolio}.",
        held="Held: {symbols}",
        first="First, orders that are not filled are cancelled ({orders}) and openings that wait refused ({waiting}).",
        external="What the books do not have stays: {symbols}",
        away="⚠ {broker} is not connected: nothing is ordered before it is back, /status.",
        clear_queue_ask="Refuse all {count} signals that wait in {portfolio}, for good?",
        clear_queue_button="Refuse all {count}",
        clear_queue_nothing="Nothing waits in {portfolio}.",
    ),
    "ru": ClosingWords(
        close_ask="Закрыть <b>{symbol}</b>{held} в {portfolio}, по всем стратегиям, по рынку?",
        close_button="Закрыть {symbol}",
        close_what="Напишите, что закрыть: /close SYMBOL. Есть: {symbols}.",
        close_unknown="<code>{symbol}</code> в {portfolio} нет ни в позициях, ни в заявках. Есть: {symbols}.",
        sell_all_ask="Закрыть <b>всё</b> в {portfolio}, по всем стратегиям, по рынку?",
        sell_all_button="Закрыть всё: {count}",
        sell_all_nothing="В {portfolio} нет ни позиций, ни заявок, ни сигналов.",
        held="Есть: {symbols}",
        first="Сначала неисполненные заявки отменяются ({orders}), ждущие открытия отклоняются ({waiting}).",
        external="То, чего нет в учёте, остаётся: {symbols}",
        away="⚠ {broker}: нет связи, заявок не будет, пока она не вернётся, /status.",
        clear_queue_ask="Отклонить все сигналы в очереди {portfolio}, насовсем? Их {count}.",
        clear_queue_button="Отклонить все: {count}",
        clear_queue_nothing="В очереди {portfolio} пусто.",
    ),
    "de": ClosingWords(
        close_ask="<b>{symbol}</b>{held} in {portfolio} schließen, für alle Strategien, zum Marktpreis?",
        close_button="{symbol} schließen",
        close_what="Angeben, was zu schließen ist: /close SYMBOL. Vorhanden: {symbols}.",
        close_unknown="Zu <code>{symbol}</code> gibt es in {portfolio} weder Position noch Order. "
        "Vorhanden: {symbols}.",
        sell_all_ask="<b>Alles</b> in {portfolio} schließen, für alle Strategien, zum Marktpreis?",
        sell_all_button="Alles schließen: {count}",
        sell_all_nothing="In {portfolio} gibt es weder Positionen noch Orders noch wartende Signale.",
        held="Gehalten: {symbols}",
        first="Zuerst werden offene Orders storniert ({orders}) und wartende Eröffnungen abgelehnt ({waiting}).",
        external="Was nicht in den Büchern steht, bleibt: {symbols}",
        away="⚠ {broker} ist nicht verbunden: Geordert wird erst, wenn er wieder da ist, /status.",
        clear_queue_ask="Alle wartenden Signale in {portfolio} endgültig ablehnen? Es sind {count}.",
        clear_queue_button="Alle ablehnen: {count}",
        clear_queue_nothing="In {portfolio} wartet nichts.",
    ),
}
