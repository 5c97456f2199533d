"""The notifier's settings."""

from typing import Annotated
from zoneinfo import ZoneInfo

from msgspec import Meta

from bus.chats import TelegramChatId
from bus.settings import BaseUrl, Secret
from bus.timetable import CollectDeadlineSeconds, Timetable
from ledger.settings import DEFAULT_DATABASE_URL, DatabaseUrl
from notifier.language import ChosenLanguage
from notifier.proxy import SecretProxyUrl


class Settings(Timetable, frozen=True, kw_only=True):
    """The bot, its chats, how a snapshot is worded, and the timetable that the chat may change."""

    telegram_bot_token: Annotated[Secret, Meta(description="the bot's token, as BotFather gave it")]
    telegram_chat_id: TelegramChatId
    telegram_base_url: Annotated[
        BaseUrl,
        Meta(description="the Bot API's address; another one for a Bot API server or a reverse proxy of your own"),
    ] = "https://api.telegram.org"
    telegram_proxy_url: Annotated[
        SecretProxyUrl | None,
        Meta(
            description="a proxy on the way to Telegram alone, as socks5://NAME:PASSWORD@host:1080, http:// or https://"
        ),
    ] = None
    language: ChosenLanguage = "en"
    include_crypto_breakdown: Annotated[
        bool, Meta(description="true or false: the amounts of each exchange behind the crypto line")
    ] = True
    collect_deadline_seconds: CollectDeadlineSeconds = 45
    database_url: DatabaseUrl = DEFAULT_DATABASE_URL

    @property
    def zone(self) -> ZoneInfo:
        """The time zone that the chat reads."""
        return ZoneInfo(self.timezone)
