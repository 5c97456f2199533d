"""Why the link is not well, in this program's own words: what a person is told of each is for execution to say.

Numbers are those of the TWS API's message codes (read 2026-11). No reason ever holds the account's number: reasons are
logged.
"""

from collections.abc import Callable
from typing import Final

from brokers.venue import Busy, Denied, VenueError
from bus import reasons

CONNECTING = "connecting"
REFUSED = "refused"
SILENT = "silent"
CLIENT_ID_TAKEN = "client_id_taken"
READ_ONLY = "read_only"
WRONG_ACCOUNT = "wrong_account"
LOST_SERVERS = "lost_servers"
COMPETING = "competing"
DROPPED = "dropped"
OLD_VERSION = "old_version"

SERVERS_LOST: Final = frozenset({1100, 2110})
"""The gateway has lost Interactive Brokers; 2110 is how it says so to who connects only then."""
SERVERS_BACK: Final = frozenset({1101, 1102})
TAKEN: Final = 326
INVALID_REQUEST: Final = 321
COMPETING_SESSION: Final = 10197
NO_SUCH_CONTRACT: Final = 200
NO_SUBSCRIPTION: Final = frozenset({354, 10089, 10090, 10091, 10168, 10186})

_ERRORS: Final[dict[str, Callable[[], VenueError]]] = {
    CONNECTING: lambda: Busy("connecting to IB Gateway", code=CONNECTING),
    REFUSED: lambda: Busy("IB Gateway does not run, or listens elsewhere: see IB_HOST and IB_PORT", code=REFUSED),
    SILENT: lambda: Busy("IB Gateway does not answer: is it logged in?", code=SILENT),
    CLIENT_ID_TAKEN: lambda: Denied(
        "another program uses this client id at IB Gateway: end it, or set IB_CLIENT_ID to another number",
        code=CLIENT_ID_TAKEN,
    ),
    READ_ONLY: lambda: Denied(
        "IB Gateway takes no orders: switch off Read-Only API in its settings, API", code=READ_ONLY
    ),
    WRONG_ACCOUNT: lambda: Denied(
        "IB Gateway is logged in to another account than IB_ACCOUNT: a paper gateway has paper accounts only",
        code=WRONG_ACCOUNT,
    ),
    LOST_SERVERS: lambda: Busy("IB Gateway has lost Interactive Brokers' servers", code=LOST_SERVERS),
    COMPETING: lambda: Busy("another session of the same user has the quotes: log it out", code=COMPETING),
    DROPPED: lambda: Busy("IB Gateway has closed the connection", code=DROPPED),
    OLD_VERSION: lambda: Denied("IB Gateway is too old: install the present version", code=OLD_VERSION),
}


def error(code: str) -> VenueError:
    """Return a new error of a state.

    Args:
        code: One of this file's words.
    """
    return _ERRORS[code]()


def again(known: VenueError) -> VenueError:
    """Return an error to be raised that was raised before.

    Args:
        known: The one before.
    """
    return type(known)(known.reason, code=known.code)


def of_request(number: int) -> VenueError:
    """Return the error of a request that was answered with an error of its own.

    Args:
        number: The API's message code; who asked may know more of it, by the error's `code`.
    """
    if number == INVALID_REQUEST:
        return error(READ_ONLY)
    if number == COMPETING_SESSION:
        return error(COMPETING)
    return Busy(f"{reasons.BAD_ANSWER}: error {number}", code=str(number))


def is_live(number: str) -> bool:
    """Tell whether an account is a live one: the numbers of paper accounts begin with D.

    Args:
        number: The account's number.
    """
    return not number.upper().startswith("D")
