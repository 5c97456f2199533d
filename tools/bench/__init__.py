"""A running system, measured."""
