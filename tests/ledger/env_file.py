"""An owner's `.env` in the current folder, for commands of theirs."""

from pathlib import Path

LINES = (
    "TELEGRAM_BOT_TOKEN=123456789:telegram-s3cret-0123456789-abcdefg",
    "OKX_API_KEY=okx-key-s3cret",
    "OKX_API_SECRET=okx-s3cret",
    "OKX_API_PASSPHRASE=okx-pass-s3cret",
)


PRIVATE, GROUP = "42", "-1001234567890"
"""The owner's own chat, whose person becomes the first admin of the books; and one that makes nobody an admin."""


def write(*lines: str, chat: str = PRIVATE) -> None:
    """Write what every installation has, and some lines besides."""
    Path(".env").touch(0o600)
    Path(".env").write_text("\n".join([*LINES, f"TELEGRAM_CHAT_ID={chat}", *lines, ""]), encoding="utf-8")
