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

WebhookSecret = Annotated[
    Secret | None,
    Meta(
        description="the secret of the alerts of the default strategy: 16 signs or more, letters and digits",
        extra={"alias": "TRADINGVIEW_WEBHOOK_TOKEN", "letters": "[A-Za-z0-9_.~-]{16,}"},
    ),
]
"""The webhook and whoever trades read it; its letters are those that stand in a path as they are."""


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
