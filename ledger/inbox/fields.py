"""The fields of an alert: their names, and how each of them is read; nothing else is understood.

Every value may stand in quotes or not, so that TradingView's NaN stays JSON where it is quoted. What is wrong is
refused with what to write, and never repeated. TradingView leaves a placeholder that it does not know as it is
(tradingview.com, "How to use a variable value in alert", read 2026-11).
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial

import msgspec

from ledger.inbox.document import Wrong

ACTIONS = ("buy", "sell", "long", "short", "close", "heartbeat")
LONGEST_ID = 120
PLACEHOLDERS = (
    *("ticker", "exchange", "interval", "open", "high", "low", "close", "volume", "time", "timenow"),
    *("syminfo.currency", "syminfo.basecurrency", "strategy.position_size", "strategy.order.action"),
    *("strategy.order.contracts", "strategy.order.price", "strategy.order.id", "strategy.order.comment"),
    *("strategy.order.alert_message", "strategy.market_position", "strategy.market_position_size"),
    *("strategy.prev_market_position", "strategy.prev_market_position_size"),
)
_PLACEHOLDER = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_NUMBER = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,18})?")
_SMALL_OR_LARGE = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,18})?[eE][+-]?[0-9]{1,2}")
_SYMBOL = re.compile(r"[A-Za-z0-9][A-Za-z0-9.:!/_&-]{0,63}")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d([.]\d{1,6})?)?(Z|[+-]\d\d:\d\d)", re.ASCII)
_SECONDS = re.compile(r"\d{10}([.]\d{1,6})?|\d{13}", re.ASCII)
MILLISECONDS_DIGITS = 13


class Field(msgspec.Struct, frozen=True):
    """One field.

    Attributes:
        names: As it may be called; the first is how it is kept.
        read: Makes of its name and its text what is kept, or raises Wrong.
        about: What it is, for the description of the interface.
    """

    names: tuple[str, ...]
    read: Callable[[str, str], str]
    about: str


def text_of(name: str, value: object) -> str:
    """Return a field's value as text.

    Args:
        name: As it is called in the alert.
        value: From `document`.

    Raises:
        Wrong: It is none or empty.
    """
    if not isinstance(value, str):
        raise Wrong(name, "write a text in quotes or a number")
    if not (text := value.strip()):
        raise Wrong(name, "it is empty: fill it, or leave the field out")
    return text


def _filled(name: str, text: str) -> str:
    """Return a text in which no placeholder is left; raises Wrong, which names it where it is one of TradingView's."""
    if found := _PLACEHOLDER.search(text):
        inner = found[1].strip()
        if inner in PLACEHOLDERS:
            cure = f"TradingView left the placeholder {{{{{inner}}}}} as it is: it fills this one only in some alerts"
        else:
            cure = "it holds a placeholder that TradingView does not know: look at how it is spelled"
        raise Wrong(name, cure)
    return text


def _number(name: str, text: str, *, may_be: str = "positive", most: Decimal | None = None) -> str:
    """Return a number in the one way in which it is written; `may_be` is `positive`, `zero` too or `negative` too."""
    text = _filled(name, text)
    if _SMALL_OR_LARGE.fullmatch(text):
        text = format(Decimal(text), "f")
    if not _NUMBER.fullmatch(text):
        raise Wrong(name, "write a number of the usual size in digits, with a point and without separators: 1234.5")
    number = Decimal(text)
    if number < 0 and may_be != "negative":
        raise Wrong(name, "write it without a minus sign")
    if not number and may_be == "positive":
        raise Wrong(name, "it is zero: write more, or leave the field out")
    if most is not None and number > most:
        raise Wrong(name, f"write at most {most}")
    return text


def _word(name: str, text: str, *, words: tuple[str, ...]) -> str:
    """Return one of some words, in lower case."""
    word = _filled(name, text).lower()
    if word not in words:
        raise Wrong(name, f"write one of {', '.join(words)}")
    return word


def _symbol(name: str, text: str) -> str:
    """Return a symbol as it is written."""
    if not _SYMBOL.fullmatch(_filled(name, text)):
        raise Wrong(name, "write it as TradingView does, such as AAPL, BRK.B or BTCUSDT.P")
    return text


def _id(name: str, text: str) -> str:
    """Return an alert's own id."""
    if len(_filled(name, text)) > LONGEST_ID:
        raise Wrong(name, f"write at most {LONGEST_ID} signs")
    return text


def _as_it_is(_name: str, text: str) -> str:
    """Return a text that is for people alone."""
    return text


def _moment(name: str, text: str) -> str:
    """Return a moment as ISO text in UTC."""
    text = _filled(name, text)
    try:
        if _MOMENT.fullmatch(text):
            return datetime.fromisoformat(text).astimezone(UTC).isoformat()
        if _SECONDS.fullmatch(text):
            since_1970 = Decimal(text) / (1000 if len(text) == MILLISECONDS_DIGITS and "." not in text else 1)
            return datetime.fromtimestamp(float(since_1970), UTC).isoformat()
    except (ValueError, OverflowError):
        pass
    raise Wrong(name, "write {{timenow}}, or a moment like 2026-11-27T14:30:00Z, or seconds since 1970")


_percent = partial(_number, most=Decimal(100))
_any_number = partial(_number, may_be="negative")
FIELDS = (
    Field(("action",), partial(_word, words=ACTIONS), "what to do: " + ", ".join(ACTIONS)),
    Field(("symbol", "ticker"), _symbol, "what to trade, as TradingView writes it"),
    Field(("exchange",), _symbol, "where it is traded"),
    Field(("quantity", "qty"), _number, "how many"),
    Field(("amount",), _number, "for how much money"),
    Field(("percent",), _percent, "of equity, 0 to 100"),
    Field(("price",), _number, "the price that the alert was made at"),
    Field(("stop_loss", "sl"), _number, "the price at which a loss is ended"),
    Field(("take_profit", "tp"), _number, "the price at which a profit is taken"),
    Field(("margin_mode",), partial(_word, words=("isolated", "cross")), "isolated or cross"),
    Field(("leverage",), _number, "how many times"),
    Field(("confidence",), partial(_number, may_be="zero"), "how sure the strategy is"),
    Field(("timestamp", "time"), _moment, "when the alert was made: ISO with zone, or seconds since 1970"),
    Field(("id",), _id, "the alert's own id, which must hold {{timenow}}"),
    Field(("comment",), _as_it_is, "for people"),
    Field(("position",), partial(_word, words=("long", "short", "flat")), "which position there is afterwards"),
    Field(("position_size",), _any_number, "how large it is"),
    Field(("prev_position_size",), _any_number, "how large it was before"),
)
BY_NAME: Mapping[str, Field] = {name: field for field in FIELDS for name in field.names}
REQUIRED = ("action", "symbol")
