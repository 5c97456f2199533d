"""How fast Telegram takes messages: one a second in a chat, 20 a minute in a group, 30 a second in all; edits count.

A little less is used here than is allowed: what is said in answer to a person goes past the outbox, and counts as well.
(core.telegram.org/bots/faq, "How can I message all of my bot's subscribers at once?", read 2026-11.)
"""

from collections import deque

from bus.chats import bare
from bus.time_source import TimeSource

CHAT_PAUSE_S = 1.0
GROUP_PER_MINUTE = 17
OVERALL_PER_SECOND = 25
MINUTE_S = 60.0


class Pace:
    """When the next message may go into a chat; all by the monotonic clock."""

    def __init__(self, time: TimeSource) -> None:
        """Let everything go.

        Args:
            time: The clocks.
        """
        self._time = time
        self._quiet_until: dict[str, float] = {}
        self._groups: dict[str, deque[float]] = {}
        self._overall: deque[float] = deque()

    def may_go(self, chat_id: str) -> bool:
        """Tell whether a message may go into a chat now.

        Args:
            chat_id: The chat, or a topic of it.
        """
        now_s, chat = self._time.monotonic(), bare(chat_id)
        if now_s < self._quiet_until.get(chat, 0.0):
            return False
        in_group = _within(self._groups.get(chat, deque()), now_s - MINUTE_S)
        return in_group < GROUP_PER_MINUTE and _within(self._overall, now_s - 1.0) < OVERALL_PER_SECOND

    def note(self, chat_id: str) -> None:
        """Note that a message goes into a chat.

        Args:
            chat_id: The chat, or a topic of it.
        """
        now_s, chat = self._time.monotonic(), bare(chat_id)
        self._overall.append(now_s)
        if chat.startswith("-"):  # only groups have such numbers
            self._groups.setdefault(chat, deque()).append(now_s)

    def be_quiet(self, chat_id: str, wait_s: float) -> None:
        """Let nothing go into a chat for a while.

        Args:
            chat_id: The chat, or a topic of it.
            wait_s: For how long.
        """
        until, chat = self._time.monotonic() + wait_s, bare(chat_id)
        self._quiet_until[chat] = max(until, self._quiet_until.get(chat, 0.0))


def _within(sent: deque[float], since_s: float) -> int:
    """Count what was sent since a moment, and forget what was sent before."""
    while sent and sent[0] <= since_s:
        sent.popleft()
    return len(sent)
