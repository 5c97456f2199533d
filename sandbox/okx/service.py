"""A pretend OKX v5: the calls that read an account, and the transfer that nobody here may make.

Follows OKX's documentation v5 (rest-authentication, error-code, funding and trading account; read 2026-11); what it
tells is in `sandbox.okx.account` and, of its markets, in `sandbox.okx.market`.

Quirks of OKX that are kept: `code` is a string; the gateway's refusals have `msg` first and no `data`; an unknown key
and a key of another region look the same; a demo key needs the header x-simulated-trading; the signature covers the
path as it stands on the wire; 429 names no pause; the asset valuation may be asked once a second. The order of the
checks is not documented; this one gives the error that a user would see.
"""

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

import msgspec
from aiohttp import web

from sandbox.gateway import Calls, Refused, compact, reshaped
from sandbox.okx import account as okx_account
from sandbox.okx import market as okx_market
from sandbox.okx.account import API_KEY, API_SECRET, PASSPHRASE, Limit, Question, State
from sandbox.service import Fault, Handler, Service

__all__ = ["API_KEY", "API_SECRET", "FAULTS", "PASSPHRASE", "REFUSALS", "State", "create"]

FAULTS = {
    "code": "OKX's own refusal `code` with its HTTP status; `status` and `body` replace the status and the text, "
    "`headers` are added"
}

# code -> HTTP status, msg; the braces are filled in as OKX does.
REFUSALS = {
    "1": (200, "Operation failed."),
    "2": (200, "Bulk operation partially succeeded."),
    "50000": (400, "Body for POST request cannot be empty."),
    "50002": (400, "JSON syntax error"),
    "50001": (503, "Service temporarily unavailable. Please try again later."),
    "50004": (400, "API endpoint request timeout."),
    "50005": (410, "API is offline or unavailable."),
    "50007": (200, "This account is blocked. Please contact customer support."),
    "50011": (429, "Too Many Requests"),
    "50013": (429, "Systems are busy. Please try again later."),
    "50014": (400, "Parameter can not be empty."),
    "50015": (400, "Either parameter uly or instFamily is required"),
    "50026": (500, "System error. Please try again later."),
    "50030": (200, "You don't have permission to use this API endpoint"),
    "50035": (403, "This endpoint requires that APIKey must be bound to IP"),
    "50038": (200, "This feature is unavailable in demo trading"),
    "50051": (200, "Your account is restricted due to compliance requirements."),
    "50061": (200, "Sub-account rate limit exceeded."),
    "50100": (400, "API frozen, please contact customer service."),
    "50101": (401, "APIKey does not match current environment."),
    "50102": (401, "Timestamp request expired"),
    "50103": (401, "Request header OK-ACCESS-KEY can not be empty."),
    "50104": (401, "Request header OK-ACCESS-PASSPHRASE can not be empty."),
    "50105": (401, "Request header OK-ACCESS-PASSPHRASE incorrect."),
    "50106": (401, "Request header OK-ACCESS-SIGN can not be empty."),
    "50107": (401, "Request header OK-ACCESS-TIMESTAMP can not be empty."),
    "50110": (401, "Your IP {ip} is not included in your API key's {key} IP whitelist."),
    "50111": (401, "Invalid OK-ACCESS-KEY"),
    "50112": (401, "Invalid OK-ACCESS-TIMESTAMP"),
    "50113": (401, "Invalid Sign"),
    "50114": (401, "Invalid authorization"),
    "50115": (405, "Invalid request method"),
    "50119": (401, "API key doesn't exist"),
    "50120": (200, "This API key doesn't have permission to use this function"),
    "50121": (200, "You can't access our services through the IP address ({ip})"),
    "51000": (400, "Parameter error"),
}
_WITH_DATA = frozenset({"1", "2", "50015", "50038", "50120", "51000"})
_HEADERS_IN_ORDER = (("KEY", "50103"), ("SIGN", "50106"), ("TIMESTAMP", "50107"), ("PASSPHRASE", "50104"))
_CLOCK_TOLERANCE = timedelta(seconds=30)
_ASKED = msgspec.json.Decoder(dict[str, str])


