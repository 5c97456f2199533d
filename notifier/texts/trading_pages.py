"""The words of trading's pages, in each language."""

import msgspec

from bus.language import Language


class PageWords(msgspec.Struct, frozen=True, kw_only=True):
    """Every word of the pages; a missing translation is a type error."""

    trading: str
    silent: str
    killed: str
    paused: str
    by: str
    broker: dict[str, str]
    breaker: str
    no_brokers: str
    equity: str
    cash: str
    no_balance: str
    as_of: str
    invested: str
    dollars: str
    openings_today: str
    of: str
    open_orders: str
    positions: str
    realized: str
    nothing: str
    fees_missing: str
    waiting: str
    no_positions: str
    realized_ever: str
    external: str
    no_orders: str
    no_signals: str
    no_queue: str
    since: str
    at: str


WORDS: dict[Language, PageWords] = {
    "en": PageWords(
        trading="Trading",
        silent="⚠ execution does not answer",
        killed="🛑 Killed {of}: {reason}",
        paused="⏸ No openings {of}: {reason}",
        by="{at}, by {name}",
        broker={
            "connected": "connected",
            "connecting": "connecting",
            "lost": "⚠ connection lost",
            "silent": "⚠ does not answer",
            "refused": "⚠ refuses",
        },
        breaker="⚠ openings held back",
        no_brokers="⚠ no venue is connected",
        equity="Equity",
        cash="Cash",
        no_balance="⚠ no balance known",
        as_of="as of {at}",
        invested="Invested",
        dollars="  USDT and USDC counted as 1 USD",
        openings_today="Openings today",
        of="{count} of {most}",
        open_orders="Open orders",
        positions="Positions",
        realized="Realized today",
        nothing="nothing",
        fees_missing="fees not known yet: {count}",
        waiting="Signals waiting",
        no_positions="Nothing is held.",
        realized_ever="realized {amount}",
        external="not ours, held at the venue",
        no_orders="There are no such orders.",
        no_signals="There are no signals yet.",
        no_queue="Nothing waits.",
        since="since {at}",
        at="@",
    ),
    "ru": PageWords(
        trading="Торговля",
        silent="⚠ execution не отвечает",
        killed="🛑 Остановлено {of}: {reason}",
        paused="⏸ Без покупок {of}: {reason}",
        by="{at}, {name}",
        broker={
            "connected": "на связи",
            "connecting": "соединяется",
            "lost": "⚠ связь потеряна",
            "silent": "⚠ не отвечает",
            "refused": "⚠ отказывает",
        },
        breaker="⚠ покупки придержаны",
        no_brokers="⚠ ни одна биржа не на связи",
        equity="Капитал",
        cash="Деньги",
        no_balance="⚠ баланс неизвестен",
        as_of="на {at}",
        invested="Вложено",
        dollars="  USDT и USDC считаются за 1 USD",
        openings_today="Покупок сегодня",
        of="{count} из {most}",
        open_orders="Открытых заявок",
        positions="Позиций",
        realized="Реализовано сегодня",
        nothing="ничего",
        fees_missing="ещё неизвестных комиссий: {count}",
        waiting="Сигналов в очереди",
        no_positions="Позиций нет.",
        realized_ever="реализовано {amount}",
        external="не наше, лежит на бирже",
        no_orders="Таких заявок нет.",
        no_signals="Сигналов ещё нет.",
        no_queue="В очереди пусто.",
        since="с {at}",
        at="по",
    ),
    "de": PageWords(
        trading="Handel",
        silent="⚠ execution antwortet nicht",
        killed="🛑 Gestoppt {of}: {reason}",
        paused="⏸ Keine Käufe {of}: {reason}",
        by="{at}, {name}",
        broker={
            "connected": "verbunden",
            "connecting": "verbindet sich",
            "lost": "⚠ Verbindung verloren",
            "silent": "⚠ antwortet nicht",
            "refused": "⚠ lehnt ab",
        },
        breaker="⚠ Käufe ausgesetzt",
        no_brokers="⚠ keine Börse verbunden",
        equity="Kapital",
        cash="Guthaben",
        no_balance="⚠ Guthaben unbekannt",
        as_of="Stand {at}",
        invested="Investiert",
        dollars="  USDT und USDC zählen als 1 USD",
        openings_today="Käufe heute",
        of="{count} von {most}",
        open_orders="Offene Orders",
        positions="Positionen",
        realized="Heute realisiert",
        nothing="nichts",
        fees_missing="noch unbekannte Gebühren: {count}",
        waiting="Wartende Signale",
        no_positions="Keine Positionen.",
        realized_ever="realisiert {amount}",
        external="nicht von hier, liegt an der Börse",
        no_orders="Keine solchen Orders.",
        no_signals="Noch keine Signale.",
        no_queue="Nichts wartet.",
        since="seit {at}",
        at="zu",
    ),
}
