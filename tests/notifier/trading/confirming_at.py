"""Buttons of another time: the same, but asked two minutes ago."""

from datetime import timedelta

import msgspec

from notifier.trading.confirming import button_data, read_button


def pressed_late(data: str) -> str:
    """Return a button's data as if it had been asked two minutes before."""
    does = read_button(data.partition(":")[2])
    assert does is not None
    return button_data(msgspec.structs.replace(does, asked_at=does.asked_at - timedelta(minutes=2)))
