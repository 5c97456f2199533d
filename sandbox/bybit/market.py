"""What the pretend Bybit tells of its markets and coins: enough for a client that loads them before it asks anything.

Follows Bybit's documentation v5 (market/instrument, asset/coin-info; read 2026-11). There is one market of each kind.

Quirks of Bybit that are kept: figures are strings, but for `symbolId`, `fundingInterval` and the flags; spot is not
paged and has no `nextPageCursor`; derivatives that are not yet launched are told only when they are asked for.
"""

import json

from sandbox.bybit.account import Question
from sandbox.gateway import Refused

_SPOT: list[dict[str, object]] = json.loads("""[{
  "symbolId": 9, "symbol": "BTCUSDT", "baseCoin": "BTC", "quoteCoin": "USDT", "innovation": "0", "status": "Trading",
  "marginTrading": "utaOnly", "stTag": "0", "lotSizeFilter": {"basePrecision": "0.000001",
  "quotePrecision": "0.0000001", "minOrderQty": "0.000011", "maxOrderQty": "83", "minOrderAmt": "5",
  "maxOrderAmt": "8000000", "maxLimitOrderQty": "83", "maxMarketOrderQty": "41.5",
  "postOnlyMaxLimitOrderSize": "415"}, "priceFilter": {"tickSize": "0.1"},
  "riskParameters": {"priceLimitRatioX": "0.005", "priceLimitRatioY": "0.01"}, "symbolType": ""
}]""")
_LINEAR: list[dict[str, object]] = json.loads("""[{
  "symbol": "BTCUSDT", "symbolId": 5, "contractType": "LinearPerpetual", "status": "Trading", "baseCoin": "BTC",
  "quoteCoin": "USDT", "launchTime": "1584230400000", "deliveryTime": "0", "deliveryFeeRate": "", "priceScale": "2",
  "leverageFilter": {"minLeverage": "1", "maxLeverage": "100.00", "leverageStep": "0.01"},
  "priceFilter": {"minPrice": "0.10", "maxPrice": "1999999.80", "tickSize": "0.10"},
  "lotSizeFilter": {"maxOrderQty": "1190.000", "minOrderQty": "0.001", "qtyStep": "0.001",
  "postOnlyMaxOrderQty": "1190.000", "maxMktOrderQty": "500.000", "minNotionalValue": "5"},
  "unifiedMarginTrade": true, "fundingInterval": 480, "settleCoin": "USDT", "copyTrading": "both",
  "upperFundingRate": "0.00375", "lowerFundingRate": "-0.00375", "displayName": "", "forbidUplWithdrawal": false,
  "isPreListing": false, "preListingInfo": null,
  "riskParameters": {"priceLimitRatioX": "0.01", "priceLimitRatioY": "0.02"}, "symbolType": ""
}]""")
_INVERSE: list[dict[str, object]] = json.loads("""[{
  "symbol": "BTCUSD", "symbolId": 1, "contractType": "InversePerpetual", "status": "Trading", "baseCoin": "BTC",
  "quoteCoin": "USD", "launchTime": "1542240000000", "deliveryTime": "0", "deliveryFeeRate": "", "priceScale": "2",
  "leverageFilter": {"minLeverage": "1", "maxLeverage": "100.00", "leverageStep": "0.01"},
  "priceFilter": {"minPrice": "0.10", "maxPrice": "1999999.80", "tickSize": "0.10"},
  "lotSizeFilter": {"maxOrderQty": "25000000", "minOrderQty": "1", "qtyStep": "1",
  "postOnlyMaxOrderQty": "25000000", "maxMktOrderQty": "5000000", "minNotionalValue": ""},
  "unifiedMarginTrade": true, "fundingInterval": 480, "settleCoin": "BTC", "copyTrading": "none",
  "upperFundingRate": "0.00375", "lowerFundingRate": "-0.00375", "displayName": "", "forbidUplWithdrawal": false,
  "isPreListing": false, "preListingInfo": null,
  "riskParameters": {"priceLimitRatioX": "0.01", "priceLimitRatioY": "0.02"}, "symbolType": ""
}]""")
_OPTION: list[dict[str, object]] = json.loads("""[{
  "symbol": "BTC-25JUN27-70000-P-USDT", "symbolId": 870125, "status": "Trading", "baseCoin": "BTC",
  "quoteCoin": "USDT", "settleCoin": "USDT", "optionsType": "Put", "launchTime": "1774512000000",
  "deliveryTime": "1813910400000", "deliveryFeeRate": "0.00015",
  "priceFilter": {"minPrice": "5", "maxPrice": "1110000", "tickSize": "5"},
  "lotSizeFilter": {"maxOrderQty": "500", "minOrderQty": "0.01", "qtyStep": "0.01"},
  "displayName": "BTCUSDT-25JUN27-70000-P"
}]""")
_INSTRUMENTS = {"spot": _SPOT, "linear": _LINEAR, "inverse": _INVERSE, "option": _OPTION}
_COINS: list[dict[str, object]] = json.loads("""[
  {"name": "BTC", "coin": "BTC", "remainAmount": "150", "chains": [{"chainType": "BTC", "confirmation": "1",
   "withdrawFee": "0.0002", "depositMin": "0.00001", "withdrawMin": "0.0005", "chain": "BTC", "chainDeposit": "1",
   "chainWithdraw": "1", "minAccuracy": "8", "withdrawPercentageFee": "0", "contractAddress": ""}]},
  {"name": "USDT", "coin": "USDT", "remainAmount": "2000000", "chains": [{"chainType": "TRC20", "confirmation": "20",
   "withdrawFee": "1", "depositMin": "0.001", "withdrawMin": "2", "chain": "TRX", "chainDeposit": "1",
   "chainWithdraw": "1", "minAccuracy": "6", "withdrawPercentageFee": "0", "contractAddress": ""}]}
]""")


def instruments(question: Question) -> dict[str, object]:
    """Answer GET /v5/market/instruments-info; all fits one page."""
    asked = question.query
    category = asked.get("category", "")
    if category not in _INSTRUMENTS:
        raise Refused("10001", "params error: category")
    base = asked.get("baseCoin", "BTC" if category == "option" else "")
    rows = [
        row
        for row in _INSTRUMENTS[category]
        if asked.get("symbol", "") in ("", row["symbol"])
        and asked.get("status", "") in ("", row["status"])
        and (category == "spot" or base in ("", row["baseCoin"]))
    ]
    listed: dict[str, object] = {"category": category, "list": rows}
    return listed if category == "spot" else listed | {"nextPageCursor": ""}


def coins(question: Question) -> dict[str, object]:
    """Answer GET /v5/asset/coin/query-info."""
    return {"rows": [row for row in _COINS if question.query.get("coin", "") in ("", row["coin"])]}
