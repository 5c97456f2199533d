"""The page at the control port: its files, and the news that something has changed.

Follows no outside page.

Quirks: whoever asks for news is answered when there are some, or after a while without; a burst is told once.
"""

import asyncio
from pathlib import Path

from aiohttp import web

from sandbox.control.answers import answer, refuse
from sandbox.control.change_event import ChangeEvent

FOLDER = Path(__file__).resolve().parent / "static"
NEWS_S = 25.0
BURST_S = 0.05
SAFE_HEADERS = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
_TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_POLICY = (
    "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
_HEADERS = SAFE_HEADERS | {"Content-Security-Policy": _POLICY, "Referrer-Policy": "no-referrer"}


def page_routes(change_event: ChangeEvent) -> list[web.RouteDef]:
    """Return the routes of the page.

    Args:
        change_event: Signalled when something may have changed.
    """

    async def news(request: web.Request) -> web.Response:
        after = request.query.get("after", "0")
        if not after.isdecimal():
            return refuse("after is the count of the last news, a number")
        count = await change_event.wait_after(int(after), timeout_s=NEWS_S)
        await asyncio.sleep(BURST_S)
        return answer({"count": max(count, change_event.count)})

    return [
        web.get("/", _index),
        web.get("/page/news", news),
        web.get("/page/{name:[a-z_]+[.][a-z]+}", _file),
    ]


async def _index(_request: web.Request) -> web.Response:
    return _read("index.html")


async def _file(request: web.Request) -> web.Response:
    return _read(request.match_info["name"])


def _read(name: str) -> web.Response:
    path = FOLDER / name
    if path.suffix not in _TYPES or not path.is_file():
        return refuse(f"the page has no file {name}", status=404)
    return web.Response(body=path.read_bytes(), content_type=_TYPES[path.suffix], charset="utf-8", headers=_HEADERS)
