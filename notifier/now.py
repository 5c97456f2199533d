"""`make now`: asks for a round at once, and prints the message that Telegram took.

python -m notifier.now
"""

import os
import sys
import time
from datetime import UTC, datetime

from bus import log
from bus.connection import RUN, Bus
from bus.messages import Delivered, NowAsked, topic
from bus.service import join

REPEAT_S = 0.5
ANSWER_S = 90.0


def main() -> int:
    """Ask until answered.

    Returns:
        0 when the message was delivered, 1 when nobody answered.
    """
    log.set_up("now", level="WARNING")
    if not (RUN / "bus.in").exists():
        sys.stderr.write("The system is not running here; start it with: make start\n")
        return 1
    asked_at = datetime.now(UTC)
    asked = NowAsked(id=f"now-{asked_at:%Y%m%dT%H%M%SZ}-terminal-{os.getpid()}", asked_at=asked_at)
    with join(f"now-{os.getpid()}", topic(Delivered)) as bus:
        until = time.monotonic() + ANSWER_S
        while time.monotonic() < until:
            bus.publish(asked)
            text = _listen(bus, asked.id)
            if text is not None:
                sys.stdout.write(f"{text}\n")
                return 0
    sys.stderr.write(f"No message within {ANSWER_S:.0f} s; look at: make status, make logs\n")
    return 1


def _listen(bus: Bus, asked_id: str) -> str | None:
    """Wait for the answer until it is time to ask again."""
    again_at = time.monotonic() + REPEAT_S
    while (left_s := again_at - time.monotonic()) > 0:
        message = bus.receive(left_s)
        if isinstance(message, Delivered) and message.id == asked_id:
            return message.text
    return None


if __name__ == "__main__":
    sys.exit(main())
