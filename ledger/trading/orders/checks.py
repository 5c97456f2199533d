"""Whether an order is one, before it is looked up where it belongs; pure."""

import hashlib
from typing import Final, get_args

import msgspec

from ledger.canonical_json import NotCanonical, canonical
from ledger.exact import InexactNumber, exact
from ledger.trading.enumerations import Leg, OrderType, Purpose, Side, TimeInForce
from ledger.trading.errors import Invalid
from ledger.trading.orders.records import NewOrder

LONGEST_KEY = 120
MOST_ATTEMPTS = 1000
LONGEST_BOOT = 64
PRICES: Final[dict[OrderType, tuple[bool, bool]]] = {
    "MARKET": (False, False),
    "LIMIT": (True, False),
    "STOP": (False, True),
    "STOP_LIMIT": (True, True),
    "TRAILING": (False, True),
}
"""Whether a type has a `price`, and whether it has a `stop_price`."""
_WORDS = {"side": Side, "type": OrderType, "time_in_force": TimeInForce, "purpose": Purpose, "leg": Leg}


def client_order_id(new: NewOrder) -> str:
    """Return the name under which a venue gets an order: the same order has the same name, whenever it is asked for.

    Args:
        new: The order; of it count signal, key, leg and attempt.

    Returns:
        32 lower-case hex digits.
    """
    said = canonical([new.signal, new.key, new.leg, new.attempt])
    return hashlib.sha256(said.encode()).hexdigest()[:32]


def checked(new: NewOrder) -> NewOrder:
    """Return an order in the way that it is kept.

    Args:
        new: The order.

    Raises:
        Invalid: It is none; the text says what to write.
    """
    for field, words in _WORDS.items():
        if getattr(new, field) not in get_args(words):
            raise Invalid(f"{field} is {getattr(new, field)}; write one of {', '.join(get_args(words))}")
    if (new.purpose == "OPENING") != (new.leg == "ENTRY"):
        raise Invalid(f"an order that is {new.purpose} cannot be {new.leg}: an entry opens, and nothing else does")
    if not (new.signal or new.key) or len(new.key or "") > LONGEST_KEY:
        raise Invalid(f"an order comes from a signal, or has a key of 1 to {LONGEST_KEY} signs")
    if not 1 <= new.attempt <= MOST_ATTEMPTS:
        raise Invalid(f"attempt {new.attempt} is out of bounds; the first is 1")
    if len(new.boot) > LONGEST_BOOT:
        raise Invalid(f"the name of a broker's life has at most {LONGEST_BOOT} signs")
    for field, wanted in zip(("price", "stop_price"), PRICES[new.type], strict=True):
        if (getattr(new, field) is not None) != wanted:
            raise Invalid(f"a {new.type} order has {'a' if wanted else 'no'} {field}")
    try:
        quantity = exact(new.quantity)
        prices = {
            field: None if getattr(new, field) is None else exact(getattr(new, field))
            for field in ("price", "stop_price")
        }
        canonical([new.key, new.meta])
    except (InexactNumber, NotCanonical) as error:
        raise Invalid(f"the order cannot be kept: {error}") from None
    if quantity <= 0:
        raise Invalid(
            f"an order of {quantity} cannot be placed; its quantity is above zero, and its side says whose way"
        )
    return msgspec.structs.replace(new, quantity=quantity, **prices)
