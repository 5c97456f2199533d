"""Execution's settings; light, because the launcher imports it."""

from decimal import Decimal
from typing import Annotated

from msgspec import Meta

from bus.chats import ChatIds, TelegramChatId
from bus.language import ChosenLanguage
from bus.schedule_settings import Timezone
from bus.settings import Secret
from bus.trading_settings import (
    ChosenMarginMode,
    ClosedDays,
    IbAccount,
    Leverage,
    OrderKey,
    WebhookSecret,
)
from ledger.settings import TradingOnLedger
from ledger.trading.enumerations import Mode
from ledger.trading.people.admin_ids import NOBODY, TelegramAdminIds

Limit = Annotated[Decimal | None, Meta(description="a number of zero or more")]


class Settings(TradingOnLedger, frozen=True, kw_only=True):
    """Who may trade by default, with which limits, and how long what may take."""

    telegram_chat_id: TelegramChatId = ChatIds(())
    telegram_admin_ids: TelegramAdminIds = NOBODY
    webhook_secret: WebhookSecret = None
    order_key: OrderKey = Secret("")
    ib_account: IbAccount = ""
    trading_default_username: Annotated[
        str,
        Meta(description="the user whose strategy the common webhook secret belongs to; empty for the first admin"),
    ] = ""
    trading_default_session: Annotated[
        str, Meta(min_length=1, max_length=64, description="the name of that strategy, at most 64 signs")
    ] = "default"
    trading_default_mode: Annotated[
        Mode,
        Meta(
            description="auto, manual (each signal is a question first), closing_only or off: the mode of that "
            "strategy when it is made"
        ),
    ] = "manual"
    default_buy_amount_usd: Annotated[
        Limit, Meta(description="what an opening spends where its strategy does not say; must be set to open anything")
    ] = None
    default_max_open_positions: Annotated[
        Annotated[int, Meta(ge=0, le=10_000)] | None,
        Meta(description="positions that may be open at once; must be set to open anything"),
    ] = None
    default_max_daily_buys: Annotated[
        Annotated[int, Meta(ge=0, le=10_000)] | None,
        Meta(description="openings of a day; must be set to open anything"),
    ] = None
    default_max_total_investment: Annotated[
        Limit, Meta(description="what may be invested in all; must be set to open anything")
    ] = None
    default_max_per_ticker: Annotated[
        Annotated[int, Meta(ge=0, le=10_000)] | None,
        Meta(description="openings of one instrument until it is sold; must be set to open anything"),
    ] = None
    default_max_daily_loss: Annotated[
        Limit, Meta(description="loss of a day after which nothing is opened; must be set to open anything")
    ] = None
    default_min_cash_reserve: Annotated[
        Limit, Meta(description="cash that is never spent; must be set to open anything, 0 for none")
    ] = None
    default_max_order_value: Annotated[Limit, Meta(description="the largest value of one order")] = None
    default_max_spread_percent: Annotated[
        Limit, Meta(description="the largest spread between bid and ask, in percent, at which anything is opened")
    ] = None
    default_max_orders_per_day: Annotated[
        Annotated[int, Meta(ge=0, le=100_000)] | None, Meta(description="orders of a day, closings too")
    ] = None
    opening_max_age_seconds: Annotated[
        int, Meta(ge=5, le=86_400, description="seconds after which an opening that is not ordered yet expires")
    ] = 60
    confirm_minutes: Annotated[int, Meta(ge=1, le=1440, description="minutes for which a question may be answered")] = (
        10
    )
    confirm_price_drift: Annotated[
        Decimal, Meta(description="percent by which the price may move before Execute asks again")
    ] = Decimal(1)
    price_sanity: Annotated[
        Decimal, Meta(description="percent by which a signal's price may differ from the quote")
    ] = Decimal(10)
    buy_buffer_percent: Annotated[
        Decimal,
        Meta(
            description="percent above the ask that a purchase may come to cost, so that an amount is not exceeded; "
            "not on paper"
        ),
    ] = Decimal(1)
    default_margin_mode: ChosenMarginMode = "isolated"
    default_leverage: Annotated[
        Leverage, Meta(description="the leverage of what is opened, where the chat or the alert do not say")
    ] = 1
    max_leverage: Annotated[
        Leverage, Meta(description="the most leverage that anything is opened with, whoever asks for more")
    ] = 5
    orders_per_second: Annotated[
        int, Meta(ge=1, le=1000, description="orders that one account sends within a second, at most")
    ] = 5
    order_timeout_seconds: Annotated[
        int, Meta(ge=2, le=3600, description="seconds after which what is left of a market order is canceled")
    ] = 30
    balance_max_age_seconds: Annotated[
        int, Meta(ge=5, le=86_400, description="seconds for which an account's cash is known after it was read")
    ] = 120
    position_sync_hours: Annotated[
        int, Meta(ge=1, le=24, description="hours between two reconciliations with each venue")
    ] = 4
    market_closed_days: ClosedDays = None
    trading_keep_days: Annotated[
        int, Meta(ge=7, le=3650, description="days for which the steps of signals that have ended are kept")
    ] = 90
    language: ChosenLanguage = "en"
    timezone: Timezone = "Europe/Paris"

    def __post_init__(self) -> None:
        """Refuse numbers that cannot be limits, and settle where the ledger is.

        Raises:
            NotConfigured: Trading is off.
            ValueError: Names the variables and says what to write.
        """
        faults = []
        try:
            super().__post_init__()
        except ValueError as error:
            faults.append(str(error))
        for name in self.__struct_fields__:
            value = getattr(self, name)
            if isinstance(value, Decimal) and not (value.is_finite() and value >= 0):
                faults.append(f"{name.upper()} is not a number of zero or more; write it like 1000.50")
        if faults:
            raise ValueError("\n".join(faults))

    @property
    def master_key(self) -> bytes:
        """What every broker's key is derived from."""
        return bytes.fromhex(self.order_key.reveal())
