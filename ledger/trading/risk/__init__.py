"""Limits by user, portfolio and strategy, and what broke them."""
