"""The words of each refusal: what happened, the numbers, the cure; German is in `refusals_german`."""

import re
from collections.abc import Mapping
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final, NamedTuple, get_args

from bus.language import Language
from execution.refusal import Refusal, number
from execution.texts import names, refusals_german
from ledger.exact import ARITHMETIC
from ledger.trading.flow.records import RequestKind
from ledger.trading.refusal_values import REASONS, UNKNOWNS

PLACES: Final = Decimal("1e-8")
_NUMBER: Final = re.compile(r"-?\d+\.\d{9,}", re.ASCII)


class Words(NamedTuple):
    """A text with the names of its values in braces, in English and Russian."""

    en: str
    ru: str


TEXTS: Final[Mapping[str, Words]] = {
    "UNKNOWN_SYMBOL": Words(
        "{symbol} is not known at the venue: {reason}. Write the symbol and the exchange as TradingView shows them.",
        "{symbol} на площадке не найден: {reason}. Напишите символ и биржу так, как их показывает TradingView.",
    ),
    "DUPLICATE_ID": Words(
        "The id {id} was used before. Put {{{{timenow}}}} into the id of the alert's template.",
        "id {id} уже был. Добавьте {{{{timenow}}}} в id в шаблоне алерта.",
    ),
    "TOO_OLD": Words(
        "The signal is {seconds} s old, at most {limit} s are taken. Look at the alert's time and the machine's clock.",
        "Сигналу {seconds} с, берутся не старше {limit} с. Проверьте время алерта и часы машины.",
    ),
    "PRICE_SANITY": Words(
        "{symbol}: the signal's price {price} is {percent} % from the quote {quote}; the limit is {limit} %. "
        "Check symbol and exchange of the alert.",
        "{symbol}: цена сигнала {price} отличается от котировки {quote} на {percent} %, предел {limit} %. "
        "Проверьте символ и биржу в алерте.",
    ),
    "PRICE_DRIFT": Words(
        "{symbol} has moved by {percent} %: asked at {asked}, now {price}; the limit is {limit} %. Press again.",
        "{symbol} сдвинулся на {percent} %: было {asked}, стало {price}, предел {limit} %. Нажмите ещё раз.",
    ),
    "STOP_WRONG_SIDE": Words(
        "{symbol}: {leg} {stop} is on the wrong side of the price {price}. Correct it in the alert.",
        "{symbol}: {leg} {stop} не с той стороны от цены {price}. Исправьте в алерте.",
    ),
    "NOTHING_HELD": Words(
        "Nothing to {action}: the strategy holds nothing that this closes. Look at /positions.",
        "Нечего закрывать ({action}): у стратегии нет такой позиции. Смотрите /positions.",
    ),
    "CONTRADICTION": Words(
        "{action} cannot leave {named} while {held} is held. An alert may be missing; look at /positions, /close.",
        "{action} не может привести к {named}, когда в позиции {held}. Возможно, потерян алерт: /positions, /close.",
    ),
    "NO_SHORTS": Words(
        "A short is not possible here: spot and equities only close. Trade a future for it.",
        "Шорт здесь невозможен: спот и акции только закрываются. Используйте фьючерс.",
    ),
    "NO_REVERSE": Words(
        "A sell opens a short only with reverse=yes. Set it with /strategy, or send the action short.",
        "sell открывает шорт только при reverse=yes. Задайте в /strategy или присылайте short.",
    ),
    "MISSING_ALERT": Words(
        "⚠ an alert may be missing: the strategy says {told} was held, here it is {held}. Compare with the tester.",
        "⚠ возможно, потерян алерт: по стратегии было {told}, здесь {held}. Сверьте с тестером.",
    ),
    "BAD_PARAMETERS": Words(
        "The parameters of {strategy} cannot be used: {reason}. Correct them with /strategy.",
        "Параметры {strategy} не годятся: {reason}. Исправьте в /strategy.",
    ),
    "NO_SIZE": Words(
        "{strategy} is sized by {by}, and that is not given. Set it: {missing}.",
        "{strategy}: размер задаётся по {by}, но его нет. Задайте: {missing}.",
    ),
    "NO_STOP": Words(
        "{symbol}: without a stop loss its risk is not known. Add stop_loss to the alert.",
        "{symbol}: без стопа риск неизвестен. Добавьте stop_loss в алерт.",
    ),
    "NO_CURRENCY": Words(
        "{symbol} is paid in {currency}, and the account has none of it: {cash}. "
        "Nothing is borrowed; change money at the venue.",
        "{symbol} стоит в {currency}, а на счёте её нет: {cash}. В долг не покупается; обменяйте деньги на площадке.",
    ),
    "TOO_SMALL": Words(
        "{symbol}: {wanted} is too little; the smallest is {smallest} for {value} {currency}. Raise it: /set_amount.",
        "{symbol}: {wanted} слишком мало; наименьшее {smallest} за {value} {currency}. Увеличьте: /set_amount.",
    ),
    "TOO_LARGE": Words(
        "{symbol}: {wanted} is more than can be. Check quantity and price of the alert.",
        "{symbol}: {wanted} слишком много. Проверьте количество и цену в алерте.",
    ),
    "MODE_OFF": Words(
        "{strategy} is off. Switch it on: /mode.",
        "{strategy} выключена. Включите: /mode.",
    ),
    "CLOSING_ONLY": Words(
        "{strategy} only closes. To open again: /mode.",
        "{strategy} только закрывает. Чтобы открывать: /mode.",
    ),
    "STRATEGY_OFF": Words(
        "{strategy} is no longer in force. Make a new version: /strategy.",
        "{strategy} больше не действует. Создайте новую версию: /strategy.",
    ),
    "USER_BLOCKED": Words(
        "Your access is blocked. Ask an admin.",
        "Ваш доступ закрыт. Обратитесь к администратору.",
    ),
    "ACCOUNT_OFF": Words(
        "The account {account} does not trade: {reason}. See /accounts.",
        "Счёт {account} не торгует: {reason}. Смотрите /accounts.",
    ),
    "NOT_LIVE": Words(
        "{account} is a live account, and live trading is locked: {reason}. Nothing was opened; closings pass.",
        "{account} — реальный счёт, а реальная торговля закрыта: {reason}. Ничего не открыто; закрытия проходят.",
    ),
    "REJECTED_BY_PERSON": Words(
        "You have rejected it. Nothing was ordered.",
        "Вы отклонили сигнал. Заявки нет.",
    ),
    "QUESTION_EXPIRED": Words(
        "Nobody has answered in {minutes} min. Nothing was ordered; /mode auto trades without asking.",
        "За {minutes} мин никто не ответил. Заявки нет; /mode auto торгует без вопросов.",
    ),
    "SUPERSEDED": Words(
        "{symbol}: a closing came first: {by}. Nothing was opened.",
        "{symbol}: раньше пришло закрытие: {by}. Ничего не открыто.",
    ),
    "CLEARED": Words(
        "The queue was cleared. Nothing was ordered; send the signal again.",
        "Очередь очищена. Заявки нет; пришлите сигнал снова.",
    ),
    "OPENING_EXPIRED": Words(
        "Not ordered within {seconds} s: {reason}. Nothing was opened; see /queue and /status.",
        "За {seconds} с заявка не отправлена: {reason}. Ничего не открыто; смотрите /queue и /status.",
    ),
    "MARKET_CLOSED": Words(
        "{symbol}: the market is closed until {opens}. Nothing was ordered; ask again then.",
        "{symbol}: рынок закрыт до {opens}. Заявки нет; повторите тогда.",
    ),
    "BREAKER_OPEN": Words(
        "{broker} fails too often, nothing is opened: {reason}. It tries again by itself; see /status.",
        "{broker} часто отвечает ошибкой, открытий нет: {reason}. Повторит сам; смотрите /status.",
    ),
    "BROKER_LOST": Words(
        "{broker} is not connected: {reason}. It connects by itself; see /status.",
        "{broker} не подключён: {reason}. Подключится сам; смотрите /status.",
    ),
    "NOT_SERVED": Words(
        "{account} is not served: {broker} is connected to the account {served}, not to {number}. "
        "Set {variable} in .env, or use another portfolio: /portfolio.",
        "{account} не обслуживается: {broker} подключён к счёту {served}, а не {number}. "
        "Задайте {variable} в .env или возьмите другой портфель: /portfolio.",
    ),
    "POSITION_AGAINST": Words(
        "{symbol}: {strategy} holds {quantity} the other way in this account. Close that, or use another account.",
        "{symbol}: {strategy} держит {quantity} в обратную сторону на этом счёте. Закройте или возьмите другой счёт.",
    ),
    "DUST": Words(
        "{symbol}: {held} is left, less than the smallest that can be sold ({smallest}). It goes with the next one.",
        "{symbol}: осталось {held}, меньше наименьшего для продажи ({smallest}). Уйдёт вместе со следующей.",
    ),
    "NOT_AT_VENUE": Words(
        "{symbol}: {held} is held here, {venue} at the venue. Look there; /adopt {symbol} books the difference.",
        "{symbol}: здесь {held}, на площадке {venue}. Проверьте там; /adopt {symbol} учтёт разницу.",
    ),
    "RECONCILING": Words(
        "{symbol}: the books hold {books}, the venue {venue}, and it lists no more what was filled between. "
        "Nothing is opened; /adopt {symbol} books the difference.",
        "{symbol}: в книгах {books}, на площадке {venue}, а сделки между ними она уже не показывает. "
        "Открытий нет; /adopt {symbol} учтёт разницу.",
    ),
    "KILLED": Words(
        "Trading is killed: {reason}. To trade again: /unkill.",
        "Торговля остановлена: {reason}. Чтобы возобновить: /unkill.",
    ),
    "PAUSED": Words(
        "Openings are paused: {reason}. To open again: /resume.",
        "Открытия на паузе: {reason}. Чтобы возобновить: /resume.",
    ),
    "NO_LIMITS": Words(
        "These limits are not set, so nothing is opened: {missing}. Set them: {commands}.",
        "Не заданы пределы, поэтому открытий нет: {missing}. Задайте: {commands}.",
    ),
    "NOT_KNOWN": Words(
        "Not known: {what}. Nothing is opened on a guess; see /status.",
        "Неизвестно: {what}. Вслепую ничего не открывается; смотрите /status.",
    ),
    "CASH": Words(
        "Needs {need} {currency}, free are {free}: {available} − {taken} ordered − {reserve} reserve. "
        "Lower /set_amount or /set_reserve.",
        "Нужно {need} {currency}, свободно {free}: {available} − {taken} в заявках − {reserve} резерв. "
        "Уменьшите /set_amount или /set_reserve.",
    ),
    "MAX_INVESTED": Words(
        "{invested} + {value} {currency} would be over {limit}. Close something, or /set_max_invest.",
        "{invested} + {value} {currency} больше предела {limit}. Закройте что‑нибудь или /set_max_invest.",
    ),
    "MAX_POSITIONS": Words(
        "{positions} positions are open, at most {limit}. Close one, or /set_max_positions.",
        "Открыто позиций: {positions}, предел {limit}. Закройте одну или /set_max_positions.",
    ),
    "MAX_PER_TICKER": Words(
        "{symbol} was opened {openings} times, at most {limit}. Close it, or /set_max_per_ticker.",
        "{symbol} открывали {openings} раз, предел {limit}. Закройте или /set_max_per_ticker.",
    ),
    "MAX_DAILY_BUYS": Words(
        "{openings} openings today, at most {limit}. Tomorrow again, or /set_max_daily.",
        "Открытий сегодня: {openings}, предел {limit}. Завтра снова или /set_max_daily.",
    ),
    "MAX_DAILY_LOSS": Words(
        "The day has lost {loss} {currency}, the limit is {limit}. Tomorrow again, or /set_max_loss.",
        "Убыток за день {loss} {currency}, предел {limit}. Завтра снова или /set_max_loss.",
    ),
    "MAX_ORDER_VALUE": Words(
        "The order is worth {value} {currency}, at most {limit}. Lower its size, or raise max_order_value: /risk.",
        "Заявка на {value} {currency}, предел {limit}. Уменьшите её или поднимите max_order_value: /risk.",
    ),
    "MAX_POSITION_VALUE": Words(
        "{symbol}: {held} + {value} {currency} would be over {limit}. Close some, or raise max_position_value: /risk.",
        "{symbol}: {held} + {value} {currency} больше {limit}. Закройте часть или поднимите max_position_value: /risk.",
    ),
    "BUDGET": Words(
        "The strategy has {used} in the market; {value} {currency} more is over its budget {limit}. See /risk.",
        "У стратегии в рынке {used}; ещё {value} {currency} больше бюджета {limit}. Смотрите /risk.",
    ),
    "LEVERAGE_CAP": Words(
        "Leverage {leverage} is over the cap {limit}. Lower it, or raise leverage_cap (/risk) or MAX_LEVERAGE.",
        "Плечо {leverage} выше предела {limit}. Уменьшите его или поднимите leverage_cap (/risk) или MAX_LEVERAGE.",
    ),
    "RISK_PER_TRADE": Words(
        "The stop loss would cost {risk} {currency}; at most {limit} ({percent} % of equity). Lower the size: /risk.",
        "Стоп обойдётся в {risk} {currency}; предел {limit} ({percent} % капитала). Уменьшите размер: /risk.",
    ),
    "MAX_DRAWDOWN": Words(
        "Equity {equity} {currency} is {percent} % below its peak {peak}; the limit is {limit} %. See /risk.",
        "Капитал {equity} {currency} на {percent} % ниже пика {peak}; предел {limit} %. Смотрите /risk.",
    ),
    "MAX_SPREAD": Words(
        "{symbol}: the spread {bid}/{ask} is {percent} %, at most {limit} %. Wait for a calmer market. See /risk.",
        "{symbol}: спред {bid}/{ask} — {percent} %, предел {limit} %. Дождитесь спокойного рынка. Смотрите /risk.",
    ),
    "MAX_ORDERS_PER_DAY": Words(
        "{orders} orders today, at most {limit}. Tomorrow again, or raise max_orders_per_day: /risk.",
        "Заявок сегодня: {orders}, предел {limit}. Завтра снова или поднимите max_orders_per_day: /risk.",
    ),
    "COOLDOWN": Words(
        "{symbol}: no opening for {minutes} min after a stop loss, {left} min are left. Wait. See /risk.",
        "{symbol}: {minutes} мин после стопа не открывается, осталось {left} мин. Подождите. Смотрите /risk.",
    ),
    "NOT_ALLOWED_SYMBOL": Words(
        "{symbol} may not be opened; allowed: {allowed}. Add it to allowed_symbols: /risk.",
        "{symbol} открывать нельзя; можно: {allowed}. Добавьте в allowed_symbols: /risk.",
    ),
}


