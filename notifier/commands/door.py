"""Who is heard besides the configured chats, and what may be typed: nobody and the usual table, where nothing trades.

Nothing of trading is imported here, so that what is off costs nothing.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Literal

import msgspec

from notifier.commands.table import COMMANDS, OTHER_NAMES, Command, Who
from notifier.incoming.interaction import Handler, Interaction

Role = Literal["admin", "trader", "viewer"]
RANKS: dict[Who, int] = {"viewer": 1, "trader": 2, "admin": 3}


def nobody(_user_id: int) -> Role | None:
    """Know no users.

    Args:
        _user_id: Whoever types, as Telegram numbers people.

    Returns:
        None: nobody is a user of trading.
    """
    return None


async def unasked(_asked: Interaction) -> bool:
    """Have asked nobody for anything.

    Args:
        _asked: What was said, and is no command.

    Returns:
        False: it is nobody's answer.
    """
    return False


def never(_user_id: int) -> bool:
    """Let no stranger ask to be let in.

    Args:
        _user_id: Whoever asks.

    Returns:
        False: nobody may ask.
    """
    return False


async def unanswered(_asked: Interaction) -> None:
    """Say nothing.

    Args:
        _asked: Not looked at.
    """


class Door(msgspec.Struct, frozen=True, kw_only=True):
    """What there is to type and to press, and who is a user of trading.

    Attributes:
        commands: The table.
        other_names: Further names of commands of the table.
        role_of: The role of an active user, by the person's number at Telegram; None for all others. It may raise
            LedgerUnavailable.
        buttons: The first words of the buttons that are for users of trading, wherever they stand.
        may_ask: Whether a stranger is heard who types `/start` in a private chat, asked once each time.
        asks: Answers such a stranger.
        no_user: What is said in a configured chat to who is no user, and types what is for users.
        no_trader: What is said to a viewer who types what is for traders.
        no_admin: What is said to a user who types what is for admins, and is none.
        only_commands: What is said to a user, in a private chat, to what is no command.
        elsewhere: What is said there to a command of the balances.
        talk: Takes what is no command where it answers a question of a dialog, and tells whether it did.
    """

    commands: tuple[Command, ...] = COMMANDS
    other_names: Mapping[str, str] = {}
    role_of: Callable[[int], Role | None] = nobody
    buttons: frozenset[str] = frozenset()
    may_ask: Callable[[int], bool] = never
    asks: Handler = unanswered
    no_user: str = ""
    no_trader: str = ""
    no_admin: str = ""
    only_commands: str = ""
    elsewhere: str = ""
    talk: Callable[[Interaction], Awaitable[bool]] = unasked

    @property
    def by_name(self) -> dict[str, Command]:
        """The commands by their names."""
        return {command.name: command for command in self.commands}

    def refusal(self, who: Who, user_id: int | None) -> str:
        """Return why a person in a configured chat may not type a command; empty where they may.

        Args:
            who: Who may.
            user_id: The person's number at Telegram; None where it is not known.

        Raises:
            LedgerUnavailable: Nobody can say now.
        """
        if who not in RANKS:
            return ""
        role = None if user_id is None else self.role_of(user_id)
        if role is None:
            return self.no_user
        if RANKS[role] >= RANKS[who]:
            return ""
        return self.no_admin if who == "admin" else self.no_trader


OPEN_TO_CHATS = Door(other_names=OTHER_NAMES)
"""Without trading: the configured chats, and nobody else."""
