"""Tests of the way to the platforms."""
