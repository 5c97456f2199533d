"""The menu with buttons."""

from notifier.commands.table import Command

MENU: tuple[Command, ...] = ()
