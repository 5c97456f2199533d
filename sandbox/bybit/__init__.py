"""A pretend Bybit."""
