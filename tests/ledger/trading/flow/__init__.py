"""Tests of what leads from a signal to an order."""
