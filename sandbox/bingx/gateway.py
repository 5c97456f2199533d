"""The door of the pretend BingX: faults first, then key, limits and rights, then the true answer in its envelope.

Follows BingX's documentation, "Basic Info" and "Rate limits" (read 2026-11).

Quirks of BingX that are kept: a refusal by the exchange is HTTP 200 with a `code` that is not 0 and often no data; what
the gateway says (418, 429, 5xx) has no envelope; passing a limit is 100410, without a word of when it ends.
"""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import msgspec
from aiohttp import web

from sandbox.bingx.book import Book
from sandbox.bingx.codes import NO_PERMISSION, NO_ROUTE, RATE_LIMIT, TEXTS
from sandbox.bingx.quotes import Question, milliseconds
from sandbox.bingx.signature import Caller, caller_of, check_caller
from sandbox.bingx.state import BingxState, Limit
from sandbox.gateway import Calls, Refused, compact, reshaped
from sandbox.service import Fault, Handler, Service, reset

Tell = Callable[[Question], object]
_WITHOUT_RIGHT = "the endpoint needs none"
_PER_SECOND = {
    "GET /openApi/swap/v3/user/balance": 5,
    "GET /openApi/swap/v2/user/balance": 5,
    "GET /openApi/swap/v2/user/positions": 10,
    "POST /openApi/swap/v2/trade/order": 10,
    "DELETE /openApi/swap/v2/trade/order": 10,
    "GET /openApi/swap/v2/trade/order": 30,
    "GET /openApi/v1/account/apiPermissions": 2,
    "POST /openApi/swap/v2/trade/cancelAllAfter": 1,
    "GET /openApi/swap/v2/trade/marginType": 2,
    "POST /openApi/swap/v2/trade/marginType": 2,
    "GET /openApi/swap/v1/positionSide/dual": 2,
    "POST /openApi/swap/v1/positionSide/dual": 4,
}
_USUAL_PER_SECOND = 5


class Told(msgspec.Struct, frozen=True):
    """An answer with a code beside data; without data the envelope has no such key."""

    data: object
    code: int = 0
    text: str = ""


class Gateway:
    """Answers requests from the state and the book.

    Attributes:
        book: Orders and positions of perpetuals.
    """

    def __init__(self, service: Service, state: BingxState) -> None:
        """Keep the service and its state."""
        self.service = service
        self.state = state
        self.book = Book(state, service.now)
        self._calls = Calls()
        self.forget()

    def forget(self) -> None:
        """Forget all orders, calls and bans."""
        self._calls.forget()
        self._banned_until = self.service.now() - timedelta(days=1)
        self._bans = 0
        self.book.forget()

    def open(self, tell: Tell) -> Handler:
        """Make the handler of a path that everybody may ask."""

        async def handle(request: web.Request) -> web.StreamResponse:
            """Answer one request."""
            return await self._answered(request, Caller("", request.query), tell)

        return handle

    def signed(self, tell: Tell, right: str = _WITHOUT_RIGHT) -> Handler:
        """Make the handler of a path that asks for a key, and for a right of it by its name in apiPermissions."""

        async def handle(request: web.Request) -> web.StreamResponse:
            """Answer one request."""
            try:
                caller = await caller_of(request)
            except Refused as refused:
                return self._refusal(refused.code, refused.text)

            def told(question: Question) -> object:
                """Answer who may ask."""
                self._check(request, caller, right)
                self.book.look()
                return tell(question)

            return await self._answered(request, caller, told)

        return handle

    def no_route(self, _question: Question) -> object:
        """Refuse what BingX does not have."""
        raise Refused(NO_ROUTE)

    async def _answered(self, request: web.Request, caller: Caller, tell: Tell) -> web.StreamResponse:
        """Answer one request, as the faults want it."""
        query = caller.parameters
        order = query.get("clientOrderId") or query.get("clientOrderID") or query.get("orderId") or ""
        shown = " ".join([request.method, request.path, query.get("symbol", ""), order.lower()]).rstrip()
        if (ban := self.service.take("ban", shown)) is not None:
            self._banned_until = self.service.now() + timedelta(seconds=ban.seconds)
        if self.service.now() < self._banned_until:
            return self._refusal(RATE_LIMIT)
        if (fault := self.service.take("code", shown)) is not None:
            return self._refusal(fault.code, fault.body, status=fault.status)
        try:
            told = tell(Question(self.state, query, self.service.now(), shown))
        except Refused as refused:
            return self._refusal(refused.code, refused.text)
        after = self.service.take("after", shown)
        return self._true(told) if after is None else await self._spoiled(request, after, told)

    async def _spoiled(self, request: web.Request, fault: Fault, told: object) -> web.StreamResponse:
        """Answer something else than what is true, or later."""
        if fault.seconds:
            await asyncio.sleep(fault.seconds)
        if fault.code:
            return self._refusal(fault.code, fault.body, status=fault.status)
        if fault.status:
            return web.Response(status=fault.status, text=fault.body)
        return self._true(told) if fault.seconds else reset(request)

    def _check(self, request: web.Request, caller: Caller, right: str) -> None:
        """Refuse who may not ask this, or asks too often."""
        check_caller(caller, self.state, milliseconds(self.service.now()))
        if self.state.has_limits:
            self._count(f"{request.method} {request.path}")
        if right not in {_WITHOUT_RIGHT, *self.state.rights}:
            raise Refused(NO_PERMISSION)

    def _count(self, name: str) -> None:
        """Refuse calls over the limit, and, where the state says so, all calls for longer each time."""
        limit = self.state.limits.get(name) or Limit(_PER_SECOND.get(name, _USUAL_PER_SECOND), 1.0)
        if self._calls.admit(name, limit=limit.requests, span_s=limit.span_s):
            return
        if self.state.ban_s:
            self._banned_until = self.service.now() + timedelta(seconds=self.state.ban_s * 2**self._bans)
            self._bans += 1
        raise Refused(RATE_LIMIT)

    def _true(self, told: object) -> web.Response:
        """Answer what is true."""
        told = told if isinstance(told, Told) else Told(told)
        envelope: dict[str, object] = {"code": told.code, "msg": told.text}
        if told.data is not None:
            envelope["data"] = reshaped(told.data, omitted=self.state.omitted, nulled=self.state.nulled)
        return self._envelope(envelope)

    def _refusal(self, code: str, text: str = "", *, status: int = 0) -> web.Response:
        """Answer that the exchange refuses."""
        body = {"code": int(code), "msg": text or TEXTS.get(code, ""), "data": {}}
        return self._envelope(body, status=status or 200)

    def _envelope(self, body: dict[str, object], *, status: int = 200) -> web.Response:
        """Answer with the exchange's envelope."""
        stamped = body | {"timestamp": milliseconds(self.service.now())}
        return web.Response(status=status, text=compact(stamped), content_type="application/json")
