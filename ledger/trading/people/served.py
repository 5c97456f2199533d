"""Which program serves an account: one of its own, or the default one of its broker."""

from typing import Final

from sqlalchemy import func, literal

from bus.broker_names import PREFIX
from ledger.trading.tables.people import accounts, brokers

SERVED_BY: Final = func.coalesce(accounts.c.program, literal(PREFIX) + func.lower(brokers.c.code))
"""The program's name, in statements that read accounts with their brokers."""
