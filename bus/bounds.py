"""Numbers that cannot be true, for whoever reads, adds up or imports them: refused, and never shown."""

from decimal import Decimal

LARGEST_AMOUNT = Decimal(10) ** 15
"""More than anybody here owns, in dollars or in roubles: what is larger in absolute value is an error."""

SMALLEST_RATE, LARGEST_RATE = Decimal(20), Decimal(500)
"""Roubles for a dollar outside of these are an error, of the source or of ours."""
