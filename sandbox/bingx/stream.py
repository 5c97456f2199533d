"""The pretend BingX's stream: who listens, what each is told and when, and what can go wrong with it.

Follows BingX's documentation, "Websocket Account Data" of perpetuals and of spot (read 2026-11). Perpetuals, live and
demo, are at `/swap-market`, spot at `/market`, both with `?listenKey=`.

On the control port:

    GET  /bingx/stream           listen keys and connections
    POST /bingx/stream/expire    the listen keys end, and listenKeyExpired is told
    POST /bingx/stream/drop      the connections are cut
    POST /bingx/stream/say       a body as a text: what everybody's stream says, gzipped

Quirks of BingX that are kept: nothing is told again to whoever was away; perpetuals tell all of an account to whoever
has its key, spot only to who has subscribed; leverage and margin mode are told at once and every few seconds.
"""

import asyncio
import contextlib
from collections.abc import Callable, Sequence

from aiohttp import web

from sandbox.bingx import stream_frames
from sandbox.bingx.journal import AccountTold, ConfigTold, OrderTold
from sandbox.bingx.journal import Told as SwapTold
from sandbox.bingx.listen_keys import ListenKeys
from sandbox.bingx.listener import SPOT, SWAP, Listener
from sandbox.bingx.quotes import milliseconds
from sandbox.bingx.spot_book import SpotTold
from sandbox.bingx.spot_book import Told as CoinTold
from sandbox.bingx.spot_messages import COINS_CHANNEL, ORDERS_CHANNEL, coins_event, order_event
from sandbox.bingx.state import BingxState
from sandbox.control.answers import answer
from sandbox.service import Handler, Service

FAULTS = {
    "stream_silent": "the stream says nothing, not even pings, and stays connected; `path` /swap-market or /market",
    "stream_no_events": "the stream tells nothing of the account; pings go on",
    "stream_twice": "what happens to the account is told twice",
    "stream_late": "what happens to the account is told `seconds` late",
    "stream_garbage": "in place of what happens to the account come bytes that are no gzip",
    "stream_cut": "in place of being told what happens to the account a connection is cut",
    "stream_first": "what happens is told before the request that made it is answered; `path` is the request's",
}
_AFTER_ANSWER_S = 0.01
_BEFORE_ANSWER_S = 0.1
_LOOK_S = 0.1
_PRICES_EVERY_S = 1.0
_DRAINED_S = 2.0


