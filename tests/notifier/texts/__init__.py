"""Tests of the wording of messages."""
