"""Tests of the pretend BingX."""
