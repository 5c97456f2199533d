"""How the webhook answers: JSON, in which nothing that a sender wrote is repeated."""

import msgspec
from starlette.responses import Response

from ledger.inbox.alert import Fault

CLOSE = {"connection": "close"}
NOT_KEPT = Fault("NOT_KEPT", "", "it could not be kept; send it again")
_encode = msgspec.json.encode


class Kept(msgspec.Struct, frozen=True):
    """An alert is in the inbox: it was put there now (`accepted`), or stood there already (`duplicate`)."""

    status: str
    id: str


class Refused(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A request is refused: why, in one word, about which field, and what to do about it."""

    status: str
    code: str
    field: str = ""
    cure: str


def kept(status: str, uid: str) -> Response:
    """Answer that an alert is kept.

    Args:
        status: `accepted` or `duplicate`.
        uid: The signal's name.

    Returns:
        An answer with status 200 and JSON.
    """
    return Response(_encode(Kept(status, uid)), media_type="application/json")


def refused(status: int, fault: Fault, *, close: bool = False) -> Response:
    """Answer that a request is refused.

    Args:
        status: HTTP's number for it.
        fault: Why, and the cure.
        close: Whether the connection ends; it must where the body was not read to its end.

    Returns:
        An answer with that status and JSON.
    """
    answer = Refused(status="refused", code=fault.code, field=fault.field, cure=fault.cure)
    return Response(_encode(answer), status, headers=CLOSE if close else None, media_type="application/json")


def not_kept() -> Response:
    """Answer that an alert is to be sent again: over a new connection, since this one might end just then.

    Returns:
        An answer with status 503, at which TradingView sends the alert again.
    """
    return refused(503, NOT_KEPT, close=True)
