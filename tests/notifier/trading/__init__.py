"""Tests of the chat where there is trading."""
