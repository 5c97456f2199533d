"""Tests of what arrives from Telegram, and from whom it is taken."""
