"""The messages of the account and its positions; follows ib_async 2.1's decoder (read 2026-11)."""

from decimal import Decimal

from sandbox.ib_gateway.book import Book
from sandbox.ib_gateway.checks import buying_power
from sandbox.ib_gateway.contracts import contract_fields
from sandbox.ib_gateway.holdings import Position

Fields = list[object]
Value = tuple[str, str, str]
_LEDGER = "$LEDGER"


def position(held: Position, account: str) -> Fields:
    """Return a position."""
    instrument = held.instrument
    contract = contract_fields(instrument, exchange=instrument.primary)
    return [61, "3", account, *contract, held.quantity, held.average]


def portfolio(held: Position, account: str, price: Decimal) -> Fields:
    """Return a position with what it is worth."""
    contract = contract_fields(held.instrument, exchange=held.instrument.primary)
    value, gain = held.quantity * price, held.quantity * (price - held.average)
    return [7, "8", *contract, held.quantity, price, value, held.average, gain, held.realized, account]


def unrealized(book: Book) -> Decimal:
    """Return what open positions have gained, USD."""
    held = book.holdings
    return sum((each.quantity * (held.price(each) - each.average) for each in held.positions.values()), Decimal(0))


def realized(book: Book) -> Decimal:
    """Return what closed positions have gained, USD."""
    return sum((each.realized for each in book.holdings.positions.values()), Decimal(0))


def values(book: Book) -> list[Value]:
    """Return the account's values: key, value and currency."""
    cash, equity, free = book.state.cash, book.holdings.equity, buying_power(book)
    gross = sum(
        (abs(each.quantity * book.holdings.price(each)) for each in book.holdings.positions.values()), Decimal(0)
    )
    amounts = {
        "NetLiquidation": equity,
        "TotalCashValue": cash,
        "SettledCash": cash,
        "AccruedCash": Decimal(0),
        "BuyingPower": free,
        "EquityWithLoanValue": equity,
        "GrossPositionValue": gross,
        "InitMarginReq": gross / 2,
        "MaintMarginReq": gross / 4,
        "AvailableFunds": free,
        "ExcessLiquidity": free,
    }
    return [("AccountType", "INDIVIDUAL", ""), *((key, f"{value:.2f}", "USD") for key, value in amounts.items())]


def ledger(book: Book) -> list[Value]:
    """Return the values by currency, of which there is one besides the base."""
    amounts = {
        "CashBalance": book.state.cash,
        "TotalCashBalance": book.state.cash,
        "StockMarketValue": book.holdings.market_value,
        "NetLiquidationByCurrency": book.holdings.equity,
        "UnrealizedPnL": unrealized(book),
        "RealizedPnL": realized(book),
        "ExchangeRate": Decimal(1),
    }
    return [(key, f"{value:.2f}", currency) for currency in ("USD", "BASE") for key, value in amounts.items()]


def summary(book: Book, tags: str) -> list[Value]:
    """Return the values that a summary asks for."""
    wanted = set(tags.split(","))
    told = [each for each in values(book) if each[0] in wanted]
    return told + (ledger(book) if any(tag.startswith(_LEDGER) for tag in wanted) else [])
