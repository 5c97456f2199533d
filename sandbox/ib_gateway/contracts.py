"""What the pretend gateway trades, how it is looked for, and the text of its details.

Follows the TWS API's reference of contracts (read 2026-11). Contract ids of well-known shares are the true ones.

Quirks: DUAL is listed twice, so that its name alone is ambiguous; DLAY has no subscription of market data; FRAC may be
traded in ten-thousandths. A look-up by an exchange other than SMART finds only what is listed there.
"""

from datetime import datetime
from decimal import Decimal

import msgspec

from sandbox.ib_gateway.hours import ZONE_NAME, Hours, hours_text

_ORDER_TYPES = "ACTIVETIM,AD,ADJUST,ALERT,ALLOC,COND,DAY,GTC,LMT,MKT,OCA,STP,STPLMT,WHATIF"


class Instrument(msgspec.Struct, frozen=True, kw_only=True):
    """Something to trade; steps of price and quantity are exact."""

    con_id: int
    symbol: str
    long_name: str
    sec_type: str = "STK"
    primary: str = "NASDAQ"
    currency: str = "USD"
    local_symbol: str = ""
    trading_class: str = "NMS"
    tick: Decimal = Decimal("0.01")
    step: Decimal = Decimal(1)
    has_data: bool = True

    @property
    def is_currency(self) -> bool:
        """Tell whether it is a pair of currencies."""
        return self.sec_type == "CASH"

    @property
    def exchange(self) -> str:
        """Return where orders go."""
        return self.primary if self.is_currency else "SMART"

    @property
    def name(self) -> str:
        """Return what it is called here: `EUR.USD` for a pair, else its symbol."""
        return self.local_symbol or self.symbol


class Query(msgspec.Struct, frozen=True, kw_only=True):
    """A contract as a client writes it; what is empty does not matter."""

    con_id: int
    symbol: str
    sec_type: str
    exchange: str
    primary: str
    currency: str
    local_symbol: str
    trading_class: str


INSTRUMENTS = (
    Instrument(con_id=265598, symbol="AAPL", long_name="APPLE INC"),
    Instrument(con_id=272093, symbol="MSFT", long_name="MICROSOFT CORP"),
    Instrument(
        con_id=72063691,
        symbol="BRK B",
        long_name="BERKSHIRE HATHAWAY INC-CL B",
        primary="NYSE",
        trading_class="BRK B",
    ),
    Instrument(
        con_id=756733, symbol="SPY", long_name="SS SPDR S&P 500 ETF TRUST-US", primary="ARCA", trading_class="SPY"
    ),
    Instrument(con_id=900001, symbol="DUAL", long_name="DUAL LISTED ONE INC"),
    Instrument(con_id=900002, symbol="DUAL", long_name="DUAL LISTED TWO PLC", primary="NYSE", trading_class="DUAL"),
    Instrument(con_id=900003, symbol="DLAY", long_name="DELAYED DATA CORP", has_data=False),
    Instrument(con_id=900004, symbol="FRAC", long_name="FRACTIONS INC", step=Decimal("0.0001")),
    Instrument(
        con_id=12087792,
        symbol="EUR",
        long_name="European Monetary Union Euro",
        sec_type="CASH",
        primary="IDEALPRO",
        local_symbol="EUR.USD",
        trading_class="EUR.USD",
        tick=Decimal("0.00005"),
        step=Decimal("0.01"),
    ),
)
BY_NAME = {instrument.name: instrument for instrument in reversed(INSTRUMENTS)}


def query_of(fields: list[str]) -> Query:
    """Read the twelve fields of a contract.

    Raises:
        ValueError: The contract id is no number.
    """
    return Query(
        con_id=int(fields[0] or 0),
        symbol=fields[1],
        sec_type=fields[2],
        exchange=fields[7],
        primary=fields[8],
        currency=fields[9],
        local_symbol=fields[10],
        trading_class=fields[11],
    )


def find(query: Query) -> list[Instrument]:
    """Return all that a query may mean."""
    return [each for each in INSTRUMENTS if _matches(each, query)]


def _matches(instrument: Instrument, query: Query) -> bool:
    """Tell whether a query may mean an instrument."""
    if query.con_id and query.con_id != instrument.con_id:
        return False
    if query.exchange not in {"", "SMART", instrument.primary} or (
        query.exchange == "SMART" and instrument.is_currency
    ):
        return False
    pairs = (
        (query.symbol, instrument.symbol),
        (query.sec_type, instrument.sec_type),
        (query.primary, instrument.primary),
        (query.currency, instrument.currency),
        (query.local_symbol, instrument.name),
        (query.trading_class, instrument.trading_class),
    )
    return all(wanted in {"", has} for wanted, has in pairs)


def contract_fields(instrument: Instrument, *, exchange: str | None = None) -> list[object]:
    """Return the eleven fields that orders, executions and positions have; `exchange` None is where orders go."""
    where = instrument.exchange if exchange is None else exchange
    head = [instrument.con_id, instrument.symbol, instrument.sec_type, "", "0", "", ""]
    return [*head, where, instrument.currency, instrument.name, instrument.trading_class]


def details_fields(request: str, instrument: Instrument, hours: Hours, now: datetime, *, exchange: str) -> list[object]:
    """Return the message with an instrument's details, for servers since 164.

    Args:
        request: The request's number.
        instrument: What is told of.
        hours: What is said of its hours.
        now: From when on.
        exchange: The one that was asked for.
    """
    is_currency = instrument.is_currency
    where = exchange or instrument.exchange
    stock_type = "" if is_currency else "ETF" if instrument.symbol == "SPY" else "COMMON"
    return [
        *(10, request, instrument.symbol, instrument.sec_type, "", "0", "", where, instrument.currency),
        *(instrument.name, instrument.trading_class, instrument.trading_class, instrument.con_id, instrument.tick, ""),
        *(_ORDER_TYPES, instrument.exchange if is_currency else f"SMART,AMEX,NYSE,ARCA,{instrument.primary}"),
        *("1", "0", instrument.long_name, "" if is_currency else instrument.primary, "", "", "", "", ZONE_NAME),
        hours_text(now, hours, is_currency=is_currency, is_extended=True),
        hours_text(now, hours, is_currency=is_currency),
        *("", "0", "0", "1", "", "", "26", "", stock_type),
        *(instrument.step, instrument.step, instrument.step if instrument.step < 1 else Decimal(100)),
    ]
