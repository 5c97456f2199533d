"""Tests of `make now`."""
