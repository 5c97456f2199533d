"""Tests of the commands and buttons of the chat."""
