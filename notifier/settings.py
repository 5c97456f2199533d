"""The notifier's settings."""

from typing import Annotated

from msgspec import Meta, Struct

from bus.chats import TelegramChatId
from bus.settings import BaseUrl, Secret
from bus.timetable import Timezone
from ledger.settings import DatabaseUrl
from notifier.language import ChosenLanguage


class Settings(Struct, frozen=True, kw_only=True):
    """The bot, its chats, and how a snapshot is worded."""

    telegram_bot_token: Annotated[Secret, Meta(description="the bot's token, as BotFather gave it")]
    telegram_chat_id: TelegramChatId
    telegram_base_url: Annotated[
        BaseUrl, Meta(description="the Bot API's address; another one only for a Bot API server of your own")
    ] = "https://api.telegram.org"
    timezone: Timezone = "Europe/Paris"
    include_crypto_breakdown: Annotated[
        bool, Meta(description="true or false: the amounts of each exchange behind the crypto line")
    ] = True
    language: ChosenLanguage = "en"
    database_url: DatabaseUrl = "sqlite:///data/portfolio.db"
