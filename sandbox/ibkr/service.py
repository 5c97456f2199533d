"""Pretend IBKR Flex Web Service, version 3: SendRequest, then GetStatement until the statement is there.

Follows IBKR Campus "Flex Web Service" and the IBKR guides' "Flex Web Service Version 3" (read 2026-11) and answers that
users published. What a statement says is in `sandbox.ibkr.statement`, how it is written in `sandbox.ibkr.body`.

Quirks: every error comes with HTTP 200 and as XML, also from a CSV query; the `Url` of a SendRequest names a host that
does not exist; a missing or browser-like User-Agent is 1020; the old /Universal/servlet/ addresses always answer 1001.
Our own choices where nothing is documented: a version other than 3 is 1001, a period override (`fd`, `td`, `p`) is
1003, and refused requests count against the limits too, since an early retry is said to prolong the penalty.
"""

import hashlib
import time
from collections.abc import Callable
from html import escape
from typing import Literal

import msgspec
from aiohttp import web

from sandbox.ibkr.body import body_of
from sandbox.ibkr.statement import NEW_YORK, Account, Row, Statement
from sandbox.service import Service

TOKEN = "1234567890123456789012345"
QUERY_ID = "987654"
FAULTS = {"code": "the Flex error `code` (1001, 1003 to 1021), with HTTP 200; `path` may name one of the two steps"}
_SOON = " Please try again shortly."
MESSAGES = {
    "1001": "Statement could not be generated at this time." + _SOON,
    "1003": "Statement is not available.",
    "1004": "Statement is incomplete at this time." + _SOON,
    "1005": "Settlement data is not ready at this time." + _SOON,
    "1006": "FIFO P/L data is not ready at this time." + _SOON,
    "1007": "MTM P/L data is not ready at this time." + _SOON,
    "1008": "MTM and FIFO P/L data is not ready at this time." + _SOON,
    "1009": "The server is under heavy load. Statement could not be generated at this time." + _SOON,
    "1010": "Legacy Flex Queries are no longer supported. Please convert over to Activity Flex.",
    "1011": "Service account is inactive.",
    "1012": "Token has expired.",
    "1013": "IP restriction.",
    "1014": "Query is invalid.",
    "1015": "Token is invalid.",
    "1016": "Account in invalid.",
    "1017": "Reference code is invalid.",
    "1018": "Too many requests have been made from this token." + _SOON
    + " (Limited to one request per second, 10 requests per minute (per token).)",
    "1019": "Statement generation in progress." + _SOON,
    "1020": "Invalid request or unable to validate request.",
    "1021": "Statement could not be retrieved at this time." + _SOON,
}  # fmt: skip
PASSING = frozenset({"1001", "1004", "1005", "1006", "1007", "1008", "1009", "1018", "1019", "1021"})
_FOLDER = "/AccountManagement/FlexWebService"
_FIRST_REFERENCE = 4_812_377_001


class State(Statement):
    """The service's side of the pretend platform, with the statement's own fields.

    Attributes:
        token: The only valid token.
        query_id: The only valid query.
        polls_before_ready: How many GetStatement answers say 1019 before the statement comes, per reference code.
        per_second: Requests that a token may make in a second; 0 lifts the limit.
        per_minute: Requests that a token may make in a minute; 0 lifts the limit.
        penalty_s: How long a token stays refused after its last request too many (about 600 in practice).
        passing_status: The Status of the codes that pass by themselves; both were seen.
        lowercase_url: Name the element `url`, as the current page does.
        url: The content of `Url`, a host that does not exist; "" leaves the element out.
        timestamp: The answers' `timestamp` in place of New York's time, "21 November, 2026 06:10 AM EST".
        references: Every reference code handed out and how often it was polled.
    """

    token: str = TOKEN
    query_id: str = QUERY_ID
    polls_before_ready: int = 1
    per_second: int = 1
    per_minute: int = 10
    penalty_s: float = 0.0
    passing_status: Literal["Warn", "Fail"] = "Warn"
    lowercase_url: bool = False
    url: str = f"https://gdcdyn.interactivebrokers.invalid{_FOLDER}/GetStatement"
    timestamp: str | None = None
    references: dict[str, int] = msgspec.field(default_factory=dict)


