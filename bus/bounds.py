"""Numbers that cannot be true, for whoever reads, adds up or imports them: refused, and never shown."""

from decimal import Decimal

AMOUNT_LIMIT = Decimal(10) ** 15
"""Nobody here owns as much, in dollars or in roubles: an amount from here on, in absolute value, is an error."""

SMALLEST_RATE, LARGEST_RATE = Decimal(20), Decimal(500)
"""Roubles for a dollar outside of these are an error, of the source or of ours."""
