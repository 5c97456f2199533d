"""Opening a connection to a gateway: the handshake, and why there is none.

Follows TWS API 10 as ib_async 2.1 speaks it (read 2026-11). Quirks: a client id that is taken is told by error 326 and
an end of the connection, which ib_async waits through; a gateway that is not logged in accepts and says nothing; an
address that is not trusted is accepted and cut.
"""

import asyncio

import msgspec
from ib_async import IB
from ib_async.ib import StartupFetch

from brokers.ibkr_venue import states
from brokers.venue import Busy


class Address(msgspec.Struct, frozen=True, kw_only=True):
    """Where a gateway listens, and under which number this program speaks to it."""

    host: str
    port: int
    client_id: int


class _Signs:
    """What a gateway lets be seen before its handshake is done."""

    def __init__(self, ib: IB) -> None:
        """Look at a connection that is about to be opened."""
        self.over = asyncio.Event()
        self.numbers: list[int] = []
        self._texts: list[str] = []
        ib.errorEvent += self._erred
        ib.client.apiError += self._said
        ib.client.conn.disconnected += self._closed

    def why(self) -> str:
        """Return why there is no connection, where nothing else says so."""
        if states.TAKEN in self.numbers:
            return states.CLIENT_ID_TAKEN
        if any("version must be" in text for text in self._texts):
            return states.OLD_VERSION
        return states.DROPPED if self.over.is_set() else states.SILENT

    def _erred(self, _request: int, number: int, _text: str, _contract: object) -> None:
        """Note an error's number."""
        self.numbers.append(number)
        if number == states.TAKEN:
            self.over.set()

    def _said(self, text: str) -> None:
        """Note what ib_async says of the connection."""
        self._texts.append(text)
        if "version must be" in text:
            self.over.set()

    def _closed(self, _text: str) -> None:
        """Note that the connection was closed."""
        self.over.set()


async def shake_hands(ib: IB, address: Address, *, within_s: float) -> None:
    """Open a connection, and wait for its handshake.

    Args:
        ib: A new one: what an older one knew is no answer of this one.
        address: Where.
        within_s: The most that it may take.

    Raises:
        VenueError: There is none; `code` is a word of `states`.
    """
    signs = _Signs(ib)
    shaking = asyncio.ensure_future(
        ib.connectAsync(
            address.host,
            address.port,
            address.client_id,
            timeout=within_s,
            raiseSyncErrors=True,
            fetchFields=StartupFetch(0),
        )
    )
    over = asyncio.ensure_future(signs.over.wait())
    try:
        await asyncio.wait({shaking, over}, timeout=within_s, return_when=asyncio.FIRST_COMPLETED)
    finally:
        why = signs.why()  # before the end of the connection that is made here
        over.cancel()
        if not shaking.done():
            shaking.cancel()
            await asyncio.wait({shaking})
    error = None if shaking.cancelled() else shaking.exception()
    if _is_of_the_system(error):
        raise states.error(states.REFUSED)
    if why == states.DROPPED:
        raise Busy("IB Gateway closes the connection at once: add this address to its trusted ones", code=why)
    if error is not None or why != states.SILENT or shaking.cancelled():
        raise states.error(why)


def _is_of_the_system(error: BaseException | None) -> bool:
    """Tell whether an error says that nobody listens there; ib_async's own carry no number of the system."""
    if isinstance(error, ConnectionError):
        return isinstance(error, ConnectionRefusedError)
    return isinstance(error, OSError) and not isinstance(error, TimeoutError)
