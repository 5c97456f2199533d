"""TRADING, declared once, for every program that trades or shows trading."""

from datetime import date
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from bus.settings import NotConfigured, Secret

TradingMode = Literal["off", "paper", "live"]
Trading = Annotated[
    TradingMode,
    Meta(description="off, paper or live: whether signals become orders; paper orders cost nothing"),
]
Registration = Annotated[
    Literal["closed", "open"],
    Meta(
        description="closed or open: whether /start of a stranger, in a private chat with the bot, asks the admins to "
        "let them in as a user of trading"
    ),
]
"""The type of REGISTRATION."""

MaxUsers = Annotated[int, Meta(description="users of trading that may be active at once, 1 to 200", ge=1, le=200)]
"""The type of MAX_USERS in the settings of whoever lets users in."""

OrderKey = Annotated[
    Secret,
    Meta(
        description="what orders are signed with, as 64 hex digits",
        extra={"made_by": "launch"},
    ),
]
"""The type of ORDER_KEY in the settings of execution and the brokers; the launcher makes it, `.env` never holds it."""


IbAccount = Annotated[
    str,
    Meta(
        description="the number of the account at the gateway, such as DU1234567 (paper) or U1234567 (live)",
        pattern=r"^([A-Z]{1,3}[0-9]{4,12})?\Z",
    ),
]
"""The type of IB_ACCOUNT; execution and the broker read it."""


ChosenMarginMode = Annotated[
    Literal["isolated", "cross"],
    Meta(description="isolated or cross: how what is opened is margined, where the chat or the alert do not say"),
]
"""The type of DEFAULT_MARGIN_MODE."""

Leverage = Annotated[int, Meta(ge=1, le=125)]
"""How many times its margin a position is worth."""


class Days:
    """Days, as `.env` lists them."""

    def __init__(self, days: tuple[date, ...]) -> None:
        """Keep the days, in order, each once.

        Args:
            days: The days.
        """
        self.days = tuple(sorted(set(days)))

    @classmethod
    def from_text(cls, text: str) -> "Days":
        """Read days separated by commas.

        Args:
            text: As `.env` has it, such as `2026-12-09, 2027-01-02`.

        Returns:
            The days, each once, in order.

        Raises:
            ValueError: One is no day.
        """
        try:
            return cls(tuple(date.fromisoformat(part.strip()) for part in text.split(",") if part.strip()))
        except ValueError:
            raise ValueError("a day is written as 2026-12-09") from None


ClosedDays = Annotated[
    Days | None,
    Meta(description="more days on which New York does not trade, as 2026-12-09, separated by commas"),
]
"""The type of MARKET_CLOSED_DAYS."""

WebhookPort = Annotated[int, Meta(description="the port that the webhook listens at, 1 to 65535", ge=1, le=65535)]
"""The type of WEBHOOK_PORT in the settings of the webhook and of who tries it."""

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

    trading: Trading = "off"

    def __post_init__(self) -> None:
        """Refuse to run while trading is off.

        Raises:
            NotConfigured: It is.
        """
        if self.trading == "off":
            raise NotConfigured(())
