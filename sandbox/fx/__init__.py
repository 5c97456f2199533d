"""Pretend sources of the USD/RUB rate."""
