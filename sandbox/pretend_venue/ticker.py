"""A pretend BingX's public market data: what the paper venue fills at.

Follows the official API reference: swap `quote/ticker` and `quote/contracts`, spot `ticker/24hr` and `common/symbols`
(read 2026-11).

Quirks that are kept: errors are HTTP 200 with a `code`; spot prices are numbers and those of perpetuals texts; the spot
ticker is a list of one.
"""

import msgspec
from aiohttp import web

from sandbox.service import Service

FAULTS = {"code": "BingX's own refusal `code`"}


class State(msgspec.Struct):
    """What symbols cost; all are both a spot pair and a perpetual."""

    bid: dict[str, str]
    ask: dict[str, str]
    last: dict[str, str]


def create() -> list[Service]:
    """Build the pretend market data."""
    state = State(
        bid={"BTC-USDT": "49990", "ETH-USDT": "2999"},
        ask={"BTC-USDT": "50010", "ETH-USDT": "3001"},
        last={"BTC-USDT": "50000", "ETH-USDT": "3000"},
    )
    service = Service("ticker", state=state, routes=[], faults=FAULTS)
    ticker = _Ticker(service, state)
    service.routes += [
        web.get("/openApi/swap/v2/quote/ticker", ticker.swap_ticker),
        web.get("/openApi/swap/v2/quote/contracts", ticker.contracts),
        web.get("/openApi/spot/v1/ticker/24hr", ticker.spot_ticker),
        web.get("/openApi/spot/v1/common/symbols", ticker.spot_symbols),
    ]
    return [service]


class _Ticker:
    """Answers from the state."""

    def __init__(self, service: Service, state: State) -> None:
        self.service = service
        self.state = state

    async def swap_ticker(self, request: web.Request) -> web.StreamResponse:
        symbol = self._symbol(request)
        if symbol is None:
            return self._refusal(request)
        return _envelope({"symbol": symbol, **self._prices(symbol)})

    async def contracts(self, request: web.Request) -> web.StreamResponse:
        symbol = self._symbol(request)
        if symbol is None:
            return self._refusal(request)
        steps = {"quantityPrecision": 4, "pricePrecision": 1, "tradeMinQuantity": 0.0001, "tradeMinUSDT": 2}
        return _envelope([{"contractId": "100", "symbol": symbol, **steps, "status": 1}])

    async def spot_ticker(self, request: web.Request) -> web.StreamResponse:
        symbol = self._symbol(request)
        if symbol is None:
            return self._refusal(request)
        return _envelope([{"symbol": symbol, **{name: float(text) for name, text in self._prices(symbol).items()}}])

    async def spot_symbols(self, request: web.Request) -> web.StreamResponse:
        symbol = self._symbol(request)
        if symbol is None:
            return self._refusal(request)
        pair = {"symbol": symbol, "stepSize": 0.00001, "tickSize": 0.01, "minNotional": 5, "status": 1}
        return _envelope({"symbols": [pair]})

    def _symbol(self, request: web.Request) -> str | None:
        asked = request.query.get("symbol", "")
        is_refused = any(fault.kind == "code" for fault in self.service.faults)
        return asked if asked in self.state.last and not is_refused else None

    def _refusal(self, request: web.Request) -> web.Response:
        fault = self.service.take("code", request.path)
        return _envelope(None, code=int(fault.code) if fault else 109425)

    def _prices(self, symbol: str) -> dict[str, str]:
        state = self.state
        return {"lastPrice": state.last[symbol], "bidPrice": state.bid[symbol], "askPrice": state.ask[symbol]}


def _envelope(data: object, *, code: int = 0) -> web.Response:
    body = {"code": code, "msg": "" if not code else "refused", "data": data}
    return web.Response(body=msgspec.json.encode(body), content_type="application/json")
