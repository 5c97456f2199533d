"""What the pretend BingX tells of its markets to everybody: tickers, contracts, symbols.

Follows BingX's documentation, "USDT-M Perp Futures, Market Data" and "Spot, Market Data" (read 2026-11).

Quirks of BingX that are kept: a ticker of the perpetual has its figures as text, one of spot as numbers, and always in
a list; contracts mix texts and numbers; moments are milliseconds.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal

import msgspec

from sandbox.bingx.state import MARKETS, BingxState, Market
from sandbox.gateway import Refused

__all__ = [
    "BingxState",
    "Prices",
    "Question",
    "Quote",
    "contracts",
    "last_price",
    "mark_of",
    "milliseconds",
    "premium_index",
    "prices_of",
    "quote_of",
    "server_time",
    "spot_ticker",
    "swap_ticker",
    "symbols",
]

UNKNOWN_SYMBOL = "109425"
_BASIS_POINTS = 10_000
_SWING_MS = 60_000
_FUNDING_MS = 8 * 3_600_000
_DAY = timedelta(days=1)


class Question(msgspec.Struct, frozen=True):
    """What is asked, of which state, when; `shown` is method, path, symbol and order, as faults name them."""

    state: BingxState
    query: Mapping[str, str]
    now: datetime
    shown: str = ""


class Prices(msgspec.Struct, frozen=True):
    """What orders are matched with."""

    last: Decimal
    bid: Decimal
    ask: Decimal
    mark: Decimal


class Quote(msgspec.Struct, frozen=True):
    """One symbol's prices."""

    last: str
    bid: str
    ask: str


def swap_ticker(question: Question) -> object:
    """Answer GET /openApi/swap/v2/quote/ticker: one ticker, or all where no symbol is named."""
    tickers = [_swap_ticker(question, symbol) for symbol in _asked(question)]
    return tickers[0] if question.query.get("symbol") else tickers


def spot_ticker(question: Question) -> object:
    """Answer GET /openApi/spot/v1/ticker/24hr."""
    return [_spot_ticker(question, symbol) for symbol in _asked(question)]


def contracts(question: Question) -> object:
    """Answer GET /openApi/swap/v2/quote/contracts."""
    return [_contract(question.state, symbol, MARKETS[symbol]) for symbol in _asked(question)]


def symbols(question: Question) -> object:
    """Answer GET /openApi/spot/v1/common/symbols."""
    return {"symbols": [_symbol(symbol, MARKETS[symbol]) for symbol in _asked(question)]}


def server_time(question: Question) -> object:
    """Answer GET /openApi/swap/v2/server/time and its twin of spot."""
    return {"serverTime": milliseconds(question.now)}


def milliseconds(moment: datetime) -> int:
    """Return a moment as BingX writes it."""
    return int(moment.timestamp() * 1000)


def _asked(question: Question) -> list[str]:
    """Return the symbol that is asked for, or all."""
    symbol = question.query.get("symbol", "")
    if not symbol:
        return list(MARKETS)
    if symbol not in MARKETS:
        raise Refused(UNKNOWN_SYMBOL, f"{symbol} not exist, please verify it in api:/openApi/swap/v2/quote/contracts")
    return [symbol]


def quote_of(state: BingxState, symbol: str, now: datetime) -> Quote:
    """Return a symbol's prices of a moment."""
    market = MARKETS[symbol]
    price = Decimal(state.prices.get(symbol, "0")) * (1 + _swing(state, now))
    half = price * state.spread_bps / (2 * _BASIS_POINTS)
    step = Decimal(1).scaleb(-market.price_precision)
    return Quote(
        last=str(price.quantize(step)),
        bid=state.bids.get(symbol) or str((price - half).quantize(step)),
        ask=state.asks.get(symbol) or str((price + half).quantize(step)),
    )


def mark_of(state: BingxState, symbol: str, now: datetime) -> Decimal:
    """Return a symbol's mark price of a moment: the last price, where no other is set."""
    return Decimal(state.marks.get(symbol) or quote_of(state, symbol, now).last)


def prices_of(state: BingxState, symbol: str, now: datetime) -> Prices:
    """Return what orders are matched with; where bid or ask make no sense it is the last price."""
    quote = quote_of(state, symbol, now)
    last, bid, ask = Decimal(quote.last), Decimal(quote.bid), Decimal(quote.ask)
    return Prices(last, bid if bid > 0 else last, ask if ask > 0 else last, mark_of(state, symbol, now))


