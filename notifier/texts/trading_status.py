"""The words of `/status` where there is trading, in each language; HTML for Telegram."""

from collections.abc import Mapping

import msgspec

from bus.language import Language


class StatusWords(msgspec.Struct, frozen=True, kw_only=True):
    """Every word of the page; a missing translation is a type error.

    Attributes:
        states: What a broker's program says of its venue, by its word for it.
        wallets: Where money lies, at a venue that keeps it apart.
        left: Above what each limit leaves.
        in_all: Above what was realized since the beginning.
    """

    trading: str
    silent: str
    silent_since: str
    killed: str
    paused: str
    by: str
    states: Mapping[str, str]
    since: str
    breaker: str
    no_venue: str
    equity: str
    cash: str
    available: str
    no_balance: str
    as_of: str
    old: str
    wallets: Mapping[str, str]
    to_spend: str
    reserve: str
    dollars: str
    budget: str
    per_opening: str
    of_strategy: str
    own_budget: str
    not_set: str
    left: str
    of: str
    not_known: str
    without_held: str
    no_limits: str
    today: str
    realized: str
    unrealized: str
    executions: str
    refused: str
    fees_missing: str
    in_all: str
    before_fees: str
    positions: str
    at_cost: str
    open_orders: str
    waiting: str
    oldest: str
    nothing: str


WORDS: dict[Language, StatusWords] = {
    "en": StatusWords(
        trading="Trading",
        silent="⚠ execution does not answer",
        silent_since="  since {at}: no prices",
        killed="🛑 Killed {of}: {reason}",
        paused="⏸ No openings {of}: {reason}",
        by="{at}, by {name}",
        states={
            "connected": "connected",
            "connecting": "connecting",
            "lost": "⚠ not connected",
            "silent": "⚠ its program is silent",
            "refused": "⚠ refuses",
        },
        since="since {at}",
        breaker="⚠ openings held back",
        no_venue="⚠ no program runs for it",
        equity="Equity",
        cash="Cash",
        available="Available",
        no_balance="⚠ no balance known",
        as_of="as of {at}",
        old="⚠ still as of {at}",
        wallets={"SPOT": "Spot", "FUTURES": "Futures"},
        to_spend="To spend",
        reserve="without orders, reserve {amount}",
        dollars="  USDT and USDC counted as 1 USD",
        budget="Budget",
        per_opening="An opening: {amount}",
        of_strategy="{name}: {amount}",
        own_budget="  in all at most {amount}",
        not_set="not set, /set_amount",
        left="Left of each limit",
        of="{left} of {most}",
        not_known="not known",
        without_held="without what is held",
        no_limits="⚠ limits missing, nothing is opened:\n  /settings",
        today="Today",
        realized="Realized",
        unrealized="Unrealized",
        executions="Executions",
        refused="Signals refused",
        fees_missing="⚠ fees not known yet: {count}",
        in_all="Since the beginning",
        before_fees="before fees",
        positions="Positions",
        at_cost="at cost {amounts}",
        open_orders="Open orders",
        waiting="Signals waiting",
        oldest="the oldest for {age}",
        nothing="nothing",
    ),
    "ru": StatusWords(
        trading="Торговля",
        silent="⚠ execution не отвечает",
        silent_since="  с {at}: цен нет",
        killed="🛑 Остановлено {of}: {reason}",
        paused="⏸ Без покупок {of}: {reason}",
        by="{at}, {name}",
        states={
            "connected": "на связи",
            "connecting": "соединяется",
            "lost": "⚠ нет связи",
            "silent": "⚠ её программа молчит",
            "refused": "⚠ отказывает",
        },
        since="с {at}",
        breaker="⚠ покупки придержаны",
        no_venue="⚠ её программа не запущена",
        equity="Капитал",
        cash="Деньги",
        available="Доступно",
        no_balance="⚠ баланс неизвестен",
        as_of="на {at}",
        old="⚠ на {at}, новее нет",
        wallets={"SPOT": "Спот", "FUTURES": "Фьючерсы"},
        to_spend="Можно потратить",
        reserve="без заявок и резерва {amount}",
        dollars="  USDT и USDC считаются за 1 USD",
        budget="Бюджет",
        per_opening="Одна покупка: {amount}",
        of_strategy="{name}: {amount}",
        own_budget="  всего не больше {amount}",
        not_set="не задано, /set_amount",
        left="Остаток лимитов",
        of="{left} из {most}",
        not_known="неизвестно",
        without_held="без открытых позиций",
        no_limits="⚠ не все лимиты, открытий не будет:\n  /settings",
        today="Сегодня",
        realized="Реализовано",
        unrealized="Нереализовано",
        executions="Сделок",
        refused="Отклонено сигналов",
        fees_missing="⚠ ещё неизвестных комиссий: {count}",
        in_all="С самого начала",
        before_fees="без вычета комиссий",
        positions="Позиций",
        at_cost="по цене входа {amounts}",
        open_orders="Открытых заявок",
        waiting="Сигналов в очереди",
        oldest="самому старому {age}",
        nothing="ничего",
    ),
    "de": StatusWords(
        trading="Handel",
        silent="⚠ execution antwortet nicht",
        silent_since="  seit {at}: keine Kurse",
        killed="🛑 Gestoppt {of}: {reason}",
        paused="⏸ Keine Käufe {of}: {reason}",
        by="{at}, {name}",
        states={
            "connected": "verbunden",
            "connecting": "verbindet sich",
            "lost": "⚠ nicht verbunden",
            "silent": "⚠ sein Programm schweigt",
            "refused": "⚠ lehnt ab",
        },
        since="seit {at}",
        breaker="⚠ Käufe ausgesetzt",
        no_venue="⚠ dafür läuft kein Programm",
        equity="Kapital",
        cash="Guthaben",
        available="Verfügbar",
        no_balance="⚠ Guthaben unbekannt",
        as_of="Stand {at}",
        old="⚠ noch Stand {at}",
        wallets={"SPOT": "Spot", "FUTURES": "Futures"},
        to_spend="Ausgebbar",
        reserve="ohne Orders, Reserve {amount}",
        dollars="  USDT und USDC zählen als 1 USD",
        budget="Budget",
        per_opening="Je Kauf: {amount}",
        of_strategy="{name}: {amount}",
        own_budget="  insgesamt höchstens {amount}",
        not_set="nicht gesetzt, /set_amount",
        left="Rest der Limits",
        of="{left} von {most}",
        not_known="nicht bekannt",
        without_held="ohne das Gehaltene",
        no_limits="⚠ Limits fehlen, keine Eröffnungen:\n  /settings",
        today="Heute",
        realized="Realisiert",
        unrealized="Unrealisiert",
        executions="Ausführungen",
        refused="Abgelehnte Signale",
        fees_missing="⚠ noch unbekannte Gebühren: {count}",
        in_all="Seit Beginn",
        before_fees="vor Gebühren",
        positions="Positionen",
        at_cost="Einstand {amounts}",
        open_orders="Offene Orders",
        waiting="Wartende Signale",
        oldest="das älteste seit {age}",
        nothing="nichts",
    ),
}
