"""Tests of the readers of the platforms' answers."""