class Stream:
    """All connections.

    Attributes:
        listeners: Those that are open.
        configs: Gives leverage and margin mode of each symbol, for the news of every few seconds.
        on_look: Called again and again while somebody listens, so that what time brings happens.
    """

    def __init__(self, service: Service, state: BingxState) -> None:
        """Begin with nobody."""
        self.service = service
        self.state = state
        self.keys = ListenKeys(state, service.now)
        self.keys.on_end = self._end_key
        self.listeners: list[Listener] = []
        self.configs: Callable[[], Sequence[ConfigTold]] = lambda: ()
        self.on_look: list[Callable[[], None]] = [self.keys.look]
        self._first = False

    def routes(self) -> list[web.RouteDef]:
        """Return the routes of the exchange."""
        return [*self.keys.routes(), web.get(SWAP, self.serve), web.get(SPOT, self.serve)]

    def reset(self) -> None:
        """Forget the keys and cut everybody off."""
        self.keys.expires_at.clear()
        self.drop()

    def drop(self) -> None:
        """Cut everybody off."""
        for listener in list(self.listeners):
            self._cut(listener)

    def around(self, handler: Handler) -> Handler:
        """Make a handler of requests whose events can be told before it answers, as a fault wants it."""

        async def handle(request: web.Request) -> web.StreamResponse:
            """Answer one request."""
            if self.service.take("stream_first", request.path) is None:
                return await handler(request)
            self._first = True
            try:
                answered = await handler(request)
            finally:
                self._first = False
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_DRAINED_S):
                    await asyncio.gather(*(listener.drained() for listener in self.listeners))
            await asyncio.sleep(_BEFORE_ANSWER_S)
            return answered

        return handle

    def hear(self, told: SwapTold) -> None:
        """Tell what happened in perpetuals."""
        match told:
            case OrderTold():
                self._tell(SWAP, stream_frames.order_event(told))
            case AccountTold():
                self._tell(SWAP, stream_frames.account_event(told, self.state))
            case ConfigTold():
                self._tell(SWAP, stream_frames.config_event(told, told.at_ms))

    def hear_spot(self, told: CoinTold) -> None:
        """Tell what happened in spot."""
        is_order = isinstance(told, SpotTold)
        body = order_event(told) if isinstance(told, SpotTold) else coins_event(told)
        self._tell(SPOT, body, channel=ORDERS_CHANNEL if is_order else COINS_CHANNEL)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Answer one connection until it ends."""
        socket = web.WebSocketResponse(autoping=True)
        await socket.prepare(request)
        key = request.query.get("listenKey", "")
        listener = Listener(socket, request, key if self.keys.is_alive(key) else "")
        self.listeners.append(listener)
        tasks = [asyncio.create_task(work) for work in (listener.write(), listener.read(), self._beat(listener))]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            if listener in self.listeners:
                self.listeners.remove(listener)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        await socket.close()
        return socket

    def control_routes(self) -> list[web.RouteDef]:
        """Return the routes of the control port."""
        return [
            web.get("/bingx/stream", self._show),
            web.post("/bingx/stream/{move:expire|drop|say}", self._move),
        ]

    async def _show(self, _request: web.Request) -> web.Response:
        told = [
            {"path": each.path, "key": each.key, "channels": sorted(each.channels), "told": each.told}
            for each in self.listeners
        ]
        return answer({"keys": list(self.keys.expires_at), "listeners": told})

    async def _move(self, request: web.Request) -> web.Response:
        match request.match_info["move"]:
            case "expire":
                self.keys.expire(list(self.keys.expires_at))
            case "drop":
                self.drop()
            case _:
                body = await request.text()
                for listener in self.listeners:
                    listener.say(body)
        return await self._show(request)

    async def _beat(self, listener: Listener) -> None:
        """Ping, tell leverage and prices, and cut off who does not answer."""
        clock = asyncio.get_running_loop().time
        ping_s, config_s, prices_s = clock() + self.state.ping_every_s, clock(), clock()
        while True:
            for look in self.on_look:
                look()
            if clock() >= config_s:
                self._tell_configs(listener)
                config_s = clock() + self.state.config_every_s
            if clock() >= prices_s:
                self._tell_prices(listener)
                prices_s = clock() + _PRICES_EVERY_S
            if clock() >= ping_s:
                if listener.waits_for_pong:
                    return
                if not self._is_silent(listener):
                    listener.ping(self.service.now())
                ping_s = clock() + self.state.ping_every_s
            await asyncio.sleep(_LOOK_S)

    def _tell_configs(self, listener: Listener) -> None:
        if listener.is_spot or not listener.key or self._is_silent(listener):
            return
        at_ms = milliseconds(self.service.now())
        if self.service.take("stream_no_events", listener.path) is None:
            for config in self.configs():
                listener.say(stream_frames.config_event(config, at_ms))

    def _tell_prices(self, listener: Listener) -> None:
        if self._is_silent(listener):
            return
        for channel in sorted(name for name in listener.channels if "@" in name):
            listener.say(stream_frames.price_event(channel, self.state, self.service.now()))

    def _tell(self, path: str, body: dict[str, object], *, channel: str = "") -> None:
        """Tell an event of the account to all who may hear it."""
        for listener in list(self.listeners):
            if listener.path == path and listener.key and (not channel or channel in listener.channels):
                self._tell_one(listener, body)

    def _tell_one(self, listener: Listener, body: dict[str, object]) -> None:
        take, path = self.service.take, listener.path
        if self._is_silent(listener) or take("stream_no_events", path) is not None:
            return
        if take("stream_cut", path) is not None:
            self._cut(listener)
            return
        if take("stream_garbage", path) is not None:
            listener.say_garbage()
            return
        late = take("stream_late", path)
        after_s = late.seconds if late is not None else _AFTER_ANSWER_S
        for _time in range(2 if take("stream_twice", path) is not None else 1):
            listener.say(body, after_s=0.0 if self._first else after_s)
            listener.told += 1

    def _is_silent(self, listener: Listener) -> bool:
        return self.service.take("stream_silent", listener.path) is not None

    def _end_key(self, key: str, is_told: bool) -> None:
        at_ms = milliseconds(self.service.now())
        for listener in self.listeners:
            if listener.key != key:
                continue
            listener.key = ""
            if is_told and not self._is_silent(listener):
                listener.say(stream_frames.expired_event(key, at_ms))

    def _cut(self, listener: Listener) -> None:
        """Cut a connection without a closing frame."""
        if listener in self.listeners:
            self.listeners.remove(listener)
        listener.cut()
