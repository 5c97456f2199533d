"""The pretend BingX: the public part of its REST interface.

Follows BingX's documentation (read 2026-11).

Quirks of BingX that are kept: a refusal by the exchange is HTTP 200 with a `code` that is not 0 and often no data; what
the gateway says (418, 429, 5xx) has no envelope of the exchange.
"""

from collections.abc import Callable

from aiohttp import web

from sandbox.bingx import quotes
from sandbox.bingx.quotes import BingxState, Question
from sandbox.gateway import Refused, compact, reshaped
from sandbox.service import Handler, Service

FAULTS: dict[str, str] = {
    "code": 'an answer of the exchange: `code` "100410" (rate limit), "100500" (busy), "109425" (no such symbol) …; '
    "`body` replaces its text, `status` its HTTP status",
}
TEXTS = {
    "100400": "this api is not exist",
    "100410": "The endpoint trigger frequency limit rule is currently in the disabled period",
    "100500": "system busy, please try again later",
    "109425": "symbol not exist",
}
_NO_ROUTE = "100400"


def create() -> list[Service]:
    """Build the pretend BingX."""
    state = BingxState()
    service = Service("bingx", state=state, routes=[], faults=FAULTS)
    bingx = _Bingx(service, state)
    service.routes += [
        web.get("/openApi/swap/v2/quote/ticker", bingx.answers(quotes.swap_ticker)),
        web.get("/openApi/swap/v2/quote/contracts", bingx.answers(quotes.contracts)),
        web.get("/openApi/swap/v2/server/time", bingx.answers(quotes.server_time)),
        web.get("/openApi/spot/v1/ticker/24hr", bingx.answers(quotes.spot_ticker)),
        web.get("/openApi/spot/v1/common/symbols", bingx.answers(quotes.symbols)),
        web.get("/openApi/spot/v1/server/time", bingx.answers(quotes.server_time)),
        web.route("*", "/{path:.*}", bingx.answers(_no_route)),
    ]
    return [service]


class _Bingx:
    """The gateway: faults first, then the true answer in its envelope."""

    def __init__(self, service: Service, state: BingxState) -> None:
        """Keep the service and its state."""
        self.service = service
        self.state = state

    def answers(self, tell: Callable[[Question], object]) -> Handler:
        """Make the handler of one path."""

        async def handle(request: web.Request) -> web.StreamResponse:
            """Answer one request."""
            fault = self.service.take("code", request.path)
            if fault is not None:
                return self._refusal(Refused(fault.code, fault.body), status=fault.status)
            try:
                told = tell(Question(self.state, request.query, self.service.now()))
            except Refused as refused:
                return self._refusal(refused)
            shown = reshaped(told, omitted=self.state.omitted, nulled=self.state.nulled)
            return self._envelope({"code": 0, "msg": "", "data": shown})

        return handle

    def _refusal(self, refused: Refused, *, status: int = 0) -> web.Response:
        """Answer that the exchange refuses."""
        body = {"code": int(refused.code), "msg": refused.text or TEXTS.get(refused.code, ""), "data": {}}
        return self._envelope(body, status=status or 200)

    def _envelope(self, body: dict[str, object], *, status: int = 200) -> web.Response:
        """Answer with the exchange's envelope."""
        stamped = body | {"timestamp": quotes.milliseconds(self.service.now())}
        return web.Response(status=status, text=compact(stamped), content_type="application/json")


def _no_route(_question: Question) -> object:
    """Refuse what BingX does not have."""
    raise Refused(_NO_ROUTE)
