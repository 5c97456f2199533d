"""TELEGRAM_PROXY_URL: the way to Telegram where it is blocked, for Telegram alone.

With http:// and https:// the proxy is asked to CONNECT, with socks5:// likewise; either way it passes on bytes of TLS
that it cannot read, and it looks up Telegram's name itself. What the environment says of proxies (HTTPS_PROXY and the
like) stays unread: no platform's requests shall take a way that nobody chose for them. (httpx's "Proxies", RFC 1928 and
RFC 1929, read 2026-11.)
"""

import re

from bus.settings import Secret

_FORM = re.compile(
    r"(https?|socks5h?)://([^\s/?#@:]+(:[^\s/?#@]*)?@)?([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\]):(?P<port>\d{1,5})/?",
    re.ASCII,
)


class SecretProxyUrl(Secret):
    """A proxy's address with the name and the password for it, if it wants any."""

    __slots__ = ()

    @classmethod
    def from_text(cls, text: str) -> "SecretProxyUrl":
        """Check the form.

        Args:
            text: The address, as `.env` has it.

        Returns:
            The address.

        Raises:
            ValueError: It is no such address; the text says which part, and repeats nothing of it.
        """
        found = _FORM.fullmatch(text)
        if found is None or not text.isascii():
            raise ValueError(
                "a proxy's address is http://, https:// or socks5://, then NAME:PASSWORD@ where it wants them (signs "
                "that are no letters or digits as %XX), then host:port"
            )
        if not 1 <= int(found["port"]) <= 65535:
            raise ValueError("a port is a number from 1 to 65535")
        return cls(text)
