"""Tests of what the notifier remembers."""
