"""How the control port reads and answers: JSON, {"error": ...} for a wrong request; follows no outside page."""

from typing import TypeVar

import msgspec
from aiohttp import web

Body = TypeVar("Body")


def answer(body: object) -> web.Response:
    """Answer with JSON."""
    return web.Response(body=msgspec.json.encode(body), content_type="application/json")


def refuse(why: str, *, status: int = 400) -> web.Response:
    """Answer that the request is wrong, and why."""
    return web.Response(status=status, body=msgspec.json.encode({"error": why}), content_type="application/json")


async def read_body(request: web.Request, kind: type[Body]) -> Body:
    """Decode a JSON body.

    Raises:
        msgspec.DecodeError: It is not what the route takes; the middleware answers 400.
    """
    return msgspec.json.decode(await request.read(), type=kind)
