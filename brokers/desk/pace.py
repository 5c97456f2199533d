"""How long a broker waits, and how often it tries; tests step faster."""

import msgspec


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """All in seconds.

    `call_s` is the most that one call of the venue may take. `check_s`: how often a connection that stands is looked
    at. `hurry_s`: who waits for a venue that is away has it tried again after that, whatever the pause is.
    """

    call_s: float = 10.0
    state_s: float = 2.0
    check_s: float = 10.0
    hurry_s: float = 5.0
    first_reconnect_s: float = 1.0
    longest_reconnect_s: float = 300.0
    first_look_s: float = 0.5
    longest_look_s: float = 30.0
    quote_s: float = 2.0
    busy_s: float = 1.0
    finish_s: float = 2.0


USUAL = Pace()
JITTER = 0.3
