"""The key under which BingX's streams are heard: made, kept alive, and made anew where it is worth nothing any more.

Follows BingX's "Listen Key" (read 2026-11): a key is good for 60 minutes, each renewal for 60 more; one that BingX does
not know any more is HTTP 404.

Quirks: the answer has no envelope. Whoever has the key hears the account, so it is never logged.
"""

import asyncio
from typing import Final

import msgspec

from brokers.bingx_venue.rest import Rest
from brokers.venue import Busy, Denied, Malformed, VenueError
from bus import reasons
from bus.log import logger
from bus.time_source import TimeSource

PATH: Final = "/openApi/user/auth/userDataStream"
RENEWED_EVERY_S: Final = 30 * 60.0
AGAIN_S: Final = 60.0
"""A renewal without an answer is tried again after that; there is half an hour for it."""
MOST_SIGNS: Final = 256

log = logger(__name__)


class _Made(msgspec.Struct, rename="camel"):
    """A new key."""

    listen_key: str


_made = msgspec.json.Decoder(_Made)


class ListenKeys:
    """The account's one listen key, for all of its streams."""

    def __init__(self, rest: Rest, *, time: TimeSource) -> None:
        """Have none.

        Args:
            rest: Makes and renews it.
            time: The clocks.
        """
        self._rest = rest
        self._time = time
        self._key = ""
        self._due_s = 0.0
        self._lock = asyncio.Lock()

    async def take(self) -> str:
        """Return the key, made where there is none.

        Returns:
            The key; letters and digits.

        Raises:
            VenueError: It could not be made: Denied where a person must act, else Busy or Malformed.
        """
        async with self._lock:
            if not self._key:
                self._key = await self._make()
                self._due_s = self._time.monotonic() + RENEWED_EVERY_S
            return self._key

    async def keep(self) -> None:
        """Renew the key where that is due.

        Raises:
            Busy: BingX does not know it any more: connect again, with a new one.
        """
        async with self._lock:
            if not self._key or self._time.monotonic() < self._due_s:
                return
            try:
                await self._rest.change("PUT", PATH, listenKey=self._key)
            except VenueError as error:
                if error.code == "HTTP 404":
                    self._key = ""
                    raise Busy("BingX's stream begins anew", code="listen key unknown") from None
                self._due_s = self._time.monotonic() + AGAIN_S
                log.info("listen key not renewed", code=error.code)
            else:
                self._due_s = self._time.monotonic() + RENEWED_EVERY_S

    def forget(self) -> None:
        """Note that the key is worth nothing any more; the next `take` makes a new one."""
        self._key = ""

    async def _make(self) -> str:
        """Make a key; that nobody knows whether it was made harms nothing."""
        try:
            answer = await self._rest.change("POST", PATH)
        except (Busy, Denied):
            raise
        except VenueError as error:
            raise Busy(error.reason, code=error.code) from None
        try:
            key = _made.decode(answer).listen_key
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise Malformed(reasons.BAD_ANSWER, code="listen key") from None
        if not (key.isascii() and key.isalnum() and len(key) <= MOST_SIGNS):
            raise Malformed(reasons.BAD_ANSWER, code="listen key")
        return key
