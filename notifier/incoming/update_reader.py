"""What Telegram hands over: fetched as it stands and read one by one, so that one bad update costs only itself.

The library's own `get_updates` reads all or nothing, and logs all of them where one cannot be read: then the same
update came again for ever, and nobody was heard. (Bot API, "getUpdates" and "Update", read 2026-11.)
"""

from collections import Counter
from datetime import UTC, datetime
from urllib.parse import urlencode

import msgspec
from telegram import Bot, Update
from telegram.error import NetworkError
from telegram.request import BaseRequest

from bus.log import logger
from notifier.delivery.telegram import POLL_S, TelegramError
from notifier.incoming.interaction import Received, read

MOST_AT_ONCE = 100
KINDS = ("message", "edited_message", "channel_post", "edited_channel_post", "callback_query")
READ_S = POLL_S + 10.0
LONGEST_KIND = 40
UNREADABLE = (
    ArithmeticError,
    AttributeError,
    LookupError,
    OSError,
    RecursionError,
    TelegramError,
    TypeError,
    ValueError,
)
"""What the library raises on an update that is not as it knows them: a field that is missing, a date out of bounds."""

log = logger(__name__)


class Fetched(msgspec.Struct, frozen=True, kw_only=True):
    """An update as it came; `content` is the whole of it."""

    update_id: int
    content: dict[str, object]

    @property
    def kind(self) -> str:
        """The name beside its number, as Telegram names kinds; no name that could be anything else."""
        names = (name for name in self.content if name != "update_id")
        named = next(names, "none")
        return named if named.isascii() and named.isidentifier() and len(named) <= LONGEST_KIND else "unknown"


class UpdateReader:
    """The updates of one bot, and how many of each kind nobody could read."""

    def __init__(self, bot: Bot, listener: BaseRequest) -> None:
        """Prepare to fetch; Telegram is not asked yet.

        Args:
            listener: The HTTP client that waits for updates; the bot's own one sends.
        """
        self._bot = bot
        self._listener = listener
        self._skipped: Counter[str] = Counter()

    async def fetch(self, offset: int | None) -> tuple[Fetched, ...]:
        """Wait for updates.

        Args:
            offset: The first one wanted: Telegram forgets those before it. None for all that it still keeps.

        Returns:
            Those that have a number, oldest first; others can neither be confirmed nor told apart.

        Raises:
            TelegramError: It refused, or what came is not an answer of Telegram's.
        """
        wanted = {"timeout": POLL_S, "limit": MOST_AT_ONCE, "allowed_updates": msgspec.json.encode(KINDS).decode()}
        if offset is not None:
            wanted["offset"] = offset
        found = await self._listener.post(f"{self._bot.base_url}/getUpdates?{urlencode(wanted)}", read_timeout=READ_S)
        if not isinstance(found, list):
            raise NetworkError("unreadable answer: no list of updates")
        numbered = tuple(
            Fetched(update_id=each["update_id"], content=each)
            for each in found
            if isinstance(each, dict) and type(each.get("update_id")) is int
        )
        if len(numbered) < len(found):
            if not numbered:
                raise NetworkError("unreadable answer: updates without a number")
            log.warning("updates without a number skipped", count=len(found) - len(numbered))
        return numbered

    def read(self, fetched: tuple[Fetched, ...]) -> list[Received]:
        """Read each update that can be read; the others are counted, and logged by their kind alone.

        Args:
            fetched: The updates as they came.

        Returns:
            What was understood of each that can be read, in the same order.
        """
        now = datetime.now(UTC)
        came = []
        for each in fetched:
            try:
                came.append(read(Update.de_json(each.content, self._bot), now=now))
            except UNREADABLE as error:
                self._skipped[each.kind] += 1
                so_far = self._skipped[each.kind]
                log.warning("update skipped", kind=each.kind, error=type(error).__name__, so_far=so_far)
        return came
