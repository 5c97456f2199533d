"""Which instrument a person means by a symbol: its letters and digits count, whatever stands between them."""

from collections.abc import Sequence
from typing import Final, Protocol

PERPETUAL: Final = ".P"


class Named(Protocol):
    """What has a symbol: an instrument, or a position in one."""

    @property
    def symbol(self) -> str:
        """As its venue writes it."""
        ...

    @property
    def asset_type(self) -> str:
        """What kind of thing it is."""
        ...


def is_meant(each: Named, meant: str, among: Sequence[Named]) -> bool:
    """Tell whether a symbol as a person writes it names an instrument; where spot and future share one, `.P` tells.

    Args:
        each: The instrument.
        meant: What was written.
        among: All that may be meant.
    """
    is_perpetual = meant.upper().endswith(PERPETUAL)
    plain = _plain(meant[: -len(PERPETUAL)] if is_perpetual else meant)
    if plain != _plain(each.symbol):
        return False
    is_future = each.asset_type == "FUTURE"
    has_spot = any(_plain(other.symbol) == plain and other.asset_type != "FUTURE" for other in among)
    return is_future if is_perpetual else not (is_future and has_spot)


def _plain(symbol: str) -> str:
    """Return the letters and digits of a symbol."""
    return "".join(sign for sign in symbol.upper() if sign.isalnum())
