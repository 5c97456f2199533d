"""The way out to Telegram, for messages that must arrive once."""
