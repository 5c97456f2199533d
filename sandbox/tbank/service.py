"""A pretend T-Invest API of T-Bank, its REST face: accounts and portfolios, and the order that nobody here may post.

Follows T-Invest's documentation v1.43 (grpc, limits, errors, http_errors; read 2026-11); what it tells is in
`sandbox.tbank.account`. It is served below /rest, as the real one is.

Quirks of T-Invest that are kept: every call is a POST; an error is {"code": gRPC code, "message", "description":
business code as text}; the answer to too many requests comes from the edge: 429 with no body, no text and no tracking
id, only the x-ratelimit headers. A malformed body's text and the order of the checks are not documented.
"""

import math
import uuid
from collections.abc import Callable, Mapping

import msgspec
from aiohttp import web

from sandbox.gateway import Calls, Refused, compact, merged, reshaped
from sandbox.service import Fault, Handler, Service
from sandbox.tbank import account as tbank_account
from sandbox.tbank.account import TOKEN, Account, Asked, Money, State

__all__ = ["FAULTS", "REFUSALS", "TOKEN", "TRANSPORT", "Account", "Money", "State", "create"]

FAULTS = {
    "code": "T-Invest's own refusal: `code` is a business code or an HTTP status (404 405 408 415 426 429 503 504); "
    "`seconds` until the rate limit resets; `body` replaces the text; `headers` are added, empty ones taken away"
}

# business code -> HTTP status, gRPC code, message
REFUSALS = {
    "12001": (501, 12, "Method is unimplemented"),
    "12002": (503, 14, "Deprecated method is unavailable"),
    "30001": (400, 3, "Missing parameter: `from`"),
    "30021": (400, 3, "Missing parameter: `account_id`"),
    "30022": (400, 3, "`account_id` is invalid"),
    "30051": (400, 3, "Account margin status is disabled"),
    "30081": (400, 3, "Account status is closed"),
    "30082": (400, 3, "Account status is blocked"),
    "30102": (400, 3, "Required parameters Missing"),
    "35001": (400, 3, "Sandbox accounts limit reached"),
    "40002": (403, 7, "Insufficient privileges"),
    "40003": (401, 16, "Authentication token is missing or invalid"),
    "40004": (403, 7, "Working with orders is not available with this account"),
    "50002": (404, 5, "Instrument not found"),
    "50004": (404, 5, "Account not found"),
    "70001": (500, 13, "Internal error"),
    "70002": (500, 13, "Internal network error"),
    "70003": (500, 13, "Internal error, please try again later"),
    "80001": (429, 8, "Limit of open streams exceeded"),
    "90001": (400, 9, "Need confirmation: order"),
    "90002": (400, 9, "Only for qualified investors"),
    "90003": (400, 9, "The price is too high"),
}
# What has no business code: HTTP status -> gRPC code, message; 80002 and 429 are the edge's empty answer.
TRANSPORT = {
    "404": (5, "Not Found"),
    "405": (12, "Method Not Allowed"),
    "408": (1, "Request Timeout"),
    "415": (3, "Unsupported Media Type"),
    "426": (3, "Upgrade Required"),
    "503": (14, "service unavailable"),
    "504": (4, "context deadline exceeded"),
}
_EDGE = frozenset({"429", "80002"})
_PREFIX = "/rest/tinkoff.public.invest.api.contract.v1."
_MINUTE_S = 60.0
_ASKED = msgspec.json.Decoder(Asked)


def create() -> list[Service]:
    """Build the pretend T-Invest."""
    state = tbank_account.seed()
    service = Service("tbank", state=state, routes=[], faults=FAULTS)
    tbank = _TBank(service, state)
    service.on_reset.append(tbank.calls.forget)
    methods = {
        "UsersService/GetAccounts": tbank_account.accounts,
        "UsersService/GetInfo": tbank_account.person,
        "OperationsService/GetPortfolio": tbank_account.portfolio,
        "OrdersService/PostOrder": tbank_account.post_order,
    }
    service.routes += [web.route("*", _PREFIX + name, tbank.answers(tell)) for name, tell in methods.items()]
    service.routes.append(web.route("*", "/{path:.*}", tbank.unknown))
    return [service]


class _TBank:
    """The gateway: checks a request, then lets the account answer it."""

    def __init__(self, service: Service, state: State) -> None:
        self.service = service
        self.state = state
        self.calls = Calls()

    def answers(self, tell: Callable[[State, Asked], dict[str, object]]) -> Handler:
        """Make the handler of one method."""

        async def handle(request: web.Request) -> web.StreamResponse:
            body = await request.read()
            group = request.path.removeprefix(_PREFIX).partition("/")[0]
            fault = self.service.take("code", request.path)
            if fault is not None:
                return self._refusal(fault, group)
            try:
                self._check(request, group)
                answer: object = tell(self.state, _asked(body))
            except Refused as refused:
                return self._refusal(Fault(kind="code", code=refused.code), group)
            except msgspec.MsgspecError:
                return self._error(400, 3, "invalid request body", "")
            if self.state.zeros_omitted:
                answer = tbank_account.without_defaults(answer)
            shaped = reshaped(answer, omitted=self.state.omitted, nulled=self.state.nulled)
            return self._json(shaped, headers=self._limit_headers(group))

        return handle

    async def unknown(self, request: web.Request) -> web.StreamResponse:
        """Answer a path that T-Invest does not have."""
        fault = self.service.take("code", request.path) or Fault(kind="code", code="404")
        return self._refusal(fault, "")

    def _check(self, request: web.Request, group: str) -> None:
        if request.method != "POST":
            raise Refused("405")
        if request.headers.get("Authorization") != f"Bearer {self.state.token}":
            raise Refused("40003")
        if request.content_type != "application/json":
            raise Refused("415")
        if not self.calls.admit(group, limit=self._limit(group), span_s=_MINUTE_S):
            raise Refused("429")

    def _limit(self, group: str) -> int:
        return self.state.limits_per_minute.get(group, 100)

    def _limit_headers(self, group: str, *, reset_s: float = 0.0) -> dict[str, str]:
        limit = self._limit(group)
        left = max(0, limit - self.calls.made(group))
        ends_in_s = math.ceil(self.calls.free_in_s(group, span_s=_MINUTE_S))
        return {
            "x-ratelimit-limit": f"{limit}, {limit};w=60",
            "x-ratelimit-remaining": str(left),
            "x-ratelimit-reset": f"{reset_s:g}" if reset_s else str(ends_in_s),
        }

    def _refusal(self, fault: Fault, group: str) -> web.Response:
        if fault.code in _EDGE:
            headers = self._limit_headers(group, reset_s=fault.seconds)
            headers["x-ratelimit-remaining"] = "0"
            return web.Response(status=fault.status or 429, headers=merged(headers, fault.headers))
        if fault.code in TRANSPORT:
            code, text = TRANSPORT[fault.code]
            status, description = int(fault.code), ""
        else:
            status, code, text = REFUSALS.get(fault.code, (400, 3, ""))
            description = fault.code
        answer = self._error(fault.status or status, code, fault.body or text, description)
        answer.headers.update(fault.headers)
        return answer

    def _error(self, status: int, code: int, message: str, description: str) -> web.Response:
        shown: object = int(description) if description and self.state.description_is_number else description
        return self._json({"code": code, "message": message, "description": shown}, status=status)

    def _json(self, body: object, *, status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
        fixed = {"Content-Type": "application/json", "x-tracking-id": str(uuid.uuid4())}
        return web.Response(status=status, text=compact(body), headers={**fixed, **(headers or {})})


def _asked(body: bytes) -> Asked:
    return _ASKED.decode(body or b"{}")
