"""A pretend Telegram Bot API."""
