"""One line per event, `key=value`, to standard output, where supervisord rotates it.

Writing never blocks: when the pipe to a stopped supervisord is full, lines are dropped and counted. The last net
against leaks masks every secret that this process has read; the first is that nobody logs a URL, a header or a body.
"""

import datetime
import logging
import os
import re
import stat
import sys
from collections.abc import Iterable
from typing import Annotated, Literal, TextIO

import msgspec

MOST_BYTES = 4000  # with its line end below PIPE_BUF, so that a line is written whole or not at all
SILENCED = (
    "httpx",
    "httpcore",
    "hpack",
    "urllib3",
    "telegram",
    "pybit",
    "requests",
    "loguru",
    "ib_async",
    "eventkit",
    "pika",
)
"""Libraries that log addresses, headers or whole bodies, some as critical; what they raise is told by ourselves."""
_SAFE = re.compile(r"^[\w.:/+@≈≥-]+\Z")
_IN_ADDRESS = re.compile(r"(?<=://)[^\s/@]+(?=@)")  # the name and the password in a database's URL
_TOKEN = re.compile(r"(?<!\d)\d{6,}(:|%3A)[A-Za-z0-9_-]{30,}")  # in an address `bot` stands right before it


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What every process is told about its log."""

    log_level: Annotated[
        Literal["DEBUG", "INFO", "WARNING", "ERROR"], msgspec.Meta(description="DEBUG, INFO, WARNING or ERROR")
    ] = "INFO"


class Log:
    """Writes events with fields through the standard library's logging."""

    def __init__(self, name: str) -> None:
        """Bind to a logger's name.

        Args:
            name: The logger's name, which is the module's.
        """
        self._logger = logging.getLogger(name)

    def debug(self, event: str, **fields: object) -> None:
        """Write what only a developer wants."""
        self._write(logging.DEBUG, event, fields)

    def info(self, event: str, **fields: object) -> None:
        """Write what the owner would want to read."""
        self._write(logging.INFO, event, fields)

    def warning(self, event: str, **fields: object) -> None:
        """Write what may need the owner."""
        self._write(logging.WARNING, event, fields)

    def error(self, event: str, **fields: object) -> None:
        """Write what needs somebody."""
        self._write(logging.ERROR, event, fields)

    def crash(self, event: str, error: Exception) -> None:
        """Write an error nobody expected, with where it came from.

        Args:
            error: What was raised; the line names its type, the traceback follows.
        """
        self._logger.error("%s", line(event, {"error": type(error).__name__}), exc_info=error)

    def _write(self, level: int, event: str, fields: dict[str, object]) -> None:
        """Write one line if its level is wanted; otherwise the line is not even made."""
        if self._logger.isEnabledFor(level):
            self._logger.log(level, "%s", line(event, fields))


def logger(name: str) -> Log:
    """Return the log of a module.

    Args:
        name: The module's `__name__`.
    """
    return Log(name)


def line(event: str, fields: dict[str, object]) -> str:
    """Word an event.

    Args:
        event: What happened, in a few words.
        fields: Its facts; values with spaces are quoted, durations carry their unit in the key.

    Returns:
        `event="round closed" round=2026-02-11T09:00Z took_ms=214`.
    """
    return " ".join([f"event={_quoted(event)}", *(f"{key}={_quoted(value)}" for key, value in fields.items())])


def mask(secrets: Iterable[str]) -> None:
    """Keep more values out of the log, as they are and as they look in a URL; called when settings are read.

    Args:
        secrets: The values.
    """
    for handler in logging.getLogger().handlers:
        if isinstance(handler.formatter, _KeyValue):
            handler.formatter.mask(secrets)


def set_up(name: str, *, level: str = "INFO", stream: TextIO | None = None) -> None:
    """Send all logging of this process to one stream, masked.

    Args:
        name: The process, first field of each line.
        level: DEBUG, INFO, WARNING or ERROR. Libraries that print addresses or bodies are silent whatever it is.
        stream: Where the lines go; None for standard output.
    """
    handler = _Pipe((stream or sys.stdout).fileno())
    handler.setFormatter(_KeyValue(name))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for silenced in SILENCED:
        logging.getLogger(silenced).setLevel(logging.CRITICAL + 1)
    logging.getLogger("asyncio").setLevel(logging.WARNING)


def _quoted(value: object) -> str:
    """Return a value as a line shows it: in quotes where a space or a sign needs them, floats to three places."""
    if isinstance(value, float):
        return f"{value:.3f}"
    text = str(value)
    if _SAFE.match(text):
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', "'").replace("\r", " ").replace("\n", " | ") + '"'


def _forms(secret: str) -> tuple[str, ...]:
    """Return a secret as it may stand in a line: plain, in a URL's query, in a URL's path, inside our own quotes."""
    from urllib.parse import quote  # a third of a megabyte that processes without secrets are spared

    return secret, quote(secret, safe=""), quote(secret), _quoted(secret).removeprefix('"').removesuffix('"')


class _KeyValue(logging.Formatter):
    """Puts time, process and level before the event; masks secrets in all of it, tracebacks included."""

    def __init__(self, name: str) -> None:
        """Keep the process's name, which stands in every line."""
        super().__init__()
        self._name = name
        self._secrets: list[str] = []

    def mask(self, secrets: Iterable[str]) -> None:
        """Hide these secrets too from now on, the longest first; one of three signs or fewer is left as it is."""
        known = {form for secret in secrets if len(secret) > 3 for form in _forms(secret)}
        self._secrets = sorted(known.union(self._secrets), key=len, reverse=True)

    def format(self, record: logging.LogRecord) -> str:
        """Return a record as one line, with secrets, and what looks like a token or stands in an address, masked."""
        at = datetime.datetime.fromtimestamp(record.created, datetime.UTC).isoformat(timespec="milliseconds")
        text = record.getMessage()
        if not text.startswith("event="):
            text = line(text, {"logger": record.name})
        if record.exc_info:
            text += f" traceback={_quoted(self.formatException(record.exc_info))}"
        text = f"at={at.replace('+00:00', 'Z')} process={self._name} level={record.levelname.lower()} {text}"
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return _TOKEN.sub("***", _IN_ADDRESS.sub("***", text))


class _Pipe(logging.Handler):
    """Writes whole lines to standard output and drops them, counted, while nobody reads."""

    def __init__(self, descriptor: int) -> None:
        """Keep the descriptor; if it is a pipe, a full one no longer blocks."""
        super().__init__()
        self._fd = descriptor
        self._dropped = 0
        if stat.S_ISFIFO(os.fstat(self._fd).st_mode):
            os.set_blocking(self._fd, False)

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line, or count it as dropped where it cannot be written now."""
        try:
            text = self.format(record)
        except (TypeError, ValueError):  # a library's own slip: its line is lost, its work goes on
            text = line("malformed log call", {"logger": record.name})
        if self._dropped:
            text += f" dropped_lines={self._dropped}"
        try:
            os.write(self._fd, text.encode(errors="replace")[:MOST_BYTES] + b"\n")
            self._dropped = 0
        except OSError:
            self._dropped += 1
