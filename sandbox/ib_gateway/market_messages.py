"""The messages of quotes; follows the TWS API's list of tick types (read 2026-11).

Quirks: a price that is missing is sent as -1 with no size, as the real one does.
"""

from decimal import Decimal

from sandbox.ib_gateway.contracts import Instrument
from sandbox.ib_gateway.state import Quote

Fields = list[object]
LIVE, DELAYED = 1, 3
_TYPES = {LIVE: (1, 2, 4, 9), DELAYED: (66, 67, 68, 75)}
_SIZE = Decimal(400)


def opening(request: str, instrument: Instrument, kind: int) -> list[Fields]:
    """Return what comes before a quote's ticks; `kind` is LIVE or DELAYED."""
    return [["58", "1", request, kind], ["81", request, instrument.tick, "9c0001", "3"]]


def ticks(request: str, quote: Quote, kind: int) -> list[Fields]:
    """Return a quote: bid, ask, last, the close, whether it is halted, and when the last was."""
    bid, ask, last, close = _TYPES[kind]
    prices = ((bid, quote.bid), (ask, quote.ask), (last, quote.last), (close, quote.last))
    told: list[Fields] = [_price(request, tick, price) for tick, price in prices if price is not None or tick != close]
    told.append(["45", "6", request, "49", "1" if quote.halted else "0"])
    return told


def _price(request: str, tick: int, price: Decimal | None) -> Fields:
    """Return one price."""
    return ["1", "6", request, tick, "-1" if price is None else price, "0" if price is None else _SIZE, "0"]
