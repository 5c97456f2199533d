"""Tests of the trading books."""
