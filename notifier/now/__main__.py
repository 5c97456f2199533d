"""`make now`: asks for a round at once, and prints the message that Telegram took, or why it did not and what to do.

python -m notifier.now

It asks twice a second, and each time the notifier says what has become of the request in each chat; whether the system
and its programs run is asked of their lock and of supervisord. So whatever is known is said at once: the whole patience
is for what nobody knows yet.
"""

import os
import socket
import sys
import time
from datetime import UTC, datetime

import msgspec

from bus import log
from bus.connection import Bus
from bus.messages.base import topic
from bus.messages.delivery import ChatOutcome, Delivered, NowRequested, Outcome
from bus.process import join
from bus.supervisord.lock_holder import PATH, holder
from notifier.now import programs, texts

REPEAT_S = 0.5
LOOK_S = 2.0
ANSWER_S = 90.0
HEARD_WITHIN_S = 25.0
"""A notifier that has just been started waits twenty seconds for its ledger."""
STORED_WITHIN_S = 3.0
SETTLED_S = 3.0
PATIENCE_S = 10.0
"""What Telegram has not taken at the first try, it often takes at the second."""


class Known(msgspec.Struct):
    """What is known of a request; moments are monotonic seconds, None for what has not come to be."""

    asked_at: float
    outcome: Outcome | None = None
    text: str = ""
    taken_at: float | None = None
    waits_since: float | None = None
    down: dict[str, str] = {}
    suspects: frozenset[str] = frozenset()
    is_stopped: bool = False


class Verdict(msgspec.Struct, frozen=True):
    """What to print, and whether every chat has the message."""

    text: str = ""
    problem: str = ""


def main() -> int:
    """Ask until something is known.

    Returns:
        0 when every chat has the message, 1 otherwise.
    """
    log.set_up("now", level="WARNING")
    socket.setdefaulttimeout(LOOK_S)  # a supervisord that is stopped never answers
    asked_at = datetime.now(UTC)
    asked = NowRequested(id=f"now-{asked_at:%Y%m%dT%H%M%SZ}-terminal-{os.getpid()}", asked_at=asked_at)
    known = Known(asked_at=time.monotonic())
    verdict = _look(known)
    if verdict is None:
        with join(f"now-{os.getpid()}", topic(Delivered), topic(Outcome)) as bus:
            known.asked_at = time.monotonic()
            verdict = _ask(bus, asked, known)
    if verdict.text:
        sys.stdout.write(f"{verdict.text}\n")
    if verdict.problem:
        sys.stderr.write(f"{verdict.problem}\n")
    return int(bool(verdict.problem))


def conclude(known: Known, now: float) -> Verdict | None:
    """Conclude from what is known.

    Args:
        known: What is known.
        now: Monotonic seconds.

    Returns:
        What to say; None while more may become known.
    """
    outcome, is_taken = known.outcome, known.taken_at is not None
    chats = outcome.chats if outcome else ()
    if known.is_stopped:
        return Verdict(text=known.text, problem=texts.STOPPED)
    if outcome is not None and outcome.elsewhere:
        return Verdict(problem=texts.elsewhere(outcome.elsewhere))
    waited_s = now - known.waits_since if known.waits_since is not None else 0.0
    if chats and all(_is_settled(each, waited_s) for each in chats):
        return Verdict(text=known.text, problem=texts.not_delivered(chats))
    if not chats and known.taken_at is not None and now - known.taken_at > SETTLED_S:
        return Verdict(text=known.text)  # the ledger cannot tell more; Telegram has it
    if known.down and not is_taken:
        is_unheard = any(name in programs.HEAR for name in known.down)
        if is_unheard or outcome is not None or now - known.asked_at > STORED_WITHIN_S:
            return Verdict(problem=texts.not_running(known.down, kept=outcome is not None))
    if outcome is None and not is_taken and now - known.asked_at > HEARD_WITHIN_S:
        return Verdict(problem=texts.UNHEARD)
    if now - known.asked_at > ANSWER_S:
        trouble = outcome.trouble if outcome else ""
        return Verdict(text=known.text, problem=texts.too_late(ANSWER_S, chats, trouble))
    return None


def _ask(bus: Bus, asked: NowRequested, known: Known) -> Verdict:
    """Ask again and again, listening and looking between, and return how it ended."""
    look_at = time.monotonic() + LOOK_S
    verdict = None
    while verdict is None:
        if not (known.text and known.outcome and not known.outcome.chats):  # it would be taken for a new request
            bus.publish(asked)
        verdict = _listen(bus, asked.id, known)
        if verdict is None and time.monotonic() >= look_at:
            verdict, look_at = _look(known), time.monotonic() + LOOK_S
    return verdict


def _listen(bus: Bus, asked_id: str, known: Known) -> Verdict | None:
    """Take in what is said until it is time to ask again, or something can be concluded."""
    again_at = time.monotonic() + REPEAT_S
    while (left_s := again_at - time.monotonic()) > 0:
        message = bus.receive(left_s)
        if isinstance(message, Delivered | Outcome) and message.id == asked_id:
            _take(message, known)
        verdict = conclude(known, time.monotonic())
        if verdict is not None:
            return verdict
    return None


def _take(message: Delivered | Outcome, known: Known) -> None:
    """Take in what the notifier says of the request: the text, and what became of it in each chat."""
    now = time.monotonic()
    if message.text and known.taken_at is None:
        known.text, known.taken_at = message.text, now
    if isinstance(message, Outcome):
        waits = any(each.state == "waits" for each in message.chats)
        known.waits_since = (known.waits_since or now) if waits else None
        known.outcome = message


def _look(known: Known) -> Verdict | None:
    """Look whether the system and its programs run; one that is being started again must be down twice."""
    try:
        known.is_stopped = holder(PATH) is None
    except PermissionError:
        known.is_stopped = False  # hardened, the lock is the programs' own
    down = programs.down()
    known.down = {name: state for name, state in down.items() if state in programs.GIVEN_UP or name in known.suspects}
    known.suspects = frozenset(down)
    return conclude(known, time.monotonic())


def _is_settled(chat: ChatOutcome, waited_s: float) -> bool:
    """Tell whether nothing more is to be expected of a chat: sent, dead, or waiting for what may last."""
    if chat.state == "waits":
        return texts.lasts(chat.reason) or waited_s > PATIENCE_S
    return chat.state in {"sent", "dead"}


if __name__ == "__main__":
    sys.exit(main())
