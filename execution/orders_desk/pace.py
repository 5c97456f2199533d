"""How often what is said, and for how long what is waited for; in seconds."""

from typing import Final

PLACE_EVERY_S: Final = 1.0
CANCEL_FIRST_S: Final = 1.0
LOOK_FIRST_S: Final = 1.0
LONGEST_ASK_S: Final = 30.0
UNKNOWN_TOLD_AFTER_S: Final = 10.0
BARE_TOLD_AFTER_S: Final = 5.0
LEGS_HELD_S: Final = 30.0
"""For so long no new leg is placed after one was canceled for a closing that is not written yet."""
SIBLING_S: Final = 3.0
"""For so long a leg is not placed anew that its venue has canceled, as it does when the sibling fills."""
DEAF_S: Final = 16.0
"""After so long what was said can no longer arrive at a venue: the life of its envelope, in which a broker may begin to
call its venue, the most that this call may take, and a little."""
RESTING_EVERY_S: Final = 60.0
"""So often an order that rests is looked up: its venue tells a fill by itself once, and the bus may lose that."""
MOST_EVENTS: Final = 200
"""So many events are taken in with one transaction."""


def ask_pause_s(asks: int, first_s: float) -> float:
    """Return how long to wait before something is asked again.

    Args:
        asks: How many times in a row it was asked.
        first_s: The pause after the first time.
    """
    return min(LONGEST_ASK_S, first_s * 2.0 ** max(0, min(asks, 12) - 1))
