"""TRADING, declared once, for every program that trades or shows trading."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from bus.settings import NotConfigured

TradingMode = Literal["off", "paper", "live"]
Trading = Annotated[
    TradingMode,
    Meta(description="off, paper or live: whether signals become orders; paper orders cost nothing"),
]


class OffUntilConfigured(msgspec.Struct, frozen=True, kw_only=True):
    """The settings of a program that is not started while TRADING is off or not set."""

    trading: Trading

    def __post_init__(self) -> None:
        """Refuse to run while trading is off.

        Raises:
            NotConfigured: It is.
        """
        if self.trading == "off":
            raise NotConfigured(())
