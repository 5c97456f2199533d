"""What the menu of trading says, in each language.

Texts are HTML for Telegram, but for the notes (`toast_…`) and what stands on buttons.
"""

import msgspec

from bus.language import Language


class MenuWords(msgspec.Struct, frozen=True, kw_only=True):
    """Every word of the menu."""

    title: str
    strategies: str
    no_strategies: str
    auto: str
    manual: str
    margin: str
    reports: str
    status: str
    help: str
    back: str
    auto_page: str
    more: str
    one_page: str
    mode_auto: str
    mode_manual: str
    mode_closing_only: str
    mode_off: str
    ask_auto: str
    yes_auto: str
    manual_page: str
    buy: str
    sell: str
    close: str
    close_page: str
    nothing_held: str
    reports_page: str
    day: str
    week: str
    month: str
    executions: str
    symbol_buy: str
    symbol_sell: str
    size_buy: str
    size_sell: str
    one_line: str
    toast_no_margin: str
    toast_over: str
    toast_gone: str
    toast_ask: str


MENU_WORDS: dict[Language, MenuWords] = {
    "en": MenuWords(
        title="<b>Trade</b> · {portfolio}",
        strategies="Strategies: {modes}",
        no_strategies="No strategy yet: /strategy new NAME",
        auto="Auto",
        manual="Manual",
        margin="Margin & leverage",
        reports="Reports",
        status="Status",
        help="Help",
        back="‹ Back",
        auto_page="<b>Auto</b>: what becomes of signals.\nPress a strategy to change it.",
        more="… and {count} more: /mode",
        one_page="<b>{name}</b>: {mode}",
        mode_auto="auto: orders by itself",
        mode_manual="manual: asks first",
        mode_closing_only="closing only: opens nothing",
        mode_off="off: refuses everything",
        ask_auto="Let <b>{name}</b> order by itself? Its signals become orders without a question; all limits hold.",
        yes_auto="Yes, auto",
        manual_page="<b>Manual</b> · {portfolio}\nEach is asked once more before anything is done.",
        buy="Buy",
        sell="Sell",
        close="Close",
        close_page="<b>Close</b> what, in {portfolio}?",
        nothing_held="Nothing is held in {portfolio}.",
        reports_page="<b>Reports</b> of {portfolio}",
        day="Day",
        week="Week",
        month="Month",
        executions="Executions",
        symbol_buy="<b>Buy</b> what? Write the symbol, such as <code>BTCUSDT</code>.",
        symbol_sell="<b>Sell</b> what? Write the symbol. There is: {symbols}.",
        size_buy="<b>Buy {symbol}</b> for how much? Write an amount, such as <code>500</code>, or <code>default</code> "
        "for the usual one.",
        size_sell="<b>Sell {symbol}</b>: how much? Write a quantity, such as <code>0.5</code>, or <code>all</code>.",
        one_line="Write it in one short line.",
        toast_no_margin="The venue of this portfolio has no margin and no leverage to set.",
        toast_over="The button was good for a minute. Nothing was done.",
        toast_gone="That strategy has changed or is gone. Nothing was done.",
        toast_ask="Write your answer.",
    ),
    "ru": MenuWords(
        title="<b>Торговля</b> · {portfolio}",
        strategies="Стратегии: {modes}",
        no_strategies="Стратегий ещё нет: /strategy new NAME",
        auto="Авто",
        manual="Вручную",
        margin="Маржа и плечо",
        reports="Отчёты",
        status="Состояние",
        help="Помощь",
        back="‹ Назад",
        auto_page="<b>Авто</b>: что делать с сигналами.\nНажмите стратегию, чтобы изменить.",
        more="… и ещё {count}: /mode",
        one_page="<b>{name}</b>: {mode}",
        mode_auto="auto: заявки без вопросов",
        mode_manual="manual: сначала спросить",
        mode_closing_only="closing only: только закрывать",
        mode_off="off: отклонять всё",
        ask_auto="Разрешить <b>{name}</b> торговать без вопросов? Её сигналы сразу станут заявками; лимиты действуют.",
        yes_auto="Да, auto",
        manual_page="<b>Вручную</b> · {portfolio}\nПеред каждым действием будет ещё один вопрос.",
        buy="Купить",
        sell="Продать",
        close="Закрыть",
        close_page="Что <b>закрыть</b> в {portfolio}?",
        nothing_held="В {portfolio} позиций нет.",
        reports_page="<b>Отчёты</b> по {portfolio}",
        day="День",
        week="Неделя",
        month="Месяц",
        executions="Исполнения",
        symbol_buy="Что <b>купить</b>? Напишите символ, например <code>BTCUSDT</code>.",
        symbol_sell="Что <b>продать</b>? Напишите символ. Есть: {symbols}.",
        size_buy="<b>Купить {symbol}</b> на сколько? Напишите сумму, например <code>500</code>, или "
        "<code>default</code> – обычную.",
        size_sell="<b>Продать {symbol}</b>: сколько? Напишите количество, например <code>0.5</code>, или "
        "<code>all</code> – всё.",
        one_line="Напишите одной короткой строкой.",
        toast_no_margin="У площадки этого портфеля нет ни маржи, ни плеча.",
        toast_over="Кнопка действовала минуту. Ничего не сделано.",
        toast_gone="Эта стратегия изменилась, или её нет. Ничего не сделано.",
        toast_ask="Напишите ответ.",
    ),
    "de": MenuWords(
        title="<b>Handel</b> · {portfolio}",
        strategies="Strategien: {modes}",
        no_strategies="Noch keine Strategie: /strategy new NAME",
        auto="Auto",
        manual="Von Hand",
        margin="Margin & Hebel",
        reports="Berichte",
        status="Status",
        help="Hilfe",
        back="‹ Zurück",
        auto_page="<b>Auto</b>: was aus Signalen wird.\nZum Ändern eine Strategie wählen.",
        more="… und {count} weitere: /mode",
        one_page="<b>{name}</b>: {mode}",
        mode_auto="auto: handelt von selbst",
        mode_manual="manual: fragt zuerst",
        mode_closing_only="closing only: eröffnet nichts",
        mode_off="off: lehnt alles ab",
        ask_auto="Soll <b>{name}</b> von selbst handeln? Aus Signalen werden ohne Frage Orders; alle Limits gelten.",
        yes_auto="Ja, auto",
        manual_page="<b>Von Hand</b> · {portfolio}\nVor jeder Ausführung kommt noch eine Frage.",
        buy="Kaufen",
        sell="Verkaufen",
        close="Schließen",
        close_page="Was in {portfolio} <b>schließen</b>?",
        nothing_held="In {portfolio} gibt es keine Positionen.",
        reports_page="<b>Berichte</b> zu {portfolio}",
        day="Tag",
        week="Woche",
        month="Monat",
        executions="Ausführungen",
        symbol_buy="Was <b>kaufen</b>? Bitte das Symbol schreiben, etwa <code>BTCUSDT</code>.",
        symbol_sell="Was <b>verkaufen</b>? Bitte das Symbol schreiben. Vorhanden: {symbols}.",
        size_buy="<b>{symbol} kaufen</b>, für wie viel? Bitte einen Betrag schreiben, etwa <code>500</code>, oder "
        "<code>default</code> für den üblichen.",
        size_sell="<b>{symbol} verkaufen</b>: wie viel? Bitte eine Menge schreiben, etwa <code>0.5</code>, oder "
        "<code>all</code> für alles.",
        one_line="Bitte in eine kurze Zeile schreiben.",
        toast_no_margin="Der Handelsplatz dieses Portfolios hat weder Margin noch Hebel.",
        toast_over="Der Knopf galt eine Minute. Nichts wurde getan.",
        toast_gone="Diese Strategie wurde geändert oder ist weg. Nichts wurde getan.",
        toast_ask="Bitte die Antwort schreiben.",
    ),
}
