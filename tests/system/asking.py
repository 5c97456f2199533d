"""Asking a running system, and counting what came of it."""

from collections.abc import Callable

from sandbox.control.client import Sandbox
from sandbox.telegram.chat import Sent
from tests.looks import looks


def answers_after(world: Sandbox, message_id: int) -> list[Sent]:
    """Return the snapshots that Telegram received after a message."""
    return [sent for sent in world.messages() if sent.message_id > message_id and "TOTAL" in sent.text]


def ask(world: Sandbox, *, timeout_s: float = 120) -> Sent:
    """Type /now and return the answer."""
    typed = world.type("/now").message_id
    return world.wait_for_message(lambda sent: sent.message_id > typed and "TOTAL" in sent.text, timeout_s=timeout_s)


def wait_until(condition: Callable[[], bool], *, timeout_s: float = 80) -> None:
    """Wait for a condition.

    Raises:
        TimeoutError: It did not come true.
    """
    for _ in looks(timeout_s):
        if condition():
            return
    raise TimeoutError(f"never true: {condition.__doc__ or condition}")
