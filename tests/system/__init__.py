"""The whole system, as an owner runs it."""
