"""What is meant by a symbol as TradingView writes it, and how Interactive Brokers is asked for it; asks nobody.

Shares of the United States in USD, pairs of currencies, and futures whose month is named:

    AAPL   BRK.B   EURUSD   EUR.USD   ESZ2026

Quirks: a class of shares stands behind a space there, `BRK B`. TradingView says AMEX of what NYSE Arca and Cboe list,
too. The year of a future is written with four digits: with one it would mean another contract in ten years.
"""

import re
from typing import Final

import msgspec
from ib_async import Contract

LISTED: Final[dict[str, frozenset[str]]] = {
    "NASDAQ": frozenset({"NASDAQ"}),
    "NYSE": frozenset({"NYSE"}),
    "AMEX": frozenset({"AMEX", "ARCA", "BATS"}),
    "ARCA": frozenset({"ARCA"}),
    "BATS": frozenset({"BATS"}),
}
"""By the signal's exchange, where what it lists may be listed at Interactive Brokers."""
ALIASES: Final = {"NYSEARCA": "ARCA", "NYSEAMERICAN": "AMEX", "CBOE": "BATS", "ISLAND": "NASDAQ"}
FUTURES_EXCHANGES: Final = {
    "CME": "CME",
    "CME_MINI": "CME",
    "CBOT": "CBOT",
    "CBOT_MINI": "CBOT",
    "NYMEX": "NYMEX",
    "NYMEX_MINI": "NYMEX",
    "COMEX": "COMEX",
    "COMEX_MINI": "COMEX",
}
CURRENCIES: Final = frozenset(
    {
        "AUD",
        "CAD",
        "CHF",
        "CNH",
        "CZK",
        "DKK",
        "EUR",
        "GBP",
        "HKD",
        "HUF",
        "ILS",
        "JPY",
        "MXN",
        "NOK",
        "NZD",
        "PLN",
        "SEK",
        "SGD",
        "USD",
        "ZAR",
    }
)
MONTHS: Final = "FGHJKMNQUVXZ"
"""The letters of January to December."""
_SHARE: Final = re.compile(r"[A-Z]{1,5}([. /][A-Z]{1,3})?")
_PAIR: Final = re.compile(r"([A-Z]{3})[./]?([A-Z]{3})")
_FUTURE: Final = re.compile(rf"([A-Z0-9]{{1,4}})([{MONTHS}])(\d{{4}})")
_NO_MONTH: Final = re.compile(rf"[A-Z0-9]{{1,4}}(\d!|[{MONTHS}]\d{{1,2}})")
_COIN: Final = re.compile(r"[A-Z0-9]{2,15}-?(USDT|USDC)(\.P)?|(BTC|ETH|SOL|LTC|BCH|XRP|DOGE)[./-]?USD")


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked for: `contract` finds it, perhaps among others; `listed` says which to take, empty for any."""

    name: str
    contract: Contract
    listed: frozenset[str] = frozenset()
    exchange: str = ""


def wanted(symbol: str, exchange: str | None) -> Wanted | str:
    """Find how to ask for a symbol.

    Args:
        symbol: As the signal has it.
        exchange: As the signal has it; None or empty where it does not say.

    Returns:
        What to ask for, or why it is not offered: what to write instead.
    """
    name, where = symbol.strip().upper(), (exchange or "").strip().upper()
    where = ALIASES.get(where, where)
    if where in LISTED:
        return _share(name, where)
    if _COIN.fullmatch(name):
        return f"{name}: no crypto is traded at Interactive Brokers here"
    if (pair := _PAIR.fullmatch(name)) and set(pair.groups()) <= CURRENCIES:
        return _pair(*pair.groups())
    if where in FUTURES_EXCHANGES:
        return _future(name, FUTURES_EXCHANGES[where])
    if _NO_MONTH.fullmatch(name) or _FUTURE.fullmatch(name):
        return f"{name}: a future is named with its month and year and its exchange, such as CME:ESZ2026"
    if where:
        return f"{name} is not known at {where}; shares are those of {', '.join(sorted(LISTED))}"
    return _share(name, "")


def _share(name: str, where: str) -> Wanted | str:
    """Find a share or a fund."""
    if not _SHARE.fullmatch(name):
        return f"{name} is not known; a share is written like AAPL or BRK.B, a pair of currencies like EURUSD"
    spaced = re.sub(r"[./]", " ", name)
    contract = Contract(secType="STK", symbol=spaced, exchange="SMART", currency="USD")
    listed = LISTED[where] if where else frozenset[str]()
    return Wanted(name=spaced.replace(" ", "."), contract=contract, listed=listed, exchange=where)


def _pair(base: str, currency: str) -> Wanted | str:
    """Find a pair of currencies."""
    if base == currency:
        return f"{base}.{currency} is no pair of currencies"
    contract = Contract(secType="CASH", symbol=base, exchange="IDEALPRO", currency=currency)
    return Wanted(name=f"{base}.{currency}", contract=contract)


def _future(name: str, where: str) -> Wanted | str:
    """Find a future of a month."""
    match = _FUTURE.fullmatch(name)
    if match is None:
        return f"{name}: a future is named with its month and year, such as ESZ2026"
    root, letter, year = match.groups()
    month = f"{year}{MONTHS.index(letter) + 1:02}"
    contract = Contract(secType="FUT", symbol=root, exchange=where, currency="USD", lastTradeDateOrContractMonth=month)
    return Wanted(name=name, contract=contract)