def _swing(state: BingxState, now: datetime) -> Decimal:
    """Return by which share a price is away from what is set: up, down and back within a minute, by the clock alone."""
    place = milliseconds(now) % _SWING_MS
    quarter = _SWING_MS // 4
    way = quarter - abs((place + quarter) % _SWING_MS - 2 * quarter)
    return Decimal(way) / quarter * state.swing_bps / _BASIS_POINTS


def premium_index(question: Question) -> object:
    """Answer GET /openApi/swap/v2/quote/premiumIndex: one row, or all where no symbol is named."""
    rows = [_premium(question, symbol) for symbol in _asked(question)]
    return rows[0] if question.query.get("symbol") else rows


def last_price(question: Question) -> object:
    """Answer GET /openApi/swap/v1/ticker/price: one row, or all where no symbol is named."""
    rows = [
        {
            "symbol": symbol,
            "price": quote_of(question.state, symbol, question.now).last,
            "time": milliseconds(question.now),
        }
        for symbol in _asked(question)
    ]
    return rows[0] if question.query.get("symbol") else rows


def _premium(question: Question, symbol: str) -> dict[str, object]:
    """Return mark price and funding of a perpetual; funding is every eight hours."""
    mark, now_ms = str(mark_of(question.state, symbol, question.now)), milliseconds(question.now)
    return {
        "symbol": symbol,
        "markPrice": mark,
        "indexPrice": mark,
        "lastFundingRate": "0.0001",
        "nextFundingTime": now_ms - now_ms % _FUNDING_MS + _FUNDING_MS,
    }


def _swap_ticker(question: Question, symbol: str) -> dict[str, object]:
    """Return a ticker of the perpetual."""
    quote, at = quote_of(question.state, symbol, question.now), question.now - timedelta(seconds=question.state.age_s)
    return {
        "symbol": symbol,
        "priceChange": "0",
        "priceChangePercent": "0",
        "lastPrice": quote.last,
        "lastQty": "0.0123",
        "highPrice": quote.last,
        "lowPrice": quote.last,
        "volume": "12345.6789",
        "quoteVolume": "987654321.12",
        "openPrice": quote.last,
        "openTime": milliseconds(at - _DAY),
        "closeTime": milliseconds(at),
        "askPrice": quote.ask,
        "askQty": "1.5",
        "bidPrice": quote.bid,
        "bidQty": "1.5",
    }


def _spot_ticker(question: Question, symbol: str) -> dict[str, object]:
    """Return a ticker of spot: the same figures as numbers."""
    texts = {"symbol", "priceChange", "priceChangePercent"}
    told = _swap_ticker(question, symbol)
    del told["lastQty"]  # only perpetuals have it
    figures = {name: _number(value) if name not in texts else value for name, value in told.items()}
    return figures | {"priceChangePercent": "0.00%", "count": 4321}


def _number(value: object) -> object:
    """Return a figure as a JSON number."""
    return float(value) if isinstance(value, str) else value


def _contract(state: BingxState, symbol: str, market: Market) -> dict[str, object]:
    """Return what is told of a perpetual."""
    return {
        "contractId": str(100 + list(MARKETS).index(symbol)),
        "symbol": symbol,
        "size": market.minimum_quantity,
        "quantityPrecision": market.quantity_precision,
        "pricePrecision": market.price_precision,
        "feeRate": 0.0005,
        "makerFeeRate": 0.0002,
        "takerFeeRate": 0.0005,
        "tradeMinLimit": 0,
        "tradeMinQuantity": float(market.minimum_quantity),
        "tradeMinUSDT": float(market.minimum_value),
        "maxLongLeverage": state.max_leverage,
        "maxShortLeverage": state.max_leverage,
        "currency": "USDT",
        "asset": symbol.partition("-")[0],
        "status": state.contract_status.get(symbol, 1),
        "apiStateOpen": "false" if symbol in state.closed_symbols else "true",
        "apiStateClose": "true",
        "ensureTrigger": True,
        "triggerFeeRate": "0.00050000",
        "brokerState": True,
        "launchTime": 1586275200000,
        "maintainTime": 0,
        "offTime": 0,
        "displayName": symbol,
    }


def _symbol(symbol: str, market: Market) -> dict[str, object]:
    """Return what is told of a pair of spot."""
    return {
        "symbol": symbol,
        "minQty": float(market.minimum_quantity),
        "maxQty": 9000,
        "minNotional": float(market.minimum_value),
        "maxNotional": 2_000_000,
        "status": 1,
        "tickSize": float(Decimal(1).scaleb(-market.price_precision)),
        "stepSize": float(Decimal(1).scaleb(-market.quantity_precision)),
        "apiStateBuy": True,
        "apiStateSell": True,
        "timeOnline": 0,
        "offTime": 0,
        "maintainTime": 0,
        "displayName": symbol,
    }
