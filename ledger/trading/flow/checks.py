"""Whether what comes into the flow can be kept, before it is looked up where it belongs; pure."""

from collections.abc import Mapping
from decimal import Decimal

from ledger.canonical_json import NotCanonical, canonical
from ledger.exact import InexactNumber, exact
from ledger.trading.errors import Invalid
from ledger.trading.flow.records import NewSignal
from ledger.trading.words import a_name

LONGEST_ACTION, LONGEST_EXCHANGE, LONGEST_CODE, LONGEST_ID = 12, 32, 32, 120
_AMOUNTS = ("quantity", "amount", "percent", "price", "stop_loss", "take_profit")


def kept(new: NewSignal) -> dict[str, object]:
    """Return a signal's own columns.

    Args:
        new: The signal.

    Raises:
        Invalid: A part of it cannot be kept; the text says which.
    """
    optional = {
        "exchange": None if new.exchange is None else a_name("an exchange", new.exchange, longest=LONGEST_EXCHANGE),
        "external_id": None if new.external_id is None else a_name("an id", new.external_id, longest=LONGEST_ID),
    }
    document("what the signal said", new.body)
    return {
        **optional,
        **{field: amount(field, getattr(new, field)) for field in _AMOUNTS},
        "inbox_uid": new.inbox_uid,
        "action": a_name("an action", new.action, longest=LONGEST_ACTION),
        "symbol": a_name("a symbol", new.symbol),
        "body_json": dict(new.body),
        "received_at": new.received_at,
    }


def amount(what: str, number: Decimal | None) -> Decimal | None:
    """Return a number in the one way in which it is kept; raises Invalid where it cannot be.

    Args:
        what: What it is, as a refusal calls it.
        number: The number; None stays None.
    """
    try:
        return None if number is None else exact(number)
    except InexactNumber as error:
        raise Invalid.of("bad_field", what=what, error=error) from None


def document(what: str, values: Mapping[str, object]) -> str:
    """Return the one text of a document, by which two are the same or not; raises Invalid where it cannot be kept.

    Args:
        what: What it is, as a refusal calls it.
        values: Names and what they stand for, without floats.
    """
    try:
        return canonical(values)
    except (NotCanonical, InexactNumber) as error:
        raise Invalid.of("no_text", what=what, error=error) from None
    except RecursionError:
        raise Invalid.of("too_deep", what=what) from None


def a_code(code: str | None) -> str | None:
    """Return a reason's code; raises Invalid where it cannot be kept.

    Args:
        code: 1 to `LONGEST_CODE` signs; None stays None.
    """
    return None if code is None else a_name("a code", code, longest=LONGEST_CODE)
