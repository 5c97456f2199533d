"""The library's HTTP client, made anew after a request that failed.

httpcore 1.0.9 gives a connection that was given up while it was being made through a proxy (a SOCKS handshake that is
cancelled, TLS behind a CONNECT that fails) no end: it keeps its place in the pool for ever, and with all places taken
nothing is sent any more, however well the proxy is by then. A poll's connection can get stuck without a proxy too.
"""

import asyncio
import ssl
from typing import Any

import httpx
from telegram.request import HTTPXRequest

from bus import log
from notifier.delivery.proxy import SecretProxyUrl


class Line(HTTPXRequest):
    """A client whose pool is thrown away after a failure, as soon as nothing else is on its way through it."""

    def __init__(self, **options: Any) -> None:
        """Make the first client.

        Args:
            options: The options of `telegram.request.HTTPXRequest`.
        """
        super().__init__(**options)
        self._renewing = asyncio.Lock()
        self._on_their_way = 0
        self._failed = False

    async def do_request(self, *arguments: Any, **named: Any) -> tuple[int, bytes]:
        """Send a request as the library does."""
        async with self._renewing:
            if self._failed and not self._on_their_way:
                await self.shutdown()
                await self.initialize()
                self._failed = False
            self._on_their_way += 1
        answered = False
        try:
            answer = await super().do_request(*arguments, **named)
            answered = True
        finally:
            self._on_their_way -= 1
            self._failed = self._failed or not answered
        return answer


def proxy_for(url: SecretProxyUrl, context: ssl.SSLContext) -> httpx.Proxy:
    """Make what httpx needs to know of a proxy; its name and password are kept out of the log.

    Args:
        url: Its address.
        context: Whom to trust, where the way to the proxy is TLS.

    Returns:
        The proxy, as httpx takes it.
    """
    scheme = url.reveal().partition(":")[0]
    proxy = httpx.Proxy(url.reveal(), ssl_context=context if scheme == "https" else None)
    log.mask(proxy.auth or ())
    return proxy
