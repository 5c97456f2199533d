"""Signals as they came in: written by whom the internet reaches, taken by who trades."""
