"""Orders by hand, and what an alert would do."""

from notifier.commands.table import Command

ORDERS: tuple[Command, ...] = ()
