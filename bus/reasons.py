"""Why a source has no number: the closed list of reasons that the chat shows."""

TIMEOUT = "timeout"
NOT_RUNNING = "not running"
UNREACHABLE = "unreachable"
TLS_ERROR = "TLS error"
RATE_LIMITED = "rate limited"
MAINTENANCE = "maintenance"
BAD_KEY = "bad key"
KEY_EXPIRED = "key expired"
NO_PERMISSION = "no permission"
KEY_CAN_TRADE = "key can trade"
IP_NOT_ALLOWED = "IP not allowed"
WRONG_REGION = "wrong region"
BAD_ANSWER = "bad answer"
STATEMENT_NOT_READY = "statement not ready"
QUERY_INVALID = "query invalid"
NAV_SECTION_MISSING = "NAV section missing"
NO_USD_RATE = "no USD rate in statement"

FIXED = frozenset(
    {
        TIMEOUT,
        NOT_RUNNING,
        UNREACHABLE,
        TLS_ERROR,
        RATE_LIMITED,
        MAINTENANCE,
        BAD_KEY,
        KEY_EXPIRED,
        NO_PERMISSION,
        KEY_CAN_TRADE,
        IP_NOT_ALLOWED,
        WRONG_REGION,
        BAD_ANSWER,
        STATEMENT_NOT_READY,
        QUERY_INVALID,
        NAV_SECTION_MISSING,
        NO_USD_RATE,
    }
)


def time_skew(seconds: float) -> str:
    """Word the reason for a clock that a platform refuses.

    Args:
        seconds: Our clock minus the platform's, in seconds.

    Returns:
        `time skew +12 s`.
    """
    return f"time skew {seconds:+.0f} s"


def is_known(reason: str) -> bool:
    """Tell whether a reason is on the list (`time skew …` with any number included).

    Args:
        reason: The reason to look up.
    """
    return reason in FIXED or reason.startswith("time skew ")
