"""Waiting for what the product says in the pretend Telegram, and for what becomes of an alert; for the demo's scenes.

The texts of the product are looked for by a few words; all else of them is the product's own affair.
"""

import threading
import time
from collections.abc import Callable
from typing import TypeVar

import msgspec

from sandbox.control.client import Sandbox
from sandbox.telegram.call import Keyboard
from sandbox.telegram.chat import CHAT_ID, Sent
from sandbox.tradingview.alerts import Firing
from sandbox.tradingview.client import fire, view

DELIVERED_S, TEXT_S = 30.0, 45.0
NOT_KNOWN_YET = 401
"""What the webhook answers to an address that it does not know yet."""
_LOOK_AGAIN_S = 0.05
Found = TypeVar("Found")


class NotSeen(Exception):
    """What was waited for did not come, or what nobody should see was seen; the text says what, and what there was."""


class Interrupted(Exception):
    """Whoever runs the demo wants it to end."""


class Watch:
    """One person at the pretend Telegram, who types, presses and waits."""

    def __init__(
        self, sandbox: Sandbox, stop: threading.Event, *, chat_id: int = CHAT_ID, text_s: float = TEXT_S
    ) -> None:
        """Look at a private chat.

        Args:
            sandbox: The pretend world.
            stop: Set when the demo is to end.
            chat_id: The person's number, which their chat has, too.
            text_s: How long the product may take for each of its texts, seconds.
        """
        self.sandbox = sandbox
        self.stop = stop
        self.chat_id = chat_id
        self.text_s = text_s

    def asked(self, text: str, what: str, wanted: Callable[[Sent], bool]) -> Sent:
        """Type a text, and wait for an answer.

        Args:
            text: What is typed.
            what: The answer's name, for who waits in vain.
            wanted: Tells whether a message is the answer.

        Raises:
            NotSeen: It did not come.
            Interrupted: The demo is to end.
        """
        typed = self.sandbox.type(text, chat_id=self.chat_id).message_id
        return self.text(what, wanted, after=typed)

    def text(self, what: str, wanted: Callable[[Sent], bool], *, after: int) -> Sent:
        """Wait for a message of the bot that came after another one, or was edited since; the rest is as in `asked`."""

        def found() -> Sent | None:
            """Return it, if it is there."""
            return next((sent for sent in self.messages(after) if wanted(sent)), None)

        def instead() -> str:
            """Say what there is in its place."""
            texts = "\n---\n".join(sent.text for sent in self.messages(after)) or "nothing"
            return f"{what} did not come within {self.text_s:.0f} s; the bot said:\n{texts}"

        return self.wait(self.text_s, found, instead)

    def press(self, sent: Sent, button: str) -> None:
        """Press the button below a message whose text holds some words.

        Args:
            sent: The message.
            button: The words, small letters or not.

        Raises:
            NotSeen: There is no such button.
        """
        data = button_of(sent, button)
        if not data:
            raise NotSeen(f"there is no button {button} below:\n{sent.text}")
        self.sandbox.press(sent.message_id, data, chat_id=self.chat_id)

    def messages(self, after: int = 0) -> list[Sent]:
        """Return what the bot said in the chat after a message."""
        sent = self.sandbox.messages(self.chat_id)
        return [each for each in sent if each.message_id > after and not each.deleted]

    def newest(self) -> int:
        """Return the number of the bot's newest message."""
        return max((sent.message_id for sent in self.sandbox.messages(self.chat_id)), default=0)

    def alert(self, name: str, values: dict[str, str]) -> None:
        """Let an alert fire until it is delivered; one whose address is not known yet fires again.

        Args:
            name: The alert's.
            values: For its placeholders.

        Raises:
            NotSeen: It was refused, or not delivered in time.
            Interrupted: The demo is to end.
        """
        ends_at = time.monotonic() + DELIVERED_S
        while (ended := self._ended(fire(self.sandbox, name, values))).outcome != "delivered":
            is_early = ended.deliveries[-1].status == NOT_KNOWN_YET and time.monotonic() < ends_at
            if not is_early:
                raise NotSeen(f"the webhook did not accept the alert: {_tries(ended)}")
            if self.stop.wait(1.0):
                raise Interrupted

    def _ended(self, firing: Firing) -> Firing:
        """Wait until nothing more is sent of a firing."""

        def now() -> Firing:
            """Return the firing as the log has it."""
            return next(each for each in view(self.sandbox).log if each.id == firing.id)

        def ended() -> Firing | None:
            """Return it once its end is final."""
            return None if (found := now()).outcome == "sending" else found

        return self.wait(DELIVERED_S, ended, lambda: f"the webhook did not accept the alert: {_tries(now())}")

    def wait(self, within_s: float, look: Callable[[], Found | None], instead: Callable[[], str]) -> Found:
        """Look again and again until something is found.

        Args:
            within_s: How long, seconds.
            look: Returns it, or None.
            instead: Says what there is in its place.

        Raises:
            NotSeen: It was not found in time.
            Interrupted: The demo is to end.
        """
        ends_at = time.monotonic() + within_s
        while (found := look()) is None:
            if self.stop.wait(_LOOK_AGAIN_S):
                raise Interrupted
            if time.monotonic() > ends_at:
                raise NotSeen(instead())
        return found


def button_of(sent: Sent, words: str) -> str:
    """Return what the first button below a message sends whose text holds some words, empty where there is none."""
    rows = msgspec.convert(sent.reply_markup or {}, Keyboard).inline_keyboard or []
    found = (each.callback_data for row in rows for each in row if words.lower() in each.text.lower())
    return next(found, None) or ""


def _tries(firing: Firing) -> str:
    """Say what became of each delivery so far."""
    return "; ".join(f"{each.status or each.outcome}: {each.answer}" for each in firing.deliveries)
