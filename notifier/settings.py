"""The notifier's settings."""

from typing import Annotated
from zoneinfo import ZoneInfo

from msgspec import Meta

from bus.chats import TelegramChatId
from bus.language import ChosenLanguage
from bus.schedule_settings import CollectDeadlineSeconds, ScheduleSettings
from bus.settings import BaseUrl, Secret
from bus.trading_settings import ClosedDays, MaxUsers, Registration, Trading
from ledger.settings import (
    DEFAULT_DATABASE_URL,
    DatabaseHost,
    DatabaseName,
    DatabasePassword,
    DatabasePort,
    DatabaseUrl,
    DatabaseUser,
    settle_database,
)
from ledger.trading.people.admin_ids import NOBODY, TelegramAdminIds
from notifier.delivery.proxy import SecretProxyUrl

WEBSITES = ("t.me", "telegram.me", "telegram.org", "www.telegram.org", "web.telegram.org", "core.telegram.org")


class Settings(ScheduleSettings, frozen=True, kw_only=True):
    """The bot, its chats, how a snapshot is worded, and the timetable that the chat may change."""

    telegram_bot_token: Annotated[
        Secret,
        Meta(description="the bot's token, as BotFather gave it", extra={"letters": "[0-9]+:[A-Za-z0-9_-]{30,}"}),
    ]
    telegram_chat_id: TelegramChatId
    telegram_admin_ids: TelegramAdminIds = NOBODY
    telegram_base_url: Annotated[
        BaseUrl,
        Meta(
            description="the Bot API's address; another one for a Bot API server or a reverse proxy of your own",
            extra={"instead": dict.fromkeys(WEBSITES, "https://api.telegram.org")},
        ),
    ] = "https://api.telegram.org"
    telegram_proxy_url: Annotated[
        SecretProxyUrl | None,
        Meta(
            description="a proxy on the way to Telegram alone, as socks5://NAME:PASSWORD@host:1080, http:// or https://"
        ),
    ] = None
    trading: Trading = "off"
    registration: Registration = "closed"
    max_users: MaxUsers = 20
    market_closed_days: ClosedDays = None
    language: ChosenLanguage = "en"
    include_crypto_breakdown: Annotated[
        bool, Meta(description="true or false: the amounts of each exchange behind the crypto line")
    ] = True
    collect_deadline_seconds: CollectDeadlineSeconds = 45
    database_url: DatabaseUrl = DEFAULT_DATABASE_URL
    database_host: DatabaseHost = None
    database_port: DatabasePort = None
    database_name: DatabaseName = None
    database_user: DatabaseUser = None
    database_password: DatabasePassword = None

    def __post_init__(self) -> None:
        """Refuse what would send messages into nowhere, and settle where the ledger is.

        Raises:
            ValueError: Names the variable and says what to write.
        """
        faults = []
        bot = self.telegram_bot_token.reveal().partition(":")[0]
        if any(str(chat).partition(":")[0] == bot for chat in self.telegram_chat_id.ids):
            faults.append(
                "TELEGRAM_CHAT_ID is the bot's own number, and a bot cannot write to itself; write the number of your "
                "chat with it"
            )
        if self.telegram_base_url.rstrip("/").endswith("/bot"):
            faults.append("TELEGRAM_BASE_URL ends with /bot; write it without, for example https://api.telegram.org")
        try:
            settle_database(self)
        except ValueError as error:
            faults.append(str(error))
        if faults:
            raise ValueError("\n".join(faults))

    @property
    def zone(self) -> ZoneInfo:
        """The time zone that the chat reads."""
        return ZoneInfo(self.timezone)
