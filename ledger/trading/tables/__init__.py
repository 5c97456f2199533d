"""The trading tables by subject; importing this package declares them all."""

from ledger.trading.tables import catalogue, flow, people, records, risk, trading

__all__ = ["catalogue", "flow", "people", "records", "risk", "trading"]
