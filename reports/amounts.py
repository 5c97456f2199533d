"""How amounts, numbers, shares and moments are written in reports; pure."""

from datetime import datetime, tzinfo
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from typing import Final

from ledger.exact import ARITHMETIC
from ledger.trading.books.pnl import Amounts

HUNDRED: Final = Decimal(100)


def money(amount: Decimal, *, signed: bool = False) -> str:
    """Write an amount to the cent; nothing has no sign.

    Args:
        amount: The amount.
        signed: Whether a plus stands before what is above zero.

    Returns:
        Such as `1,234.50`, or `+1,234.50`.
    """
    with localcontext(ARITHMETIC):
        cents = amount.quantize(Decimal("0.01"), ROUND_HALF_EVEN) + 0
    return f"{cents:+,.2f}" if signed and cents else f"{cents:,.2f}"


def number(amount: Decimal) -> str:
    """Write a quantity or a price to its last digit.

    Args:
        amount: The number.

    Returns:
        Such as `0.001`, without zeros at its end.
    """
    told = f"{amount:f}"
    return told.rstrip("0").rstrip(".") if "." in told else told


def percent(share: Decimal) -> str:
    """Write a share in percent.

    Args:
        share: 0 to 1.

    Returns:
        Such as `66.7 %`.
    """
    with localcontext(ARITHMETIC):
        return f"{share * HUNDRED:.1f} %"


def amounts(found: Amounts, *, signed: bool = False) -> list[str]:
    """Write sums, each with its currency; those that are zero are left out.

    Args:
        found: By currency.
        signed: Whether a plus stands before what is above zero.

    Returns:
        A text each, such as `1,234.50 USD`.
    """
    return [f"{money(amount, signed=signed)} {currency}" for currency, amount in found.items() if amount]


def moment(at: datetime, zone: tzinfo) -> str:
    """Write a moment to the minute.

    Args:
        at: Aware.
        zone: In which it is written.

    Returns:
        Such as `2026-11-27 09:30`.
    """
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}"
