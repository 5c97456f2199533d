"""What is told of signals: refused, expired, waiting, asked about, perhaps missing; in each language, plain text."""

from datetime import datetime, timedelta
from decimal import Decimal, localcontext
from typing import Final, NamedTuple

import msgspec

from bus.language import Language
from execution.meaning import Move
from execution.refusal import Refusal, number
from execution.texts import margins
from execution.texts.moments import Reader, moment
from execution.texts.names import shown
from execution.texts.refusals import render
from ledger.exact import ARITHMETIC
from ledger.trading.flow.margins import Margin
from ledger.trading.flow.records import Signal
from ledger.trading.hours import Closed

PLACES: Final = Decimal("1e-8")
SHOWN_DIGITS: Final = 8
"""So many digits of a signal's uid are shown, and are enough to name it."""


class Words(NamedTuple):
    """All words of one language."""

    paper: str
    refused: str
    expired: str
    waits: str
    waits_long: str
    asked: str
    about: str
    closes: str
    opens_long: str
    opens_short: str
    stop_loss: str
    take_profit: str
    valid: str
    again: str
    execute: str
    change: str
    reject: str
    heartbeat: str


EN: Final = Words(
    paper="paper",
    refused="✖ {signal}: not ordered",
    expired="⌛ {signal}: expired",
    waits="⏳ {signal}: the market opens {opens}. It waits; an opening expires at {closes}. /queue",
    waits_long="⏳ {signal}: the market is closed until {opens}: no session is near. It waits. See MARKET_CLOSED_DAYS. "
    "/queue",
    asked="❓ {signal}",
    about="{move} {quantity} @ about {price} = {value} {currency}",
    closes="Close",
    opens_long="Buy",
    opens_short="Sell short",
    stop_loss="Stop loss {price}",
    take_profit="Take profit {price}",
    valid="Answer until {until}.",
    again="⚠ The price has moved by more than {limit} % since you were asked at {asked}.",
    execute="Execute",
    change="Change",
    reject="Reject",
    heartbeat="⚠ {strategy} has sent no heartbeat for {hours} h. Look at its alert at TradingView: it may have ended.",
)
RU: Final = Words(
    paper="демо",
    refused="✖ {signal}: заявки нет",
    expired="⌛ {signal}: срок истёк",
    waits="⏳ {signal}: рынок откроется {opens}. Сигнал ждёт; открытие истечёт {closes}. /queue",
    waits_long="⏳ {signal}: рынок закрыт до {opens}: близких сессий нет. Сигнал ждёт. Смотрите MARKET_CLOSED_DAYS. "
    "/queue",
    asked="❓ {signal}",
    about="{move} {quantity} @ около {price} = {value} {currency}",
    closes="Закрыть",
    opens_long="Купить",
    opens_short="Открыть шорт",
    stop_loss="Стоп-лосс {price}",
    take_profit="Тейк-профит {price}",
    valid="Ответьте до {until}.",
    again="⚠ Цена сдвинулась больше чем на {limit} % с тех пор, как был вопрос при {asked}.",
    execute="Исполнить",
    change="Изменить",
    reject="Отклонить",
    heartbeat="⚠ {strategy} не присылает heartbeat {hours} ч. Проверьте алерт в TradingView: он мог закончиться.",
)
DE: Final = Words(
    paper="Paper",
    refused="✖ {signal}: keine Order",
    expired="⌛ {signal}: abgelaufen",
    waits="⏳ {signal}: Der Markt öffnet {opens}. Das Signal wartet; eine Eröffnung läuft {closes} ab. /queue",
    waits_long="⏳ {signal}: Der Markt ist geschlossen bis {opens}: keine Sitzung in Sicht. Das Signal wartet. "
    "Siehe MARKET_CLOSED_DAYS. /queue",
    asked="❓ {signal}",
    about="{move} {quantity} @ etwa {price} = {value} {currency}",
    closes="Schließen",
    opens_long="Kaufen",
    opens_short="Short eröffnen",
    stop_loss="Stop-Loss {price}",
    take_profit="Take-Profit {price}",
    valid="Antwort bis {until}.",
    again="⚠ Der Preis hat sich um mehr als {limit} % bewegt, seit bei {asked} gefragt wurde.",
    execute="Ausführen",
    change="Ändern",
    reject="Ablehnen",
    heartbeat="⚠ {strategy} hat seit {hours} h keinen Heartbeat gesendet. Alarm in TradingView prüfen: Er ist "
    "vielleicht abgelaufen.",
)
WORDS: Final[dict[Language, Words]] = {"en": EN, "ru": RU, "de": DE}


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What a question asks about.

    Attributes:
        move: What would be done next.
        quantity: How much.
        price: At about which price; None where that is not known.
        value: What that is worth; None where the price is not known.
        moved_from: The price of the question before, where it has moved too far since; None for a first one.
        not_changed: Why what a person wanted instead cannot be; None where nobody wanted anything.
        stop_loss: Where what is opened is closed at a loss; None where it is not.
        take_profit: The same at a gain.
        margin: What it is margined with; None where nothing is lent.
        limit: How far it may move, in percent.
        until: When it is no longer valid.
    """

    move: Move
    quantity: Decimal
    price: Decimal | None
    value: Decimal | None
    currency: str
    until: datetime
    limit: Decimal
    moved_from: Decimal | None = None
    not_changed: Refusal | None = None
    stop_loss: Decimal | None = None
    take_profit: Decimal | None = None
    margin: Margin | None = None


def words_of(language: Language) -> Words:
    """Return the words of a language.

    Args:
        language: Which.
    """
    return WORDS[language]


def not_ordered(signal: Signal, refusal: Refusal, language: Language, *, has_expired: bool = False) -> str:
    """Return the message of a signal that becomes no order: the reason, its numbers, the cure.

    Args:
        signal: The signal.
        refusal: Why.
        language: Which.
        has_expired: Whether its time is over; else it is refused.
    """
    words = words_of(language)
    head = (words.expired if has_expired else words.refused).format(signal=named(signal, words))
    return f"{head}\n{render(refusal, language)}\n/why {signal.uid[:SHOWN_DIGITS]}"


def reason(refusal: Refusal, language: Language) -> str:
    """Return a refusal as the reason inside of another sentence.

    Args:
        refusal: The refusal.
        language: Which.
    """
    return render(refusal, language).partition(". ")[0].rstrip(".")


def waits(signal: Signal, market: Closed, reader: Reader) -> str:
    """Return the message of a signal that waits for its market.

    Args:
        signal: The signal.
        market: When it opens, and closes again.
        reader: Who reads it.
    """
    words = words_of(reader.language)
    shown = {"opens": moment(market.opens_at, reader), "closes": moment(market.closes_at, reader)}
    template = words.waits_long if market.opens_at is None else words.waits
    return template.format(signal=named(signal, words), **shown)


def question(signal: Signal, asked: Asked, reader: Reader) -> str:
    """Return a question before a signal becomes an order.

    Args:
        signal: The signal.
        asked: What would be done.
        reader: Who reads it.
    """
    words = words_of(reader.language)
    moves = {"CLOSE": words.closes, "OPEN_LONG": words.opens_long, "OPEN_SHORT": words.opens_short}
    lines = [words.asked.format(signal=named(signal, words))]
    if asked.price is None or asked.value is None:
        lines.append(f"{moves[asked.move]} {_short(asked.quantity)}")
    else:
        shown = {"price": _short(asked.price), "value": _short(asked.value), "currency": asked.currency}
        lines.append(words.about.format(move=moves[asked.move], quantity=_short(asked.quantity), **shown))
    lines += _around(asked, words, reader.language)
    if asked.moved_from is not None:
        lines.append(words.again.format(limit=number(asked.limit), asked=_short(asked.moved_from)))
    if asked.not_changed is not None:
        lines.append(f"⚠ {render(asked.not_changed, reader.language)}")
    lines.append(words.valid.format(until=moment(asked.until, reader)))
    return "\n".join(lines)


def _around(asked: Asked, words: Words, language: Language) -> list[str]:
    """Return a line with the legs of what would be opened, and one with its margin, each where there is any."""
    legs = ((words.stop_loss, asked.stop_loss), (words.take_profit, asked.take_profit))
    said = [template.format(price=_short(price)) for template, price in legs if price is not None]
    of_margin = margins.WORDS[language]
    lent = asked.margin
    margin = [] if lent is None else [of_margin.line.format(margin=margins.worded(lent, of_margin))]
    return [*([", ".join(said)] if said else []), *margin]


def heartbeat_missing(strategy: str, silent: timedelta, language: Language) -> str:
    """Return the message of a strategy that sends no heartbeat any more.

    Args:
        strategy: Its name.
        silent: For how long.
        language: Which.
    """
    hours = int(silent / timedelta(hours=1))
    return words_of(language).heartbeat.format(strategy=shown(strategy), hours=hours)


def may_be_missing(signal: Signal, refusal: Refusal, language: Language) -> str:
    """Return the message of an alert that does not fit to what is held.

    Args:
        signal: The signal that says so.
        refusal: `MISSING_ALERT` with both numbers.
        language: Which.
    """
    return f"{named(signal, words_of(language))}\n{render(refusal, language)}"


def named(signal: Signal, words: Words) -> str:
    """Return a signal as a message names it.

    Args:
        signal: The signal.
        words: The language's.
    """
    strategy = f", {shown(signal.strategy_name)}" if signal.strategy_name else ""
    paper = "" if signal.is_live else f" ({words.paper})"
    return f"{signal.action} {shown(signal.symbol)}{strategy}{paper}"


def _short(value: Decimal) -> str:
    """Return a number with at most 8 places, marked where it had more."""
    with localcontext(ARITHMETIC):
        short = value.quantize(PLACES)
        return number(value) if short == value else f"≈{number(short)}"
