"""The one bot of the pretend Telegram, with everything that its methods touch; follows no outside page."""

from collections import deque

import msgspec

from sandbox.service import Service
from sandbox.telegram.chat import Chats, Message, TelegramState
from sandbox.telegram.files import Files
from sandbox.telegram.flood import Flood
from sandbox.telegram.objects import wire
from sandbox.telegram.updates import Updates

ANSWERS_KEPT = 50


class BotCommand(msgspec.Struct):
    """One command of the menu."""

    command: str
    description: str


class QueryAnswer(msgspec.Struct):
    """What the bot said to a press: a passing note, or an alert that has to be closed."""

    query_id: str
    text: str = ""
    show_alert: bool = False


class Action(msgspec.Struct):
    """What the bot is about to do in a chat, such as "typing", and until when it shows (monotonic seconds)."""

    name: str
    ends_at_s: float


class Bot:
    """The one bot."""

    def __init__(self, service: Service, state: TelegramState) -> None:
        """Start with empty chats.

        Args:
            service: The pretend service, for its clock.
            state: Its state, read live.
        """
        self.service = service
        self.state = state
        self.chats = Chats(state)
        self.files = Files()
        self.updates = Updates()
        self.flood = Flood()
        self.commands: dict[tuple[str, str], list[BotCommand]] = {}
        self.open_queries: dict[str, float] = {}
        self.query_answers: deque[QueryAnswer] = deque(maxlen=ANSWERS_KEPT)
        self.actions: dict[int, Action] = {}

    def forget(self) -> None:
        """Empty everything."""
        self.chats.forget()
        self.files.forget()
        self.updates.forget()
        self.flood.forget()
        self.commands.clear()
        self.open_queries.clear()
        self.query_answers.clear()
        self.actions.clear()

    def wire(self, message: Message) -> dict[str, object]:
        """Return a Message object of the Bot API."""
        return wire(self.chats, message)
