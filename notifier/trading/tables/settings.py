"""Limits, and how a user is spoken to."""

from notifier.commands.table import Command

SETTINGS: tuple[Command, ...] = ()