def create() -> list[Service]:
    """Build the pretend OKX."""
    state = okx_account.seed()
    service = Service("okx", state=state, routes=[], faults=FAULTS)
    okx = _Okx(service, state)
    service.on_reset.append(okx.calls.forget)
    service.routes += [
        web.get("/api/v5/public/time", okx.answers(okx_account.server_time, signed=False)),
        web.get("/api/v5/public/instruments", okx.answers(okx_market.instruments, signed=False)),
        web.get("/api/v5/asset/currencies", okx.answers(okx_market.currencies)),
        web.get("/api/v5/account/config", okx.answers(okx_account.config)),
        web.get("/api/v5/account/balance", okx.answers(okx_account.balance)),
        web.get("/api/v5/asset/balances", okx.answers(okx_account.funding)),
        web.get("/api/v5/asset/asset-valuation", okx.answers(okx_account.valuation)),
        web.post("/api/v5/asset/transfer", okx.answers(okx_account.transfer)),
        web.route("*", "/{path:.*}", okx.unknown),
    ]
    return [service]


class _Okx:
    """The gateway: checks a request, then lets the account answer it."""

    def __init__(self, service: Service, state: State) -> None:
        self.service = service
        self.state = state
        self.calls = Calls()

    def answers(self, tell: Callable[[Question], list[dict[str, object]]], *, signed: bool = True) -> Handler:
        """Make the handler of one path."""

        async def handle(request: web.Request) -> web.StreamResponse:
            fault = self.service.take("code", request.path)
            body = await request.text()
            if fault is not None:
                return self._refusal(fault)
            try:
                if signed:
                    self._check(request, body)
                limit = self.state.limits.get(request.path, Limit(10, 2))
                if not self.calls.admit(request.path, limit=limit.requests, span_s=limit.span_s):
                    raise Refused("50011")
                rows = tell(Question(self.state, _asked(request, body), self.service.now()))
            except Refused as refused:
                return self._refusal(Fault(kind="code", code=refused.code, body=refused.text))
            if request.path in self.state.empty_paths:
                rows = []
            data = reshaped(rows, omitted=self.state.omitted, nulled=self.state.nulled)
            return _json({"code": "0", "data": data, "msg": ""})

        return handle

    async def unknown(self, request: web.Request) -> web.StreamResponse:
        """Answer a path that OKX does not have, or a method that a path does not take."""
        fault = self.service.take("code", request.path)
        if fault is not None:
            return self._refusal(fault)
        if request.path in self.state.limits:
            return self._refusal(Fault(kind="code", code="50115"))
        return _json({"data": {}, "detailMsg": "", "error_code": "404", "msg": "Not Found"}, status=404)

    def _check(self, request: web.Request, body: str) -> None:
        state = self.state
        values = {name: request.headers.get(f"OK-ACCESS-{name}", "") for name, _ in _HEADERS_IN_ORDER}
        for name, code in _HEADERS_IN_ORDER:
            if not values[name]:
                raise Refused(code)
        self._check_time(values["TIMESTAMP"])
        if values["KEY"] != state.api_key or state.wrong_region:
            raise Refused("50119")
        if (request.headers.get("x-simulated-trading") == "1") != (state.key_kind == "demo"):
            raise Refused("50101")
        if values["PASSPHRASE"] != state.passphrase:
            raise Refused("50105")
        if state.ip and state.client_ip not in state.ip.split(","):
            raise Refused("50110")
        text = values["TIMESTAMP"] + request.method + request.raw_path + body
        digest = hmac.new(state.api_secret.encode(), text.encode(), hashlib.sha256).digest()
        if not hmac.compare_digest(base64.b64encode(digest), values["SIGN"].encode()):
            raise Refused("50113")

    def _check_time(self, timestamp: str) -> None:
        try:
            sent_at = datetime.strptime(timestamp, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
        except ValueError:
            raise Refused("50112") from None
        if abs(self.service.now() - sent_at) > _CLOCK_TOLERANCE:
            raise Refused("50102")

    def _refusal(self, fault: Fault) -> web.Response:
        status, text = REFUSALS.get(fault.code, (200, ""))
        filled = fault.body or text.format(ip=self.state.client_ip, key=self.state.api_key)
        answer: dict[str, object] = {"msg": filled, "code": fault.code}
        if fault.code in _WITH_DATA:
            answer = {"code": fault.code, "data": [], "msg": filled}
        return _json(answer, status=fault.status or status, headers=fault.headers)


def _asked(request: web.Request, body: str) -> Mapping[str, str]:
    if request.method != "POST":
        return request.query
    if not body:
        raise Refused("50000")
    try:
        return _ASKED.decode(body)
    except msgspec.MsgspecError:
        raise Refused("50002") from None


def _json(body: dict[str, object], *, status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
    fixed = {"Content-Type": "application/json"}
    return web.Response(status=status, text=compact(body), headers={**fixed, **(headers or {})})
