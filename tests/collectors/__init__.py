"""Tests of the collectors, against the sandbox."""