class Flex:
    """The two steps and the memory of who asked when."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Make the platform with the seed: one account with 12,345.67 USD at the last completed business day.

        Args:
            clock: Seconds that only grow, for the limits; the statements' dates follow `Service.now`.
        """
        self._clock = clock
        rows = [Row(report_date="1", total="12298.4412"), Row(report_date="0", total="12345.67")]
        self.state = State(accounts=[Account(account_id="U1234567", rows=rows)])
        self._asked: dict[str, list[float]] = {}
        self._refused_until: dict[str, float] = {}
        routes = [
            web.get(f"{_FOLDER}/SendRequest", self.send_request),
            web.get(f"{_FOLDER}/GetStatement", self.get_statement),
            web.get("/Universal/servlet/{step}", self.legacy),
        ]
        self.service = Service("ibkr", state=self.state, routes=routes, faults=FAULTS)
        self.service.on_reset.append(self.forget)

    def forget(self) -> None:
        """Forget who asked when."""
        self._asked.clear()
        self._refused_until.clear()

    async def send_request(self, request: web.Request) -> web.Response:
        """Order a statement: a reference code, or an error."""
        code = self._refusal(request)
        if code is None and request.query.get("q") != self.state.query_id:
            code = "1014"
        if code is None and not {"fd", "td", "p"}.isdisjoint(request.query):
            code = "1003"
        if code is not None:
            return self._error(code)
        reference = str(_FIRST_REFERENCE + 7 * len(self.state.references))
        self.state.references[reference] = 0
        name = "url" if self.state.lowercase_url else "Url"
        url = f"<{name}>{escape(self.state.url)}</{name}>\n" if self.state.url else ""
        return self._answer("Success", f"<ReferenceCode>{reference}</ReferenceCode>\n{url}")

    async def get_statement(self, request: web.Request) -> web.Response:
        """Hand out an ordered statement: 1019 while it is being made, then the report."""
        code = self._refusal(request)
        reference = request.query.get("q", "")
        if code is None and reference not in self.state.references:
            code = "1017"
        if code is not None:
            return self._error(code)
        if self.state.references[reference] < self.state.polls_before_ready:
            self.state.references[reference] += 1
            return self._error("1019")
        body, content_type = body_of(self.state, self.service.now())
        return web.Response(body=body, headers={"Content-Type": content_type})

    async def legacy(self, request: web.Request) -> web.Response:  # noqa: ARG002 - every request gets the same answer
        """Answer 1001, as the old addresses have done since they were switched off in May 2026."""
        return self._error("1001")

    def _refusal(self, request: web.Request) -> str | None:
        token, agent = request.query.get("t", ""), request.headers.get("User-Agent", "")
        too_many = self._count(token)
        fault = self.service.take("code", request.path)
        if fault is not None:
            return fault.code
        if not agent or "Mozilla" in agent:
            return "1020"
        if request.query.get("v") != "3":
            return "1001"
        if too_many:
            return "1018"
        return None if token == self.state.token else "1015"

    def _count(self, token: str) -> bool:
        who, now = hashlib.sha256(token.encode()).hexdigest(), self._clock()
        asked = [moment for moment in self._asked.get(who, []) if now - moment < 60]
        last_second = sum(now - moment < 1 for moment in asked)
        self._asked[who] = [*asked, now]
        over = 0 < self.state.per_second <= last_second or 0 < self.state.per_minute <= len(asked)
        refused = over or now < self._refused_until.get(who, 0.0)
        if refused:
            self._refused_until[who] = now + self.state.penalty_s
        return refused

    def _error(self, code: str) -> web.Response:
        status = self.state.passing_status if code in PASSING else "Fail"
        message = MESSAGES.get(code, "Unexpected error.")
        elements = f"<ErrorCode>{escape(code)}</ErrorCode>\n<ErrorMessage>{escape(message)}</ErrorMessage>\n"
        return self._answer(status, elements)

    def _answer(self, status: str, elements: str) -> web.Response:
        clock = self.service.now().astimezone(NEW_YORK)
        stamp = f"{clock:%d %B, %Y %I:%M %p %Z}" if self.state.timestamp is None else self.state.timestamp
        text = f"<FlexStatementResponse timestamp='{escape(stamp)}'>\n<Status>{status}</Status>\n{elements}"
        body = f"{text}</FlexStatementResponse>\n".encode()
        return web.Response(body=body, headers={"Content-Type": "text/xml;charset=UTF-8"})


def create() -> list[Service]:
    """Make the pretend Flex Web Service."""
    return [Flex().service]
