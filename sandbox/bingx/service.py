"""The pretend BingX: quotes for everybody, and two accounts that trade USDT perpetuals and spot, and have a stream.

Follows BingX's documentation (read 2026-11).

On the control port, NAME being an order's number or client id:

    GET  /bingx                          all: orders with their fills, positions, balance, incomes, leverages, modes
    POST /bingx/prices/SYMBOL            last, bid, ask, mark; fills and triggers what they reach
    POST /bingx/orders/NAME/fill         quantity, price; nothing given is what remains, at the quote
    POST /bingx/orders/NAME/cancel       by BingX itself; `silently`: the stream says nothing
    POST /bingx/orders/NAME/expire       likewise
    POST /bingx/orders/NAME/vanish       canceled without a word, as a leg that is lost
    POST /bingx/trade                    symbol, quantity (below zero sells), side, price; limit lets it rest: by hand
    POST /bingx/liquidate                symbol, side, price: the position is closed by BingX itself
    POST /bingx/funding                  symbol, amount (below zero is paid)
    POST /bingx/transfer                 amount: money moved in, below zero out
    POST /bingx/margin/SYMBOL            mode, long, short: set as in the app
    …    /bingx/spot…, /bingx/stream…    see `sandbox/bingx/spot.py` and `sandbox/bingx/stream.py`
    GET  /bingx/second                   all of the second account (`sandbox/bingx/second.py`); the others are the first

Its troubles are FAULTS, whose `path` is a piece of "METHOD PATH SYMBOL ORDER", such as "POST /openApi/swap/v2/trade" or
a client id; of the generic ones it is a piece of the path alone. How it behaves when all is well is its state
(`sandbox/bingx/state.py`).
"""

import asyncio
import contextlib
from decimal import InvalidOperation

import msgspec
from aiohttp import web

from sandbox.bingx import beside, quotes, second
from sandbox.bingx.account import Account
from sandbox.bingx.beside import Beside, add_spot_and_stream
from sandbox.bingx.control import routes
from sandbox.bingx.gateway import Gateway
from sandbox.bingx.state import FUTURES_TRADING, READING, BingxState
from sandbox.bingx.trading import Trading
from sandbox.service import Service

FAULTS: dict[str, str] = {
    "code": 'a refusal before anything happens: `code` "100410" (rate limit), "100500" (busy), "109425" (no symbol) …; '
    "`body` replaces its text, `status` its HTTP status",
    "after": "the request takes effect, and then: a refusal with `code`, or a bare `status`, or the true answer "
    "`seconds` late, or, with none of these, a reset",
    "ban": "100410 to everything for `seconds` from the first request that fits",
    "forget": "an order is taken, and nothing but the money knows of it for `seconds`",
    "late_fills": "an order is taken, and the list of fills does not have its fills for `seconds`",
    "partly": "half of an order is filled at once, and the rest when it is told to",
    "crosses": "an order is filled just before it would be canceled: 109421",
    "refuse_leg": "an order that waits for a stop price is refused: `code` (110413)",
    "lose_leg": "the legs attached to an order are not made when it fills",
    "empty_balances": "the money's row has empty texts",
    "empty_with_error": "an empty list of positions beside a `code` (100500; 0 for none) and a text",
} | beside.FAULTS
_LOOK_S = 0.1


class Exchange(msgspec.Struct, frozen=True):
    """All that the second account has at the exchange."""

    state: second.SecondState
    gateway: Gateway
    beside: Beside


class BingxService(Service):
    """A service that looks at its prices ten times a second, and whenever its state is changed."""

    gateway: Gateway
    beside: Beside
    second: Exchange
    _looking: asyncio.Task[None] | None = None

    def change(self, fields: dict[str, object]) -> None:
        """Change the state, and fill what the prices of then reach."""
        super().change(fields)
        second.share(self.gateway.state, self.second.state)
        self._look_once()

    async def start(self, port: int = 0) -> None:
        """Listen, and look at the prices."""
        await super().start(port)
        self._looking = asyncio.get_running_loop().create_task(self._look())

    async def stop(self) -> None:
        """Stop looking and listening."""
        if self._looking is not None:
            self._looking.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._looking
        await super().stop()

    async def _look(self) -> None:
        """Fill what prices that swing have reached."""
        while True:
            with contextlib.suppress(InvalidOperation):  # a price that was set is no number
                self.gateway.book.look()
                self.second.gateway.book.look()
            await asyncio.sleep(_LOOK_S)

    def _look_once(self) -> None:
        """Fill what the prices have reached, in both accounts, of perpetuals and of spot."""
        for gateway, side in ((self.gateway, self.beside), (self.second.gateway, self.second.beside)):
            gateway.book.look()
            side.book.look()


def create() -> list[Service]:
    """Build the pretend BingX."""
    service, _gateway = build()
    return [service]


def build() -> tuple[BingxService, Gateway]:
    """Build the pretend BingX, and give what stands behind its port."""
    state = BingxState()
    service = BingxService("bingx", state=state, routes=[], faults=FAULTS)
    gateway = service.gateway = Gateway(service, state)
    _fill(service, gateway)
    service.control_routes = routes(service, state, gateway.book)
    service.beside = add_spot_and_stream(service, state, gateway)
    _add_second(service)
    return service, gateway


