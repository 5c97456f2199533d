"""One notifier on this machine for each bot: a copy in another folder stands down.

Whoever speaks for a bot binds the abstract socket `@portfolio-bot-<bot id>` (unix(7), "Abstract sockets", read
2026-11): it has no file, belongs to one process, and is free the moment that process ends, however it ends. To whoever
connects its holder tells its folder and the newest slot that it has delivered; the kernel tells its pid. Everybody else
neither sends nor polls, and takes over once the place has been free for longer than a restart of its holder takes.

Quirks: any user of this machine may bind such a name; who holds it is in the log. Where the Bot API has another address
than Telegram's own, the address belongs to the name: the same number is another bot there.
"""

import asyncio
import contextlib
import errno
import socket
import struct
import time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from bus.log import logger

TELEGRAM = "https://api.telegram.org"
LOOK_S = 1.0
FREE_FOR_S = 30.0
ANSWER_S = 2.0
MOST_BYTES = 4096

log = logger(__name__)


class Holder(msgspec.Struct, frozen=True, kw_only=True):
    """Who speaks for a bot: the kernel's word for pid and uid, its own for the rest, empty when it says nothing."""

    pid: int
    uid: int
    folder: str
    told: str = ""


class Other(msgspec.Struct, frozen=True, kw_only=True):
    """Who spoke before us: the round of the newest slot that it had delivered, and when it was first found gone."""

    told: str
    gone_at: datetime


def name_of(token: str, base_url: str = TELEGRAM) -> str:
    """Name a bot.

    Args:
        token: Its token; only the digits before the colon are used, which are no secret.
        base_url: The Bot API's address.

    Returns:
        `123456789`, or `123456789@http://127.0.0.1:8081` at another address than Telegram's own.
    """
    bot_id = token.partition(":")[0]
    address = base_url.rstrip("/")
    return bot_id if address == TELEGRAM else f"{bot_id}@{address}"


@contextlib.asynccontextmanager
async def alone(
    bot: str, *, told: Callable[[], str] = str, standing_down: Callable[[Holder], None] = lambda _: None
) -> AsyncIterator[Other | None]:
    """Be the only one on this machine that speaks for a bot, for as long as the `with` lasts; wait until it is free.

    Args:
        bot: The bot, from `name_of`.
        told: Gives the round of the newest slot that we have delivered, for whoever asks.
        standing_down: Is told who speaks for the bot, again and again while it is not us.

    Yields:
        None when nobody else spoke for it; else what is known of the other one.
    """
    place, other = _bind(bot), None
    if place is None:
        place, other = await _wait(bot, standing_down)
        log.warning("speaking for the bot now", bot=bot)

    async def tell(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Tell whoever connects this folder and the newest slot that was delivered."""
        with contextlib.suppress(OSError):
            writer.write(f"{Path.cwd()}\n{told()}\n".encode(errors="replace"))
            await writer.drain()
        writer.close()

    async with await asyncio.start_unix_server(tell, sock=place):
        yield other


async def holder(bot: str) -> Holder | None:
    """Ask who speaks for a bot.

    Args:
        bot: The bot, from `name_of`.

    Returns:
        The process; None when nobody does.
    """
    try:
        reader, writer = await asyncio.open_unix_connection(_address(bot), limit=MOST_BYTES)
    except OSError:
        return None
    try:
        credentials = writer.get_extra_info("socket").getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
        pid, uid, _ = struct.unpack("3i", credentials)
        said = b""
        with contextlib.suppress(TimeoutError, OSError, ValueError):  # one that is stopped answers nothing
            said = await asyncio.wait_for(reader.read(MOST_BYTES), ANSWER_S)
        folder, _, told = said.decode(errors="replace").partition("\n")
        return Holder(pid=pid, uid=uid, folder=folder.strip(), told=told.strip())
    finally:
        writer.close()


async def _wait(bot: str, standing_down: Callable[[Holder], None]) -> tuple[socket.socket, Other]:
    """Wait until nobody has spoken for the bot for a while; the other one may merely be starting again."""
    told, known = "", 0
    gone_at, free_since = datetime.now(UTC), time.monotonic()
    was_there = True
    while True:
        found = await holder(bot)
        if found is None and was_there:
            gone_at, free_since = datetime.now(UTC), time.monotonic()
        elif found is not None:
            standing_down(found)
            told = max(told, found.told)  # one that is stopped says nothing, and has told what it had told
            if found.pid != known:
                known = found.pid
                log.warning("standing down: another copy speaks for this bot", bot=bot, **msgspec.structs.asdict(found))
        was_there = found is not None
        place = _bind(bot) if not was_there and time.monotonic() - free_since >= FREE_FOR_S else None
        if place is not None:
            return place, Other(told=told, gone_at=gone_at)
        await asyncio.sleep(LOOK_S)


def _bind(bot: str) -> socket.socket | None:
    """Take the place, None when it is taken."""
    place = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
    try:
        place.bind(_address(bot))
    except OSError as error:
        place.close()
        if error.errno != errno.EADDRINUSE:
            raise
        return None
    place.listen()
    return place


def _address(bot: str) -> str:
    """Return the abstract socket that stands for a bot."""
    return f"\0portfolio-bot-{bot}"
