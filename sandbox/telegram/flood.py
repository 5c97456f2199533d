"""The limits on sending.

Follows https://core.telegram.org/bots/faq#broadcasting-to-users (read 2026-11).

Quirk: the real limits are soft; here a chat may burst, and the answer to the next message is 429.
"""

import math
from collections import deque

from sandbox.telegram.chat import RefusalError

CHAT_BURST = 5
GROUP_PER_MINUTE = 20
OVERALL_PER_SECOND = 30


class Flood:
    """The limits on sending: one message a second per chat with some burst, 20 a minute per group, 30 a second."""

    def __init__(self) -> None:
        """Start with every allowance full."""
        self._chats: dict[int, tuple[float, float]] = {}
        self._groups: dict[int, deque[float]] = {}
        self._overall: deque[float] = deque()

    def forget(self) -> None:
        """Refill every allowance."""
        self._chats.clear()
        self._groups.clear()
        self._overall.clear()

    def count(self, chat_id: int, now_s: float) -> None:
        """Count a message to a chat.

        Args:
            chat_id: Where it goes.
            now_s: Monotonic seconds.

        Raises:
            RefusalError: 429 with retry_after; the message is not counted.
        """
        left, since_s = self._chats.get(chat_id, (float(CHAT_BURST), now_s))
        left = min(float(CHAT_BURST), left + now_s - since_s)
        group = self._groups.setdefault(chat_id, deque()) if chat_id < 0 else deque()
        wait_s = max(
            0.0 if left >= 1 else 1 - left,
            _full_for_s(group, GROUP_PER_MINUTE, now_s=now_s, span_s=60),
            _full_for_s(self._overall, OVERALL_PER_SECOND, now_s=now_s, span_s=1),
        )
        if wait_s > 0:
            pause_s = math.ceil(wait_s)
            raise RefusalError(429, f"Too Many Requests: retry after {pause_s}", retry_after=pause_s)
        self._chats[chat_id] = (left - 1, now_s)
        self._overall.append(now_s)
        group.append(now_s)


def _full_for_s(sent: deque[float], limit: int, *, now_s: float, span_s: float) -> float:
    while sent and sent[0] <= now_s - span_s:
        sent.popleft()
    return sent[0] + span_s - now_s if len(sent) >= limit else 0.0
