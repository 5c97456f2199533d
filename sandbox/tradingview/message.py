"""An alert's message: its placeholders, and which content type it is sent with.

Follows TradingView's help, "How to use a variable value in alert" and "About webhooks" (read 2026-11).

Quirks of TradingView that are kept: a misspelt placeholder stays in the text as it is written; what is put in is not
escaped, so that a quote in a comment, or a NaN outside of quotes, makes a message that is no JSON.
"""

import re
from collections.abc import Mapping
from datetime import datetime

import msgspec

JSON_TYPE, TEXT_TYPE = "application/json; charset=utf-8", "text/plain; charset=utf-8"
_ORDER = "strategy.order."
SAMPLE = {
    "ticker": "BTCUSDT",
    "exchange": "BINGX",
    "interval": "60",
    "open": "82000",
    "high": "82400",
    "low": "81900",
    "close": "82310.5",
    "volume": "12.345",
    "syminfo.currency": "USDT",
    "syminfo.basecurrency": "BTC",
    "strategy.position_size": "0.01",
    f"{_ORDER}action": "buy",
    f"{_ORDER}contracts": "0.01",
    f"{_ORDER}price": "82310.5",
    f"{_ORDER}id": "Long",
    f"{_ORDER}comment": "",
    f"{_ORDER}alert_message": "",
    "strategy.market_position": "long",
    "strategy.market_position_size": "0.01",
    "strategy.prev_market_position": "flat",
    "strategy.prev_market_position_size": "0",
}
"""What stands for the placeholders that a firing gives no value; the moments come from the clock."""
MOMENTS = ("time", "timenow")
_PLOT = re.compile(r'plot_1?\d|plot\("[^"{}]+"\)', re.ASCII)
_PLACEHOLDER = re.compile(r"\{\{([^{}]+)\}\}")


def is_known(name: str) -> bool:
    """Tell whether TradingView has a placeholder of this name, written without the braces."""
    return name in SAMPLE or name in MOMENTS or _PLOT.fullmatch(name) is not None


def written(template: str, values: Mapping[str, str], now: datetime) -> str:
    """Put values in the places of a template.

    Args:
        template: The alert's message, with `{{placeholders}}`.
        values: By placeholder without the braces; the others are the sample's, and plots without a value are NaN.
        now: The moment of the firing; its bar began with the hour.

    Returns:
        What is sent.
    """
    moments = {"timenow": _moment(now), "time": _moment(now.replace(minute=0, second=0))}
    known = SAMPLE | moments | dict(values)

    def value(match: re.Match[str]) -> str:
        """Return what stands for one placeholder; one that is not known stays as it is."""
        name = match[1]
        return known.get(name, "NaN") if is_known(name) else match[0]

    return _PLACEHOLDER.sub(value, template)


def content_type(body: bytes) -> str:
    """Return the content type that TradingView gives to a message: that of JSON where it is some, else of text."""
    try:
        msgspec.json.decode(body)
    except msgspec.DecodeError:
        return TEXT_TYPE
    return JSON_TYPE


def _moment(moment: datetime) -> str:
    """Return a moment as TradingView writes it, to the second."""
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
