"""A pretend gateway in the test's own event loop, and a link to it; its control port is asked from a thread."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable

from brokers.ibkr_venue.connection import LinkPace
from brokers.ibkr_venue.heard import Heard
from brokers.ibkr_venue.link import Link
from brokers.venue import VenueError
from sandbox.control.client import Sandbox
from sandbox.ib_gateway.service import create
from sandbox.serve import running

NAME = "ibgateway"
NUMBER = "DU1234567"
PACE = LinkPace(open_s=1.5, answer_s=1.5, beat_s=0.1, silent_s=0.6, owed_s=2.0)
WITHIN_S = 15.0


class Gateway:
    """The pretend gateway, ordered about by its control port."""

    def __init__(self, control: str, address: str) -> None:
        """Talk to one that listens."""
        self.port = int(address.rpartition(":")[2])
        self._sandbox = Sandbox({"control": control})

    async def fault(self, kind: str, **fields: object) -> None:
        """Switch a trouble on."""
        await asyncio.to_thread(self._sandbox.fault, NAME, kind, **fields)

    async def clear(self) -> None:
        """Switch all troubles off."""
        await asyncio.to_thread(self._sandbox.clear, NAME)

    async def state(self, **fields: object) -> None:
        """Change how it behaves."""
        await asyncio.to_thread(self._sandbox.set_state, NAME, **fields)

    async def order(self, path: str, **body: object) -> None:
        """Have one of its own routes do something."""
        await asyncio.to_thread(self._sandbox.ask, "POST", f"/{NAME}/{path}", kind=object, body=body)

    async def asked(self) -> list[str]:
        """Return what it was asked for, oldest first."""
        return [each.path for each in await asyncio.to_thread(self._sandbox.requests, NAME)]


@contextlib.asynccontextmanager
async def gateway() -> AsyncIterator[Gateway]:
    """Run a pretend gateway, as new."""
    services = create()
    async with running(services) as control:
        yield Gateway(control, services[0].url)


@contextlib.asynccontextmanager
async def link_to(
    pretend: Gateway, *, number: str = NUMBER, client_id: int = 1, pace: LinkPace = PACE
) -> AsyncIterator[Link]:
    """Make a link that is not connected; in the end its connection is closed."""
    link = Link("127.0.0.1", pretend.port, client_id=client_id, number=number, pace=pace)
    lost = asyncio.Event()
    link.listen(lambda heard: lost.set() if heard.kind == "LOST" else None)
    try:
        yield link
    finally:
        with contextlib.suppress(VenueError):
            ib = link.ib
            lost.clear()
            ib.client.conn.disconnect()
            await asyncio.wait_for(lost.wait(), WITHIN_S)


async def why_not(link: Link) -> str:
    """Return the code with which a link is refused; empty where it connects."""
    try:
        await link.connect()
    except VenueError as error:
        return error.code
    return ""


async def until(is_so: Callable[[], bool], *, within_s: float = WITHIN_S) -> float:
    """Wait until something is so; return how long that took, in seconds."""
    began_s = time.monotonic()
    async with asyncio.timeout(within_s):
        while not is_so():
            await asyncio.sleep(0.01)
    return time.monotonic() - began_s


async def until_well(link: Link, *, within_s: float = WITHIN_S) -> list[str]:
    """Connect again and again, as the loop does; return the codes of all refusals before."""
    codes: list[str] = []
    async with asyncio.timeout(within_s):
        while (code := await why_not(link)) != "":
            codes.append(code)
            await asyncio.sleep(0.05)
    return codes


def is_well(link: Link) -> bool:
    """Tell whether a link would take an order now."""
    try:
        link.must_be_well()
    except VenueError:
        return False
    return True


def heard_by(link: Link) -> list[Heard]:
    """Return a list to which everything is added that a link hears from now on."""
    heard: list[Heard] = []
    link.listen(heard.append)
    return heard
