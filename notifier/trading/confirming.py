"""The button behind a question "shall I?": all that it means is in its data, so it works after a restart; pure.

The data says what is to be done, since when it is asked, who was asked, and for which portfolio. Who presses is looked
up anew, and may do no more than they could type: data that was made up gains nobody anything.
"""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import msgspec

from ledger.portfolio.outbox import LONGEST_DATA
from notifier.incoming.interaction import Interaction

DO, DO_NOT = "do", "dont"
"""The first words of the two buttons."""
VALID = timedelta(minutes=1)
PLACE_DIGITS = 8
"""Of a portfolio's uid; enough to see that another one is in use now."""
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


class Confirmation(msgspec.Struct, frozen=True, kw_only=True):
    """What a button does.

    Attributes:
        what: The command, by its name.
        asked_at: When it was asked, aware UTC; whole seconds.
        user_id: Who was asked, by the person's number at Telegram.
        place: The beginning of the portfolio's uid; empty where the command is not about one.
        argument: What stands behind the command.
    """

    what: str
    asked_at: datetime
    user_id: int
    place: str = ""
    argument: str = ""

    def is_over(self, now: datetime) -> bool:
        """Tell whether its minute is over, or it comes from a clock that is wrong.

        Args:
            now: The moment, aware.
        """
        return abs(now - self.asked_at) > VALID


Does = Callable[[Interaction, Confirmation], Awaitable[None]]
"""Does what a button says."""


def button_data(asked: Confirmation) -> str:
    """Return what the button brings back.

    Args:
        asked: What it does.

    Returns:
        The data; longer than `LONGEST_DATA` bytes where the argument is too long for a button.
    """
    at, user = _written(int(asked.asked_at.timestamp())), _written(asked.user_id)
    return f"{DO}:{asked.what}:{at}:{user}:{asked.place}:{asked.argument}"


def fits(asked: Confirmation) -> bool:
    """Tell whether Telegram takes the button.

    Args:
        asked: What it does.
    """
    return len(button_data(asked).encode()) <= LONGEST_DATA


def refusal_data(user_id: int) -> str:
    """Return what the button beside it brings back, by which nothing is done.

    Args:
        user_id: Who was asked.
    """
    return f"{DO_NOT}:{_written(user_id)}"


def is_refusal_of(said: str, user_id: int | None) -> bool:
    """Tell whether the button beside it is of the person who presses it.

    Args:
        said: Its data, behind the first word.
        user_id: Who presses.
    """
    return user_id is not None and said == _written(user_id)


def read_button(said: str) -> Confirmation | None:
    """Return what a button does; None where its data is of no button of ours.

    Args:
        said: Its data, behind the first word.
    """
    try:
        what, at, user, place, argument = said.split(":", 4)
        asked_at = datetime.fromtimestamp(int(at, len(_DIGITS)), UTC)
        user_id = int(user, len(_DIGITS))
    except (ValueError, OverflowError, OSError):
        return None
    return Confirmation(what=what, asked_at=asked_at, user_id=user_id, place=place, argument=argument)


def _written(number: int) -> str:
    """Return a whole number, zero or more, with as few signs as can be."""
    signs = ""
    while number or not signs:
        number, digit = divmod(number, len(_DIGITS))
        signs = _DIGITS[digit] + signs
    return signs
