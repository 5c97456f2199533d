"""An owner's `.env` in the current folder, for commands of theirs."""

from pathlib import Path

LINES = (
    "TELEGRAM_BOT_TOKEN=123456789:telegram-s3cret-0123456789-abcdefg",
    "TELEGRAM_CHAT_ID=42",
    "OKX_API_KEY=okx-key-s3cret",
    "OKX_API_SECRET=okx-s3cret",
    "OKX_API_PASSPHRASE=okx-pass-s3cret",
)


def write(*lines: str) -> None:
    """Write what every installation has, and some lines besides."""
    Path(".env").touch(0o600)
    Path(".env").write_text("\n".join([*LINES, *lines, ""]), encoding="utf-8")
