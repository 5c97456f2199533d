"""The buttons under messages, and the words that they bring back when they are pressed.

Callback data is `what` or `what:arguments`, at most 64 bytes (Bot API, InlineKeyboardButton, read 2026-11). Telegram
keeps it as long as the message: what was ever sent must still be understood, or refused with a sentence.
"""

from collections.abc import Sequence

import msgspec
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from notifier.texts.commands import Words

MOST_DATA_BYTES = 64
FREQUENCIES = (30, 60, 120, 240)


class Button(msgspec.Struct, frozen=True):
    """What stands on it, and what pressing it says."""

    label: str
    data: str


Buttons = Sequence[Sequence[Button]]


def markup(buttons: Buttons) -> InlineKeyboardMarkup | None:
    """Return the keyboard as Telegram wants it, None where there is none."""
    if not buttons:
        return None
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(button.label, callback_data=button.data) for button in row] for row in buttons]
    )


def under_snapshot(round_id: str, words: Words) -> Buttons:
    """Return the buttons under a snapshot; `Why?` asks for this round."""
    why = f"why:{round_id}"
    return (
        (Button(words.refresh, "refresh"), Button(words.why, why if len(why) <= MOST_DATA_BYTES else "why")),
        (Button(words.chart, "chart"), Button(words.history, "history")),
    )


def frequencies(words: Words) -> Buttons:
    """Return a button for each usual interval, and one that goes back to `.env`."""
    return (
        tuple(Button(str(minutes), f"frequency:{minutes}") for minutes in FREQUENCIES),
        (Button(words.default, "frequency:default"),),
    )


def collectors(labels: dict[str, str]) -> Buttons:
    """Return a button for each collector, two in a row.

    Args:
        labels: The collectors' names for people, by their names here.
    """
    each = [Button(label, f"restart-ask:{name}") for name, label in labels.items()]
    return tuple(tuple(each[place : place + 2]) for place in range(0, len(each), 2))


def confirm_restart(name: str, label: str, words: Words) -> Buttons:
    """Return the two buttons under the question whether to restart.

    Args:
        name: The collector's name.
        label: Its name for people.
    """
    return ((Button(words.restart_yes.format(name=label), f"restart:{name}"), Button(words.cancel, "restart-cancel")),)
