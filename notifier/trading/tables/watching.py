"""Alerts, schedules, screeners."""

from notifier.commands.table import Command

WATCHING: tuple[Command, ...] = ()
