"""Tests of the way to Telegram."""
