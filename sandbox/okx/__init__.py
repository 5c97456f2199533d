"""A pretend OKX."""
