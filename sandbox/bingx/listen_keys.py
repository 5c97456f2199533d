"""The pretend BingX's listen keys: what opens the stream of an account for an hour.

Follows BingX's documentation, "Listen Key" of "USDT-M Perp Futures" and of "Spot" (read 2026-11).

Quirks of BingX that are kept: the answer has no envelope; nothing has to be signed, and a signature does no harm; each
POST gives another key; a renewal without a key is 204, of one that is not alive 404.
"""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from aiohttp import web

from sandbox.bingx.quotes import milliseconds
from sandbox.bingx.state import BingxState
from sandbox.gateway import compact

PATH = "/openApi/user/auth/userDataStream"
_BAD_KEY = 100413


class ListenKeys:
    """The keys that are alive.

    Attributes:
        expires_at: When each key ends, by key.
        on_end: Called with a key that has ended, and whether that is told.
    """

    def __init__(self, state: BingxState, clock: Callable[[], datetime]) -> None:
        """Begin with none."""
        self.state = state
        self.clock = clock
        self.expires_at: dict[str, datetime] = {}
        self.on_end: Callable[[str, bool], None] = lambda _key, _is_told: None

    def routes(self) -> list[web.RouteDef]:
        """Return the routes of the exchange."""
        return [web.post(PATH, self.create), web.put(PATH, self.extend), web.delete(PATH, self.delete)]

    def is_alive(self, key: str) -> bool:
        """Tell whether a key opens the stream."""
        return self.expires_at.get(key, self.clock()) > self.clock()

    def look(self) -> None:
        """End the keys whose hour is over."""
        self.expire([key for key in self.expires_at if not self.is_alive(key)])

    def expire(self, keys: list[str]) -> None:
        """End keys, and tell it on the stream."""
        for key in keys:
            self.expires_at.pop(key, None)
            self.on_end(key, True)

    async def create(self, request: web.Request) -> web.Response:
        """Answer POST: a new key."""
        if request.headers.get("X-BX-APIKEY") != self.state.api_key:
            body = {"code": _BAD_KEY, "msg": "Incorrect apiKey", "timestamp": milliseconds(self.clock())}
            return _json(body)
        key = secrets.token_hex(32)
        self.expires_at[key] = self._ends_at()
        return _json({"listenKey": key})

    async def extend(self, request: web.Request) -> web.Response:
        """Answer PUT: the key lives another hour."""
        key, status = self._named(request)
        if status == web.HTTPOk.status_code:
            self.expires_at[key] = self._ends_at()
        return web.Response(status=status)

    async def delete(self, request: web.Request) -> web.Response:
        """Answer DELETE: the key ends."""
        key, status = self._named(request)
        if status == web.HTTPOk.status_code:
            del self.expires_at[key]
            self.on_end(key, False)
        return web.Response(status=status)

    def _named(self, request: web.Request) -> tuple[str, int]:
        """Return the key that is named, and the status that its state means."""
        key = request.query.get("listenKey", "")
        if not key:
            return key, web.HTTPNoContent.status_code
        return key, (web.HTTPOk if self.is_alive(key) else web.HTTPNotFound).status_code

    def _ends_at(self) -> datetime:
        return self.clock() + timedelta(seconds=self.state.listen_key_s)


def _json(body: dict[str, object]) -> web.Response:
    return web.Response(text=compact(body), content_type="application/json")
