"""What a broker has found of an account before it is written down: said by a child of `make account` to its parent."""

import msgspec


class Proven(msgspec.Struct, frozen=True, kw_only=True):
    """What the venue says of the account: its number, whether its money is real, and in what it counts.

    `reason` says why it does not let the keys in; empty where it does.
    """

    number: str = ""
    is_live: bool = False
    currency: str = ""
    reason: str = ""
