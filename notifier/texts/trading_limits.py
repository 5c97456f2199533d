"""What the limits of trading are called and mean, in each language."""

from collections.abc import Mapping

import msgspec

from bus.language import Language


class LimitWords(msgspec.Struct, frozen=True, kw_only=True):
    """Names of limits, by their names in the ledger; a missing translation is a type error.

    Attributes:
        labels: Of each limit.
        meanings: What a limit that can be set in the chat limits.
        sources: Where a limit comes from.
        not_set: In a value's place.
        live: Behind the name of a portfolio whose money is real.
        minutes: A limit that is a time.
    """

    labels: Mapping[str, str]
    meanings: Mapping[str, str]
    sources: Mapping[str, str]
    not_set: str
    live: str
    minutes: str


WORDS: dict[Language, LimitWords] = {
    "en": LimitWords(
        labels={
            "buy_amount": "Buy amount",
            "max_open_positions": "Positions",
            "max_daily_buys": "Openings a day",
            "max_invested": "Invested",
            "max_per_ticker": "Openings per symbol",
            "max_daily_loss": "Loss of a day",
            "reserve": "Cash reserve",
            "budget": "Budget",
            "max_order_value": "Order value",
            "leverage_cap": "Leverage",
            "max_position_value": "Position value",
            "max_orders_per_day": "Orders a day",
            "max_drawdown_percent": "Drawdown",
            "risk_per_trade_percent": "Risk per trade",
            "max_spread_percent": "Spread",
            "cooldown_minutes": "Wait after a stop",
            "allowed_symbols": "Symbols allowed",
        },
        meanings={
            "buy_amount": "What an opening spends where its strategy does not say.",
            "max_open_positions": "Positions open at once; what one strategy holds of one symbol is a position.",
            "max_daily_buys": "Openings of a day, filled or possibly filled.",
            "max_invested": "All that is held, at its cost, with what is ordered.",
            "max_per_ticker": "Openings of one symbol until it is sold.",
            "max_daily_loss": "Loss of a day, realized and not, after which nothing is opened.",
            "reserve": "Cash that is never spent.",
            "budget": "What a strategy may have in the market.",
            "max_order_value": "The largest value of one order.",
            "leverage_cap": "The highest leverage of an opening.",
        },
        sources={
            "settings": ".env at first",
            "portfolio": "this portfolio",
            "user": "its user",
            "strategy": "the strategy",
            "admin": "an admin",
            "system": "the machine",
        },
        not_set="not set",
        live="live",
        minutes="{count} min",
    ),
    "ru": LimitWords(
        labels={
            "buy_amount": "Сумма покупки",
            "max_open_positions": "Позиций",
            "max_daily_buys": "Покупок в день",
            "max_invested": "Вложено",
            "max_per_ticker": "Покупок инструмента",
            "max_daily_loss": "Убыток за день",
            "reserve": "Резерв денег",
            "budget": "Бюджет",
            "max_order_value": "Сумма заявки",
            "leverage_cap": "Плечо",
            "max_position_value": "Сумма позиции",
            "max_orders_per_day": "Заявок в день",
            "max_drawdown_percent": "Просадка",
            "risk_per_trade_percent": "Риск на сделку",
            "max_spread_percent": "Спред",
            "cooldown_minutes": "Пауза после стопа",
            "allowed_symbols": "Инструменты",
        },
        meanings={
            "buy_amount": "Сколько тратит покупка, если стратегия не говорит сама.",
            "max_open_positions": "Открытых позиций сразу; один инструмент одной стратегии – одна позиция.",
            "max_daily_buys": "Покупок за день, исполненных или, возможно, исполненных.",
            "max_invested": "Всё купленное, по цене покупки, вместе с заказанным.",
            "max_per_ticker": "Покупок одного инструмента, пока он не продан.",
            "max_daily_loss": "Убыток за день, полученный и бумажный, после которого ничего не открывается.",
            "reserve": "Деньги, которые никогда не тратятся.",
            "budget": "Сколько стратегия может держать в рынке.",
            "max_order_value": "Наибольшая сумма одной заявки.",
            "leverage_cap": "Наибольшее плечо при открытии.",
        },
        sources={
            "settings": "сначала .env",
            "portfolio": "портфель",
            "user": "пользователь",
            "strategy": "стратегия",
            "admin": "администратор",
            "system": "машина",
        },
        not_set="не задано",
        live="боевой",
        minutes="{count} мин",
    ),
    "de": LimitWords(
        labels={
            "buy_amount": "Kaufbetrag",
            "max_open_positions": "Positionen",
            "max_daily_buys": "Käufe am Tag",
            "max_invested": "Investiert",
            "max_per_ticker": "Käufe je Symbol",
            "max_daily_loss": "Tagesverlust",
            "reserve": "Barreserve",
            "budget": "Budget",
            "max_order_value": "Orderwert",
            "leverage_cap": "Hebel",
            "max_position_value": "Positionswert",
            "max_orders_per_day": "Orders am Tag",
            "max_drawdown_percent": "Drawdown",
            "risk_per_trade_percent": "Risiko je Trade",
            "max_spread_percent": "Spread",
            "cooldown_minutes": "Pause nach Stop",
            "allowed_symbols": "Erlaubte Symbole",
        },
        meanings={
            "buy_amount": "Was eine Eröffnung ausgibt, wenn die Strategie nichts anderes sagt.",
            "max_open_positions": "Gleichzeitig offene Positionen; ein Symbol einer Strategie ist eine Position.",
            "max_daily_buys": "Eröffnungen eines Tages, ausgeführt oder vielleicht ausgeführt.",
            "max_invested": "Alles Gehaltene zum Einstand, mit allem, was bestellt ist.",
            "max_per_ticker": "Eröffnungen eines Symbols, bis es verkauft ist.",
            "max_daily_loss": "Tagesverlust, realisiert und nicht, nach dem nichts mehr eröffnet wird.",
            "reserve": "Geld, das nie ausgegeben wird.",
            "budget": "Was eine Strategie im Markt haben darf.",
            "max_order_value": "Der größte Wert einer Order.",
            "leverage_cap": "Der höchste Hebel einer Eröffnung.",
        },
        sources={
            "settings": ".env zu Beginn",
            "portfolio": "Portfolio",
            "user": "Nutzer",
            "strategy": "Strategie",
            "admin": "Admin",
            "system": "Maschine",
        },
        not_set="nicht gesetzt",
        live="echtes Geld",
        minutes="{count} Min.",
    ),
}
