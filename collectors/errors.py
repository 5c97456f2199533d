"""Errors of the outside world, named by what the reader does next.

    PlatformError
    ├── Busy        ask again later, after `retry_after_s` where the platform says so; the only one that is retried
    ├── Denied      the owner must act: key, rights, address, expiry, query
    └── Malformed   we must act: an answer that is not modelled, never read as zero

Each carries `reason`, fit for the chat and from the closed list of `bus.reasons`, and `code`, the platform's own code,
for the log. Neither ever holds a URL, a header or a body.
"""


class PlatformError(Exception):
    """Base of the errors of a platform."""

    def __init__(self, reason: str, *, code: str = "") -> None:
        """Keep the reason for the chat and the code for the log.

        Args:
            reason: From the closed list of `bus.reasons`.
            code: The platform's own code, an HTTP status or a few words of ours; empty for none.
        """
        super().__init__(f"{reason} (code {code})" if code else reason)
        self.reason = reason
        self.code = code


class Busy(PlatformError):
    """Ask again later; the only error that is retried, and never past the round's deadline."""

    def __init__(self, reason: str, *, code: str = "", retry_after_s: float | None = None) -> None:
        """Keep the pause in seconds that the platform asks for.

        Args:
            reason: From the closed list of `bus.reasons`.
            code: The platform's own code, an HTTP status or a few words of ours; empty for none.
            retry_after_s: The pause in seconds, None where the platform does not say.
        """
        super().__init__(reason, code=code)
        self.retry_after_s = retry_after_s


class Denied(PlatformError):
    """The owner must act; asking again changes nothing."""


class Malformed(PlatformError):
    """The answer is not what the platform documents; asking again changes nothing, and no number is taken from it."""