def _add_second(service: BingxService) -> None:
    """Let a second account be behind the same port."""
    state = second.SecondState()
    shadow = second.behind(service, state)
    gateway = Gateway(shadow, state)
    second.share(service.gateway.state, state)
    _fill(shadow, gateway)
    side = add_spot_and_stream(shadow, state, gateway)
    service.second = Exchange(state=state, gateway=gateway, beside=side)
    is_second = second.IsSecond(state)
    is_second.listen_keys = side.stream.keys.expires_at
    service.routes = second.told_apart(service.routes, shadow.routes, is_second)
    shown = routes(shadow, state, gateway.book)[0]
    service.control_routes.append(web.get("/bingx/second", shown.handler))

    def forget() -> None:
        """Bring the second account back to the start, at the exchange as it is set."""
        second.forget(state)
        second.share(service.gateway.state, state)
        for each in shadow.on_reset:
            each()

    service.on_reset.append(forget)


def _fill(service: Service, gateway: Gateway) -> None:
    """Give a service all that an account has at the exchange, but for spot and stream."""
    service.on_reset.append(gateway.forget)
    service.routes += [
        *_open_routes(gateway),
        *_account_routes(gateway, Account(service, gateway.book)),
        *_trading_routes(gateway, Trading(service, gateway.book)),
        web.route("*", "/{path:.*}", gateway.open(gateway.no_route)),
    ]


def _open_routes(gateway: Gateway) -> list[web.RouteDef]:
    """Return what everybody may ask."""
    return [
        web.get("/openApi/swap/v2/quote/ticker", gateway.open(quotes.swap_ticker)),
        web.get("/openApi/swap/v2/quote/contracts", gateway.open(quotes.contracts)),
        web.get("/openApi/swap/v2/quote/premiumIndex", gateway.open(quotes.premium_index)),
        web.get("/openApi/swap/v1/ticker/price", gateway.open(quotes.last_price)),
        web.get("/openApi/swap/v2/server/time", gateway.open(quotes.server_time)),
        web.get("/openApi/spot/v1/ticker/24hr", gateway.open(quotes.spot_ticker)),
        web.get("/openApi/spot/v1/common/symbols", gateway.open(quotes.symbols)),
        web.get("/openApi/spot/v1/server/time", gateway.open(quotes.server_time)),
    ]


def _account_routes(gateway: Gateway, account: Account) -> list[web.RouteDef]:
    """Return what the owner of the key may ask of the account, and set."""
    signed, swap = gateway.signed, "/openApi/swap"
    return [
        web.get("/openApi/v1/account/apiPermissions", signed(account.permissions)),
        web.get("/openApi/account/v1/apiKey/query", signed(account.keys)),
        web.get("/openApi/account/v1/uid", signed(account.uid, READING)),
        web.get(f"{swap}/v3/user/balance", signed(account.balances, READING)),
        web.get(f"{swap}/v2/user/balance", signed(account.balance, READING)),
        web.get(f"{swap}/v2/user/positions", signed(account.positions, READING)),
        web.get(f"{swap}/v2/user/income", signed(account.incomes, READING)),
        web.post(f"{swap}/v2/trade/getVst", signed(account.get_virtual_money, FUTURES_TRADING)),
        web.get(f"{swap}/v2/trade/leverage", signed(account.leverage, READING)),
        web.post(f"{swap}/v2/trade/leverage", signed(account.set_leverage, FUTURES_TRADING)),
        web.get(f"{swap}/v2/trade/marginType", signed(account.margin_mode, READING)),
        web.post(f"{swap}/v2/trade/marginType", signed(account.set_margin_mode, FUTURES_TRADING)),
        web.get(f"{swap}/v1/positionSide/dual", signed(account.position_mode, READING)),
        web.post(f"{swap}/v1/positionSide/dual", signed(account.set_position_mode, FUTURES_TRADING)),
    ]


def _trading_routes(gateway: Gateway, trading: Trading) -> list[web.RouteDef]:
    """Return what the owner of the key may do with orders."""
    signed, trade = gateway.signed, "/openApi/swap/v2/trade"
    return [
        web.post(f"{trade}/order", signed(trading.place, FUTURES_TRADING)),
        web.get(f"{trade}/order", signed(trading.find, READING)),
        web.delete(f"{trade}/order", signed(trading.cancel, FUTURES_TRADING)),
        web.post(f"{trade}/order/test", signed(trading.test, FUTURES_TRADING)),
        web.post(f"{trade}/batchOrders", signed(trading.place_many, FUTURES_TRADING)),
        web.get(f"{trade}/openOrder", signed(trading.find_open, READING)),
        web.get(f"{trade}/openOrders", signed(trading.open, READING)),
        web.get(f"{trade}/allOrders", signed(trading.all, READING)),
        web.get(f"{trade}/allFillOrders", signed(trading.fills, READING)),
        web.delete(f"{trade}/allOpenOrders", signed(trading.cancel_all, FUTURES_TRADING)),
        web.post(f"{trade}/cancelAllAfter", signed(trading.cancel_all_after, FUTURES_TRADING)),
        web.post(f"{trade}/closeAllPositions", signed(trading.close_all, FUTURES_TRADING)),
        web.post("/openApi/swap/v1/trade/closePosition", signed(trading.close_position, FUTURES_TRADING)),
    ]