NAMES: Final = ("symbol", "strategy", "account", "by")
"""The values that people and venues have given as names."""
COMMANDS: Final = frozenset(f"/{kind}" for kind in get_args(RequestKind))
"""What stands in the place of such a name where a person has typed it; it may be pressed."""


def render(refusal: Refusal, language: Language) -> str:
    """Return a refusal in words.

    Args:
        refusal: The refusal.
        language: Which.

    Returns:
        One or more sentences in plain text, to be escaped by whoever puts them between markup; a number of more than
        8 places is rounded, and marked with ≈.
    """
    shown = {name: _NUMBER.sub(_shortened, value) for name, value in refusal.values.items()}
    shown |= {name: names.shown(shown[name]) for name in NAMES if name in shown and shown[name] not in COMMANDS}
    if "what" in shown:
        what = UNKNOWNS[language].get(shown["what"], shown["what"])
        shown["what"] = f"{what} {shown['of']}".strip()
    if "reason" in shown:
        shown["reason"] = REASONS[language].get(shown["reason"], shown["reason"])
    words = TEXTS[refusal.code]
    texts = {"en": words.en, "ru": words.ru, "de": refusals_german.TEXTS[refusal.code]}
    return texts[language].format_map(shown)


def _shortened(found: re.Match[str]) -> str:
    """Return a long number with 8 places, marked."""
    return f"≈{number(Decimal(found[0]).quantize(PLACES, rounding=ROUND_HALF_EVEN, context=ARITHMETIC))}"
