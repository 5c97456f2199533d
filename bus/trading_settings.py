"""TRADING, declared once, for every program that trades or shows trading."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from bus.settings import NotConfigured, Secret

TradingMode = Literal["off", "paper", "live"]
Trading = Annotated[
    TradingMode,
    Meta(description="off, paper or live: whether signals become orders; paper orders cost nothing"),
]
OrderKey = Annotated[
    Secret,
    Meta(
        description="what orders are signed with, as 64 hex digits",
        pattern="^[0-9a-f]{64}$",
        extra={"made_by": "launch"},
    ),
]
"""The type of ORDER_KEY in the settings of execution and the brokers; the launcher makes it, `.env` never holds it."""


class OffUntilConfigured(msgspec.Struct, frozen=True, kw_only=True):
    """The settings of a program that is not started while TRADING is off or not set."""

    trading: Trading = "off"

    def __post_init__(self) -> None:
        """Refuse to run while trading is off.

        Raises:
            NotConfigured: It is.
        """
        if self.trading == "off":
            raise NotConfigured(())
