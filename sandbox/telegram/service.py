"""The pretend Telegram Bot API: tokens, answers, and the faults in Telegram's own words.

Follows https://core.telegram.org/bots/api#making-requests (read 2026-11) and what python-telegram-bot 22.8 puts on the
wire. Answers carry the HTTP status that their error_code names.

Quirks: a token of the wrong shape is 404, a well-shaped unknown one 401. The order of the checks is token, method,
faults, limits on sending, chat, content; the real one is not documented.
"""

import math
import re

import msgspec
from aiohttp import web

from sandbox.service import Service
from sandbox.telegram.bot import Bot
from sandbox.telegram.call import Call, Told
from sandbox.telegram.chat import CHAT_ID, TOKEN, Attempt, RefusalError, TelegramState
from sandbox.telegram.control import control_routes
from sandbox.telegram.methods import Method, methods
from sandbox.telegram.text import as_read

__all__ = ["CHAT_ID", "FAULTS", "TOKEN", "TelegramState", "create"]

FAULTS: dict[str, str] = {
    "code": 'an error answer: `code` "400", "401", "403", "409", "429" (retry_after = `seconds`, without it '
    'when 0), "500" …; `body` replaces the description',
    "accept_then_hang": "a message or edit takes effect, but its answer does not come until the fault is cleared",
    "ok_false": "HTTP 200 with ok: false",
}
_DESCRIPTIONS = {
    400: 'Bad Request: can\'t parse entities: Unsupported start tag "x" at byte offset 3',
    401: "Unauthorized",
    403: "Forbidden: bot was blocked by the user",
    404: "Not Found",
    409: "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
    413: "Request Entity Too Large",
    500: "Internal Server Error",
    502: "Bad Gateway",
}
_ATTEMPTED = {
    *("sendmessage", "sendphoto", "senddocument", "editmessagetext", "editmessagecaption", "editmessagemedia"),
    "editmessagereplymarkup",
}
_TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]{35}")
_TOKEN_IN_PATH = re.compile(r"^((?:/file)?/bot)[^/]*")
_HEADERS = {
    "Server": "nginx/1.18.0",
    "Content-Type": "application/json",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains; preload",
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Content-Length,Content-Type,Date,Server,Connection",
}
_CALL = web.RequestKey("call", Call)


def create() -> list[Service]:
    """Build the pretend Telegram, with its pages for the control port."""
    return [Front().service]


class Front:
    """The HTTP side of the bot."""

    def __init__(self) -> None:
        """Wire the bot to a service."""
        state = TelegramState()
        routes = [
            web.route("*", "/bot{token:[^/]*}/{method:[^/]*}", self._answer),
            web.get("/file/bot{token:[^/]*}/{path:.+}", self._file),
            web.route("*", "/{tail:.*}", _not_found),
        ]
        self.service = Service("telegram", state=state, routes=routes, faults=FAULTS)
        self.state = state
        self.bot = Bot(self.service, state)
        self.methods: dict[str, Method] = methods(self.bot)
        self.service.shown_path = lambda path: _TOKEN_IN_PATH.sub(r"\1<token>", path)
        self.service.on_arrival = self._note
        self.service.on_reset.append(self.bot.forget)
        self.service.control_routes = control_routes(self.bot)

    async def _note(self, request: web.Request) -> None:
        if "method" not in request.match_info:
            return
        call = Call(request)
        request[_CALL] = call
        if call.method.lower() in _ATTEMPTED:
            call.attempt = Attempt(call.arrived_at_ms, call.method, chat_id="", text="")
            self.bot.chats.attempts.append(call.attempt)
        try:
            await call.read(request)
        except RefusalError as refusal:
            call.unreadable = refusal
        if call.attempt is not None:
            call.attempt.chat_id = call.values.get("chat_id", "")
            call.attempt.text = as_read(call.values.get("text", call.values.get("caption", "")))
            call.attempt.thread_id = call.values.get("message_thread_id", "")

    async def _answer(self, request: web.Request) -> web.Response:
        call = request[_CALL]
        try:
            result = await self._run(call)
        except RefusalError as refusal:
            _conclude(call, str(refusal))
            return _refused(refusal)
        _conclude(call, "accepted")
        if call.method.lower() in _ATTEMPTED and self.service.take("accept_then_hang", call.path) is not None:
            await self.service.until_cleared()
        told = {"description": result.description} if isinstance(result, Told) else {}
        said = {"ok": True, "result": result.result if isinstance(result, Told) else result} | told
        return web.Response(headers=_HEADERS, body=msgspec.json.encode(said))

    async def _file(self, request: web.Request) -> web.Response:
        if request.match_info["token"] != self.state.token:
            return await _not_found(request)
        upload = self.bot.files.at(request.match_info["path"])
        return await _not_found(request) if upload is None else web.Response(body=upload.content)

    async def _run(self, call: Call) -> object:
        if not _TOKEN.fullmatch(call.token):
            raise RefusalError(404, "Not Found")
        if call.token != self.state.token:
            raise RefusalError(401, "Unauthorized")
        method = self.methods.get(call.method.lower())
        if method is None:
            raise RefusalError(404, "Not Found")
        self._fail(call)
        if call.unreadable is not None:
            raise call.unreadable
        return await method(call)

    def _fail(self, call: Call) -> None:
        if self.service.take("ok_false", call.path) is not None:
            raise RefusalError(200, "Internal Server Error")
        fault = self.service.take("code", call.path)
        if fault is None:
            return
        status, pause_s = int(fault.code), math.ceil(fault.seconds)
        if status == 429 and pause_s:
            raise RefusalError(429, fault.body or f"Too Many Requests: retry after {pause_s}", retry_after=pause_s)
        raise RefusalError(status, fault.body or _DESCRIPTIONS.get(status, "Too Many Requests"))


async def _not_found(_request: web.Request) -> web.Response:
    return _refused(RefusalError(404, "Not Found"))


def _conclude(call: Call, outcome: str) -> None:
    if call.attempt is not None:
        call.attempt.outcome = outcome


def _refused(refusal: RefusalError) -> web.Response:
    said: dict[str, object] = {"ok": False, "error_code": refusal.status, "description": refusal.description}
    if refusal.parameters:
        said["parameters"] = refusal.parameters
    return web.Response(status=refusal.status, headers=_HEADERS, body=msgspec.json.encode(said))
